// A tab that nobody sees holds no stream; shown again, it says what is the case now.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startWorld, until, value } from '../lib/world.mjs';
import { read } from '../lib/reading.mjs';
import { record, recorded } from '../lib/recorder.mjs';

let world;

before(async () => (world = await startWorld({ days: 0 })));
after(() => world?.end());

test('a hidden tab closes its stream and a shown one opens it again with the newest values', async () => {
  await world.scenario('calm');
  const page = await world.open('/performance');
  await viewers(1);
  await record(page, ['queue_length']);

  await show(page, 'hidden');
  await viewers(0);
  await world.scenario('queue');
  await world.polls(2);
  const queue = async () => read(await page.textContent(value('queue_length')))?.value ?? 0;
  assert.ok((await queue()) < 50, 'nothing is heard while it is hidden');

  await show(page, 'visible');
  await until('the long queue', async () => (await queue()) > 50, { within: 3_000 });
  await viewers(1);
  assert.notEqual(await recorded(page), null, 'the page was loaded again');

  await page.context().close();
  await viewers(0);
});

/** Waits until the console counts so many streams. */
function viewers(count) {
  return until(`${count} viewers`, async () => {
    const metrics = await (await fetch(`${world.url}/metrics`)).text();
    return Number(/^bellwether_live_viewers (\d+)/m.exec(metrics)?.[1]) === count;
  }, { within: 5_000 });
}

/** A browser without a window shows every tab always; so the page is told what a window would have told it. */
function show(page, state) {
  return page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
