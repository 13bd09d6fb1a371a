// `/performance` in a browser: what the platform tells is what an open page says, at once and by itself.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { METRICS, card, part, startWorld, until, value } from '../lib/world.mjs';
import { read, says } from '../lib/reading.mjs';
import { record, recorded, shownBetween } from '../lib/recorder.mjs';

const SOON = 2_000;
let world;

before(async () => (world = await startWorld({ days: 2 })));
after(() => world?.end());

test('each value that the platform told is on the open page within two seconds', async () => {
  await world.scenario('calm');
  const page = await world.open('/performance');
  await page.waitForSelector(card('response_time_ms'));
  await world.polls(2);
  const calm = await page.textContent(part('sentence'));
  await record(page, METRICS);

  const { next } = await world.truth(Number.MAX_SAFE_INTEGER);
  await world.scenario('slow');
  await world.polls(8);
  await pause(SOON);
  const log = await recorded(page);
  assert.notEqual(log, null, 'the page was loaded again');

  const { told } = await world.truth(next);
  const answers = told.filter(({ at, route }) => route === '/ai/health' && Date.parse(at) < Date.now() - SOON);
  assert.ok(answers.length >= 8, `only ${answers.length} answers`);
  for (const { at, body } of answers) {
    const then = Date.parse(at);
    for (const metric of METRICS) {
      const shown = shownBetween(log, metric, then, then + SOON);
      assert.ok(
        shown.some((text) => says(text, body[metric])),
        `${metric}: ${body[metric]} told at ${at}, shown: ${shown.join(' | ')}`,
      );
    }
  }

  const slow = await page.textContent(part('sentence'));
  assert.notEqual(slow, calm);
  assert.match(slow, /slow|response time/i);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('the level of a card changes with its value, and back', async () => {
  const page = await world.open('/performance');
  const level = () => page.textContent(`${card('response_time_ms')} ${part('level')}`);
  await world.scenario('slow');
  await until('a level for slowness', async () => /Warning|Critical|Emergency/.test(await level()));
  await world.scenario('calm');
  await until('calm again', async () => !/Warning|Critical|Emergency/.test(await level()));
  await page.context().close();
});

test('without JavaScript the page says it all', async () => {
  await world.scenario('slow');
  await world.polls(3);
  await pause(500);
  const page = await world.open('/performance', { javascript: false });
  assert.match(await page.textContent(part('sentence')), /\w+/);
  for (const metric of METRICS) {
    const text = await page.textContent(value(metric));
    assert.notEqual(read(text), null, `${metric} says "${text}"`);
  }
  assert.match(await page.textContent(part('age')), /\d/);
  assert.ok((await page.locator('main svg').count()) >= METRICS.length, 'a chart for each metric');
  assert.ok((await page.locator('main table').count()) >= 1, 'the data as a table');
  // Links and forms carry the ranges; no script is asked.
  await page.locator('a[href*="range=24h"], [name="range"][value="24h"]').first().click();
  await page.waitForURL(/range=24h/);
  await page.context().close();
});

test('a page that was open while the console was away goes on by itself', async () => {
  await world.scenario('calm');
  const page = await world.open('/performance');
  await world.polls(2);
  await record(page, METRICS);
  await world.stopConsole();
  await world.scenario('queue');
  await world.startConsole();
  const queue = () => page.textContent(value('queue_length'));
  await until('the long queue on the page', async () => (read(await queue())?.value ?? 0) > 50);
  assert.notEqual(await recorded(page), null, 'the page was loaded again');
  await page.context().close();
});

test('nothing is asked of anybody else, and nothing goes wrong', async () => {
  const page = await world.open('/performance');
  await world.polls(2);
  const elsewhere = page.asked.filter((url) => !url.startsWith(world.url) && !url.startsWith('data:'));
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
