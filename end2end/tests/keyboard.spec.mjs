// The keys that do something on every page, and the dialog that names them.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { axe, startWorld, until } from '../lib/world.mjs';

const RANGE = 'a[href$="range=24h"]';
let world;

before(async () => (world = await startWorld({ days: 0 })));
after(() => world?.end());

/** A page whose script is running. */
async function opened(options) {
  const page = await world.open('/performance', options);
  await until('the script runs', () => page.asked.some((url) => url.includes('/live')));
  return page;
}

const isOpen = (page) => page.evaluate(() => document.querySelector('#keys').open);
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('href') ?? document.activeElement.tagName);

test('? shows the keys, Escape closes them, and the focus is where it was', async () => {
  const page = await opened({ width: 320 });
  await page.focus(RANGE);
  const before = await focused(page);
  await page.keyboard.press('?');
  await until('the dialog', () => isOpen(page));
  assert.ok(await page.evaluate(() => document.querySelector('#keys').contains(document.activeElement)), 'the focus is in it');
  assert.match(await page.innerText('#keys'), /go to Performance/);
  assert.deepEqual(await axe(page), []);
  const box = await page.locator('#keys').boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 320, 'it fits a small phone');
  await page.keyboard.press('Escape');
  await until('it is closed', async () => !(await isOpen(page)));
  assert.equal(await focused(page), before);

  // The same from its button, closed by its own.
  await page.getByRole('button', { name: 'Keyboard' }).click();
  await until('the dialog', () => isOpen(page));
  await page.getByRole('button', { name: 'Close' }).click();
  assert.equal(await isOpen(page), false);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.keys), 'show');
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('g and a letter go to a page, but not while typing and not when switched off', async () => {
  const page = await opened();
  await page.click('.custom summary');
  await page.focus('input[name=from]');
  await page.keyboard.press('?');
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  assert.equal(await isOpen(page), false, 'someone is typing');

  await page.focus(RANGE);
  await page.keyboard.press('?');
  await until('the dialog', () => isOpen(page));
  await page.getByRole('button', { name: 'Switch single keys off' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  assert.equal(await isOpen(page), false, 'single keys are switched off');
  assert.equal(new URL(page.url()).pathname, '/performance');

  await page.getByRole('button', { name: 'Keyboard' }).click();
  await page.getByRole('button', { name: 'Switch single keys on' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.waitForURL(`${world.url}/`);
  await page.context().close();
});
