// Who cannot see colours, uses no mouse, or holds a small phone reads the same page.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { part, startWorld, until } from '../lib/world.mjs';
import { look } from '../lib/looks.mjs';

const PAGES = ['/', '/performance'];
/** Each page in each theme at each width: nothing for axe to find, nothing beyond the right edge. */
async function inspect(world, state) {
  const found = [];
  for (const path of PAGES) found.push(...(await look(world, path)));
  assert.deepEqual(found, [], state);
}

describe('with history', () => {
  let world;
  before(async () => (world = await startWorld({ days: 1 })));
  after(() => world?.end());

  test('calm', async () => {
    await world.scenario('calm');
    await world.polls(3);
    await inspect(world, 'calm');
  });

  test('storm', async () => {
    await world.scenario('slow');
    await world.polls(5);
    await inspect(world, 'storm');
  });

  test('the keyboard reaches everything and the focus is always seen', async () => {
    const page = await world.open('/performance');
    await page.keyboard.press('Tab');
    const skip = await page.evaluate(() => document.activeElement.getAttribute('href'));
    assert.match(skip ?? '', /^#/, 'the first stop is the skip link');
    await page.keyboard.press('Enter');
    const inMain = await page.evaluate((id) => document.querySelector(id)?.closest('main, [role=main]') !== null, skip);
    assert.ok(inMain, 'it leads to the main part');

    const unseen = [];
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate(focused);
      if (focus === null) break;
      if (!focus.seen) unseen.push(focus.name);
    }
    assert.deepEqual(unseen, []);
    await page.context().close();
  });

  test('stale', async () => {
    await world.stopPlatform();
    const page = await world.open('/performance');
    await until('the page says that it is stale', () =>
      page.evaluate((freshness) => document.querySelector(`body[data-stale], ${freshness}[data-stale]`) !== null, part('freshness')),
    );
    await page.context().close();
    await inspect(world, 'stale');
  });
});

test('empty: no history, and no answer yet', async () => {
  const world = await startWorld({ days: 0, order: { scenario: 'calm', real_delay_ms: 60_000 } });
  try {
    await inspect(world, 'empty');
  } finally {
    await world.end();
  }
});

/** Runs in the page: what has the focus, and whether a person sees that it has. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  const visible = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
  return { seen: marked && visible, name: `${element.tagName} ${element.textContent.trim().slice(0, 40)}` };
}
