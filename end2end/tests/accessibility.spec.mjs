// Who cannot see colours, uses no mouse, or holds a small phone reads the same page.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { account, part, startWorld, until } from '../lib/world.mjs';
import { enter, press, signIn } from '../lib/people.mjs';
import { ask, cluster, ended, runOf } from '../lib/acting.mjs';
import { look, lookAt } from '../lib/looks.mjs';

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

describe('who gets in, and what they did', () => {
  const PHONE_AND_DESK = [320, 1280];
  const LONG = { email: 'a.very.long.address.of.somebody@subdomain.of.some.example.org', name: 'Wolfeschlegelsteinhausenbergerdorff Senior' };
  let world;
  before(async () => (world = await startWorld({ days: 0 })));
  after(() => world?.end());

  test('at the door', async () => {
    const page = await world.open('/sign-in', { as: null });
    const found = await lookAt(page, PHONE_AND_DESK);
    await signIn(page, account('lead'), 'a wrong password');
    found.push(...(await lookAt(page, PHONE_AND_DESK)));
    await page.goto(await world.command('user', 'add', '--email', LONG.email, '--name', LONG.name, '--role', 'viewer'));
    found.push(...(await lookAt(page, PHONE_AND_DESK)));
    await page.context().close();
    assert.deepEqual(found, []);
  });

  test('inside', async () => {
    const found = await look(world, '/audit', { as: 'viewer', widths: PHONE_AND_DESK });
    const page = await enter(world, account('admin'), '/settings/people');
    const here = async () => found.push(...(await lookAt(page, PHONE_AND_DESK)));
    await press(page, LONG.name);
    await here();
    await press(page, /invitation link/);
    await here();
    await page.goto(`${world.url}/settings/tokens`);
    await page.fill('[name="name"]', 'nightly export');
    await page.check('[value="see_status"]');
    await press(page, 'Make the token');
    await here();
    for (const path of ['/settings', '/settings/people', '/settings/second-factor', '/prove?next=/settings/tokens', '/audit']) {
      await page.goto(world.url + path);
      for (const details of await page.locator('main details').all()) await details.locator('summary').click();
      await here();
    }
    await page.context().close();
    assert.deepEqual(found, []);
  });
});

describe('acting, and what acts by itself', () => {
  const PHONE_AND_DESK = [320, 1280];
  let world;
  before(async () => {
    world = await startWorld({ days: 0, order: { scenario: 'calm' }, more: cluster });
    await world.polls(2);
  });
  after(() => world?.end());

  test('actions, previews and runs', async () => {
    const found = [];
    const run = runOf(await ask(world, 'enable-fallback'));
    await ended(world, run, 'succeeded');
    const waits = runOf(await ask(world, 'reroute-to-backup-region', { reason: 'p95 does not recover' }));
    const paths = ['/actions', '/actions/enable-fallback', '/actions/reroute-to-backup-region', '/actions/scale-recommendation?replicas=0'];
    for (const path of [...paths, '/runs', run, `${run}/undo`, waits]) {
      const page = await world.open(path, { as: 'lead' });
      for (const details of await page.locator('main details').all()) await details.locator('summary').click();
      found.push(...(await lookAt(page, PHONE_AND_DESK)));
      await page.context().close();
    }
    assert.deepEqual(found, []);
  });

  test('breakers: closed, mistyped, held, open, and seen by who may only look', async () => {
    const page = await world.open('/breakers');
    const card = page.locator('[data-service="recommendation"]');
    const found = await lookAt(page, PHONE_AND_DESK);
    const hold = async (minutes) => {
      const form = card.locator('form');
      if (!(await form.isVisible())) await card.locator('summary').click();
      // A browser says it by itself; another one may not.
      await form.evaluate((own) => (own.noValidate = true));
      await card.locator('select').selectOption('open');
      await card.locator('[name="minutes"]').fill(minutes);
      await card.locator('[name="reason"]').fill('the model is being replaced');
      return press(page, /^Hold/, card);
    };
    assert.equal((await hold('0')).status, 422);
    assert.equal(await card.locator('[name="reason"]').inputValue(), 'the model is being replaced');
    assert.equal(await card.locator('[name="minutes"]').getAttribute('aria-invalid'), 'true');
    found.push(...(await lookAt(page, PHONE_AND_DESK)));
    assert.equal((await hold('30')).status, 200);
    found.push(...(await lookAt(page, PHONE_AND_DESK)));
    const outcome = (number) => ({ id: `call-${number}`, at: new Date().toISOString(), result: 503 });
    await world.fetch('/api/v1/breakers/crisis/outcomes', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ outcomes: [1, 2, 3, 4, 5].map(outcome) }),
    });
    await until('it is open', async () => /Open/.test(await page.innerText('[data-service="crisis"]')));
    found.push(...(await lookAt(page, PHONE_AND_DESK)));
    await page.context().close();
    for (const path of ['/breakers', '/', '/performance']) {
      found.push(...(await look(world, path, { as: 'viewer', widths: PHONE_AND_DESK })));
    }
    assert.deepEqual(found, []);
  });
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
