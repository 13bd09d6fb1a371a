// How people and machines get in, stay in and are shut out: each story with JavaScript and without.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { PASSWORD, account, startWorld, until } from '../lib/world.mjs';
import { choosePassword, code, done, enter, press, signIn, signOut, trouble } from '../lib/people.mjs';

const OWN_PASSWORD = 'the swans came back on a tuesday';

/** The same story twice. `who` tells the people of the two apart. */
function story(name, tell) {
  for (const javascript of [true, false]) {
    test(`${name}, with${javascript ? '' : 'out'} JavaScript`, () => tell({ javascript, who: javascript ? 'with' : 'without' }));
  }
}

describe('by password', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0 })));
  after(() => world?.end());

  story('the last administrator cannot be shut out, nor become less', async (options) => {
    const page = await enter(world, account('admin'), '/settings/people', options);
    await press(page, 'Admin of the demo', page.locator('main'));
    assert.equal(await page.getByRole('button', { name: /^Disable/ }).count(), 0);
    assert.match(await page.innerText('main'), /last person who can manage users/);
    await page.selectOption('[name="role"]', 'viewer');
    assert.equal((await press(page, 'Save the change')).status, 422);
    assert.match(await trouble(page), /last person who can manage users/);

    const own = page.url();
    const answer = await world.fetch(`${new URL(own).pathname}/disable`, { as: 'admin', method: 'POST' });
    assert.equal(answer.status, 422);
    assert.equal((await page.goto(own)).status(), 200, 'still let in');
    await page.context().close();
  });

  story('a link sets the first password, once', async ({ who, ...options }) => {
    const email = `first-${who}@example.org`;
    const link = (await world.command('user', 'add', '--email', email, '--name', 'Ada', '--role', 'lead')).trim();
    const page = await world.blank({ as: null, ...options });
    assert.equal((await page.goto(link)).status(), 200);
    assert.equal((await choosePassword(page, 'too short')).status, 422);
    assert.match(await trouble(page), /at least 12/);
    const chosen = await choosePassword(page, OWN_PASSWORD);
    assert.equal(chosen.url.pathname, '/sign-in');
    assert.equal(await page.inputValue('[name="email"]'), email);
    await signIn(page, email, OWN_PASSWORD);
    assert.equal(new URL(page.url()).pathname, '/');
    assert.equal(await page.innerText('.account-name'), 'Ada');
    assert.equal((await page.goto(link)).status(), 410);
    assert.deepEqual(page.troubles.filter((words) => !/42\d|410/.test(words)), []);
    await page.context().close();
  });

  story('a wrong password and an unknown account are answered alike', async ({ who, ...options }) => {
    const page = await world.open('/performance?range=6h', { as: null, ...options });
    assert.match(page.url(), /\/sign-in\?next=/);
    const answers = [];
    for (const email of [account('viewer'), `nobody-${who}@example.org`]) {
      const { status } = await signIn(page, email, 'a wrong password');
      assert.equal(await page.inputValue('[name="email"]'), email, 'what was typed is kept');
      assert.equal(await page.inputValue('[name="password"]'), '');
      answers.push([status, await page.title(), await trouble(page)]);
    }
    assert.equal(answers[0][0], 401);
    assert.deepEqual(answers[0], answers[1]);
    await signIn(page, account('viewer'));
    assert.match(page.url(), /\/performance\?range=6h$/, 'where one wanted to go');
    await page.context().close();
  });

  story('an invitation becomes a person', async ({ who, ...options }) => {
    const email = `grace-${who}@example.org`;
    const page = await world.open('/settings/people', { as: 'admin', ...options });
    await page.fill('[name="email"]', account('viewer'));
    await page.fill('[name="name"]', 'Grace');
    await page.selectOption('[name="role"]', 'auditor');
    assert.equal((await press(page, 'Make an invitation link')).status, 422);
    assert.match(await trouble(page), /already/);
    assert.equal(await page.inputValue('[name="name"]'), 'Grace', 'what was typed is kept');
    await page.fill('[name="email"]', email);
    await press(page, 'Make an invitation link');
    const link = await page.innerText('[data-part="link"] .secret');
    await page.goto(`${world.url}/settings/people`);
    assert.equal(await page.locator('[data-part="link"]').count(), 0, 'shown once');
    assert.match(await page.locator('tr', { hasText: email }).innerText(), /invited/);

    const grace = await world.blank({ as: null, ...options });
    await grace.goto(link);
    assert.match(await grace.innerText('main'), /Grace/);
    await choosePassword(grace, OWN_PASSWORD);
    await signIn(grace, email, OWN_PASSWORD);
    assert.equal((await grace.goto(`${world.url}/audit`)).status(), 200, 'her role is that of an auditor');
    await grace.context().close();
    await page.context().close();
  });

  story('two administrators change one person at once, and the second sees both', async ({ who, ...options }) => {
    const email = `changed-${who}@example.org`;
    await world.command('user', 'add', '--email', email, '--name', 'Lin', '--role', 'viewer');
    const [first, second] = await Promise.all([1, 2].map(() => world.open('/settings/people', { as: 'admin', ...options })));
    for (const page of [first, second]) await press(page, 'Lin', page.locator('tr', { hasText: email }));
    await first.fill('[name="name"]', 'Lin of the night');
    await press(first, 'Save the change');
    assert.match(await done(first), /saved/);

    await second.selectOption('[name="role"]', 'operator');
    assert.equal((await press(second, 'Save the change')).status, 409);
    const both = second.locator('[data-part="conflict"]');
    assert.match(await both.innerText(), /Admin of the demo was quicker/);
    assert.deepEqual(await both.locator('tbody tr').nth(0).locator('td').allInnerTexts(), ['Lin', 'Lin of the night']);
    assert.deepEqual(await both.locator('tbody tr').nth(1).locator('td').allInnerTexts(), ['Operator', 'Viewer']);
    await press(second, 'Save mine over it');
    assert.match(await done(second), /saved/);
    assert.match(await second.innerText('.page-head'), /Operator/);

    await press(second, /^Disable/);
    assert.match(await second.innerText('.page-head'), /disabled/);
    await first.context().close();
    await second.context().close();
  });

  story('a session ended elsewhere is over at the next request, and its live stream at once', async ({ javascript, who }) => {
    const email = `two-${who}@example.org`;
    const link = (await world.command('user', 'add', '--email', email, '--name', 'Two', '--role', 'viewer')).trim();
    const here = await world.blank({ as: null, javascript });
    await here.goto(link);
    await choosePassword(here, OWN_PASSWORD);
    await signIn(here, email, OWN_PASSWORD);
    const there = await world.blank({ as: null, javascript });
    await there.goto(`${world.url}/performance`);
    await signIn(there, email, OWN_PASSWORD);
    await here.goto(`${world.url}/settings`);
    await viewers(world, javascript ? 1 : 0);

    await press(here, /^End the session of Chrome/);
    assert.match(await done(here), /ended/);
    await viewers(world, 0);
    if (javascript) {
      // The stream's last word: the open page loads itself again.
      await there.waitForURL(/\/sign-in/, { timeout: 10_000 });
    } else {
      await there.reload();
    }
    assert.match(there.url(), /\/sign-in\?next=%2Fperformance/);
    assert.equal((await here.goto(`${world.url}/settings`)).status(), 200, 'the other one goes on');
    await there.context().close();

    const third = await enter(world, email, '/settings', { javascript, password: OWN_PASSWORD });
    assert.equal((await press(third, 'Sign out everywhere')).url.pathname, '/sign-in');
    for (const page of [here, third]) {
      await page.goto(`${world.url}/settings`);
      assert.match(page.url(), /\/sign-in/);
    }
    await third.context().close();
    await here.context().close();
  });

  story('who may not is told which permission is missing', async (options) => {
    const page = await world.blank({ as: 'viewer', ...options });
    for (const [path, words, key] of [
      ['/settings/people', 'manage users, roles, keys, tokens', 'manage_access'],
      ['/settings/tokens', 'manage users, roles, keys, tokens', 'manage_access'],
      ['/audit', 'read the audit log', 'read_audit'],
    ]) {
      assert.equal((await page.goto(world.url + path)).status(), 403, path);
      const told = await page.innerText('[data-part="forbidden"]');
      for (const part of [words, key, 'Viewer', 'Admin']) assert.ok(told.includes(part), `${path}: no "${part}" in ${told}`);
    }
    await page.goto(`${world.url}/settings`);
    assert.equal(await page.locator('main a[href="/settings/people"], main a[href="/audit"]').count(), 0);
    await page.context().close();
  });

  story('whoever has signed out sees nothing by going back', async (options) => {
    const page = await enter(world, account('support'), '/settings', options);
    await page.goto(`${world.url}/performance`);
    const { url } = await signOut(page);
    assert.equal(url.pathname, '/sign-in');
    await page.goBack();
    await page.waitForLoadState('load');
    assert.match(page.url(), /\/sign-in\?next=%2Fperformance/);
    assert.equal(await page.locator('[data-metric]').count(), 0);
    await page.context().close();
  });

  story('the own profile is kept, and the own password is changed', async ({ who, ...options }) => {
    const email = `own-${who}@example.org`;
    const link = (await world.command('user', 'add', '--email', email, '--name', 'Own', '--role', 'viewer')).trim();
    const page = await world.blank({ as: null, ...options });
    await page.goto(link);
    await choosePassword(page, OWN_PASSWORD);
    await signIn(page, email, OWN_PASSWORD);
    await page.goto(`${world.url}/settings`);
    await page.fill('#profile-name', 'Own Name');
    await press(page, 'Add a way');
    assert.equal(await page.inputValue('#profile-name'), 'Own Name', 'what was typed is kept');
    await page.fill('[name="way_address_0"]', 'own@example.org');
    await page.fill('[name="zone"]', 'Nowhere/At_all');
    assert.equal((await press(page, 'Save the profile')).status, 422);
    assert.match(await trouble(page), /time zone/);
    await page.locator('.theme button').click();
    await page.waitForLoadState('load');
    assert.equal(new URL(page.url()).pathname, '/settings', 'the switch of colours leads back to a page');
    await page.fill('#profile-name', 'Own Name');
    await press(page, 'Add a way');
    await page.fill('[name="way_address_0"]', 'own@example.org');
    await page.fill('[name="zone"]', 'Asia/Tokyo');
    await page.check('#theme-dark');
    await press(page, 'Save the profile');
    assert.match(await done(page), /saved/);
    assert.equal(await page.innerText('.account-name'), 'Own Name');
    assert.equal(await page.inputValue('[name="way_address_0"]'), 'own@example.org');
    assert.match(await page.innerText('footer'), /UTC\+9|JST|Tokyo|GMT\+9|\+09/);
    assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');

    await page.fill('#change-current', OWN_PASSWORD);
    await page.fill('#change-password', PASSWORD);
    await page.fill('#change-password_again', PASSWORD);
    await press(page, 'Change the password');
    assert.match(await done(page), /changed/);
    await signOut(page);
    await signIn(page, email, PASSWORD);
    assert.equal(new URL(page.url()).pathname, '/');
    const elsewhere = await enter(world, email, '/', options);
    assert.equal(await elsewhere.getAttribute('html', 'data-theme'), 'dark', 'chosen in another browser');
    await elsewhere.context().close();
    await page.context().close();
  });
});

describe('by a second factor', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0, secondFactor: 'required' })));
  after(() => world?.end());

  story('an administrator sets one up before anything else, and then needs it', async ({ who, ...options }) => {
    const email = `codes-${who}@example.org`;
    const link = (await world.command('user', 'add', '--email', email, '--name', 'Ada', '--role', 'admin')).trim();
    const page = await world.blank({ as: null, ...options });
    await page.goto(link);
    await choosePassword(page, OWN_PASSWORD);
    await signIn(page, email, OWN_PASSWORD);
    assert.equal(new URL(page.url()).pathname, '/settings/second-factor');
    await page.goto(`${world.url}/settings/people`);
    assert.equal(new URL(page.url()).pathname, '/settings/second-factor', 'and nothing else');

    const secret = await page.innerText('.secret');
    await page.fill('[name="code"]', '000000');
    assert.equal((await press(page, 'Switch it on')).status, 422);
    assert.equal(await page.innerText('.secret'), secret, 'the key stays');
    const used = code(secret);
    await page.fill('[name="code"]', used);
    await press(page, 'Switch it on');
    const recovery = await page.locator('.codes code').allInnerTexts();
    assert.equal(new Set(recovery).size, 10);
    await press(page, 'I have kept them');
    assert.equal((await page.goto(`${world.url}/settings/people`)).status(), 200);

    const again = async (text, by = null) => {
      if (by) await press(page, by);
      await page.fill('[name="code"]', text);
      return press(page, 'Go on');
    };
    await signOut(page);
    await signIn(page, email, OWN_PASSWORD);
    assert.equal(new URL(page.url()).pathname, '/sign-in/code');
    await page.goto(`${world.url}/settings`);
    assert.equal(new URL(page.url()).pathname, '/sign-in/code', 'a password alone opens nothing');
    assert.equal((await again(used)).status, 401, 'used when it was set up');
    assert.match(await trouble(page), /used already/);
    assert.equal((await again(code(secret, 1))).url.pathname, '/settings', 'the next code, and on to what was asked for');

    await signOut(page);
    await signIn(page, email, OWN_PASSWORD);
    assert.equal((await again(recovery[3], /recovery code/)).url.pathname, '/');
    await signOut(page);
    await signIn(page, email, OWN_PASSWORD);
    assert.equal((await again(recovery[3], /recovery code/)).status, 401, 'each works once');
    assert.equal((await again(recovery[4])).url.pathname, '/');
    await page.goto(`${world.url}/settings/second-factor`);
    assert.match(await page.innerText('main'), /8 recovery codes are left/);
    assert.match(await page.innerText('main'), /cannot be removed/);
    await page.context().close();
  });
});

describe('after five minutes', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0 })));
  after(() => world?.end());

  story('a token is made after the password was given again, shown once, used and revoked', async (options) => {
    const page = await enter(world, account('admin'), '/settings/tokens', options);
    await world.ageProofs();
    await page.fill('[name="name"]', 'nightly export');
    await page.check('[value="see_status"]');
    const last = await page.inputValue('[name="ends"]');
    const { url } = await press(page, 'Make the token');
    assert.equal(url.pathname, '/prove');
    assert.match(await page.innerText('main'), /make a token/);
    await page.fill('[name="password"]', 'not mine at all');
    assert.equal((await press(page, 'Go on')).status, 401);
    await page.fill('[name="password"]', PASSWORD);
    await press(page, 'Go on');
    assert.equal(new URL(page.url()).pathname, '/settings/tokens');
    assert.equal(await page.inputValue('[name="name"]'), 'nightly export', 'what was typed is kept');
    assert.equal(await page.inputValue('[name="ends"]'), last);
    assert.deepEqual(
      await page.locator('[name="permission"]:checked').evaluateAll((ticks) => ticks.map(({ value }) => value)),
      ['see_status'],
    );
    await press(page, 'Make the token');
    const token = await page.innerText('[data-part="token"] .secret');
    await page.goto(`${world.url}/settings/tokens`);
    assert.ok(!(await page.content()).includes(token), 'shown once');

    const asked = (path) => world.fetch(path, { as: null, headers: { authorization: `Bearer ${token}` } });
    const answer = await asked('/performance');
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /Response time/);
    assert.equal((await asked('/settings/people')).status, 403, 'it may do nothing else');
    await until('the last use', async () => {
      await page.reload();
      return /Last used/.test(await page.innerText('.tokens'));
    });
    await press(page, 'Revoke nightly export');
    assert.match(await done(page), /revoked/);
    assert.equal((await asked('/performance')).status, 401);
    await page.context().close();
  });
});

/** Waits until the console counts so many streams. */
function viewers(world, count) {
  return until(`${count} viewers`, async () => {
    const metrics = await (await world.fetch('/metrics', { as: null })).text();
    return Number(/^bellwether_live_viewers (\d+)/m.exec(metrics)?.[1] ?? 0) === count;
  }, { within: 3_000 });
}
