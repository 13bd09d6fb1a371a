// Starting and ending the programs of a test. None outlives the test, however that ends.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { appendFileSync, closeSync, copyFileSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const living = new Set();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(1));
}

/** Where a program is: from the environment, since only cargo knows where it builds. */
export function program(variable) {
  const path = process.env[variable];
  if (!path) {
    throw new Error(`${variable} is not set; run the browser tests through \`cargo xtask test\``);
  }
  return path;
}

/** Starts a program in the background; all its output goes to the file `log`. */
export function start(path, args, { log, env = {} }) {
  const output = openSync(log, 'a');
  const child = spawn(path, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  closeSync(output);
  living.add(child);
  child.once('exit', () => {
    living.delete(child);
    keep(path, log);
  });
  return child;
}

let kept = 0;

/** Keeps what the console logged for the gate, which searches it for secrets, and its database, as it left it. */
function keep(path, log) {
  if (basename(path) !== 'bellwether') return;
  const world = dirname(log);
  const put = (variable, file, name) => {
    const folder = process.env[variable];
    if (!folder) return;
    try {
      copyFileSync(join(world, file), join(folder, `browser-${basename(world)}-${name}`));
    } catch (problem) {
      if (problem.code !== 'ENOENT') throw problem;
    }
  };
  put('BELLWETHER_TEST_LOGS', basename(log), basename(log));
  kept += 1;
  if (!existsSync(world)) return;
  for (const file of readdirSync(world).filter((name) => /^bellwether\.db|^erasures/.test(name))) {
    put('BELLWETHER_TEST_DATABASES', file, `${kept}-${file}`);
  }
}

let planted = false;

/** Where the gate wants a backup of this world's database, once something was planted; null when it wants none. */
export function backupOf(world) {
  const folder = process.env.BELLWETHER_TEST_DATABASES;
  return planted && folder ? join(folder, `browser-${basename(world)}-backup`) : null;
}

/** Tells the gate of something of a couple: no log, no file of a database and no backup may hold it. */
export function plant(text) {
  planted = true;
  const file = process.env.BELLWETHER_TEST_PLANTED;
  if (file) appendFileSync(file, `${text}\n`);
  return text;
}

/** Tells the gate of a secret that was made at random: a session, a token, a second factor. */
export function note(secret) {
  const file = process.env.BELLWETHER_TEST_SECRETS;
  if (file) appendFileSync(file, `${secret}\n`);
}

/** Asks a program to end, and ends it when it does not within seven seconds. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 7_000);
  await gone;
  clearTimeout(patience);
}

/** Asks again and again until there is an answer that is neither false nor an error. */
export async function until(what, ask, { within = 20_000, every = 25 } = {}) {
  const deadline = Date.now() + within;
  let last = 'no answer';
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (problem) {
      last = problem.message;
    }
    await pause(every);
  }
  throw new Error(`${what}: not within ${within / 1000} s (${last})`);
}

/** Like `until`, for a program that may end before it is ready: then its last words are the error. */
export async function untilReady(what, child, log, ask) {
  try {
    return await until(what, () => {
      if (child.exitCode !== null) return { ended: true };
      return ask();
    }).then((answer) => {
      if (answer.ended) throw new Error(`it ended with ${child.exitCode}`);
      return answer;
    });
  } catch (problem) {
    const words = readFileSync(log, 'utf8').split('\n').slice(-15).join('\n');
    throw new Error(`${what}: ${problem.message}\n${words}`);
  }
}

/** A port that is free now, for a program that must be told its port before it starts. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs a program to its end and returns its standard output; fails with all of its words. */
export async function output(path, args) {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (bytes) => (said[name] += bytes));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said.stdout}${said.stderr}`);
  return said.stdout;
}

/** `from | to`; fails with the reader's words. */
export async function pipe(from, to) {
  const writer = spawn(from[0], from.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const reader = spawn(to[0], to.slice(1), { stdio: [writer.stdout, 'pipe', 'pipe'] });
  // The reader has its own copy; ours would keep the writer waiting if the reader died.
  writer.stdout.destroy();
  let words = '';
  reader.stdout.on('data', (bytes) => (words += bytes));
  reader.stderr.on('data', (bytes) => (words += bytes));
  const [code] = await once(reader, 'close');
  if (code !== 0) throw new Error(`${to.join(' ')} ended with ${code}: ${words}`);
}
