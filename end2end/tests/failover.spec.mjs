// An outage, from the fifth failure to the last thing put back: what the console does by itself, what people do, and what
// everybody sees meanwhile. The clock runs fast, so that a minute of waiting is four seconds.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { account, part, startWorld, until } from '../lib/world.mjs';
import { done, enter, press } from '../lib/people.mjs';
import { moment } from '../lib/looks.mjs';
import { RUN, breakers, changes, cluster, effects, ended, state, stateOf } from '../lib/acting.mjs';

const FAST = 15;
const SERVICES = ['optimization', 'recommendation', 'crisis'];
/** All that happens to a service is decided by the console when it opens, and by a person when it is well again. */
const failovers = SERVICES.map(
  (service) => `\n[[platform.failover]]\nservice = "${service}"\non_open = "automatic"\non_recovery = "propose"\n`,
).join('');
const breaker = (service) => `[data-service="${service}"]`;
const patient = { within: 120_000 };

describe('an outage', () => {
  let world, start, findings;
  before(async () => {
    const more = (made) => cluster(made) + failovers;
    // One poll a second of real time.
    world = await startWorld({ days: 1, order: { scenario: 'calm' }, fastClock: FAST, pollEvery: '15s', more });
    await world.polls(3);
    start = (await effects(world)).next;
    findings = [];
  });
  after(() => world?.end());

  const stands = async (service, wanted) => (await breakers(world))[service].state === wanted;
  const all = async (wanted) => Object.values(await breakers(world)).every((one) => one.state === wanted);
  const see = async (name, paths) => findings.push(...(await moment(world, name, paths)));
  let reroute;

  test('while all is well breakers are one line', async () => {
    for (const javascript of [true, false]) {
      const page = await world.open('/performance', { javascript });
      assert.match(await page.innerText(part('breakers')), /Closed\s+Every service may be called\./);
      assert.equal(await page.locator(`${part('breakers')} li`).count(), 0);
      await page.goto(`${world.url}/`);
      assert.equal(await page.locator(part('breakers-now')).count(), 0);
      await page.context().close();
    }
    await see('1-calm', ['/breakers', '/performance']);
  });

  test('four failures leave it closed and the fifth opens it, and open pages tell both', async () => {
    const page = await world.open('/breakers');
    const now = await world.open('/');
    const performance = await world.open('/performance', { as: 'viewer' });
    for (const opened of [page, now, performance]) {
      await until('the script runs', () => opened.asked.some((url) => url.includes('/live')));
    }
    const plain = await world.open('/breakers', { javascript: false });
    // Four answers that fail, and then one that takes its time: it is the fifth, and until it is there are four.
    await world.control('fault', { route: '/ai/health', status: 503, times: 4 });
    await world.control('fault', { route: '/ai/health', delay_ms: 12_000, times: 1 });
    await until('four failures', async () => (await breakers(world)).optimization.failures === 4, { every: 100 });
    await world.scenario('outage');
    assert.ok(await stands('optimization', 'closed'), 'four leave it closed');
    await until('the page counts', async () => /4 failures running/.test(await page.innerText(breaker('optimization'))));
    await plain.reload();
    assert.match(await plain.innerText(breaker('optimization')), /Closed[\s\S]*4 failures running/);
    assert.equal(await page.innerText(`${breaker('optimization')} ${part('position')}`), 'Closed');
    assert.equal((await changes(world, start)).length, 0);

    await until('the fifth opens it', () => stands('optimization', 'open'), patient);
    // From here on nothing answers, whatever is done behind it, until the story says so.
    await world.control('fault', { route: '/ai/health', status: 503 });
    const tells = (opened, where, words) => until(`${opened.url()} tells it`, async () => {
      assert.match(await opened.innerText(where), words);
      return true;
    }, patient);
    await tells(page, breaker('optimization'), /opened: 5 failures running/);
    await tells(page, part('sentence'), /kept away from .*and/);
    await tells(now, part('breakers-now'), /Open[\s\S]*Optimization engine/);
    await tells(performance, part('breakers'), /Open\s+Optimization engine/);
    // Without a script a page says it when it is looked at.
    await plain.reload();
    assert.match(await plain.innerText(breaker('optimization')), /opened: 5 failures running/);
    assert.match(await plain.innerText(part('sentence')), /kept away from .*and/);
    await plain.goto(`${world.url}/`);
    assert.match(await plain.innerText(part('breakers-now')), /Open[\s\S]*Optimization engine/);
    await plain.goto(`${world.url}/performance`);
    assert.match(await plain.innerText(part('breakers')), /Open\s+Optimization engine/);
    for (const opened of [page, now, performance, plain]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('the console enables the fallback by itself, once, and asks nobody for what it has done', async () => {
    await until('the fallback is on', async () => (await changes(world, start)).length > 0, patient);
    assert.deepEqual(await changes(world, start), ['switched the fallback on']);
    const page = await world.open('/breakers');
    const its = page.getByRole('link', { name: 'Its run' });
    await until('the run stands in a story', async () => (await its.count()) === 1);
    const run = RUN.exec(await its.getAttribute('href'))[0];
    await ended(world, run, 'succeeded');
    // The one fallback is for all that fail together.
    for (const service of SERVICES) {
      const told = /"Enable fallback" is (run automatically|in place already)\./;
      await until('its story says what was done', async () => told.test(await page.innerText(breaker(service))));
    }
    assert.equal(await page.locator(part('offered')).count(), 0, 'nobody is asked for what is done');
    await its.click();
    await page.waitForURL(RUN);
    assert.match(await page.innerText(part('story')), /automatic failover/i);
    const plain = await world.open('/breakers', { javascript: false });
    await press(plain, 'Its run');
    assert.equal(RUN.exec(plain.url())[0], run);
    assert.match(await plain.innerText(part('story')), /automatic failover/i);
    await plain.context().close();
    await world.polls(6);
    assert.deepEqual(await changes(world, start), ['switched the fallback on'], 'and no second time');
    await page.context().close();
    await see('2-open', ['/', '/breakers', '/performance', '/actions', run]);
  });

  test('a person asks to route traffic away, and a second one approves', async () => {
    const lead = await world.open('/actions', { as: 'lead' });
    const leadNow = await world.open('/', { as: 'lead' });
    // One of the two has no script; on the way back it is the other.
    const operator = await enter(world, account('operator'), '/breakers', { javascript: false });
    await press(operator, 'Actions', operator.locator('main'));
    await press(operator, 'Reroute to the backup region');
    await operator.fill('#reason', 'the engines are down and nobody knows why');
    await press(operator, 'Ask for approval');
    reroute = RUN.exec(operator.url())[0];
    assert.equal(await state(operator), 'Waits for approval');
    await until('it waits in the list of the lead', async () => (await lead.getByRole('link', { name: /Approve or refuse/ }).count()) === 1);
    await until('and on Now', async () => /Route api\.wedsync\.com/.test(await leadNow.innerText(part('running-now'))));
    await leadNow.context().close();
    findings.push(...(await moment(world, '3-waits', ['/actions', reroute], { as: 'lead' })));
    await press(lead, /Approve or refuse/);
    await lead.fill('#approve-comment', 'go, I watch the error rate');
    await press(lead, /^Approve: Route api\.wedsync\.com\/ai\/ to ai-backup/);
    assert.match(await done(lead), /You approved it/);
    await ended(world, reroute, 'succeeded');
    for (const page of [operator, lead]) {
      await until('both see it', async () => (await state(page)) === 'Worked');
      assert.match(await page.innerText(part('story')), /go, I watch the error rate/i);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    }
    const done_to_it = await changes(world, start);
    assert.equal(done_to_it.length, 2, `${done_to_it}`);
    assert.match(done_to_it[1], /ai-ingress/);
    await see('4-rerouted', ['/', reroute]);
  });

  test('an open page shows each probe: half-open, and open again when it fails', async () => {
    const [page, now, performance] = await Promise.all(['/breakers', '/', '/performance'].map((path) => world.open(path)));
    const pages = [page, now, performance];
    for (const opened of pages) {
      await until('the script runs', () => opened.asked.some((url) => url.includes('/live')));
      // Each position that it shows, one after the other.
      await opened.evaluate((selector) => {
        const shown = (globalThis.shown = []);
        const look = () => {
          const word = document.querySelector(selector)?.textContent;
          if (word && word !== shown.at(-1)) shown.push(word);
        };
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }, opened === page ? `${breaker('optimization')} ${part('position')}` : `li${breaker('optimization')} .word`);
    }
    // The answer to each poll comes later than the next probe is due, so for the rest of the time it is under way.
    await world.control('fault', { route: '/ai/health', status: 503, delay_ms: 7_000 });
    const plain = await world.open('/breakers', { javascript: false });
    await until('a page without a script shows a probe', async () => {
      await plain.reload();
      return (await plain.innerText(`${breaker('optimization')} ${part('position')}`)) === 'Half-open';
    }, { ...patient, every: 100 });
    for (const opened of pages) {
      const probed = async () => {
        assert.match(await opened.evaluate(() => globalThis.shown.join(', ')), /Open, Half-open, Open/);
        return true;
      };
      await until(`${opened.url()} shows a probe`, probed, patient);
    }
    for (const opened of [...pages, plain]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('one probe closes a breaker again', async () => {
    const page = await world.open('/breakers');
    const position = () => page.innerText(`${breaker('optimization')} ${part('position')}`);
    const plain = await world.open('/breakers', { javascript: false });
    assert.notEqual(await position(), 'Closed', 'every probe has failed so far');
    await world.scenario('calm');
    await world.control('clear');
    await until('closed', async () => (await position()) === 'Closed', patient);
    assert.match(await page.innerText(breaker('optimization')), /closed: the probe succeeded[\s\S]*is half-open: one call may probe it/);
    await until('all of them', () => all('closed'), patient);
    await until('the page says it', async () => /Every service may be called/.test(await page.innerText(part('sentence'))));
    await plain.reload();
    assert.match(await plain.innerText(part('sentence')), /Every service may be called/);
    assert.match(await plain.innerText(breaker('optimization')), /Closed[\s\S]*closed: the probe succeeded/);
    for (const opened of [page, plain]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('what has been well for ten minutes is offered to be brought back, and a person does it', async () => {
    const page = await world.open('/breakers');
    const offer = page.locator(part('offered')).filter({ hasText: /has been well for 10 minutes/ });
    await until('it is offered', async () => (await offer.count()) >= 1, patient);
    const now = await world.open('/');
    await until('Now says it', async () => /Disable fallback/.test(await now.innerText(part('breakers-now'))));
    await see('5-offered', ['/breakers', '/', '/performance']);
    assert.equal((await changes(world, start)).length, 2, 'it is offered, not done');
    // Without a script, from Now.
    const plain = await enter(world, account('operator'), '/', { javascript: false });
    await press(plain, 'Disable fallback', plain.locator(part('breakers-now')));
    assert.match(plain.url(), /\/actions\/disable-fallback/);
    await press(plain, /^Disable fallback on/);
    await until('it has worked', async () => (await state(plain)) === 'Worked', patient);
    assert.deepEqual((await changes(world, start)).at(-1), 'switched the fallback off');
    await until('nothing is offered any more', async () => (await page.locator(part('offered')).count()) === 0, patient);
    await until('Now is quiet', async () => (await now.locator(part('breakers-now')).count()) === 0, patient);
    await plain.goto(`${world.url}/`);
    assert.equal(await plain.locator(part('breakers-now')).count(), 0);
    for (const opened of [page, now, plain]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('two people bring traffic back, and all is as it was', async () => {
    const operator = await enter(world, account('operator'), `${reroute}/undo`);
    await operator.fill('#reason', 'the engines are well again');
    await press(operator, /Undo: Route/);
    const back = RUN.exec(operator.url())[0];
    const lead = await enter(world, account('lead'), back, { javascript: false });
    await press(lead, /^Approve:/);
    await ended(world, back, 'succeeded');
    assert.equal(await stateOf(world, reroute), 'undone');
    const all_of_it = await changes(world, start);
    assert.equal(all_of_it.length, 4, `${all_of_it}`);
    const { cluster: short, fallback } = await (await fetch(`${world.platformUrl}/control/state`)).json();
    assert.equal(short.ingress, 'ai-optimization');
    assert.equal(fallback.enabled, false, JSON.stringify(fallback));
    assert.ok(await all('closed'));
    await until('every alert is over', async () => (await (await world.fetch('/api/v1/alerts?state=open')).json()).alerts.length === 0, patient);
    await operator.goto(`${world.url}/breakers`);
    assert.equal(await operator.locator(part('offered')).count(), 0);
    await operator.goto(`${world.url}/actions`);
    assert.match(await operator.innerText(part('nothing-open')), /^Nothing is going on/);
    for (const opened of [operator, lead]) await opened.context().close();
    await see('6-as-before', ['/', '/breakers', '/runs', reroute]);
  });

  test('at no moment was anything beyond the edge of a phone, or hidden from somebody', () => {
    assert.deepEqual(findings, []);
  });
});
