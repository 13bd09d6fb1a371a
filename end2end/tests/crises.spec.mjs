// A wave of crises, as the people who help couples see it: found on the board, taken on, worked to its review on a phone by
// somebody without technical rights, with a script and without; and nobody reads who the couples are who may not.

import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { account, axe, overhang, part, startWorld, until } from '../lib/world.mjs';
import { done, enter, press } from '../lib/people.mjs';
import { form } from '../lib/acting.mjs';
import { CASE, sealing, searched } from '../lib/couples.mjs';
import { look, lookAt, moment } from '../lib/looks.mjs';
import { plant } from '../lib/programs.mjs';

const PHONE = { width: 390, height: 844 };
const WAVE = 12;
const patient = { within: 60_000 };

/** The address of the case on a page. */
const own = (page) => CASE.exec(page.url())[0];

describe('a wave of crises', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0, order: { scenario: 'calm' }, more: sealing })));
  after(() => world?.end());

  /** What the platform itself says, with everything about its couples. */
  const ask = async (path) => {
    const authorization = `Bearer ${readFileSync(world.tokenFile, 'utf8').trim()}`;
    return (await fetch(`${world.platformUrl}${path}`, { headers: { authorization } })).json();
  };

  /** The addresses of cases that are nobody's, the most urgent first. */
  const nobodys = async () => {
    const html = await (await world.fetch('/crises?state=detected', { as: 'support' })).text();
    return [...new Set([...html.matchAll(/data-part="alert-link" href="(\/crises\/[0-9a-f-]{36})"/g)].map(([, path]) => path))];
  };

  test('it stands on open pages at once, and the console does what it may do by itself', async () => {
    await world.polls(2);
    const board = await world.open('/crises', { as: 'viewer' });
    const now = await world.open('/', { as: 'viewer' });
    const plain = await world.open('/crises', { as: 'support', javascript: false });
    assert.match(await plain.innerText(part('standing')), /^No couple waits/);
    for (const opened of [board, now]) await until('the script runs', () => opened.asked.some((url) => url.includes('/live')));
    await world.control('scenario', { scenario: 'crisis-wave', crises: WAVE });
    const waits = new RegExp(`^${WAVE} couples wait`);
    // None of this may stand in a log, or in a file of the database.
    for (const { couple } of (await ask('/crisis/active')).crises) [couple.names, couple.email].flat().filter(Boolean).forEach(plant);
    await until('the board tells it', async () => waits.test(await board.innerText(part('standing'))), patient);
    await until('and Now', async () => waits.test(await now.innerText(`${part('crises-now')} .alerts-sentence`)), patient);
    await plain.reload();
    assert.match(await plain.innerText(part('standing')), waits);
    assert.match(await plain.innerText('.case-counts'), /Mine\s+0[\s\S]*Not told\s+12/);
    // At a crisis failure of level 4 two steps run by themselves, once for all of them.
    const [first] = await nobodys();
    const step = (key) => `[data-step="${key}"]`;
    await plain.goto(world.url + first);
    for (const key of ['alert_emergency_team', 'manual_mode']) {
      await until(`${key} is done`, async () => {
        await plain.reload();
        return (await plain.getAttribute(step(key), 'data-mark')) === 'done';
      }, patient);
      assert.match(await plain.innerText(step(key)), /automatic/);
    }
    assert.equal(await plain.locator(`${part('timeline')} a[href^="/runs/"]`).count(), 2, 'with their runs');
    for (const opened of [board, now]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
    await plain.context().close();
  });

  for (const javascript of [true, false]) {
    test(`on a phone ${javascript ? 'with' : 'without'} a script: from the board to the review`, async () => {
      const page = await world.open('/', { as: 'support', javascript, ...PHONE });
      await press(page, /^All crises/);
      await press(page, 'Nobody\u2019s', page.locator('.case-counts'));
      const row = page.locator('.case').first();
      const id = CASE.exec(await row.locator('a').first().getAttribute('href'))[0];
      await press(page, /^Take it/, row);
      assert.equal(await done(page), 'It is yours now.');
      await press(page, /^Mine\s+\d/, page.locator('.case-counts'));
      await press(page, /./, page.locator(`.case:has(a[href="${id}"]) .told`));
      assert.equal(own(page), id);
      assert.match(await page.innerText(part('state')), /^Acknowledged/);

      const masked = await page.innerText(part('couple'));
      assert.match(masked, /•••/);
      await press(page, 'Show who they are');
      const shown = await page.innerText(part('couple'));
      assert.match(shown, /@[\s\S]*recorded/);
      assert.doesNotMatch(shown.split('\n').find((line) => line.includes('@')), /•••/);
      await press(page, 'Mask it again');

      await page.locator('summary', { hasText: 'Write a note' }).click();
      await page.fill('#note-text', 'They are calm. <b>Call</b> before noon.');
      await press(page, 'Add the note');
      assert.match(await page.innerText(part('timeline')), /They are calm\. <b>Call<\/b> before noon\./);

      assert.match(await page.innerText(part('not-yet')), /“Tell the couple” is open/);
      await settle(page);
      assert.equal(await page.locator(part('not-yet')).count(), 0);
      await page.fill('#resolve-text', 'New flowers are there.');
      await press(page, 'Resolve the case');
      assert.equal(await done(page), 'It is resolved.');

      const went = await page.innerText(part('after'));
      assert.match(went, /Somebody had it after[\s\S]*No notice told the couple anything\.[\s\S]*It was resolved after/);
      await page.fill('#review-helped', 'The network of florists');
      await page.fill('#review-to-change', 'Ask for a second van');
      await page.fill('#review-1-task', 'Find a second van');
      await page.selectOption('#review-owner-1', { index: 1 });
      await page.fill('#review-procedure', 'wedding-day-crisis');
      await press(page, 'Keep the review');
      const review = await page.innerText(part('review'));
      assert.match(review, /The network of florists[\s\S]*Ask for a second van[\s\S]*Find a second van[\s\S]*wedding-day-crisis/);
      await press(page, /^It is done/, page.locator('.tasks'));
      assert.match(await page.innerText('.tasks'), /Done: /);
      assert.ok((await overhang(page)) <= 0, 'it fits the phone');
      // Axe is a script itself.
      if (javascript) assert.deepEqual(await axe(page), []);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }

  /** Everything that is required: somebody did it, or it is not needed because they are on the telephone. */
  async function settle(page) {
    for (let turn = 0; turn < 20; turn += 1) {
      const open = page.locator('.case-steps > li:is([data-mark="open"], [data-mark="waiting"])').first();
      if ((await page.locator(part('not-yet')).count()) === 0) return;
      const key = await open.getAttribute('data-step');
      const step = page.locator(`[data-step="${key}"]`);
      if (await step.getByRole('button', { name: /^It is done/ }).count()) {
        await press(page, /^It is done/, step);
      } else {
        await step.locator('summary', { hasText: 'Not needed' }).click();
        await step.locator('textarea').fill('I am with them on the telephone.');
        await press(page, 'It is not needed', step);
      }
      assert.match(await done(page), /^The step is (done|not needed)/);
    }
    assert.fail('the steps do not come to an end');
  }

  test('a viewer sees all of a case but the couple', async () => {
    const [id] = await nobodys();
    const { crises } = await ask('/crisis/active');
    const open = await world.open(id, { as: 'support' });
    await press(open, 'Show who they are');
    const words = await open.innerText(part('couple'));
    const couple = crises.map((one) => one.couple).find(({ email }) => words.includes(email));
    assert.ok(couple, 'it is one of the platform’s couples');
    await open.context().close();
    for (const javascript of [true, false]) {
      const page = await world.open(id, { as: 'viewer', javascript });
      const html = await page.content();
      for (const personal of [couple.names, couple.email, couple.phone, ...couple.names.split(' & ')]) {
        assert.ok(!html.includes(personal), `a viewer reads ${personal}`);
      }
      assert.match(await page.innerText(part('may-not-see')), /You may not see who they are/);
      assert.equal(await page.locator('main form[method="post"]').count(), 0);
      assert.match(await page.innerText('.case-steps'), /Alert the emergency team/);
      await page.context().close();
    }
    for (const path of ['/show', '/note', '/acknowledge']) {
      const answer = await world.fetch(id + path, { method: 'POST', as: 'viewer', body: form({ text: 'x' }) });
      assert.equal(answer.status, 403, path);
    }
    const found = await searched(world, couple.email, 'viewer');
    assert.match(found, /case-counts/);
    assert.ok(!found.includes(id), 'nor does a search tell whose it is');
  });

  for (const javascript of [true, false]) {
    test(`by hand ${javascript ? 'with' : 'without'} a script, in under 20 seconds`, async () => {
      const { weddings } = await ask('/weddings');
      const wedding = weddings[javascript ? 3 : 4];
      const page = await world.open('/crises', { as: 'support', javascript, ...PHONE });
      const begun = Date.now();
      await press(page, 'Open a case');
      await page.fill('#find-name', wedding.couple.names);
      await Promise.all([page.waitForURL(/\/find$/), page.keyboard.press('Enter')]);
      const use = page.locator(part('found-weddings')).getByRole('button').first();
      assert.match(await page.innerText(part('found-weddings')), new RegExp(wedding.venue));
      if (javascript) assert.ok(await use.evaluate((button) => button === document.activeElement), 'one press away');
      await Promise.all([page.waitForURL(/\/use$/), use.press('Enter')]);
      assert.equal(await page.inputValue('#names'), wedding.couple.names);
      assert.equal(await page.inputValue('#date'), wedding.date);
      await page.getByLabel('Weather').check();
      await page.fill('#reach', '+46 70 123 41 18');
      await press(page, 'Open the case');
      assert.ok(Date.now() - begun < 20_000, `${Date.now() - begun} ms`);
      assert.equal(await done(page), 'The case is open, and it is yours.');
      assert.match(await page.innerText('h1'), /^Weather, ceremony/);
      const opened = own(page);
      assert.deepEqual(page.troubles, []);
      // By their names it is found on the board, and these stand in no address.
      await page.goto(`${world.url}/crises?type=weather`);
      await page.fill('[name="text"]', wedding.couple.names);
      await page.press('[name="text"]', 'Enter');
      for (const again of [false, true]) {
        if (again) await page.reload();
        await page.waitForSelector(part('found-at'));
        assert.match(page.url(), /\/crises\?type=weather&search=[0-9a-f]{32}$/);
        assert.equal(await page.inputValue('[name="text"]'), wedding.couple.names);
        assert.equal(await page.locator(`.case a[href="${opened}"]`).count(), 1);
      }
      // One looks at a case, and goes back to what was found.
      await Promise.all([page.waitForURL(world.url + opened), page.locator(`.case a[href="${opened}"]`).click()]);
      await page.goBack();
      assert.equal(await page.inputValue('[name="text"]'), wedding.couple.names);
      assert.equal(await page.locator(`.case a[href="${opened}"]`).count(), 1);
      // Whoever is called next by the same couple sees that there is one.
      await page.goto(`${world.url}/crises/new`);
      await page.fill('#find-name', wedding.couple.names);
      await Promise.all([page.waitForURL(/\/find$/), page.keyboard.press('Enter')]);
      assert.equal(await page.locator(`${part('found-cases')} a[href="${opened}"]`).count(), 1);
      await page.context().close();
    });
  }

  test('with a platform that is silent a case opens all the same, and what was typed is kept', async () => {
    await world.control('fault', { route: '/weddings', status: 503 });
    try {
      const page = await world.open('/crises/new', { as: 'support' });
      await page.fill('#find-name', 'Nobody & Nobody');
      await press(page, 'Find', page.locator(part('finding')));
      assert.match(await page.innerText(part('missing')), /calendar cannot be read/);
      assert.equal(await page.inputValue('#names'), 'Nobody & Nobody');
      await page.getByRole('button', { name: 'Open the case' }).click();
      assert.match(page.url(), /\/find$/, 'what happened has to be chosen');
      await page.getByLabel('Transport').check();
      await press(page, 'Open the case');
      assert.match(await page.innerText('h1'), /^Transport, day of the wedding unknown/);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    } finally {
      await world.control('clear');
    }
  });

  test('two who take the same case: one has it, and the other reads who', async () => {
    const [id] = await nobodys();
    const [support, lead] = [await enter(world, account('support'), id), await enter(world, account('lead'), id)];
    const take = (as) => world.fetch(`${id}/acknowledge`, { method: 'POST', as, body: form({}) });
    const answers = await Promise.all([take('support'), take('lead')]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
    const loser = answers.find(({ status }) => status === 409);
    assert.match(await loser.text(), /has it already\./);
    for (const page of [support, lead]) {
      await until('both see it', async () => /^Acknowledged/.test(await page.innerText(part('state'))));
    }
    // What one writes is not lost when the other does something at the same time.
    await support.locator('summary', { hasText: 'Write a note' }).click();
    await support.fill('#note-text', 'half a sentence');
    const note = await world.fetch(`${id}/note`, { method: 'POST', as: 'lead', body: form({ text: 'from the lead' }) });
    assert.equal(note.status, 303);
    await until('the note of the other is there', async () => /from the lead/.test(await support.innerText(part('timeline'))));
    assert.equal(await support.inputValue('#note-text'), 'half a sentence');
    await press(support, 'Add the note');
    assert.match(await support.innerText(part('timeline')), /half a sentence[\s\S]*from the lead/);
    for (const page of [support, lead]) {
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    }
  });

  test('the alert that caused it is named, and its story stands in the timeline', async () => {
    const page = await world.open((await nobodys())[0], { as: 'support', javascript: false });
    await page.locator('summary', { hasText: 'The alert that caused it' }).click();
    await press(page, 'It caused this case');
    assert.match(await done(page), /its story stands in the timeline/);
    assert.match(await page.innerText('.case-head'), /Caused by/);
    assert.match(await page.innerText(part('timeline')), /The alert that caused it: Fired at level/);
    await page.locator('summary', { hasText: 'The alert that caused it' }).click();
    await press(page, 'It was not this alert');
    assert.doesNotMatch(await page.innerText('.case-head'), /Caused by/);
    await page.context().close();
  });

  test('a file is added and removed for good', async () => {
    const page = await world.open((await nobodys())[0], { as: 'support' });
    await page.locator('summary', { hasText: 'Add a file' }).click();
    await page.setInputFiles('#file', { name: 'contract.txt', mimeType: 'text/html', buffer: Buffer.from('two vans') });
    await press(page, 'Add the file');
    const file = page.locator('.case-files > li');
    assert.match(await file.innerText(), /contract\.txt[\s\S]*Text/);
    await file.locator('summary').click();
    await file.locator('textarea').fill('the wrong one');
    await press(page, 'Remove this file for good', file);
    assert.match(await page.innerText('.case-files'), /removed/);
    assert.match(await page.innerText(part('timeline')), /removed a file[\s\S]*the wrong one/);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  test('in both themes, on every width, axe finds nothing and nothing lies beyond the edge', async () => {
    const [id] = await nobodys();
    const all = await (await world.fetch('/crises?state=reviewed', { as: 'support' })).text();
    const reviewed = CASE.exec(all)[0];
    const found = [];
    for (const path of ['/', '/crises', '/crises?state=all&late=1', '/crises/new', '/crises/figures', id, reviewed]) {
      found.push(...(await look(world, path, { as: 'support' })));
    }
    found.push(...(await moment(world, 'crises', ['/crises', id], { as: 'viewer' })));
    const page = await world.open('/crises/new', { as: 'support' });
    await page.fill('#find-name', 'a');
    await press(page, 'Find', page.locator(part('finding')));
    assert.ok((await page.locator(`${part('found-weddings')} li`).count()) > 3);
    found.push(...(await lookAt(page)));
    assert.deepEqual(found, []);
    await page.context().close();
  });

  test('on paper there is the case and nothing to press', async () => {
    const [id] = await nobodys();
    for (const [path, words] of [[id, /First 5 minutes[\s\S]*Timeline/], ['/crises', /couples wait/], ['/crises/figures', /\d+ of \d+/]]) {
      const page = await world.open(path, { as: 'support', theme: 'dark', width: 688 });
      await page.emulateMedia({ media: 'print' });
      assert.match(await page.innerText('body'), words);
      for (const selector of ['nav', 'button', 'summary', 'form', 'input', 'textarea']) {
        assert.equal(await page.locator(selector).filter({ visible: true }).count(), 0, `${path}: ${selector} is on the sheet`);
      }
      assert.ok((await overhang(page)) <= 0, `${path} is wider than the paper`);
      await page.context().close();
    }
  });
});
