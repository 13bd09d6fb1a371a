// What couples are told, from the one press of somebody without technical rights to what arrives, and what becomes of it: one
// couple, many at once, by telephone, a mail that comes back.

import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { overhang, part, startWorld, until } from '../lib/world.mjs';
import { done, press } from '../lib/people.mjs';
import { CONTACT, caseOf, inTrouble, linkIn, mailed, mailsTo, tellOf, telling, told } from '../lib/couples.mjs';
import { form } from '../lib/acting.mjs';
import { moment, onPaper } from '../lib/looks.mjs';
import { plant } from '../lib/programs.mjs';

const PHONE = { width: 390, height: 844 };
const secret = randomBytes(24).toString('hex');
const mark = () => randomBytes(4).toString('hex');
const patient = { within: 60_000 };

const purpose = (page, word) => page.locator(`[data-purpose="${word}"]`);
const send = (page) => page.getByRole('button', { name: /^Send: / });
const writing = (id, word = 'we_know') => `${id}/notices/new?purpose=${word}`;
const stated = (page, words) => until(`it says ${words}`, async () => words.test(await page.innerText(part('notices'))), patient);

describe('what couples are told', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0, staff: true, order: { scenario: 'calm' }, more: telling(secret) })));
  after(() => world?.end());

  const STORIES = [
    { javascript: true, language: 'de', word: 'German', greets: 'Liebes Brautpaar', ...PHONE },
    { javascript: false, language: 'sv', word: 'Swedish', greets: 'Kära' },
  ];
  for (const { language, word, greets, ...options } of STORIES) {
    const how = `${options.width ? 'on a phone' : 'on a desk'}, with${options.javascript ? '' : 'out'} a script`;
    test(`${how}: seen in full, pressed once, and there once`, async () => {
      const couple = await inTrouble(world, { language });
      const id = await caseOf(world, couple);
      const page = await world.open(id, { as: 'support', ...options });
      assert.match(await purpose(page, 'we_know').innerText(), /Not told yet/);
      await press(page, /^E-mail/, purpose(page, 'we_know'));
      assert.match(await page.innerText('.page-head'), new RegExp(`Tell the couple: we know[\\s\\S]*${word}`));
      const seen = await page.innerText(part('text'));
      assert.ok(seen.startsWith(`${greets} ${couple.names},`) && seen.includes(CONTACT), seen);
      assert.equal(await page.getAttribute(part('text'), 'lang'), language);
      const subject = await page.innerText(part('subject'));
      await page.locator('summary', { hasText: 'The same as HTML' }).click();
      assert.ok((await page.innerText(part('html'))).includes(couple.names));
      assert.match(await send(page).innerText(), /to a•••@couples\.example$/);
      assert.ok((await overhang(page)) <= 0, 'it fits');
      // Somebody else has the same open, and looks at the address, which is on record then.
      const other = await world.open(writing(id), { as: 'lead', ...options });
      await press(other, 'Show their address');
      assert.match(await send(other).innerText(), new RegExp(`to ${couple.email}$`));

      await send(page).dblclick();
      await until('it is sent', () => page.url().includes('done=notice'), patient);
      await page.waitForLoadState('load');
      assert.match(await done(page), /^It is on its way to them/);
      const [mail] = await mailed(world, couple.email);
      assert.match(mail.from, /Your Wedding Day Team"? <day@demo\.example>$/);
      assert.equal(mail.subject, subject);
      assert.equal(mail.text.trim(), seen.trim(), 'what was seen is what goes');
      assert.match(mail.html, new RegExp(`<html lang="${language}"[\\s\\S]*${couple.names.replace('&', '&amp;')}`));

      // Back, and pressed again; and pressed by the other, whose page knows of nothing.
      await page.goBack({ waitUntil: 'load' });
      assert.match(page.url(), /\/notices\/new/);
      for (const again of [page, other]) {
        assert.equal((await press(again, /^Send: /)).status, 422);
        assert.match(await again.innerText('#write-reason-trouble'), /They have been told this\. Say why/);
      }
      await page.goto(world.url + id);
      await stated(page, /Sent[\s\S]*It may still bounce until/);
      assert.match(await purpose(page, 'we_know').innerText(), /to a•••@couples\.example[\s\S]*pressed by Support of the demo/);
      await press(page, /^Read what it says/, purpose(page, 'we_know'));
      assert.ok((await purpose(page, 'we_know').innerText()).includes(couple.names));
      assert.match(await page.innerText(part('timeline')), /The notice “we know” by e-mail has gone out/);
      await page.goto(`${world.url}/notices`);
      const first = await page.locator('.told-list > li').first().innerText();
      assert.match(first, /Sent[\s\S]*We know, by e-mail[\s\S]*Support of the demo/);
      assert.equal((await mailsTo(world, couple.email)).length, 1, 'and no second one');
      for (const opened of [page, other]) {
        // A browser writes down that the press was refused.
        assert.deepEqual(opened.troubles.filter((trouble) => !/status of 422/.test(trouble)), []);
        await opened.context().close();
      }
    });
  }

  test('what is mistyped is said at its field, and nothing that was typed is lost', async () => {
    const [first, second] = [`one.${mark()}@couples.example`, `other.${mark()}@couples.example`];
    const id = await caseOf(world, await inTrouble(world, { email: `${first}, ${second}` }));
    const page = await world.open(writing(id, 'we_have_a_plan'), { as: 'support', javascript: false });
    const plan = plant(`A harp comes from <b>${mark()}</b>.`);
    await page.fill('#write-plan', plan);
    await page.fill('#write-promised', '2020-01-01T10:00');
    await press(page, 'Show it with this');
    assert.match(await page.innerText('#write-promised-trouble'), /^The promised time is over\./);
    assert.equal(await page.inputValue('#write-plan'), plan);
    await page.fill('#write-promised', '2099-01-01T10:00');
    await press(page, 'Show it with this');
    assert.match(await page.innerText('.fields'), /There are 2 addresses: somebody has to say which/);
    assert.equal(await page.inputValue('#write-plan'), plan);
    assert.equal(await send(page).count(), 0, 'nobody guesses which');
    // An address that is none of theirs.
    const body = form({ purpose: 'we_have_a_plan', way: 'mail', to: '7', plan });
    const unknown = await world.fetch(`${id}/notices/send`, { method: 'POST', as: 'support', body });
    assert.equal(unknown.status, 409);
    assert.ok((await unknown.text()).includes(plan.replace('<b>', '&lt;b&gt;').replace('</b>', '&lt;/b&gt;')));
    assert.deepEqual([...(await mailsTo(world, first)), ...(await mailsTo(world, second))], []);
    await page.check('#write-to-1');
    await press(page, 'Show it with this');
    await press(page, /^Send: “we have a plan”/);
    assert.ok((await mailed(world, second))[0].text.includes(plan));
    assert.deepEqual(await mailsTo(world, first), []);
    await page.context().close();
  });

  test('a call is a notice too; why they were told again has to be said, and what was said is kept meanwhile', async () => {
    const { id } = await told(world);
    const page = await world.open(id, { as: 'support', javascript: false });
    const [said, reason] = [plant(`They are calm. <i>Again</i> at noon, ${mark()}.`), plant(`They asked us to, ${mark()}.`)];
    await page.locator('summary', { hasText: 'They were called' }).click();
    await page.selectOption('#called-purpose', 'we_know');
    await page.getByLabel('They know it now').check();
    await page.fill('#called-text', said);
    assert.equal((await press(page, 'Record the call')).status, 422);
    assert.match(await page.innerText('#called-reason-trouble'), /They have been told this\. Say why/);
    assert.equal(await page.inputValue('#called-text'), said);
    await page.fill('#called-reason', reason);
    await press(page, 'Record the call');
    assert.equal(await done(page), 'The call is recorded.');
    assert.match(await purpose(page, 'we_know').innerText(), /Told on the telephone by Support of the demo/);
    await press(page, /^Read what it says/, purpose(page, 'we_know').locator('.attempt').first());
    const row = await purpose(page, 'we_know').innerText();
    assert.ok(row.includes(said) && row.includes(`Because: ${reason}`), row);
    await page.context().close();
  });

  test('many at once: each with their own text and once, failures apart, nobody who does not want to hear of us', async () => {
    const type = 'weather_emergency';
    const couples = [];
    for (const language of ['en', 'fr', 'es', 'it', 'sv']) couples.push(await inTrouble(world, { type, language }));
    const silent = await inTrouble(world, { type, language: 'de' });
    const nowhere = await inTrouble(world, { type, email: '' });
    for (const couple of [...couples, nowhere]) await caseOf(world, couple);
    const page = await world.open(await caseOf(world, silent), { as: 'support' });
    await page.locator('summary', { hasText: 'They do not want to be contacted' }).click();
    await page.fill('#no-contact-text', 'Their sister speaks for them.');
    await press(page, 'Do not contact them');
    assert.match(await page.innerText(part('may-not-write')), /not to be contacted/);
    assert.equal(await purpose(page, 'we_know').getByRole('link').count(), 0);

    const many = '/crises/notices?type=weather';
    await page.goto(`${world.url}/crises?type=weather`);
    await press(page, 'Tell them');
    const sentence = () => page.innerText(part('sentence'));
    assert.match(await sentence(), /^5 couples are told by one press, each with a text of their own; 2 are left out\./);
    assert.match(await page.innerText(part('left-out')), /not to be contacted[\s\S]*no address|no address[\s\S]*not to be contacted/);
    for (const summary of await page.locator('.everybody summary', { hasText: 'What they read' }).all()) await summary.click();
    const everybody = await page.innerText('.everybody');
    for (const { names } of couples) assert.ok(everybody.includes(names), 'everybody stands there');
    for (const greeting of ['Dear ', 'Bonjour ', 'Hola, ', 'Kära ']) assert.ok(everybody.includes(greeting), greeting);
    assert.match(everybody, /They read \w+; there is no text in it\./);
    const found = await moment(world, 'many', [many], { as: 'support' });
    const sheet = await world.open(many, { as: 'support' });
    found.push(...(await onPaper(sheet, 'many')));

    await press(page, /^Leave out/, page.locator('.everybody > li').first());
    assert.match(await sentence(), /^4 couples are told by one press, .*; 3 are left out\./);
    await press(page, /^Take in again/, page.locator(part('left-out')));
    assert.match(await sentence(), /^5 couples are told by one press, .*; 2 are left out\./);

    // The mail server takes its time, and refuses one of them for good.
    await world.control('fault', { route: '/smtp', status: 550, times: 1 });
    await world.control('fault', { route: '/smtp', delay_ms: 2_000 });
    await press(page, /^Send: “we know” to 5 couples/);
    assert.equal(await done(page), 'Pressed: 5 notices are on their way.');
    const progress = new URL(page.url()).pathname;
    found.push(...(await moment(world, 'under way', [progress], { as: 'support' })));
    const plain = await world.open(progress, { as: 'viewer', javascript: false });
    for (const opened of [page, plain]) {
      await until('all have left or ended', async () => /5 of 5 have left or ended/.test(await opened.innerText('.progress-sum')), patient);
    }
    await world.control('clear');
    assert.match(await page.innerText('[data-group="failed"]'), /Failed \(1\)[\s\S]*refuses it for good \(550\)[\s\S]*a•••@couples/);
    assert.doesNotMatch(await plain.innerText('main'), /@/, 'a viewer sees no address');
    const mails = await Promise.all(couples.map(({ email }) => mailsTo(world, email)));
    assert.deepEqual(mails.map((all) => all.length).toSorted(), [0, 1, 1, 1, 1]);
    mails.forEach((all, index) => all.forEach(({ text }) => assert.ok(text.includes(couples[index].names), 'each is their own')));
    assert.deepEqual(await mailsTo(world, silent.email), []);
    found.push(...(await moment(world, 'at the end', [progress], { as: 'support' })));
    await sheet.goto(world.url + progress);
    found.push(...(await onPaper(sheet, 'at the end')));
    // Once more, it is about nobody who has been told.
    await page.goto(world.url + many);
    assert.match(await sentence(), /^1 couple is told by one press.*; 6 are left out/);
    assert.deepEqual(found, []);
    for (const opened of [page, plain, sheet]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('one that comes back stands on the open page at once, when whoever tells it can sign', async () => {
    const { id, mail } = await told(world, { language: 'fr' });
    const page = await world.open(id, { as: 'support' });
    await stated(page, /It may still bounce/);
    // The checklist is a part of its own, and drawn anew by itself.
    const mark = () => page.getAttribute('[data-step="tell_the_couple"]', 'data-mark');
    await until('the step is done', async () => (await mark()) === 'done', patient);
    assert.equal((await tellOf(world, mail.id, 'bounced', 'another secret')).status, 401);
    assert.deepEqual(await (await tellOf(world, mail.id, 'bounced', secret)).json(), { changed: 1 });
    await stated(page, /Failed[\s\S]*it came back/);
    await until('they have to be told after all', async () => (await mark()) === 'open', patient);
    assert.match(await purpose(page, 'we_know').innerText(), /Try again by/);
    assert.deepEqual(await (await tellOf(world, mail.id, 'bounced', secret)).json(), { changed: 0 });
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  test('a viewer reads what was told, and nobody’s name, address or text', async () => {
    const { couple, id, mail } = await told(world, { language: 'fr' });
    for (const path of [id, '/notices', '/notices?state=sent']) {
      const viewer = await world.open(path, { as: 'viewer' });
      const html = await viewer.content();
      assert.match(await viewer.innerText('main'), /Sent[\s\S]*It may still bounce until/);
      const [first, second] = couple.names.split(' & ');
      for (const personal of [first, second, couple.email, couple.phone, couple.summary, 'Bonjour', linkIn(world, mail, 'c')]) {
        assert.ok(!html.includes(personal), `${path}: a viewer reads ${personal}`);
      }
      assert.equal(await viewer.locator('main form[method="post"]').count(), 0, path);
      await viewer.context().close();
    }
    for (const path of [writing(id), '/crises/notices']) {
      assert.equal((await world.fetch(path, { as: 'viewer' })).status, 403, path);
    }
    const found = await moment(world, 'told to a viewer', ['/notices', id], { as: 'viewer' });
    const paths = [writing(id), writing(id, 'we_have_a_plan'), '/notices', id];
    found.push(...(await moment(world, 'told', paths, { as: 'support' })));
    const page = await world.open(id, { as: 'support' });
    const names = page.locator('.case-steps > li > .what');
    for (const width of [320, 768, 1024, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const widths = await names.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
      assert.ok(Math.min(...widths) >= 120, `${width} px: a step has no room for its name: ${widths}`);
    }
    for (const [name, path] of [['case', id], ['told', '/notices'], ['letter', writing(id)]]) {
      await page.goto(world.url + path);
      found.push(...(await onPaper(page, name)));
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });
});
