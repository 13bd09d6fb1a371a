// A world for a test: a pretended platform, a console that watches it, and a browser to look at both.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as browsers from './browser.mjs';
import { backupOf, freePort, note, output, pipe, program, start, stop, until, untilReady } from './programs.mjs';

export const PLATFORM = 'wedsync';
/** Of every account of the demo, which are named after their roles. */
export const PASSWORD = 'calm at three in the morning';
export const account = (role) => `${role}@demo.example`;
const METRICS = ['response_time_ms', 'accuracy_rate', 'availability', 'error_rate', 'queue_length'];

/**
 * Starts everything.
 * - `days`: how much history is imported; 0 for none
 * - `pollEvery`: as the configuration takes it
 * - `order`: what the platform is told before the console first asks it
 * - `staff`: whether chat, mail, webhooks and PagerDuty are configured; all of it arrives at the simulator
 * - `secondFactor`: `required`, or `off` so that every role can sign in by its password
 * - `fastClock`: how many times faster than real time the platform and the console live
 * - `more`: what else stands in the configuration, or what makes that of the world: its sections may belong to the platform
 */
export async function startWorld({ days = 2, order = null, ...settings } = {}) {
  const world = new World();
  try {
    await world.startPlatform(settings);
    if (order) await world.control('scenario', order);
    await world.configure(settings);
    if (days > 0) await world.importHistory(days);
    await world.startConsole();
    world.browser = await browsers.launch();
    return world;
  } catch (problem) {
    await world.end();
    throw problem;
  }
}

class World {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'bellwether-browser-'));
    this.config = join(this.folder, 'bellwether.toml');
    /** The session of each role that has signed in, as its cookie's value. */
    this.sessions = new Map();
    this.visitors = 0;
    this.tokenFile = join(this.folder, 'api-token');
    writeFileSync(this.tokenFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  }

  async startPlatform({ staff = false, fastClock = 1 } = {}) {
    const listen = `127.0.0.1:${await freePort()}`;
    this.url = `http://${listen}`;
    const log = join(this.folder, 'simulator.log');
    const args = ['serve', '--name', PLATFORM, '--listen', '127.0.0.1:0', '--token-file', this.tokenFile];
    if (fastClock > 1) args.push('--fast-clock', String(fastClock));
    if (staff) {
      this.writeSecret('slack-signing-secret');
      args.push('--smtp', '127.0.0.1:0', '--console', this.url);
      args.push('--signing-secret-file', join(this.folder, 'slack-signing-secret'));
    }
    this.platform = start(program('SIMULATOR_BIN'), args, { log });
    const listening = () => /^listening on (http:\/\/\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1];
    this.platformUrl = await untilReady('the simulator', this.platform, log, listening);
    this.smtpUrl = /^taking mail on (smtp:\/\/\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1];
  }

  /** A secret of its own in a file of the world's folder. */
  writeSecret(name, secret = randomBytes(24).toString('hex')) {
    writeFileSync(join(this.folder, name), `${secret}\n`, { mode: 0o600 });
    note(secret);
  }

  /** The sections by which everything that staff are told arrives at the simulator. */
  staffSections() {
    for (const name of ['slack-token', 'webhook-secret', 'pagerduty-key']) this.writeSecret(name);
    const text = (value) => JSON.stringify(value);
    return (
      `\n[delivery.mail]\nurl = ${text(this.smtpUrl)}\nfrom = "Bellwether <bellwether@demo.example>"\n\n` +
      `[delivery.slack_app]\ntoken_file = "slack-token"\nsigning_secret_file = "slack-signing-secret"\n` +
      `api_url = ${text(`${this.platformUrl}/api`)}\n\n` +
      `[delivery.webhook.duty-desk]\nurl = ${text(`${this.platformUrl}/webhooks/duty-desk`)}\nsecret_file = "webhook-secret"\n\n` +
      `[delivery.pagerduty.primary]\nurl = ${text(`${this.platformUrl}/v2/enqueue`)}\nrouting_key_file = "pagerduty-key"\n\n` +
      `[delivery.channel.ai-ops-alerts]\nslack_channel = "ai-ops-alerts"\n\n` +
      `[delivery.channel.platform-engineering]\nslack_channel = "platform-engineering"\npagerduty = ["primary"]\nwebhook = ["duty-desk"]\n\n` +
      `[delivery.channel.wedding-day-support]\nslack_channel = "wedding-day-support"\n`
    );
  }

  async configure({ pollEvery = '1s', secondFactor = 'off', staff = false, fastClock = 1, more = '' }) {
    const listen = new URL(this.url).host;
    const text = (value) => JSON.stringify(value);
    writeFileSync(
      this.config,
      `[server]\nlisten = ${text(listen)}\npublic_url = ${text(this.url)}\n\n` +
        `[database]\nurl = ${text(`sqlite://${join(this.folder, 'bellwether.db')}`)}\n\n` +
        `[demo]\npassword = ${text(PASSWORD)}\nfast_clock = ${fastClock}\n\n[access]\nsecond_factor = ${text(secondFactor)}\n` +
        `trusted_proxies = ["127.0.0.1"]\n\n` +
        `[[platform]]\nname = ${text(PLATFORM)}\napi_url = ${text(this.platformUrl)}\n` +
        `token_file = ${text(this.tokenFile)}\nalerts_url = ${text(`${this.platformUrl}/alerts`)}\n` +
        `poll_every = ${text(pollEvery)}\n${staff ? this.staffSections() : ''}${typeof more === 'function' ? more(this) : more}`,
    );
  }

  async importHistory(days) {
    for (const [written, read] of [['history', 'samples'], ['figures', 'figures']]) {
      await pipe(
        [program('SIMULATOR_BIN'), written, '--days', String(days), '--platform', PLATFORM],
        [program('BELLWETHER_BIN'), '--config', this.config, read, 'import', '-'],
      );
    }
  }

  async startConsole() {
    const log = join(this.folder, 'console.log');
    this.console = start(program('BELLWETHER_BIN'), ['--config', this.config, 'serve'], { log });
    const ready = async () => (await fetch(`${this.url}/readyz`)).ok;
    await untilReady('the console', this.console, log, ready);
  }

  stopPlatform() {
    return stop(this.platform);
  }

  /** As when the machine loses its power: nothing is said and nothing is put away. */
  async killConsole() {
    const ended = once(this.console, 'exit');
    this.console.kill('SIGKILL');
    await ended;
  }

  stopConsole() {
    return stop(this.console);
  }

  /**
   * As after six minutes without the password: nobody's proof is fresh any more. Sessions run on real time, so their
   * records are made older: digit for digit in the file of the stopped console, which keeps them as text.
   */
  async ageProofs() {
    await this.stopConsole();
    const file = join(this.folder, 'bellwether.db');
    let aged = 0;
    const older = readFileSync(file, 'latin1').replaceAll(/(proven_at\\*":)(\d{13})(?=\D)/g, (_, key, at) => {
      aged += 1;
      return key + String(Number(at) - 360_000);
    });
    if (aged === 0) throw new Error('the file of the database holds no proof');
    writeFileSync(file, older, 'latin1');
    await this.startConsole();
  }

  /** `POST /control/{what}` of the simulator. */
  async control(what, body = {}) {
    const answer = await fetch(`${this.platformUrl}/control/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`/control/${what}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  scenario(name) {
    return this.control('scenario', { scenario: name });
  }

  /** What the simulator told from number `since` on: `{ next, told: [{ n, at, route, status, body }] }`. */
  async truth(since = 0) {
    return (await fetch(`${this.platformUrl}/control/truth?since=${since}`)).json();
  }

  /** What arrived at staff: `kind` is `mail`, `chat`, `pagerduty` or `webhook`. */
  async arrived(kind, since = 0) {
    const answer = await fetch(`${this.platformUrl}/control/arrived?kind=${kind}&since=${since}`);
    return (await answer.json()).arrived;
  }

  /** Somebody presses a button of the chat; what the console answers: `{ status, body }`. */
  async pressInChat(user, action, alert, channel = 'ai-ops-alerts') {
    const body = JSON.stringify({ user, action_id: action, value: alert, channel, ts: '' });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${this.platformUrl}/chat/press`, { method: 'POST', headers, body })).json();
  }

  /** Waits until the console has asked for the platform's health so many times more. */
  async polls(count) {
    const { next } = await this.truth(Number.MAX_SAFE_INTEGER);
    await until(`${count} more polls`, async () => {
      const { told } = await this.truth(next);
      return told.filter(({ route }) => route === '/ai/health').length >= count;
    });
  }

  /** Runs a command of the console's program, and returns what it prints. */
  command(...args) {
    return output(program('BELLWETHER_BIN'), ['--config', this.config, ...args]);
  }

  /** Signs an account in without a browser; returns the session's cookie. */
  async signIn(email, password = PASSWORD) {
    const answer = await fetch(`${this.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: this.url },
      body: new URLSearchParams({ email, password }),
    });
    const session = answer.headers.getSetCookie().map((cookie) => /^session=([^;]+)/.exec(cookie)?.[1]);
    if (answer.status !== 303 || !session[0]) throw new Error(`${email} is not let in: ${answer.status}`);
    return session[0];
  }

  /** The session of a role: signed in once, then shared by all who ask. */
  session(role) {
    if (!this.sessions.has(role)) this.sessions.set(role, this.signIn(account(role)));
    return this.sessions.get(role);
  }

  /** Asks the console without a browser, as a role or as nobody; a redirect is an answer. */
  async fetch(path, { as = 'operator', headers = {}, ...more } = {}) {
    const cookie = as ? { cookie: `session=${await this.session(as)}` } : {};
    return fetch(this.url + path, { redirect: 'manual', headers: { origin: this.url, ...cookie, ...headers }, ...more });
  }

  /** A page that has gone nowhere yet, in a context of its own: for what must be set before. `as` null is nobody. */
  async blank({ as = 'operator', ...options } = {}) {
    const page = await browsers.newPage(this.browser, options);
    // As through a proxy: each from an address of its own, so that one does not use up what another may try.
    this.visitors += 1;
    const address = `10.0.${this.visitors >> 8}.${this.visitors & 255}`;
    await page.context().setExtraHTTPHeaders({ 'x-forwarded-for': address });
    if (as) await page.context().addCookies([{ name: 'session', value: await this.session(as), url: this.url }]);
    return page;
  }

  /** Opens an address of the console in a context of its own. */
  async open(path, options = {}) {
    const page = await this.blank(options);
    await page.goto(this.url + path, { waitUntil: 'load' });
    return page;
  }

  /** Ends all of it. May be called at any stage. */
  async end() {
    await this.browser?.close();
    const backup = backupOf(this.folder);
    try {
      if (this.console && backup) await this.command('backup', backup);
    } finally {
      await this.endPrograms();
    }
  }

  async endPrograms() {
    if (this.console) await stop(this.console);
    if (this.platform) await stop(this.platform);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const card = (metric) => `[data-metric="${metric}"]`;
export const value = (metric) => `${card(metric)} [data-part="value"]`;
export const part = (name) => `[data-part="${name}"]`;
export { METRICS };
export { axe, overhang } from './browser.mjs';
export { until } from './programs.mjs';
