// On paper there is the report and nothing that can only be pressed: ink on white, whatever the screen shows.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { METRICS, card, startWorld, until } from '../lib/world.mjs';

/** A4 without its margins of 14 mm, in CSS pixels. */
const PAPER = Math.floor(((210 - 2 * 14) / 25.4) * 96);
const NAMES = ['Response time', 'Accuracy', 'Availability', 'Error rate', 'Queue'];
let world;

before(async () => (world = await startWorld({ days: 1, order: { scenario: 'calm' } })));
after(() => world?.end());

test('a sheet says the five metrics with their charts, and has nothing to press', async () => {
  const page = await world.open('/performance', { theme: 'dark', width: PAPER });
  await page.emulateMedia({ media: 'print' });
  const sheet = await page.innerText('body');
  for (const [index, metric] of METRICS.entries()) {
    assert.ok(sheet.includes(NAMES[index]), `${NAMES[index]} is not on the sheet`);
    assert.ok(await page.locator(card(metric)).isVisible(), `the card of ${metric}`);
    // In one look: a chart that is drawn again meanwhile is another element.
    let widths = [];
    await until(`one drawing of ${metric}`, async () => {
      widths = await page.locator(`[data-chart="${metric}"] svg`).evaluateAll((drawings) =>
        drawings.map((drawing) => drawing.getBoundingClientRect().width).filter((width) => width > 0),
      );
      return widths.length === 1;
    });
    assert.ok(widths[0] > 200, `the drawing of ${metric} is too small to read`);
  }
  for (const selector of ['nav', 'button', 'summary', 'form', 'input', 'dialog', '.skip']) {
    assert.equal(await page.locator(selector).filter({ visible: true }).count(), 0, `${selector} is on the sheet`);
  }
  const beyond = await page.evaluate(beyondPaper, PAPER);
  assert.deepEqual(beyond, [], 'wider than the paper');
  await page.context().close();
});

test('a dark screen prints the same ink as a light one', async () => {
  const inks = [];
  for (const theme of ['light', 'dark']) {
    const page = await world.open('/performance', { theme, width: PAPER });
    await page.emulateMedia({ media: 'print', colorScheme: theme });
    const ink = await page.evaluate(colours);
    assert.ok(ink.text < 0.2 && ink.curve < 0.4, `${theme}: too pale for paper, ${JSON.stringify(ink)}`);
    assert.equal(ink.filled.length, 0, `${theme}: dark grounds on ${ink.filled.join(', ')}`);
    inks.push(ink);
    await page.context().close();
  }
  assert.deepEqual(inks[0], inks[1]);
});

test('it prints on two sheets of A4 at the most', async () => {
  const page = await world.open('/performance', { theme: 'dark' });
  const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
  const boxes = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)];
  assert.ok(boxes.length >= 1 && boxes.length <= 2, `${boxes.length} sheets`);
  for (const [, width, height] of boxes) {
    assert.ok(Math.abs(width - 595) <= 2 && Math.abs(height - 842) <= 2, `${width} by ${height} is no upright A4`);
  }
  await page.context().close();
});

/** Runs in the page: what ends right of the paper's edge. What is not drawn has no width. */
function beyondPaper(paper) {
  const names = [];
  for (const element of document.querySelectorAll('body *')) {
    const { right, width } = element.getBoundingClientRect();
    const unseen = element.closest('.unseen, .skip, [hidden]') !== null;
    if (width > 0 && right > paper + 1 && !unseen) names.push(`${element.tagName}.${element.className.baseVal ?? element.className}`);
  }
  return names;
}

/** Runs in the page: how light text and curves are, from 0 to 1, and which grounds are dark. */
function colours() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const lightness = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, opaque] = canvas.getImageData(0, 0, 1, 1).data;
    return opaque === 0 ? 1 : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  };
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const filled = [...document.querySelectorAll('html, body, .card, .banner, .top, main')];
  return {
    text: lightness(style('h1').color),
    curve: lightness(style('figure svg.chart [stroke="#010101"]').stroke),
    filled: filled.filter((element) => lightness(getComputedStyle(element).backgroundColor) < 0.9).map((one) => one.className),
  };
}
