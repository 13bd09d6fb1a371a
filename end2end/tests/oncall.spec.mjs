// Who is on call: read, taken, swapped, given back, tested; each story with JavaScript and without.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startWorld } from '../lib/world.mjs';
import { done, press, trouble } from '../lib/people.mjs';
import { look } from '../lib/looks.mjs';

/** The same story twice. */
function story(name, tell) {
  for (const javascript of [true, false]) {
    test(`${name}, with${javascript ? '' : 'out'} JavaScript`, () => tell({ javascript }));
  }
}

const tier = (page, number) => page.locator(`[data-tier="${number}"]`);
/** "2026-11-24T10:00" in UTC, so many hours from now. */
const inHours = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);

describe('on call', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0 })));
  after(() => world?.end());

  test('nothing for axe to find, nothing beyond the right edge', async () => {
    const found = [];
    for (const path of ['/on-call', '/on-call/tiers/2', '/on-call/tiers/4', '/on-call/ready']) {
      found.push(...(await look(world, path, { as: 'lead' })));
      found.push(...(await look(world, path, { as: 'viewer', widths: [320] })));
    }
    assert.deepEqual(found, []);
  });

  story('the page says who is called, and so does the first page', async (options) => {
    const page = await world.open('/on-call', { as: 'operator', ...options });
    assert.match(await tier(page, 1).innerText(), /Operator of the demo\s*you/);
    assert.match(await tier(page, 3).innerText(), /Lead of the demo[\s\S]*All the time/);
    assert.match(await tier(page, 2).innerText(), /Until \w+ \d+ \w+ 00:00 UTC[\s\S]*Next[\s\S]*Lead of the demo/);
    await page.goto(`${world.url}/`);
    assert.match(await page.locator('[data-part="on-call"]').innerText(), /Tier 1[\s\S]*Operator of the demo/);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  story('a lead takes a shift and gives it back', async (options) => {
    const page = await world.open('/on-call/tiers/2', { as: 'lead', ...options });
    await page.fill('#take-to', inHours(5));
    await page.fill('#take-note', 'the operator sleeps');
    assert.equal((await press(page, 'Take it')).status, 200);
    assert.match(await done(page), /yours/);
    await page.goto(`${world.url}/on-call`);
    assert.match(await tier(page, 2).innerText(), /Lead of the demo\s*you/);
    const row = page.locator('[data-part="overrides"] li', { hasText: 'the operator sleeps' });
    await press(page, /^End the override/, row);
    assert.match(await done(page), /the rotation's again/);
    assert.match(await tier(page, 2).innerText(), /Operator of the demo/);
    await page.context().close();
  });

  story('a rotation that cannot be is refused at its fields, and nothing typed is lost', async (options) => {
    const page = await world.open('/on-call/tiers/2', { as: 'lead', ...options });
    await page.fill('#zone', 'Europe/Atlantis');
    await page.selectOption('#person-2', { label: 'Operator of the demo' });
    assert.equal((await press(page, 'Save who is in tier 2')).status, 422);
    assert.match(await trouble(page), /Nothing was changed/);
    assert.match(await page.innerText('#zone-trouble'), /no time zone "Europe\/Atlantis"/);
    assert.match(await page.innerText('#people-trouble'), /Operator of the demo is in it twice/);
    assert.equal(await page.inputValue('#zone'), 'Europe/Atlantis');
    await page.fill('#put-from', inHours(30));
    await page.fill('#put-to', inHours(29));
    await page.selectOption('#put-person', { label: 'Support of the demo' });
    assert.equal((await press(page, 'Put them in')).status, 422);
    assert.match(await page.innerText('#put-to-trouble'), /end after it begins/);
    await page.context().close();
  });

  story('two people swap their shifts', async (options) => {
    const page = await world.open('/on-call/tiers/2', { as: 'lead', ...options });
    await page.selectOption('#swap-one', { index: 2 });
    await page.selectOption('#swap-other', { index: 3 });
    assert.equal((await press(page, 'Swap them')).status, 200);
    assert.match(await done(page), /swapped/);
    await page.goto(`${world.url}/on-call`);
    const rows = page.locator('[data-part="overrides"] li', { hasText: 'swap' });
    assert.equal(await rows.count(), 2);
    await press(page, /^End the override/, rows.first());
    assert.equal(await page.locator('[data-part="overrides"] li').count(), 0, 'both halves went');
    await page.context().close();
  });

  story('two leads at once: the second is told and loses nothing', async (options) => {
    const [one, other] = [
      await world.open('/on-call/tiers/4', { as: 'lead', ...options }),
      await world.open('/on-call/tiers/4', { as: 'admin', ...options }),
    ];
    await press(one, 'Save who is in tier 4');
    await other.selectOption('#person-2', { label: 'Viewer of the demo' });
    assert.equal((await press(other, 'Save who is in tier 4')).status, 409);
    assert.match(await other.innerText('[data-part="rotation"]'), /Somebody else changed this tier/);
    assert.equal(await other.locator('#person-2 option:checked').innerText(), 'Viewer of the demo');
    await other.selectOption('#person-2', '');
    assert.equal((await press(other, 'Save who is in tier 4')).status, 200);
    await one.context().close();
    await other.context().close();
  });

  story('a test reaches everybody, and whoever got it says so', async (options) => {
    const lead = await world.open('/on-call', { as: 'lead', ...options });
    await press(lead, 'Send a page marked TEST to every tier');
    const address = new URL(lead.url()).pathname;
    const page = await world.open(address, { as: 'operator', ...options });
    await press(page, 'I got it, tier 1');
    assert.match(await done(page), /reached you/);
    assert.match(await page.locator('main').innerText(), /Operator of the demo[\s\S]*Answered after \d+ s/);
    await lead.goto(`${world.url}/on-call`);
    assert.match(await lead.locator('[data-part="tests"]').innerText(), /1 of \d answered/);
    await lead.context().close();
    await page.context().close();
  });

  story('a calendar is shown once, read without an account, and revoked', async (options) => {
    const page = await world.open('/on-call', { as: 'operator', ...options });
    await page.selectOption('[name="of"]', '2');
    await press(page, 'Make an address');
    const address = await page.innerText('[data-part="address"] .secret');
    const calendar = await fetch(address);
    assert.equal(calendar.headers.get('content-type'), 'text/calendar; charset=utf-8');
    const text = await calendar.text();
    assert.match(text, /^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
    assert.match(text.replaceAll('\r\n ', ''), /SUMMARY:On call\\, tier 2: Operator of the demo/);
    const again = await fetch(address, { headers: { 'if-none-match': calendar.headers.get('etag') } });
    assert.equal(again.status, 304);
    await page.goto(`${world.url}/on-call`);
    assert.equal(await page.locator('[data-part="address"]').count(), 0, 'shown once');
    await press(page, /^Revoke the calendar/);
    assert.match(await done(page), /revoked/);
    assert.equal((await fetch(address)).status, 404);
    await page.context().close();
  });

  story('whoever may not change schedules is told so, and finds no button', async (options) => {
    const page = await world.open('/on-call/tiers/2', { as: 'viewer', ...options });
    assert.match(await page.innerText('main'), /Your role may not change schedules/);
    assert.equal(await page.locator('main form').count(), 0);
    const answer = await world.fetch('/on-call/tiers/2', { as: 'viewer', method: 'POST' });
    assert.equal(answer.status, 403);
    await page.context().close();
  });
});
