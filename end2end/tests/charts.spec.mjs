// A chart is read by pointer, by finger and by arrow keys: what it says is what was measured.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { overhang } from '../lib/browser.mjs';
import { axe, startWorld, until } from '../lib/world.mjs';
import { read } from '../lib/reading.mjs';

let world;

before(async () => {
  world = await startWorld({ days: 10, pollEvery: '2s' });
});
after(() => world?.end());

const figure = (metric) => `[data-chart="${metric}"]`;
const WORDS = '.reading:not([hidden])';

/** The page, and the one drawing of a metric that this window shows. */
async function openChart(path, metric, options) {
  const page = await world.open(path, options);
  const drawing = page.locator(`${figure(metric)} [data-inline]:visible`);
  await until('the script', () => drawing.getAttribute('tabindex'));
  await drawing.scrollIntoViewIfNeeded();
  return { page, drawing };
}

/** Moves the pointer to a share of the drawing's width. */
async function pointAt(page, drawing, share) {
  const box = await drawing.boundingBox();
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
}

/** What the page's one reading says: `{ at, value, status }`; null when there is none. */
async function reading(page) {
  const words = page.locator(WORDS);
  if ((await words.count()) === 0) return null;
  const [at, value, status] = await words.locator('> *').allTextContents();
  return { at, value, status };
}

/** The rows of the chart's own file: `[{ at, values: [mean, min, max] }]`, times in milliseconds. */
async function measured(page, metric) {
  const address = await page.locator(`${figure(metric)} a[href*=".csv"]`).getAttribute('href');
  const text = await (await world.fetch(address)).text();
  const [, ...lines] = text.trim().split('\n');
  return lines.map((line) => {
    const [at, ...values] = line.trim().split(',');
    return { at: Date.parse(at), values: values.map(Number) };
  });
}

/** How much a tenth of a pixel is, in the metric's unit, and a pixel in milliseconds. */
function grain(drawing) {
  return drawing.locator('svg').evaluate(({ dataset }) => {
    const [left, top, right, bottom] = dataset.plot.split(' ').map(Number);
    return {
      value: (dataset.high - dataset.low) / (bottom - top) / 10,
      time: (dataset.to - dataset.from) / (right - left),
    };
  });
}

test('a pointer reads values that were measured, at their time', async () => {
  for (const metric of ['response_time_ms', 'accuracy_rate', 'queue_length']) {
    const { page, drawing } = await openChart('/performance?range=6h', metric);
    const rows = await measured(page, metric);
    const { value: fine, time: pixel } = await grain(drawing);
    const now = Date.now();
    for (const share of [0.2, 0.45, 0.7, 0.95]) {
      await pointAt(page, drawing, share);
      const said = await reading(page);
      const { value, step } = read(said.value);
      // The page's zone is UTC; a time without a day is today's.
      const [hour, minute] = said.at.slice(-5).split(':').map(Number);
      const at = new Date(now).setUTCHours(hour, minute, 0, 0) - (/\d [A-Z]/.test(said.at) ? 24 * 3_600_000 : 0);
      const near = rows.filter((row) => Math.abs(row.at - at) <= 60_000 + pixel);
      // Half a step of the words, and what the drawing and its rounding cannot tell.
      const slack = step / 2 + 5 * fine;
      assert.ok(
        near.some(({ values: [measured] }) => Math.abs(measured - value) <= slack),
        `${metric} at ${said.at}: "${said.value}", measured ${near.map(({ values }) => values[0]).join(' ')}`,
      );
      assert.match(said.status, /target|line/);
    }
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});

test('a point that stands for many polls says its mean and its extremes', async () => {
  const { page, drawing } = await openChart('/performance?range=7d', 'response_time_ms');
  await pointAt(page, drawing, 0.5);
  assert.match((await reading(page)).value, /^mean .+ \(.+ to .+\)$/);
  await page.context().close();
});

test('the reading moves nothing, covers no value and stays in the window', async () => {
  for (const theme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      const { page, drawing } = await openChart('/performance?range=7d', 'response_time_ms', { theme, width });
      const layout = () => page.evaluate(() => [...document.querySelectorAll('figure')].map((f) => f.offsetTop));
      const still = await layout();
      for (const share of [0.15, 0.5, 0.97]) {
        await pointAt(page, drawing, share);
        const words = await page.locator(WORDS).boundingBox();
        assert.ok(words.x >= 0 && words.x + words.width <= width, `${width} px: ${words.x} and ${words.width}`);
        const top = await drawing.locator('svg').evaluate((svg) => {
          const { top, width } = svg.getBoundingClientRect();
          return top + (Number(svg.dataset.plot.split(' ')[1]) * width) / svg.viewBox.baseVal.width;
        });
        assert.ok(words.y + words.height <= top, 'it stands above the values');
      }
      assert.deepEqual(await layout(), still);
      assert.equal(await overhang(page), 0);
      assert.deepEqual(await axe(page), [], `${theme}, ${width} px`);
      await page.mouse.move(0, 0);
      assert.equal(await reading(page), null, 'the pointer left');
      await page.context().close();
    }
  }
});

test('the arrow keys go from point to point, and what is read is announced once they rest', async () => {
  const { page, drawing } = await openChart('/performance?range=24h', 'response_time_ms');
  const x = () => drawing.locator('.reading-mark circle').getAttribute('cx').then(Number);
  await page.locator(`${figure('response_time_ms')} summary`).focus();
  await page.keyboard.press('Shift+Tab');
  assert.ok(await drawing.evaluate((own) => own === document.activeElement), 'a stop for the keyboard');
  const place = () => drawing.locator('.reading-mark').innerHTML();
  const newest = await place();
  await page.keyboard.press('ArrowLeft');
  const previous = await place();
  await page.keyboard.press('ArrowLeft');
  assert.notEqual(previous, newest);
  assert.notEqual(await place(), previous);
  await page.keyboard.press('ArrowRight');
  assert.equal(await place(), previous);
  await page.keyboard.press('Home');
  const first = await x();
  await page.keyboard.press('Shift+ArrowRight');
  assert.ok((await x()) > first + 200, 'Shift goes a tenth of the way');
  const { at, value, status } = await reading(page);
  const live = page.locator(`${figure('response_time_ms')} [aria-live]`);
  await until('the announcement', async () => (await live.textContent()) === `${at}, ${value}, ${status}`);
  await page.keyboard.press('End');
  assert.equal(await place(), newest);
  await page.keyboard.press('Escape');
  assert.equal(await reading(page), null);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('a finger reads too, and its reading stays until it touches something else', async () => {
  const { page, drawing } = await openChart('/performance', 'response_time_ms', { width: 390 });
  const touch = (name, share) =>
    drawing.evaluate(
      (own, [name, share]) => {
        const { left, top, width, height } = own.getBoundingClientRect();
        const at = { clientX: left + width * share, clientY: top + height / 2 };
        own.dispatchEvent(new PointerEvent(name, { ...at, pointerType: 'touch', bubbles: true }));
      },
      [name, share],
    );
  await touch('pointerdown', 0.4);
  const first = await reading(page);
  await touch('pointermove', 0.8);
  const second = await reading(page);
  assert.notDeepEqual(second, first);
  await touch('pointerup', 0.8);
  await touch('pointerleave', 0.8);
  assert.deepEqual(await reading(page), second);
  await page.evaluate(() => document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })));
  assert.equal(await reading(page), null);
  await page.context().close();
});

test('a reading goes on while the chart is drawn again, and asks for nothing itself', async () => {
  const { page, drawing } = await openChart('/performance?range=1h', 'response_time_ms');
  const drawings = () => page.asked.filter((address) => address.includes('/charts/')).length;
  await until('a new drawing', () => drawings() > 0);
  await pointAt(page, drawing, 0.6);
  await drawing.locator('svg').evaluate((svg) => (svg.dataset.seen = 'yes'));
  await until('another drawing', () => drawing.locator('svg').evaluate((svg) => svg.dataset.seen !== 'yes'));
  assert.equal(await drawing.locator('.reading-mark').count(), 1);
  assert.notEqual(await reading(page), null);
  await page.context().close();

  // A chosen range is not drawn again: whatever is asked for now is asked for by a reading.
  const to = new Date(Date.now() - 3_600_000);
  const from = new Date(to - 6 * 3_600_000);
  const field = (time) => time.toISOString().slice(0, 16);
  const chosen = await openChart(`/performance?from=${field(from)}&to=${field(to)}`, 'response_time_ms');
  const asked = chosen.page.asked.length;
  for (const share of [0.3, 0.5, 0.7]) await pointAt(chosen.page, chosen.drawing, share);
  assert.notEqual(await reading(chosen.page), null);
  assert.equal(chosen.page.asked.length, asked);
  await chosen.page.context().close();
});

test('without JavaScript a chart is no stop for the keyboard and has its table', async () => {
  const page = await world.open('/performance', { javascript: false });
  assert.equal(await page.locator('[data-inline][tabindex], .reading').count(), 0);
  assert.ok((await page.locator(`${figure('response_time_ms')} table tbody tr`).count()) > 0);
  await page.context().close();
});
