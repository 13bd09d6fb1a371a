// Who did what, as sentences: found again, taken away as a file, and proven not to have been edited.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { account, startWorld } from '../lib/world.mjs';
import { enter, press, signIn, trouble } from '../lib/people.mjs';

const INVITED = 'grace@example.org';
let world;

before(async () => {
  world = await startWorld({ days: 0 });
  // What is looked for below is done here, as people do it.
  const stranger = await world.open('/', { as: null });
  await signIn(stranger, account('viewer'), 'a wrong password');
  await trouble(stranger);
  await stranger.context().close();
  const viewer = await enter(world, account('viewer'), '/audit');
  await viewer.context().close();
  const admin = await enter(world, account('admin'), '/settings/people');
  await admin.fill('[name="email"]', INVITED);
  await admin.fill('[name="name"]', 'Grace');
  await press(admin, 'Make an invitation link');
  await press(admin, 'Grace', admin.locator('tr', { hasText: INVITED }));
  await admin.selectOption('[name="role"]', 'auditor');
  await press(admin, 'Save the change');
  await admin.context().close();
});
after(() => world?.end());

/** Every sentence on the page with its outcome, newest first. */
async function told(page) {
  const rows = page.locator('[data-part="records"] tbody > tr[data-outcome]');
  return rows.evaluateAll((rows) =>
    rows.map((row) => `${row.querySelector('[data-part="sentence"]').textContent} | ${row.dataset.outcome}`),
  );
}

for (const javascript of [true, false]) {
  const how = `with${javascript ? '' : 'out'} JavaScript`;

  test(`what was done is told in sentences, and found by the filters, ${how}`, async () => {
    const page = await world.open('/audit', { as: 'auditor', javascript });
    const all = await told(page);
    for (const sentence of [
      /^Somebody not signed in was not allowed to sign in .*\| refused$/,
      /^Viewer of the demo signed in.*\| done$/,
      /^Viewer of the demo was .*\/audit \| refused$/,
      /^Admin of the demo invited (Grace|grace@).* \| done$/,
      /^Admin of the demo changed (Grace|grace@).* \| done$/,
    ]) {
      assert.ok(all.some((one) => sentence.test(one)), `${sentence} is not in\n${all.join('\n')}`);
    }
    const change = page.locator('tr', { hasText: /^.*Admin of the demo changed/ }).first();
    await change.locator('summary').click();
    assert.match(await change.innerText(), /role\s+was viewer\s+is auditor/);

    await page.getByText('Filters', { exact: true }).click();
    await page.selectOption('[name="outcome"]', 'refused');
    await press(page, 'Find');
    assert.match(page.url(), /outcome=refused/);
    const refused = await told(page);
    assert.ok(refused.length >= 2 && refused.every((one) => one.endsWith('| refused')), refused.join('\n'));

    await page.goto(`${world.url}/audit?verb=person.invited`);
    assert.ok((await told(page)).every((one) => /invited/.test(one)));
    assert.equal(await page.inputValue('[name="verb"]'), 'person.invited', 'the address fills the form in');
    await page.goto(`${world.url}/audit?search=no-such-words`);
    assert.match(await page.innerText('[data-part="empty"]'), /No record matches/);
    assert.equal((await page.goto(`${world.url}/audit?from=yesterday`)).status(), 400);
    assert.match(await page.innerText('[data-part="problem"]'), /not a day/);
    await page.context().close();
  });

  test(`it is taken away as CSV and NDJSON, as far as the filters go, ${how}`, async () => {
    const page = await world.open('/audit?verb=person.invited', { as: 'auditor', javascript });
    const file = async (name) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).click()]);
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    const csv = await file('CSV');
    assert.equal(csv.name, 'audit-export.csv');
    const [head, ...lines] = csv.text.trim().split('\r\n');
    assert.match(head, /sequence.*verb.*outcome/);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /person\.invited/);
    const ndjson = await file('NDJSON');
    assert.equal(ndjson.name, 'audit-export.ndjson');
    const records = ndjson.text.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(records.map(({ verb }) => verb), ['person.invited']);
    await page.goto(`${world.url}/audit`);
    assert.match((await told(page))[0], /^Auditor of the demo exported/, 'which is on record too');
    await page.context().close();
  });

  test(`the chain of records is walked at the press of a button, ${how}`, async () => {
    const page = await world.open('/audit', { as: 'auditor', javascript });
    const chain = page.locator('[data-part="chain"]');
    await press(page, 'Verify now');
    assert.equal(await chain.getAttribute('data-chain'), 'whole');
    assert.match(await chain.innerText(), /The chain is whole\s+\d+ records walked/);
    assert.match((await told(page))[0], /^Auditor of the demo verified/);
    await page.context().close();
  });
}

test('a viewer reads none of it', async () => {
  for (const path of ['/audit', '/audit/export.csv', '/audit/export.ndjson']) {
    const answer = await world.fetch(path, { as: 'viewer' });
    assert.equal(answer.status, 403, path);
    assert.ok(!(await answer.text()).includes(INVITED));
  }
  assert.equal((await world.fetch('/audit/verify', { as: 'viewer', method: 'POST' })).status, 403);
});
