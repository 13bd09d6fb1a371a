// Acting on the platform: what a test asks for without a browser, and what the pretended platform was made to do.

import { part, until } from './world.mjs';

export const RUN = /\/runs\/[0-9a-f-]{36}/;
export const PRESS = part('press');

/** How the run of a page stands, in its word. */
export const state = (page) => page.innerText(part('state'));
export const form = (fields) => new URLSearchParams(fields);

/** The cluster of the pretended platform, which stands under its own address: a section for `more` of a world. */
export const cluster = (world) =>
  `\n[platform.kubernetes]\nnamespace = "ai-services"\nurl = ${JSON.stringify(`${world.platformUrl}/k8s`)}\n` +
  `token_file = ${JSON.stringify(world.tokenFile)}\n`;

/** What the platform was made to do, from number `since` on: `{ next, effects }`. */
export async function effects(world, since = 0) {
  return (await fetch(`${world.platformUrl}/control/effects?since=${since}`)).json();
}

/** What of it changed anything, in words. */
export async function changes(world, since = 0) {
  return (await effects(world, since)).effects.filter(({ changed }) => changed).map(({ what }) => what);
}

/** The hidden fields of the form on an action's page, as somebody sees it. */
export async function hidden(world, path, as) {
  const html = await (await world.fetch(path, { as })).text();
  const ask = html.slice(html.indexOf('data-part="ask"'));
  const value = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(ask)?.[1].replaceAll('&quot;', '"') ?? '';
  return { seen: value('seen'), was: value('was') };
}

/** What somebody who looks at an action sends when they press: of `press`, and of a second press of the same form. */
export async function filled(world, key, { as = 'operator', reason = '', fields = {} } = {}) {
  const query = new URLSearchParams(fields);
  const typed = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`with.${name}`, value]));
  return form({ ...(await hidden(world, `/actions/${key}?${query}`, as)), ...typed, reason });
}

/** Asks for a run without a browser; the answer is a redirect to it, or says why not. */
export async function ask(world, key, { as = 'operator', ...asked } = {}) {
  return world.fetch(`/actions/${key}`, { method: 'POST', as, body: await filled(world, key, { as, ...asked }) });
}

/** `/runs/{id}`, where an answer leads. */
export const runOf = (answer) => RUN.exec(answer.headers.get('location') ?? '')?.[0];

export async function stateOf(world, run) {
  return (await (await world.fetch(`/api/v1${run}`)).json()).state;
}

export const ended = (world, run, wanted) =>
  until(`${run} is ${wanted}`, async () => (await stateOf(world, run)) === wanted, { within: 60_000 });

/** How the breakers stand, by their services. */
export async function breakers(world) {
  const { breakers: all } = await (await world.fetch('/api/v1/breakers')).json();
  return Object.fromEntries(all.map((breaker) => [breaker.service, breaker]));
}
