// Alerts in a browser: one appears on an open page, is taken on, noted, resolved and silenced, with a script and without.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { account, part, startWorld, until } from '../lib/world.mjs';
import { done, enter, press, trouble } from '../lib/people.mjs';
import { look, lookAt } from '../lib/looks.mjs';

const ROW = '[data-alerts-list] [data-alert]';
/** About the response time, which the scenario `slow` drives past its lines. */
const slow = (page) => page.locator(ROW).filter({ hasText: /Response time/ }).first();

describe('a platform that gets slow', () => {
  let world;
  before(async () => (world = await startWorld({ days: 1, order: { scenario: 'calm' } })));
  after(() => world?.end());

  test('calm, nothing is open, and the page says what would stand there', async () => {
    await world.polls(2);
    const page = await world.open('/alerts');
    assert.match(await page.innerText(part('alerts-sentence')), /^No open alerts\./);
    assert.equal(await page.locator(ROW).count(), 0);
    await page.context().close();
  });

  test('an alert appears on a page that is open, is counted and announced, and leaves a used list alone', async () => {
    const now = await world.open('/');
    const list = await world.open('/alerts');
    const used = await world.open('/alerts');
    await used.locator('a[href="/alerts/policy"]').focus();
    await until('the scripts run', () => [now, list, used].every((page) => page.asked.some((url) => url.includes('/live'))));
    await world.scenario('slow');
    await until('the alert on Now', async () => (await slow(now).count()) === 1, { within: 30_000 });
    await until('the alert in the list', async () => (await slow(list).count()) === 1);
    await until('its number beside the name of the page', async () =>
      Number(await now.locator('.nav [data-part="count"]').innerText()) >= 1,
    );
    await until('the title', async () => /^● \d+ firing – Alerts/.test(await list.title()));
    const said = await list.locator('[data-alerts-said]').allInnerTexts();
    assert.match(said.join(' '), /New alert: (Warning|Critical|Emergency), /);
    // Not said twice: the row of the metric below the list is hidden.
    const below = now.locator('[data-rows="needs"] [data-name="Response time"]');
    await until('the row below is hidden', async () => !(await below.isVisible()));
    for (const page of [now, list, used]) {
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    }
  });

  test('a list that somebody is at is not changed; a bar says what is new', async () => {
    const page = await world.open('/alerts');
    await until('the script runs', () => page.asked.some((url) => url.includes('/live')));
    await slow(page).getByRole('link').first().focus();
    const words = () => page.locator('[data-alerts-list] :is(.level, a, .why)').allInnerTexts();
    const before = await words();
    await world.scenario('outage');
    const bar = page.locator('[data-alerts-bar] button');
    await until('the bar', () => bar.isVisible(), { within: 30_000 });
    assert.match(await bar.innerText(), /show$/);
    assert.deepEqual(await words(), before, 'nothing moved');
    await bar.click();
    await until('the new one', async () => /does not answer/.test(await page.innerText('[data-alerts-list]')));
    assert.equal(await bar.isVisible(), false);
    await world.scenario('slow');
    await page.context().close();
  });

  test('j goes to it and a acknowledges it; then it says who has it and until when', async () => {
    const page = await world.open('/alerts');
    await until('the script runs', () => page.asked.some((url) => url.includes('/live')));
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.part), 'alert-link');
    const title = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press('a');
    await page.waitForURL(/done=acknowledged/);
    assert.match(await done(page), /yours now/);
    const row = page.locator(ROW).filter({ hasText: title }).first();
    assert.match(await row.innerText(), /has it until .*left\)/);
    await page.context().close();
  });

  for (const javascript of [true, false]) {
    test(`one alert ${javascript ? 'with' : 'without'} a script: taken on, noted, not resolved without a reason, then with one`, async () => {
      await world.scenario('slow');
      await until('an alert of the response time', async () => {
        const answer = await world.fetch('/alerts');
        return /Response time/.test((await answer.text()).split('Past alerts')[0]);
      }, { within: 30_000 });
      const page = await world.open('/alerts', { javascript });
      await slow(page).locator('a[data-part="alert-link"]').click();
      await page.waitForURL(/\/alerts\/[0-9a-f-]+$/);
      const address = page.url();
      // The test before, or the one with a script, may have it already.
      if ((await page.locator('button[data-acknowledge]').count()) === 0) {
        const back = page.getByRole('button', { name: 'Take the acknowledgement back' });
        if (await back.count()) await press(page, 'Take the acknowledgement back');
        else await press(page, 'Open it again');
      }
      await press(page, 'Acknowledge');
      assert.match(await done(page), /yours now/);
      assert.match(await page.innerText('.alert-banner'), /has it until/);

      const other = await world.fetch(`${new URL(address).pathname}/acknowledge`, { method: 'POST', as: 'lead', body: new URLSearchParams() });
      assert.equal(other.status, 409, 'somebody else was first');
      assert.match(await other.text(), /acknowledged it already/);

      await page.fill('#note', `scaled to 10 <b>${javascript}</b>`);
      await press(page, 'Add the note');
      assert.match(await page.innerText(part('story')), new RegExp(`scaled to 10 <b>${javascript}</b>`));

      assert.equal(await page.locator('button.primary').innerText(), 'Resolve');
      assert.equal((await press(page, 'Resolve')).status, 422);
      assert.match(await trouble(page), /still bad: say why/);
      await page.fill('#reason', 'the provider knows and works on it');
      assert.equal((await press(page, 'Resolve')).status, 200);
      assert.match(await page.innerText('.alert-banner'), /Resolved/);
      assert.match(await page.innerText(part('story')), /resolved it: The provider knows and works on it\./);
      await press(page, 'Open it again');
      assert.match(await page.innerText('.alert-banner'), /Nobody has acknowledged it/);
      assert.deepEqual(page.troubles.filter((words) => !/422|409/.test(words)), []);
      await page.context().close();
    });
  }

  test('the open page of an alert says what others do, and keeps what is being typed', async () => {
    const page = await world.open('/alerts');
    await slow(page).locator('a[data-part="alert-link"]').click();
    await page.waitForURL(/\/alerts\/[0-9a-f-]+$/);
    const path = new URL(page.url()).pathname;
    const press = (what, fields = {}) =>
      world.fetch(`${path}/${what}`, { method: 'POST', as: 'lead', body: new URLSearchParams(fields) });
    assert.equal((await press('acknowledge')).status, 303);
    await until('who has it', async () => /Lead of the demo has it until/.test(await page.innerText('.alert-banner')));
    await press('note', { note: 'The provider was called' });
    await until('the note', async () => /The provider was called/.test(await page.innerText(part('story'))));
    await page.fill('#note', 'half a thought');
    await press('note', { note: 'They have called back' });
    const bar = page.locator('[data-alerts-bar] button');
    await until('the bar', () => bar.isVisible());
    assert.equal(await page.inputValue('#note'), 'half a thought');
    assert.doesNotMatch(await page.innerText(part('story')), /called back/);
    await bar.click();
    await until('the second note', async () => /called back/.test(await page.innerText(part('story'))));
    assert.equal((await press('unacknowledge')).status, 303);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  test('several are taken on at once, by their boxes', async () => {
    await until('two that nobody has', async () => {
      const page = await world.open('/alerts', { javascript: false });
      const count = await page.locator('input[form="bulk"]').count();
      await page.context().close();
      return count > 1;
    }, { within: 30_000 });
    const page = await world.open('/alerts', { javascript: false });
    assert.equal((await press(page, 'Acknowledge those chosen')).status, 422);
    assert.match(await trouble(page), /Nothing was chosen/);
    for (const box of (await page.locator('input[form="bulk"]').all()).slice(0, 2)) await box.check();
    await press(page, 'Acknowledge those chosen');
    assert.match(await done(page), /2 alerts are yours now/);
    await page.context().close();
  });

  test('a silence needs a reason, holds, is shown with its end, and can be ended', async () => {
    const page = await world.open('/alerts', { javascript: false });
    await page.locator('[data-part="silences"] summary').click();
    await page.selectOption('#silence-metric', 'queue_length');
    await page.selectOption('#silence-length', 'until');
    await page.fill('#silence-until', '2020-01-01T00:00');
    await page.fill('#silence-reason', 'load test');
    assert.equal((await press(page, 'Silence it')).status, 422);
    assert.equal(await page.inputValue('#silence-reason'), 'load test', 'what was typed is kept');
    assert.equal(await page.inputValue('#silence-metric'), 'queue_length');
    await page.selectOption('#silence-length', '240');
    await press(page, 'Silence it');
    assert.match(await done(page), /holds/);
    const silence = page.locator('[data-silence]');
    assert.match(await silence.innerText(), /Queue[\s\S]*until .*left[\s\S]*load test/);
    await press(page, /End now/, silence);
    assert.equal(await page.locator('[data-silence]').count(), 0);
    await page.context().close();
  });

  test('who may only look sees no button, and reads who may', async () => {
    const page = await enter(world, account('viewer'), '/alerts');
    assert.equal(await page.locator('main form[method="post"]').count(), 0);
    assert.match(await page.innerText(part('may-not')), /Operator and Lead may acknowledge/);
    const refused = await world.fetch('/alerts/acknowledge', { method: 'POST', as: 'viewer', body: new URLSearchParams() });
    assert.equal(refused.status, 403);
    await page.context().close();
  });

  test('the past is found by its filters, and a wrong one is said', async () => {
    const page = await world.open('/alerts?state=any&metric=response_time_ms', { javascript: false });
    assert.ok((await page.locator('[data-part="past"] [data-alert]').count()) >= 1);
    await page.fill('[name="text"]', 'nothing is called like this');
    await press(page, 'Find');
    assert.match(await page.innerText('#past'), /No alert matches/);
    const wrong = await world.fetch('/alerts?from=soon');
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /is not a day/);
    await page.context().close();
  });

  test('another policy is tried on the past, and what it would have made is said beside what happened', async () => {
    const page = await world.open('/alerts/policy', { javascript: false });
    await page.fill('#days', '1');
    await page.locator('#try summary').click();
    await page.fill('[name="response_time_ms.target"]', 'fast');
    assert.equal((await press(page, 'Try it')).status, 422);
    assert.match(await trouble(page), /is not a number/);
    await page.fill('[name="response_time_ms.target"]', '100');
    assert.equal((await press(page, 'Try it')).status, 200);
    assert.match(await page.innerText('#result-title'), /^Edited, it would have made \d+ alerts?/);
    assert.equal(await page.locator('[data-part="backtest"] thead th').count(), 4);
    assert.match(await page.innerText('[data-part="backtest"]'), /samples of the last day, tried in \d+ ms/);
    await page.context().close();
  });

  test('axe finds nothing, and nothing is wider than a small phone', async () => {
    const found = [];
    const widths = [320, 1280];
    for (const path of ['/', '/alerts', '/alerts/policy']) found.push(...(await look(world, path, { widths })));
    const page = await world.open('/alerts?state=any');
    await page.locator('[data-part="past"] a').first().click();
    await page.waitForURL(/\/alerts\/[0-9a-f-]+$/);
    for (const details of await page.locator('main details').all()) await details.locator('summary').click();
    found.push(...(await lookAt(page, widths)));
    await page.context().close();
    assert.deepEqual(found, []);
  });

  test('on paper there is the story and nothing to press', async () => {
    const page = await world.open('/alerts?state=any', { theme: 'dark', width: 687 });
    await page.locator('[data-part="past"] a').first().click();
    await page.waitForURL(/\/alerts\/[0-9a-f-]+$/);
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator(part('story')).isVisible());
    for (const selector of ['nav', 'button', 'summary', 'input', 'textarea', 'dialog']) {
      assert.equal(await page.locator(selector).filter({ visible: true }).count(), 0, `${selector} is on the sheet`);
    }
    await page.context().close();
  });
});
