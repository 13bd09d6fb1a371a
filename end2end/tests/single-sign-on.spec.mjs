// Single sign-on at a real provider: each story with JavaScript and without.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD, axe, overhang, startWorld } from '../lib/world.mjs';
import { choosePassword, done, press, signIn, signOut, trouble } from '../lib/people.mjs';
import { CLIENT, chooseProvider, startProvider } from '../lib/provider.mjs';
import { freePort } from '../lib/programs.mjs';

const LABEL = 'Staff account';

describe('by a provider', () => {
  let world;
  let provider;

  before(async () => {
    const chosen = await chooseProvider();
    const secretFile = join(tmpdir(), `bellwether-oidc-secret-${process.pid}`);
    writeFileSync(secretFile, chosen.secret, { mode: 0o600 });
    const section = (name, label, issuer) =>
      `\n[[oidc]]\nname = "${name}"\nlabel = "${label}"\nissuer = "${issuer}"\nclient_id = "${CLIENT}"\n` +
      `client_secret_file = "${secretFile}"\nscopes = ["openid", "profile", "email", "groups"]\n` +
      [['admins', 'admin'], ['ops', 'operator'], ['staff', 'viewer']]
        .map(([group, role]) => `[[oidc.group]]\nname = "${group}"\nrole = "${role}"\n`)
        .join('');
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const more = section('staff', LABEL, chosen.issuer) + section('dark', 'Dark account', nowhere);
    world = await startWorld({ days: 0, secondFactor: 'required', more });
    provider = await startProvider(chosen, `${world.url}/sign-in/staff/back`);
  });
  after(async () => {
    await provider?.end();
    await world?.end();
  });

  /** The same story twice; `name` is somebody whom the provider knows, in these groups. */
  function story(words, groups, tell) {
    for (const javascript of [true, false]) {
      const name = `marked-person-${words.replaceAll(/\W+/g, '-').slice(0, 30)}-${javascript ? 'with' : 'without'}`;
      test(`${words}, with${javascript ? '' : 'out'} JavaScript`, () => {
        provider.people.set(name, { email: `${name}@example.org`, email_verified: true, name: 'Mary', groups });
        return tell({ javascript, name });
      });
    }
  }

  const sayWho = async (page, name) => {
    await page.fill('input[name="name"]', name);
    return press(page, 'It is me');
  };

  /** Signs in by the link on the page of whoever is nobody yet. */
  async function enter(name, path, { javascript }) {
    const page = await world.open(path, { as: null, javascript });
    await press(page, `Sign in with ${LABEL}`);
    return { page, ...(await sayWho(page, name)) };
  }

  const change = (name, claims) => provider.people.set(name, { ...provider.people.get(name), ...claims });

  /** What is on record of this, newest last. */
  async function recorded(verb, name) {
    const text = await (await world.fetch(`/audit/export.ndjson?verb=${verb}`, { as: 'auditor' })).text();
    assert.ok(!text.includes('marked-person'), 'no address is on record');
    const records = text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
    return name ? records.filter((record) => JSON.stringify(record).includes(name)) : records;
  }

  story('who comes the first time gets an account by their groups', ['others', 'ops', 'staff'], async ({ name, javascript }) => {
    const before = (await recorded('person.joined')).length;
    const { page, status, url } = await enter(name, '/performance?range=6h', { javascript });
    assert.deepEqual([status, url.pathname + url.search], [200, '/performance?range=6h'], 'where one wanted to go');
    assert.equal(await page.innerText('.account-name'), 'Mary');
    await page.goto(`${world.url}/settings`);
    assert.match(await page.innerText('.page-head'), /Operator/);
    assert.match(await page.innerText('main'), /You sign in with Staff account/);
    assert.equal(await page.locator('[name="current"], [href="/settings/second-factor"]').count(), 0);
    assert.equal((await recorded('person.joined')).length, before + 1);
    await signOut(page);
    // The provider still knows who it is, and the address there has changed.
    change(name, { email: `${name}-married@example.org` });
    const { url: again } = await press(page, `Sign in with ${LABEL}`);
    assert.equal(again.pathname, '/');
    assert.equal((await recorded('person.joined')).length, before + 1, 'the same account');
    await page.context().close();
  });

  story('the role follows the groups, and another one ends the other sessions', ['ops'], async ({ name, javascript }) => {
    const { page: first } = await enter(name, '/settings', { javascript });
    assert.match(await first.innerText('.page-head'), /Operator/);
    change(name, { groups: ['staff'] });
    const { page: second } = await enter(name, '/settings', { javascript });
    assert.match(await second.innerText('.page-head'), /Viewer/);
    await first.goto(`${world.url}/settings`);
    assert.match(first.url(), /\/sign-in/);
    change(name, { groups: ['strangers'] });
    await press(first, `Sign in with ${LABEL}`);
    assert.match(await trouble(first), /none of your groups at Staff account has a role/i);
    await second.goto(`${world.url}/settings`);
    assert.match(second.url(), /\/sign-in/, 'whoever has no business here is out everywhere');
    await first.context().close();
    await second.context().close();
  });

  story('a proof is given at the provider, again, by the same person', ['admins'], async ({ name, javascript }) => {
    const { page, url } = await enter(name, '/settings/tokens', { javascript });
    assert.equal(url.pathname, '/settings/tokens', 'no second factor of ours is asked for');
    const make = async () => {
      await page.fill('[name="name"]', 'nightly');
      await page.check('[value="see_status"]');
      return press(page, 'Make the token');
    };
    assert.equal((await make()).url.pathname, '/prove', 'coming in is no proof');
    assert.equal(await page.locator('input[type="password"]').count(), 0);
    await press(page, `Confirm with ${LABEL}`);
    assert.match(page.url(), /\/interaction\//, 'the provider asks although it knows who it is');
    assert.equal((await press(page, 'Go away')).status, 401);
    assert.match(await trouble(page), /access_denied/);
    // Somebody else at this browser, whom the provider has not seen in it.
    const forget = () => page.context().clearCookies({ name: /^_session/ });
    const other = `${name}-other`;
    provider.people.set(other, { email: `${other}@example.org`, email_verified: true, groups: ['admins'] });
    await forget();
    await press(page, `Confirm with ${LABEL}`);
    assert.equal((await sayWho(page, other)).status, 401);
    assert.match(await trouble(page), /not the account/);
    await forget();
    await press(page, `Confirm with ${LABEL}`);
    assert.equal((await sayWho(page, name)).url.pathname, '/settings/tokens');
    if (await page.locator('[value="see_status"]:checked').count()) await press(page, 'Make the token');
    else await make();
    assert.match(await page.innerText('[data-part="token"] .secret'), /^bwt_/);
    await page.context().close();
  });

  story('a disabled account stays out', ['staff'], async ({ name, javascript }) => {
    const { page } = await enter(name, '/settings', { javascript });
    await signOut(page);
    const admin = `${name}-admin`;
    provider.people.set(admin, { email: `${admin}@example.org`, email_verified: true, name: 'Chief', groups: ['admins'] });
    const { page: chief } = await enter(admin, '/settings/people', { javascript });
    const row = chief.locator('tr', { hasText: `${name}@example.org` });
    assert.match(await row.innerText(), /at the provider/);
    await press(chief, 'Mary', row);
    assert.match(await chief.innerText('main'), /Staff account, whose groups decide the role/);
    await press(chief, /^Disable/);
    assert.equal((await press(page, `Sign in with ${LABEL}`)).status, 403);
    assert.match(await trouble(page), /disabled/);
    await chief.context().close();
    await page.context().close();
  });

  story('an address that is not verified, and groups that count for nothing, let nobody in', ['staff'], async ({ name, javascript }) => {
    for (const [claims, words] of [
      [{ email_verified: false }, /has not verified an e-mail address/],
      [{ email_verified: true, groups: [] }, /none of your groups/i],
    ]) {
      change(name, claims);
      const { page, status } = await enter(name, '/', { javascript });
      assert.equal(status, 403);
      assert.match(await trouble(page), words);
      assert.match(await page.title(), /^Problem/);
      assert.equal(await page.locator('input[name="password"]').count(), 1, 'a password is still taken');
      await page.context().close();
    }
  });

  story('an answer that was tampered with lets nobody in', ['staff'], async ({ name, javascript }) => {
    for (const [param, words] of [
      ['state', /does not belong to a sign-in that began here/],
      ['nonce', /belongs to another sign-in/],
    ]) {
      const page = await world.blank({ as: null, javascript });
      const begun = await page.context().request.get(`${world.url}/sign-in/staff?next=/`, { maxRedirects: 0 });
      const address = new URL(begun.headers().location);
      address.searchParams.set(param, 'somebody-elses');
      await page.goto(address.href);
      const { status } = await sayWho(page, name);
      assert.ok([400, 502].includes(status), `${param}: ${status}`);
      assert.match(await trouble(page), words, param);
      await page.goto(`${world.url}/settings`);
      assert.match(page.url(), /\/sign-in/);
      await page.context().close();
    }
    const refused = (await recorded('person.signed_in')).filter(({ outcome }) => outcome === 'refused');
    assert.ok(refused.some(({ reason }) => /does not belong/.test(reason)), 'refusals are on record');
  });

  story('an account with a password is connected by its owner only', ['ops'], async ({ name, javascript }) => {
    const email = `${name}@example.org`;
    const link = (await world.command('user', 'add', '--email', email, '--name', 'Mary', '--role', 'viewer')).trim();
    const page = await world.blank({ as: null, javascript });
    await page.goto(link);
    await choosePassword(page, PASSWORD);
    await press(page, `Sign in with ${LABEL}`);
    assert.equal((await sayWho(page, name)).status, 403);
    assert.match(await trouble(page), /sign in to it by its password, then connect Staff account/);
    await signIn(page, email);
    await page.goto(`${world.url}/settings`);
    assert.match(await page.innerText('.page-head'), /Viewer/);
    await press(page, `Connect ${LABEL}`);
    assert.match(await page.innerText('main'), /password and your second factor here are removed/);
    // The provider knows who it is: no page of it comes in between.
    await press(page, `Go on to ${LABEL}`);
    assert.match(await done(page), /connected/);
    assert.match(await page.innerText('.page-head'), /Operator/);
    await signOut(page);
    assert.equal((await signIn(page, email)).status, 401, 'the password is gone');
    assert.equal((await press(page, `Sign in with ${LABEL}`)).url.pathname, '/');
    await page.context().close();
  });

  story('a provider that does not answer is said to, and a password still opens', [], async ({ javascript }) => {
    const page = await world.open('/performance', { as: null, javascript });
    assert.equal((await press(page, 'Sign in with Dark account')).status, 503);
    assert.match(await trouble(page), /Dark account does not answer as it should \(connection refused\)/);
    await signIn(page, 'viewer@demo.example');
    assert.equal(new URL(page.url()).pathname, '/performance');
    await page.context().close();
  });

  story('whoever manages access sees how each provider stands', ['admins'], async ({ name, javascript }) => {
    const { page } = await enter(name, '/settings/connections', { javascript });
    const providers = page.locator('[data-part="providers"]');
    const [staff, dark] = await providers.locator('li').allInnerTexts();
    assert.match(staff, /Staff account[^]*Answered[^]*\/sign-in\/staff\/back/);
    assert.match(dark, /Dark account[^]*Failed[^]*connection refused/);
    await page.context().close();
  });

  test('the pages of single sign-on are for everybody', async () => {
    for (const theme of ['light', 'dark']) {
      for (const width of [320, 1280]) {
        const page = await world.open('/sign-in/dark', { as: null, theme, width });
        assert.deepEqual(await axe(page), []);
        assert.ok((await overhang(page)) <= 0);
        await page.context().close();
      }
    }
  });
});
