// Actions in a browser: looked at, asked for, approved or refused, followed to their end, and taken back. With a script and
// without, and never twice.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { PASSWORD, account, part, startWorld, until } from '../lib/world.mjs';
import { done, enter, press } from '../lib/people.mjs';
import { look, lookAt } from '../lib/looks.mjs';
import { PRESS, RUN, ask, cluster, effects, ended, form, hidden, runOf, state, stateOf } from '../lib/acting.mjs';

describe('acting on the platform', () => {
  let world;
  before(async () => (world = await startWorld({ days: 1, order: { scenario: 'calm' }, more: cluster })));
  after(() => world?.end());

  test('the list says what may be done, to what, and whether whoever looks may', async () => {
    await world.polls(2);
    const page = await world.open('/actions');
    assert.match(await page.innerText(part('nothing-open')), /^Nothing is going on/);
    const route = page.locator('[data-action="reroute-to-backup-region"]');
    assert.match(await route.innerText(), /dangerous[\s\S]*needs a second person/);
    assert.equal(await route.locator(part('may-not')).count(), 0);
    const viewer = await world.open('/actions', { as: 'viewer' });
    assert.match(await viewer.innerText(`[data-action="enable-fallback"] ${part('may-not')}`), /Operator and Lead may run ordinary actions\./);
    assert.equal(await viewer.locator('main form[method="post"]').count(), 0);
    for (const opened of [page, viewer]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('from the page of an alert to a run that has worked, live, and back again', async () => {
    await world.scenario('slow');
    const list = await world.open('/alerts');
    const alert = list.locator('[data-alerts-list] [data-alert]').filter({ hasText: /Response time/ }).first();
    await until('the alert', async () => (await alert.count()) === 1, { within: 30_000 });
    await alert.locator('a[data-part="alert-link"]').click();
    await list.waitForURL(/\/alerts\/[0-9a-f-]+$/);
    const alertPage = list.url();
    await list.locator(part('acting')).getByRole('link', { name: 'Enable fallback' }).click();
    await list.waitForURL(/\/actions\/enable-fallback\?alert=/);
    assert.match(await list.innerText('.request'), /POST http:\/\/127\.0\.0\.1:\d+\/ai\/fallback\/enable/);
    assert.match(await list.innerText('.request'), /Authorization: •••/);
    assert.match(await list.innerText(part('checks')), /No other run is in the way/);
    assert.equal(await list.innerText(PRESS), 'Enable fallback on wedsync');
    const { next } = await effects(world);
    await list.fill('#reason', 'couples wait <b>too long</b>');
    await list.click(PRESS);
    await list.waitForURL(RUN);
    await until('it has worked', async () => (await state(list)) === 'Worked');
    assert.match(await list.innerText(part('story')), /asked for it: Couples wait <b>too long<\/b>\./);
    assert.match(await list.innerText(part('steps')), /In place[\s\S]*enabled: true/);
    const made = (await effects(world, next)).effects.filter(({ changed }) => changed);
    assert.equal(made.length, 1, JSON.stringify(made));

    const back = await world.open(new URL(alertPage).pathname);
    assert.match(await back.innerText(part('acting')), /Worked[\s\S]*Enable fallback on wedsync/);
    await back.context().close();

    await list.click(`${part('undo')} a`);
    await list.waitForURL(/\/undo$/);
    assert.match(await list.innerText('.request'), /\/ai\/fallback\/disable/);
    await list.click(PRESS);
    await list.waitForURL((url) => RUN.test(url.pathname) && !url.pathname.endsWith('/undo'));
    await until('that has worked too', async () => (await state(list)) === 'Worked');
    assert.match(await list.innerText('.run-banner'), /Takes another run back/);
    await list.getByRole('link', { name: 'another run' }).click();
    await until('the first is undone', async () => (await state(list)) === 'Undone');
    assert.deepEqual(list.troubles, []);
    await list.context().close();
    await world.scenario('calm');
  });

  test('an open page follows a run that somebody else has asked for', async () => {
    const page = await world.open('/actions');
    await until('the script runs', () => page.asked.some((url) => url.includes('/live')));
    const now = await world.open('/');
    await until('the script runs there', () => now.asked.some((url) => url.includes('/live')));
    const answer = await ask(world, 'scale-recommendation', { as: 'lead', fields: { replicas: '6' } });
    assert.equal(answer.status, 303, await answer.text());
    const run = runOf(answer);
    const watched = await world.open(run, { as: 'viewer' });
    assert.equal(await watched.locator('main form[method="post"]').count(), 0);
    await until('it stands in the list', async () => /Scale ai-recommendation-engine to 6/.test(await page.innerText(part('running'))));
    await until('and on Now', async () => /Scale ai-recommendation-engine to 6/.test(await now.innerText(part('running-now'))));
    await until('it has worked', async () => (await state(watched)) === 'Worked', { within: 60_000 });
    await until('it left the list', async () => (await page.locator(part('running')).count()) === 0);
    await until('and Now', async () => (await now.locator(part('running-now')).count()) === 0);
    for (const opened of [page, now, watched]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('what stays the same is not drawn anew, and under a finger nothing is: no press is lost', async (test) => {
    const waiting = await ask(world, 'reroute-to-backup-region', { reason: 'a press takes its time' });
    assert.equal(waiting.status, 303, await waiting.text());
    const run = runOf(waiting);
    // Or it would fail the tests after this one as well.
    test.after(() => world.fetch(`${run}/cancel`, { method: 'POST', body: form({}) }));
    const lead = await world.open('/actions', { as: 'lead' });
    await until('the script runs', () => lead.asked.some((url) => url.includes('/live')));
    const link = lead.getByRole('link', { name: /^Approve or refuse/ });
    await link.waitFor();
    const same = await link.elementHandle();
    const list = () => lead.innerText('[data-actions-part^="/actions/part/open"]');
    // As the words of a run do while its time goes by.
    const before = 'in a while';
    await lead.locator(`[data-run="${run.split('/').at(-1)}"] .meta span`).last().evaluate((element, words) => { element.textContent = words; }, before);

    const first = runOf(await ask(world, 'scale-recommendation', { fields: { replicas: '7' } }));
    await until('it is drawn anew', async () => /Scale ai-recommendation-engine to 7/.test(await list()));
    assert.ok(!(await list()).includes(before), 'what it says is new');
    assert.ok(await same.evaluate((element) => element.isConnected), 'beside it the link is still the same');
    await ended(world, first, 'succeeded');
    await until('and once more', async () => !/Scale ai-recommendation-engine/.test(await list()));
    assert.ok(await same.evaluate((element) => element.isConnected));

    await link.hover();
    await lead.mouse.down();
    const fetched = lead.waitForResponse((answer) => answer.url().includes('/actions/part/open'));
    const second = runOf(await ask(world, 'scale-recommendation', { fields: { replicas: '6' } }));
    await (await fetched).finished();
    await lead.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    assert.doesNotMatch(await list(), /Scale ai-recommendation-engine/, 'nothing moves while the button is down');
    await lead.mouse.up();
    await lead.waitForURL(RUN);
    assert.equal(RUN.exec(lead.url())[0], run);
    await ended(world, second, 'succeeded');

    // A finger gives no focus: that it is down is all that keeps the list as it is.
    lead.asked.length = 0;
    await lead.goto(`${world.url}/actions`);
    await until('the script runs again', () => lead.asked.some((url) => url.includes('/live')));
    await link.dispatchEvent('pointerdown', { button: 0, pointerType: 'touch' });
    const gone = lead.waitForResponse(async (answer) =>
      answer.url().includes('/actions/part/open') && !(await answer.text()).includes('Approve or refuse'));
    assert.equal((await world.fetch(`${run}/cancel`, { method: 'POST', body: form({}) })).status, 303);
    await gone;
    await lead.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    assert.equal(await link.count(), 1, 'nothing moves under a finger');
    await link.dispatchEvent('pointerup', { button: 0, pointerType: 'touch' });
    await until('it is drawn when the finger is lifted', async () => (await link.count()) === 0);
    assert.deepEqual(lead.troubles, []);
    await lead.context().close();
  });

  for (const javascript of [true, false]) {
    test(`two people ${javascript ? 'with' : 'without'} a script: a reason, the password, and somebody else's yes`, async () => {
      // A session of its own: to give the password again changes it.
      const requester = await enter(world, account('operator'), '/actions', { javascript });
      await world.ageProofs();
      world.sessions.clear();
      await requester.goto(`${world.url}/actions/reroute-to-backup-region`);
      assert.match(await requester.innerText(part('affected')), /all of them fail/);
      assert.match(await requester.innerText(part('ask')), /can approve it\. It lapses in 30 min\./);
      assert.equal(await requester.innerText(PRESS), 'Ask for approval: Route api.wedsync.com/ai/ to ai-backup');
      await requester.fill('#reason', 'p95 is not recovering');
      await press(requester, 'Ask for approval');
      assert.match(requester.url(), /\/prove\?/);
      await requester.fill('#password', PASSWORD);
      await press(requester, 'Go on');
      assert.equal(await requester.inputValue('#reason'), 'p95 is not recovering', 'what was typed is kept');
      await press(requester, 'Ask for approval');
      const run = RUN.exec(requester.url())[0];
      assert.equal(await state(requester), 'Waits for approval');
      assert.match(await requester.innerText(part('own')), /You asked for it yourself/);
      assert.equal(await requester.locator(part('approve')).count(), 0);
      for (const [as, status] of [['operator', 403], ['viewer', 403], ['admin', 403]]) {
        const answer = await world.fetch(`${run}/approve`, { method: 'POST', as, body: form({}) });
        assert.equal(answer.status, status, as);
      }
      const { next } = await effects(world);

      const approver = await world.open('/actions', { as: 'lead', javascript });
      await press(approver, /Approve or refuse/);
      assert.match(approver.url(), new RegExp(run));
      assert.match(await approver.innerText(part('steps')), /PATCH .*ingresses\/ai-ingress[\s\S]*ai-backup[\s\S]*leads to[\s\S]*ai-optimization:80/);
      await approver.fill('#approve-comment', 'go, I watch the error rate');
      await press(approver, /^Approve: Route api\.wedsync\.com\/ai\/ to ai-backup/);
      assert.match(await done(approver), /You approved it/);
      await ended(world, run, 'succeeded');
      if (javascript) await until('both see it', async () => (await state(requester)) === 'Worked' && (await state(approver)) === 'Worked');
      else await until('both see it by loading again', async () => (await state(requester)) === 'Worked', { within: 15_000 });
      const made = (await effects(world, next)).effects.filter(({ changed }) => changed);
      assert.equal(made.length, 1, JSON.stringify(made));

      // And back, which needs two as well.
      await requester.goto(`${world.url}${run}/undo`);
      await requester.fill('#reason', 'the engine is well again');
      await press(requester, /Undo: Route/);
      const back = RUN.exec(requester.url())[0];
      assert.equal((await world.fetch(`${back}/approve`, { method: 'POST', as: 'lead', body: form({}) })).status, 303);
      await ended(world, back, 'succeeded');
      assert.equal(await stateOf(world, run), 'undone');
      for (const opened of [requester, approver]) await opened.context().close();
    });
  }

  test('a refusal needs a comment, which whoever asked reads; nothing was sent', async () => {
    const { next } = await effects(world);
    const answer = await ask(world, 'reroute-to-backup-region', { reason: 'to be sure' });
    assert.equal(answer.status, 303, await answer.text());
    const run = runOf(answer);
    const again = await ask(world, 'reroute-to-backup-region', { reason: 'to be sure' });
    assert.equal(runOf(again), run, 'a second press leads to the same run');
    const lead = await world.open(run, { as: 'lead' });
    await lead.locator('summary', { hasText: 'Refuse it' }).click();
    const empty = await world.fetch(`${run}/refuse`, { method: 'POST', as: 'lead', body: form({ comment: ' ' }) });
    assert.equal(empty.status, 422);
    assert.match(await empty.text(), /Say why you refuse it/);
    await lead.fill('#refuse-comment', 'enable fallback instead');
    await press(lead, /^Refuse:/);
    assert.equal(await state(lead), 'Refused');
    const requester = await world.open(run);
    assert.match(await requester.innerText(part('sentence')), /enable fallback instead/);
    assert.equal((await effects(world, next)).effects.filter(({ changed }) => changed).length, 0);
    const late = await world.fetch(`${run}/approve`, { method: 'POST', as: 'lead', body: form({}) });
    assert.equal(late.status, 409);
    for (const opened of [lead, requester]) await opened.context().close();
  });

  test('a form that is sent again makes no second run', async () => {
    const fields = form({ ...(await hidden(world, '/actions/enable-manual-mode', 'operator')), reason: '' });
    const send = () => world.fetch('/actions/enable-manual-mode', { method: 'POST', body: fields });
    const { next } = await effects(world);
    const both = await Promise.all([send(), send()]);
    const runs = new Set(both.map(runOf));
    assert.equal(runs.size, 1, `${both.map(({ status }) => status)}`);
    const [run] = runs;
    await ended(world, run, 'succeeded');
    const later = await send();
    assert.ok(later.status === 409 || runOf(later) === run, `${later.status}`);
    const made = (await effects(world, next)).effects.filter(({ changed }) => changed);
    assert.equal(made.length, 1);
    const answer = await ask(world, 'disable-manual-mode');
    await ended(world, runOf(answer), 'succeeded');
  });

  test('what changed since somebody looked is told, and nothing is sent', async () => {
    const page = await world.open('/actions/scale-recommendation?replicas=9', { javascript: false });
    assert.match(await page.innerText(PRESS), /Scale ai-recommendation-engine to 9/);
    const other = await ask(world, 'scale-recommendation', { as: 'lead', fields: { replicas: '5' } });
    assert.equal(other.status, 303, await other.text());
    await ended(world, runOf(other), 'succeeded');
    await page.fill('#reason', 'a queue of 64');
    assert.equal((await press(page, /^Scale/)).status, 409);
    assert.match(await page.innerText(part('changed')), /Replicas of ai-recommendation-engine was \d+ and is 5 now\./);
    assert.equal(await page.inputValue('#reason'), 'a queue of 64');
    assert.match(await page.innerText(part('sends')), /"replicas": 9/);
    await page.context().close();
  });

  test('a value that may not be is refused at its field, and there is no button', async () => {
    for (const [value, words] of [['-1', /less than/], ['0', /less than/], ['100000', /more than/], ['ten', /whole number/]]) {
      const answer = await world.fetch(`/actions/scale-recommendation?replicas=${value}`);
      assert.equal(answer.status, 422, value);
      const html = await answer.text();
      assert.match(html, words);
      assert.doesNotMatch(html, /data-part="press"/);
    }
    const sent = await world.fetch('/actions/scale-recommendation', { method: 'POST', body: form({ 'with.replicas': '0', seen: 'x' }) });
    assert.equal(sent.status, 422);
    for (const as of ['viewer', 'admin', 'support']) {
      const answer = await world.fetch('/actions/enable-fallback', { method: 'POST', as, body: form({ seen: 'x' }) });
      assert.equal(answer.status, 403, as);
    }
  });

  test('while nothing is automatic every page says so, and who turned it off and why', async () => {
    const page = await world.open('/actions', { javascript: false });
    await page.locator(`${part('switch')} summary`).click();
    const empty = await world.fetch('/actions/automatic', { method: 'POST', body: form({ turn: 'off', reason: ' ' }) });
    assert.equal(empty.status, 422);
    await page.fill('#switch-reason', 'the backup region is rebuilt');
    await press(page, 'Turn everything automatic off', page.locator(`${part('switch')} form`));
    for (const path of ['/', '/actions', '/alerts', '/performance', '/on-call', '/settings', '/nowhere']) {
      await page.goto(world.url + path);
      assert.match(await page.innerText(part('automatic-off')), /turned it off[\s\S]*the backup region is rebuilt/, path);
    }
    const viewer = await world.open('/actions', { as: 'viewer' });
    assert.match(await viewer.innerText(part('may-not-turn')), /Operator and Lead may turn it/);
    await viewer.context().close();
    await page.goto(`${world.url}/actions`);
    await press(page, 'Turn everything automatic on', page.locator(`${part('switch')} form`));
    assert.equal(await page.locator(part('automatic-off')).count(), 0);
    await page.context().close();
  });

  test('past runs are there, the newest first', async () => {
    const page = await world.open('/runs');
    assert.ok((await page.locator('.past-runs li').count()) >= 6);
    await page.goto(`${world.url}/runs?action=enable-fallback`);
    assert.match(await page.innerText('h1'), /Runs: Enable fallback/);
    assert.equal(await page.locator('.past-runs li').count(), 1);
    await page.context().close();
  });

  test('axe finds nothing, and nothing is wider than a small phone', async () => {
    const found = [];
    const widths = [320, 1280];
    for (const path of ['/actions', '/actions/reroute-to-backup-region', '/actions/flush-and-warm-cache', '/actions/scale-optimization', '/runs']) {
      found.push(...(await look(world, path, { widths })));
    }
    const page = await world.open('/runs');
    for (const name of [/Route api/, /Scale ai-recommendation/, /Enable fallback/]) {
      await page.goto(`${world.url}/runs`);
      await page.locator('.past-runs a', { hasText: name }).first().click();
      await page.waitForURL(RUN);
      for (const details of await page.locator('main details').all()) await details.locator('summary').click();
      found.push(...(await lookAt(page, widths)));
    }
    await page.context().close();
    assert.deepEqual(found, []);
  });

  test('on paper there is the story and nothing to press', async () => {
    const page = await world.open('/runs', { theme: 'dark', width: 687 });
    await page.locator('.past-runs a').first().click();
    await page.waitForURL(RUN);
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator(part('story')).isVisible());
    for (const selector of ['nav', 'button', 'summary', 'input', 'dialog', 'a.button']) {
      assert.equal(await page.locator(selector).filter({ visible: true }).count(), 0, `${selector} is on the sheet`);
    }
    await page.context().close();
  });
});
