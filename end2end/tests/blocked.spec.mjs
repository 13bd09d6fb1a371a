// Where no live events come through, the page is loaded again: slowly, and only as long as that is needed.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { part, startWorld, until, value } from '../lib/world.mjs';
import { read } from '../lib/reading.mjs';
import { silentProxy } from '../lib/proxy.mjs';

/** The page waits a minute at the least before it loads itself again. */
const NOT_YET = 45_000;
const LONG_ENOUGH = 20_000;
let world;

before(async () => (world = await startWorld({ days: 0 })));
after(() => world?.end());

test('where events are refused, the page falls back to a slow reload', async () => {
  const page = await world.blank();
  let refused = 0;
  await page.route('**/live*', (route) => {
    refused += 1;
    return route.abort('blockedbyclient');
  });
  await reloadsSlowly(page, world.url);
  assert.ok(refused >= 2, 'it goes on trying to have the stream');
  await page.context().close();
});

test('where a proxy keeps the events to itself, the page falls back to a slow reload', async () => {
  const proxy = await silentProxy(world.url);
  const page = await world.blank();
  try {
    await reloadsSlowly(page, proxy.url);
    assert.ok(proxy.streams() >= 2, 'each page asks for the stream anew');
  } finally {
    await page.context().close();
    proxy.end();
  }
});

test('while nobody can be asked, the page stays and says how old it is', async () => {
  const page = await world.blank();
  await page.clock.install();
  await page.goto(`${world.url}/performance`);
  await listening(page, 0);
  await mark(page);
  await world.stopConsole();
  await page.clock.fastForward(NOT_YET + LONG_ENOUGH);
  await until('the age on the page', async () => /no answer for/.test(await page.textContent(part('age'))));
  await page.clock.fastForward(NOT_YET + LONG_ENOUGH);
  await until('a greater age', async () => /no answer for [2-9] min/.test(await page.textContent(part('age'))));
  assert.ok(await isMarked(page), 'it was not thrown away for an error of the browser');
  await world.startConsole();
  await page.context().close();
});

test('a page of another build than the console loads itself again, and only once', async () => {
  const proxy = await silentProxy(world.url, `event: hello\ndata: {"build":"another","now":${Date.now()}}\n\n`);
  const page = await world.blank();
  try {
    await page.goto(`${proxy.url}/performance`);
    await until('two streams', () => proxy.streams() === 2);
    await mark(page);
    await world.polls(1);
    assert.ok(await isMarked(page), 'it was loaded a third time');
    assert.equal(proxy.streams(), 2);
  } finally {
    await page.context().close();
    proxy.end();
  }
});

/** The page does not hear of the change, is loaded again after a minute, says it then, and after another minute again. */
async function reloadsSlowly(page, url) {
  await world.scenario('calm');
  await world.polls(2);
  await page.clock.install();
  await page.goto(`${url}/performance`);
  const queue = async () => read(await page.textContent(value('queue_length')))?.value ?? 0;
  let before = 0;
  for (const [scenario, isThere] of [['queue', (length) => length > 50], ['calm', (length) => length < 50]]) {
    await listening(page, before);
    await mark(page);
    await world.scenario(scenario);
    await world.polls(2);
    await page.clock.fastForward(NOT_YET);
    assert.ok(!isThere(await queue()), `${scenario}: no event came through`);
    assert.ok(await isMarked(page), `${scenario}: loaded again too soon`);
    before = streamsAsked(page);
    await page.clock.fastForward(LONG_ENOUGH);
    await until(`${scenario} on the page`, async () => isThere(await queue()), { within: 8_000 });
    assert.ok(!(await isMarked(page)), `${scenario}: by loading the page again`);
    assert.equal(await page.locator('body[data-stale]').count(), 0, 'and what is new is not called old');
  }
}

/** Waits until the page's script has asked for the stream once more than `before`: then it looks after itself. */
function listening(page, before) {
  return until('the page asks for the stream', () => streamsAsked(page) > before);
}

const streamsAsked = (page) => page.asked.filter((url) => new URL(url).pathname === '/live').length;
const mark = (page) => page.evaluate(() => void (globalThis.marked = true));
const isMarked = (page) => page.evaluate(() => globalThis.marked === true);
