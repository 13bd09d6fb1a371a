// People who decide about a run: alone in an emergency, afterwards, when nobody knows what happened, in the middle of it, and
// at the same instant.

import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { account, part, startWorld, until } from '../lib/world.mjs';
import { done, enter, press } from '../lib/people.mjs';
import { lookAt } from '../lib/looks.mjs';
import { PRESS, RUN, ask, changes, cluster, effects, ended, form, runOf, state, stateOf } from '../lib/acting.mjs';

// A minute of waiting is fifteen seconds.
const FAST = 4;
const patient = { within: 120_000 };
const REROUTE = 'reroute-to-backup-region';
const INGRESS = '/k8s/apis/networking.k8s.io/v1/namespaces/ai-services/ingresses/ai-ingress';
/** What arrived as text; mail is quoted-printable, which breaks lines anywhere. */
const text = (one) => JSON.stringify(one.body).replaceAll(/=(\\r)?\\n/g, '').replaceAll('=3D', '=');

describe('people who decide', () => {
  let world;
  before(async () => {
    const order = { scenario: 'calm' };
    world = await startWorld({ days: 1, order, fastClock: FAST, pollEvery: '4s', staff: true, more: cluster });
    await world.polls(2);
  });
  after(() => world?.end());

  const since = async () => (await effects(world)).next;
  /** Where the ingress leads, changed by somebody else than the console. */
  async function leadIngressTo(service) {
    const token = readFileSync(world.tokenFile, 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json-patch+json' };
    const path = '/spec/rules/0/http/paths/0/backend/service/name';
    const body = JSON.stringify([{ op: 'replace', path, value: service }]);
    const answer = await fetch(world.platformUrl + INGRESS, { method: 'PATCH', headers, body });
    assert.equal(answer.status, 200, await answer.text());
  }
  const leadsTo = async () => (await (await fetch(`${world.platformUrl}/control/state`)).json()).cluster.ingress;
  /** Brings traffic back: somebody asks, and somebody else approves. */
  async function bringBack() {
    const answer = await ask(world, 'return-from-backup-region', { reason: 'the story is over' });
    assert.equal(answer.status, 303, await answer.text());
    assert.equal((await world.fetch(`${runOf(answer)}/approve`, { method: 'POST', as: 'lead', body: form({}) })).status, 303);
    await ended(world, runOf(answer), 'succeeded');
  }

  test('a number that may not be is refused at its field, and what was typed is still there', async () => {
    for (const javascript of [true, false]) {
      const page = await world.open('/actions/scale-recommendation', { javascript });
      const first = await since();
      for (const [typed, words] of [['-1', /less than/], ['0', /less than/], ['100000', /more than/]]) {
        const field = page.locator('input[name="replicas"]');
        await field.fill(typed);
        await page.getByRole('button', { name: 'Look again' }).click();
        assert.equal(await page.locator('input[name="replicas"]:invalid').inputValue(), typed, 'the browser says it first');
        // A browser that says nothing.
        await page.goto(`${world.url}/actions/scale-recommendation?replicas=${typed}`);
        assert.match(await page.innerText('.field-trouble'), words);
        assert.equal(await field.inputValue(), typed);
        assert.equal(await field.getAttribute('aria-invalid'), 'true');
        assert.equal(await page.locator(PRESS).count(), 0, 'there is nothing to press');
      }
      assert.deepEqual(await changes(world, first), []);
      await page.context().close();
    }
  });

  test('a double click, and the way back and a second press, make one run', async () => {
    const first = await since();
    const page = await world.open('/actions/enable-fallback');
    await page.dblclick(PRESS);
    await page.waitForURL(RUN);
    const run = RUN.exec(page.url())[0];
    await ended(world, run, 'succeeded');
    await page.goBack();
    assert.match(page.url(), /\/actions\/enable-fallback/);
    const again = page.locator(PRESS);
    if ((await again.count()) === 1) {
      await press(page, /^Enable fallback on/);
      assert.equal(RUN.exec(page.url())?.[0], run, 'it leads to the run that it made');
      assert.match(await done(page), /There is no second one/);
    } else {
      assert.match(await page.innerText(part('ask')), /cannot be asked for now/);
    }
    assert.deepEqual(await changes(world, first), ['switched the fallback on']);
    await page.context().close();
    await ended(world, runOf(await ask(world, 'disable-fallback')), 'succeeded');
  });

  for (const javascript of [true, false]) {
    test(`two people who press at the same instant ${javascript ? 'with' : 'without'} a script: one run, and the other is told`, async () => {
      const replicas = javascript ? 7 : 6;
      const first = await since();
      const pages = await Promise.all(
        ['operator', 'lead'].map((as) => world.open(`/actions/scale-recommendation?replicas=${replicas}`, { as, javascript })),
      );
      await Promise.all(pages.map((page) => press(page, /^Scale/)));
      const [theirs] = pages.filter((page) => RUN.test(page.url()));
      const [other, ...more] = pages.filter((page) => !RUN.test(page.url()));
      assert.ok(theirs && other && more.length === 0, `${pages.map((page) => page.url())}`);
      const told = await other.innerText('main');
      assert.match(told, /is going on at the same target|changed/);
      const run = RUN.exec(theirs.url())[0];
      await ended(world, run, 'succeeded');
      const made = await changes(world, first);
      assert.equal(made.filter((what) => what.startsWith('scaled')).length, 1, `${made}`);
      for (const page of pages) await page.context().close();
    });
  }

  test('whoever asked cannot approve, though their role may approve what others ask', async () => {
    const page = await enter(world, account('lead'), `/actions/${REROUTE}`);
    await page.fill('#reason', 'to see whether one is enough');
    await press(page, 'Ask for approval');
    const run = RUN.exec(page.url())[0];
    assert.match(await page.innerText(part('own')), /somebody else has to approve it/);
    assert.equal(await page.locator(part('approve')).count(), 0);
    const answer = await world.fetch(`${run}/approve`, { method: 'POST', as: 'lead', body: form({}) });
    assert.equal(answer.status, 409);
    assert.match(await answer.text(), /somebody else/i);
    // Without an emergency nobody goes on alone either.
    assert.equal(await page.locator(part('break-glass')).count(), 0);
    const alone = await world.fetch(`${run}/break-glass`, { method: 'POST', as: 'lead', body: form({}) });
    assert.equal(alone.status, 409);
    await press(page, /^Cancel:/);
    await ended(world, run, 'cancelled');
    assert.equal(await leadsTo(), 'ai-optimization');
    await page.context().close();
  });

  for (const javascript of [true, false]) {
    test(`an approval ${javascript ? 'with' : 'without'} a script of what is not true any more is refused, and says what changed`, async () => {
      const asked = await ask(world, REROUTE, { reason: 'p95 does not recover' });
      assert.equal(asked.status, 303, await asked.text());
      const run = runOf(asked);
      const lead = await world.open(run, { as: 'lead', javascript });
      await lead.fill('#approve-comment', 'go on');
      await leadIngressTo('ai-backup-services');
      const first = await since();
      assert.equal((await press(lead, /^Approve:/)).status, 409);
      assert.match(await lead.innerText(part('trouble')), /was ai-optimization:80 and is ai-backup-services:80 now/);
      assert.equal(await lead.inputValue('#approve-comment'), 'go on', 'what was typed is kept');
      assert.deepEqual(await changes(world, first), [], 'nothing was sent');
      await leadIngressTo('ai-optimization');
      assert.equal((await world.fetch(`${run}/cancel`, { method: 'POST', body: form({}) })).status, 303);
      await lead.context().close();
    });
  }

  test('nobody knows what happened: a person who has looked says it', async () => {
    for (const [javascript, button, wanted] of [[true, 'It took effect', 'succeeded'], [false, 'It did not take effect', 'failed']]) {
      const first = await since();
      // It is done, the answer is lost, and how it stands cannot be read.
      await world.control('fault', { route: '/crisis/manual-mode/enable', method: 'POST', when: 'after', delay_ms: 6_000, reset: true, times: 1 });
      const page = await world.open('/actions/enable-manual-mode', { javascript });
      await press(page, /^Enable manual/);
      const run = RUN.exec(page.url())[0];
      await until('it was done', async () => (await changes(world, first)).length === 1);
      await world.control('fault', { route: '/crisis/manual-mode', method: 'GET', status: 500 });
      await ended(world, run, 'unknown');
      await until('the page says it', async () => (await state(page)) === 'Nobody knows', patient);
      assert.match(await page.innerText(part('decision')), /Nothing is sent again/);
      // axe is a script itself.
      if (javascript) assert.deepEqual(await lookAt(page, [320, 1280]), []);
      // Without saying what was seen there is no decision.
      const empty = await world.fetch(`${run}/decide`, { method: 'POST', body: form({ in_place: 'yes', comment: ' ' }) });
      assert.equal(empty.status, 422);
      const viewer = await world.fetch(`${run}/decide`, { method: 'POST', as: 'viewer', body: form({ in_place: 'yes', comment: 'x' }) });
      assert.equal(viewer.status, 403);
      const waits = await world.open('/actions', { javascript: false });
      assert.match(await waits.innerText('main'), /Nobody knows[\s\S]*Enable manual crisis mode/i);
      await waits.context().close();
      await page.fill('#decide-comment', 'the platform\'s own page says so');
      await press(page, button);
      assert.match(await done(page), /What you saw is in its story/);
      assert.equal(await stateOf(world, run), wanted);
      assert.match(await page.innerText(part('story')), /the platform's own page says so/i);
      assert.equal((await changes(world, first)).length, 1, 'nothing was sent again');
      await world.control('clear');
      await page.context().close();
      await ended(world, runOf(await ask(world, 'disable-manual-mode')), 'succeeded');
    }
  });

  test('a long run is stopped in the middle: what was sent is looked for, and nothing else begins', async () => {
    await world.control('job', { cronjob: 'recover-ai-services', seconds: 80 });
    const asked = await ask(world, 'recover-services', { reason: 'the models are broken' });
    assert.equal(asked.status, 303, await asked.text());
    const run = runOf(asked);
    assert.equal((await world.fetch(`${run}/approve`, { method: 'POST', as: 'lead', body: form({}) })).status, 303);
    const page = await world.open(run);
    await until('it goes on', async () => /^Stop:/.test(await page.innerText(part('cancel'))), patient);
    const jobs = async () => (await (await fetch(`${world.platformUrl}/control/state`)).json()).cluster.jobs.length;
    await until('its first job runs', async () => (await jobs()) === 1);
    await press(page, /^Stop:/);
    assert.match(await page.innerText(part('stop')), /wants it to stop\. What was sent is still looked for, and no other step begins\./);
    assert.match(await done(page), /It is to stop/);
    await until('it has stopped', async () => !['Running', 'Stopping'].includes(await state(page)), patient);
    assert.equal(await state(page), 'Stopped');
    assert.match(await page.innerText(part('sentence')), /stopped it[\s\S]*a part of it is in place/);
    assert.match(await page.innerText(part('steps')), /In place[\s\S]*Never begun/);
    assert.equal(await jobs(), 1, 'no other step was begun');
    assert.deepEqual(page.troubles, []);
    assert.deepEqual(await lookAt(page, [320, 1280]), []);
    await page.context().close();
  });

  for (const javascript of [true, false]) {
    test(`in an emergency one person goes on alone ${javascript ? 'with' : 'without'} a script, everybody hears of it, and somebody else reviews it`, async () => {
      await noEmergency();
      const operator = await enter(world, account('operator'), `/actions/${REROUTE}`, { javascript });
      await operator.fill('#reason', 'nobody else answers the phone');
      await press(operator, 'Ask for approval');
      const run = RUN.exec(operator.url())[0];
      assert.equal(await operator.locator(part('break-glass')).count(), 0, 'not without an emergency');
      assert.equal((await world.fetch(`${run}/break-glass`, { method: 'POST', body: form({}) })).status, 409);

      await world.scenario('crisis-wave');
      await until('an emergency', async () => (await emergencies()) > 0, patient);
      if (!javascript) await operator.reload();
      await until('it can be done alone', async () => (await operator.locator(part('break-glass')).count()) === 1);
      assert.match(await operator.innerText(part('glass')), /it waits for a review by somebody else/);
      assert.equal(await operator.locator('main .primary').count(), 0);
      if (javascript) assert.deepEqual(await lookAt(operator, [320, 1280]), []);
      const viewer = await world.fetch(`${run}/break-glass`, { method: 'POST', as: 'viewer', body: form({}) });
      assert.equal(viewer.status, 403);
      const first = await since();
      await press(operator, /^Go on alone: Route api\.wedsync\.com/);
      assert.match(await done(operator), /Everybody who may approve hears of it/);
      await ended(world, run, 'succeeded');
      assert.equal((await changes(world, first)).length, 1);
      assert.equal(await leadsTo(), 'ai-backup');
      const told = async () => {
        const arrived = await Promise.all(['mail', 'chat'].map((kind) => world.arrived(kind)));
        return arrived.flat().map(text).filter((one) => one.includes(run) && one.includes('because a level 4 is open'));
      };
      await until('everybody who may approve is told', async () => (await told()).length > 0, patient);

      // It waits for a review, and not for one of their own.
      const own = await world.open(run, { javascript: false });
      assert.match(await own.innerText(part('review')), /somebody else has to review it/);
      assert.equal(await own.locator(`button${part('review')}`).count(), 0);
      await own.context().close();
      const self = await world.fetch(`${run}/review`, { method: 'POST', body: form({ comment: 'fine' }) });
      assert.equal(self.status, 403, 'an operator may not review');
      const lead = await enter(world, account('lead'), '/actions', { javascript });
      await press(lead, /Review/);
      assert.match(lead.url(), new RegExp(run));
      if (javascript) assert.deepEqual(await lookAt(lead, [320, 1280]), []);
      // Without a comment there is no review.
      const empty = await world.fetch(`${run}/review`, { method: 'POST', as: 'lead', body: form({ comment: ' ' }) });
      assert.equal(empty.status, 422);
      await lead.fill('#review-comment', 'right, and call me next time');
      await press(lead, 'Record the review');
      assert.match(await done(lead), /The review is in its story/);
      assert.match(await lead.innerText(part('story')), /right, and call me next time/i);
      assert.equal(await lead.locator(`button${part('review')}`).count(), 0);
      for (const page of [operator, lead]) await page.context().close();
      await bringBack();
    });
  }

  test('a lead who went on alone cannot review it', async () => {
    await world.scenario('crisis-wave');
    await until('an emergency', async () => (await emergencies()) > 0, patient);
    const lead = await enter(world, account('lead'), `/actions/${REROUTE}`, { javascript: false });
    await lead.fill('#reason', 'alone on the night shift');
    await press(lead, 'Ask for approval');
    const run = RUN.exec(lead.url())[0];
    await press(lead, /^Go on alone:/);
    await ended(world, run, 'succeeded');
    await lead.goto(world.url + run);
    assert.match(await lead.innerText(part('review')), /somebody else has to review it/);
    const answer = await world.fetch(`${run}/review`, { method: 'POST', as: 'lead', body: form({ comment: 'well done, me' }) });
    assert.equal(answer.status, 409);
    await lead.context().close();
    await bringBack();
  });

  /** Ends what the story before has begun: crises last until somebody ends them, whatever the scenario is. */
  async function noEmergency() {
    await world.scenario('calm');
    await world.control('crises/end');
    await until('no emergency', async () => (await emergencies()) === 0, patient);
  }

  async function emergencies() {
    const { alerts } = await (await world.fetch('/api/v1/alerts?state=open')).json();
    return alerts.filter(({ level }) => level === 4).length;
  }
});
