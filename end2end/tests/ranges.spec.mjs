// A range that cannot be shown: a page that says why, at the field, and keeps what was typed.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startWorld } from '../lib/world.mjs';
import { look } from '../lib/looks.mjs';

let world;

before(async () => (world = await startWorld({ days: 0 })));
after(() => world?.end());

/** How a field stands on the page: its text, whether it is wrong, and the words that belong to it. */
function field(page, name) {
  return page.$eval(`input[name=${name}]`, (input) => ({
    value: input.value,
    wrong: input.getAttribute('aria-invalid') === 'true',
    words: document.getElementById(input.getAttribute('aria-describedby'))?.innerText ?? '',
  }));
}

const right = (value) => ({ value, wrong: false, words: '' });

for (const javascript of [true, false]) {
  test(`the form is answered with itself, corrected, ${javascript ? 'with' : 'without'} JavaScript`, async () => {
    const page = await world.open('/performance', { javascript });
    await page.click('.custom summary');
    const [early, late] = ['2026-01-10T03:00', '2026-01-11T03:00'];
    await page.fill('input[name=from]', late);
    await page.fill('input[name=to]', early);
    const answered = page.waitForResponse((response) => response.url().includes('from='));
    await page.click('text=Show this range');
    assert.equal((await answered).status(), 400);
    await page.waitForSelector('[data-part=error]');
    assert.deepEqual(await field(page, 'from'), right(late));
    const to = await field(page, 'to');
    assert.deepEqual([to.value, to.wrong], [early, true]);
    assert.match(to.words, /ends before it begins/);
    assert.equal(await page.evaluate(() => document.activeElement.name), 'to', 'the wrong field has the focus');

    await page.fill('input[name=to]', '2026-01-12T03:00');
    await page.click('text=Show this range');
    await page.waitForURL(/to=2026-01-12/);
    assert.equal(await page.locator('[data-part=error]').count(), 0);
    assert.match(await page.textContent('#range-heading'), /11 Jan 2026/);
    await page.context().close();
  });
}

test('what is no time and what has not been yet is refused at its field', async () => {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
  for (const [from, to, wrong, words] of [
    ['last <b>night</b>', '2026-01-11T03:00', 'from', /is not a time. Write it like 2026-/],
    ['2026-01-11T03:00', 'soon', 'to', /is not a time. Write it like 2026-/],
    [day(2), day(3), 'from', /begins in the future/],
    ['2026-01-11T03:00', '', 'to', /needs both/],
    ['2001-01-11T03:00', '2026-01-11T03:00', 'from', /longer than five years/],
  ]) {
    const page = await world.blank({ javascript: false });
    const answer = await page.goto(`${world.url}/performance?${new URLSearchParams({ from, to })}`);
    assert.equal(answer.status(), 400);
    const typed = { from, to };
    for (const name of ['from', 'to']) {
      const shown = await field(page, name);
      assert.deepEqual([shown.value, shown.wrong], [typed[name], name === wrong], `${name} of ${from}, ${to}`);
      assert.match(shown.words, name === wrong ? words : /^$/);
    }
    await page.context().close();
  }
});

test('the page that refuses is as good as any other', async () => {
  const found = [
    ...(await look(world, '/performance?from=2026-01-11T03:00&to=soon')),
    ...(await look(world, '/performance?range=2h')),
  ];
  assert.deepEqual(found, []);
});
