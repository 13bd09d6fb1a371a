// What couples are told, from the one press of somebody without technical rights to what arrives, and what becomes of it: one
// couple, many at once, by telephone; the couple's own page; and the question that a person answers from a mail.

import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { axe, overhang, part, startWorld, until } from '../lib/world.mjs';
import { done, press } from '../lib/people.mjs';
import { CASE, caseOf, inTrouble, mailsTo, sealing, tellOf } from '../lib/couples.mjs';
import { form } from '../lib/acting.mjs';
import { moment } from '../lib/looks.mjs';

const PHONE = { width: 390, height: 844 };
const PLANNER = 'duty@planners.example';
const CONTACT = 'your wedding day team, +46 8 123 456';
const NEVER = '0'.repeat(32);
const secret = randomBytes(24).toString('hex');
const patient = { within: 60_000 };

/** Everybody can be written to, bounces are told by whoever knows the secret, and one planner outside the company is asked. */
function settings(world) {
  world.writeSecret('bounces-secret', secret);
  return (
    sealing(world) +
    `\n[notices]\nfrom = "Your Wedding Day Team <day@demo.example>"\ncontact = "${CONTACT}"\n` +
    '\n[notices.bounces]\nsecret_file = "bounces-secret"\n' +
    `\n[[crises.people]]\nname = "planners"\ntiers = []\nroles = []\noutside = [{ name = "Nordic Planners", mail = "${PLANNER}" }]\n`
  );
}

describe('what couples are told', () => {
  let world;
  before(async () => (world = await startWorld({ days: 0, staff: true, order: { scenario: 'calm' }, more: settings })));
  after(() => world?.end());

  const purpose = (page, word) => page.locator(`[data-purpose="${word}"]`);
  const arrived = (couple, count = 1) =>
    until(`${count} for ${couple.language}`, async () => {
      const mails = await mailsTo(world, couple.email);
      return mails.length >= count && mails;
    }, patient);
  /** Where a mail leads: `/c/…`, `/yes/…`. */
  const linkIn = (mail, place) => new RegExp(`${world.url}(/${place}/[A-Za-z0-9_-]+)`).exec(mail.text)?.[1];
  const send = (page) => page.getByRole('button', { name: /^Send: / });
  const stated = (page, words) => until(`it says ${words}`, async () => words.test(await page.innerText(part('notices'))), patient);
  /** A case whose couple has been told that we know, and the mail. */
  async function told(wish) {
    const couple = await inTrouble(world, wish);
    const id = await caseOf(world, couple);
    const page = await world.open(`${id}/notices/new?purpose=we_know`, { as: 'support', javascript: false });
    await press(page, /^Send: /);
    await page.context().close();
    const [mail] = await arrived(couple);
    return { couple, id, mail };
  }

  const STORIES = [
    { javascript: true, language: 'de', word: 'German', greets: 'Liebes Brautpaar', ...PHONE },
    { javascript: false, language: 'sv', word: 'Swedish', greets: 'Kära' },
  ];
  for (const { language, word, greets, ...options } of STORIES) {
    const where = options.width ? 'on a phone' : 'on a desk';
    test(`${where}, with${options.javascript ? '' : 'out'} a script: seen in full, pressed once, and there once`, async () => {
      const couple = await inTrouble(world, { language });
      const page = await world.open(await caseOf(world, couple), { as: 'support', ...options });
      assert.match(await purpose(page, 'we_know').innerText(), /Not told yet/);
      await press(page, /^E-mail/, purpose(page, 'we_know'));
      assert.match(await page.innerText('.page-head'), new RegExp(`Tell the couple: we know[\\s\\S]*${word}`));
      const seen = await page.innerText(part('text'));
      assert.ok(seen.startsWith(`${greets} ${couple.names},`) && seen.includes(CONTACT), seen);
      assert.equal(await page.getAttribute(part('text'), 'lang'), language);
      const subject = await page.innerText(part('subject'));
      await page.locator('summary', { hasText: 'The same as HTML' }).click();
      assert.ok((await page.innerText(part('html'))).includes(couple.names));
      // The address is masked until somebody asks, and that is on record.
      assert.match(await send(page).innerText(), /to a•••@couples\.example$/);
      await press(page, 'Show their address');
      assert.match(await send(page).innerText(), new RegExp(`to ${couple.email}$`));
      assert.ok((await overhang(page)) <= 0, 'it fits');
      // Somebody else has the same page open, before anything is pressed.
      const other = await world.open(`${new URL(page.url()).pathname}?purpose=we_know`, { as: 'lead', ...options });

      const went = page.waitForURL(/done=notice/);
      await send(page).dblclick();
      await went;
      assert.match(await done(page), /^It is on its way to them/);
      const [mail] = await arrived(couple);
      assert.match(mail.from, /Your Wedding Day Team"? <day@demo\.example>$/);
      assert.equal(mail.subject, subject);
      assert.equal(mail.text.trim(), seen.trim(), 'what was seen is what goes');
      assert.match(mail.html, new RegExp(`<html lang="${language}"[\\s\\S]*${couple.names.replace('&', '&amp;')}`));

      // Back, and pressed again; and by the other, whose page knows of nothing.
      await page.goto(`${world.url}${CASE.exec(page.url())[0]}/notices/new?purpose=we_know`);
      for (const again of [page, other]) {
        assert.equal((await press(again, /^Send: /)).status, 422);
        assert.match(await again.innerText('#write-reason-trouble, .field-trouble'), /told this\. Say why/);
        await again.locator('#write-reason').waitFor();
      }
      await page.goBack();
      await page.goto(`${world.url}${CASE.exec(page.url())[0]}`);
      await stated(page, /Sent[\s\S]*It may still bounce until/);
      const row = await purpose(page, 'we_know').innerText();
      assert.match(row, /to a•••@couples\.example[\s\S]*pressed by Support of the demo/);
      await press(page, /^Read what it says/, purpose(page, 'we_know'));
      assert.ok((await purpose(page, 'we_know').innerText()).includes(couple.names));
      assert.match(await page.innerText(part('timeline')), /“we know”/);
      await page.goto(`${world.url}/notices`);
      assert.match(await page.locator('.told-list > li').first().innerText(), /Sent[\s\S]*We know, by e-mail[\s\S]*Support of the demo/);
      assert.equal((await mailsTo(world, couple.email)).length, 1, 'and no second one');
      for (const opened of [page, other]) {
        assert.deepEqual(opened.troubles.filter((trouble) => !/422/.test(trouble)), []);
        await opened.context().close();
      }
    });
  }

  test('what is mistyped is said at its field, and nothing that was typed is lost', async () => {
    const two = await inTrouble(world, { email: `one.${randomBytes(4).toString('hex')}@couples.example, other@couples.example` });
    const id = await caseOf(world, two);
    const page = await world.open(`${id}/notices/new?purpose=we_have_a_plan`, { as: 'support', javascript: false });
    assert.equal(await send(page).count(), 0, 'nobody guesses which address');
    await page.fill('#write-plan', 'A harp comes from <b>Uppsala</b>.');
    await page.fill('#write-promised', '2020-01-01T10:00');
    assert.equal((await press(page, 'Show it with this')).status, 200);
    assert.match(await page.innerText('#write-promised-trouble'), /over|past|come/i);
    assert.equal(await page.inputValue('#write-plan'), 'A harp comes from <b>Uppsala</b>.');
    await page.fill('#write-promised', '2099-01-01T10:00');
    await press(page, 'Show it with this');
    assert.match(await page.innerText('.fields'), /2 addresses: somebody has to say which/);
    assert.equal(await page.inputValue('#write-plan'), 'A harp comes from <b>Uppsala</b>.');
    // An address that is none of theirs.
    const body = form({ purpose: 'we_have_a_plan', way: 'mail', to: '7', plan: 'A harp comes by boat.' });
    const unknown = await world.fetch(`${id}/notices/send`, { method: 'POST', as: 'support', body });
    assert.ok([409, 422].includes(unknown.status), `${unknown.status}`);
    assert.match(await unknown.text(), /A harp comes by boat\./);
    const [first, second] = two.email.split(', ');
    assert.deepEqual([...(await mailsTo(world, first)), ...(await mailsTo(world, second))], []);

    // By telephone: what was said is kept while nobody has said why they are told again.
    const { id: called } = await told({});
    await page.goto(`${world.url}${called}`);
    await page.locator('summary', { hasText: 'They were called' }).click();
    const calls = page.locator('form[action$="/notices/called"]');
    await page.selectOption('#called-purpose', 'we_know');
    await page.getByLabel('They know it now').check();
    await page.fill('#called-text', 'They are calm. <i>Again</i> at noon.');
    assert.equal((await press(page, 'Record the call')).status, 422);
    assert.match(await calls.innerText(), /They have been told this\. Say why/);
    assert.equal(await page.inputValue('#called-text'), 'They are calm. <i>Again</i> at noon.');
    await page.fill('#called-reason', 'They asked us to.');
    await press(page, 'Record the call');
    assert.equal(await done(page), 'The call is recorded.');
    assert.match(await purpose(page, 'we_know').innerText(), /Told on the telephone by Support of the demo/);
    await press(page, /^Read what it says/, purpose(page, 'we_know').locator('.attempt').first());
    assert.match(await purpose(page, 'we_know').innerText(), /Because: They asked us to\.[\s\S]*<i>Again<\/i> at noon/);
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
    assert.match(await page.innerText(part('may-not-write')), /do not want|not to be|contact/);
    assert.equal(await purpose(page, 'we_know').getByRole('link').count(), 0);

    await page.goto(`${world.url}/crises?type=weather`);
    await press(page, 'Tell them');
    assert.match(await page.innerText(part('sentence')), /^5 couples are told by one press, each with a text of their own; 2 are left out\./);
    const out = await page.innerText(part('left-out'));
    assert.match(out, /no address that can be used/);
    assert.match(out, /contact/);
    for (const summary of await page.locator('.everybody summary', { hasText: 'What they read' }).all()) await summary.click();
    const everybody = await page.innerText('.everybody');
    for (const { names } of couples) assert.ok(everybody.includes(names), 'everybody stands there');
    for (const greeting of ['Dear ', 'Kära ']) assert.ok(everybody.includes(greeting), greeting);
    assert.match(everybody, /They read \w+; there is no text in it\./);
    const found = await moment(world, 'many', ['/crises/notices?type=weather'], { as: 'support' });

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
    assert.match(await page.innerText('[data-group="failed"]'), /Failed \(1\)[\s\S]*refuses it for good \(550\)/);
    const counts = await Promise.all(couples.map(async ({ email }) => (await mailsTo(world, email)).length));
    assert.deepEqual(counts.toSorted(), [0, 1, 1, 1, 1]);
    for (const couple of couples.filter((_, index) => counts[index] === 1)) {
      const [mail] = await mailsTo(world, couple.email);
      assert.ok(mail.text.includes(couple.names), 'and each is their own');
    }
    assert.deepEqual(await mailsTo(world, silent.email), []);
    found.push(...(await moment(world, 'at the end', [progress], { as: 'support' })));
    // Pressed once more, it is about nobody who has been told.
    await page.goto(`${world.url}/crises/notices?type=weather`);
    assert.match(await page.innerText(part('sentence')), /^1 couple is told by one press.*; 6 are left out/);
    assert.deepEqual(found, []);
    for (const opened of [page, plain]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('a couple’s own page: no login, no script, their language, the next time; and once taken back it tells nothing', async () => {
    const { couple, id, mail } = await told({ language: 'de' });
    const link = linkIn(mail, 'c');
    const open = (path, options) => world.open(path, { as: null, ...options });
    const page = await open(link);
    assert.deepEqual(page.asked.map((url) => new URL(url).pathname).filter((path) => !path.endsWith('.css')), [link]);
    assert.ok(page.asked.length <= 2, 'itself and its style');
    assert.equal(await page.locator('script, a, form, img').count(), 0);
    assert.equal(await page.getAttribute('html', 'lang'), 'de');
    const words = await page.innerText('main');
    assert.match(words, /Wir wissen[\s\S]*Ihr hört[\s\S]*\d\d:\d\d/);
    assert.ok(words.includes(CONTACT), words);
    const time = /\d\d:\d\d Uhr/.exec(words)[0];
    assert.ok(mail.text.includes(time), 'the time that the letter promised');
    const html = await page.content();
    for (const inside of [couple.names, couple.email, couple.summary, id.slice(8), 'Bellwether', 'Support of the demo']) {
      assert.ok(!html.includes(inside), `it tells ${inside}`);
    }
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const ink = await page.evaluate(() => getComputedStyle(document.querySelector('main')).color.match(/\d+/g).map(Number));
    assert.ok(Math.max(...ink) < 60, `a dark screen prints ink: ${ink}`);
    const found = await moment(world, 'couple', [link], { as: null });

    const support = await world.open(id, { as: 'support' });
    await press(support, 'Take the link back');
    assert.equal(await done(support), 'The link leads nowhere any more.');
    const gone = [];
    for (const path of [link, `/c/${NEVER}`]) {
      const answer = await world.fetch(path, { as: null });
      assert.equal(answer.status, 410, path);
      gone.push(await answer.text());
    }
    assert.equal(gone[0], gone[1], 'one that was taken back looks like one that never was');
    assert.match(gone[0], /This link does not lead anywhere any more[\s\S]*Your team is still there for you/);
    const theirs = await (await world.fetch(link, { as: null, headers: { 'accept-language': 'de' } })).text();
    assert.match(theirs, /Dieser Link führt nicht mehr weiter/);
    // That it is gone is an error to a browser.
    found.push(...(await moment(world, 'gone', [`/c/${NEVER}`], { as: null })).filter((line) => !/410/.test(line)));
    assert.deepEqual(found, []);
    for (const opened of [page, support]) await opened.context().close();
  });

  test('a question to a person: following the link answers nothing, the press does, and the case says so', async () => {
    const couple = await inTrouble(world);
    const id = await caseOf(world, couple);
    const page = await world.open(id, { as: 'support' });
    const step = page.locator('[data-step="deploy_planners"]');
    await press(page, /^Ask them/, step);
    assert.match(await step.locator(part('asked')).innerText(), /Nordic Planners, asked .* no answer yet/);
    const [mail] = await until('the planner is asked', async () => {
      const mails = await mailsTo(world, PLANNER);
      return mails.length > 0 && mails;
    }, patient);
    for (const personal of [couple.names, couple.email, couple.summary]) assert.ok(!mail.text.includes(personal));
    const link = linkIn(mail, 'yes');
    for (let scans = 0; scans < 2; scans += 1) assert.equal((await world.fetch(link, { as: null })).status, 200);
    await page.reload();
    assert.equal(await step.getAttribute('data-mark'), 'waiting', 'whoever scans mails answers nothing');
    const found = await moment(world, 'asked', [link], { as: null });

    const planner = await world.open(link, { as: null, javascript: false, ...PHONE });
    await press(planner, 'Yes, on my way');
    assert.match(await done(planner), /^Your answer has arrived/);
    await until('the open page of the case says it', async () => (await step.getAttribute('data-mark')) === 'done', patient);
    assert.match(await step.innerText(), /Nordic Planners, said yes/);
    await planner.goto(world.url + link);
    assert.match(await done(planner), /^You answered at \d\d:\d\d/);
    assert.equal((await world.fetch(link, { method: 'POST', as: null })).status, 200);
    assert.match(await (await world.fetch(link, { as: null })).text(), /You answered at/);
    found.push(...(await moment(world, 'answered', [link], { as: null })));
    const never = await world.fetch(`/yes/${NEVER}`, { as: null });
    assert.equal(never.status, 410);
    assert.match(await never.text(), /This link does not work[\s\S]*Nothing was answered/);
    assert.deepEqual(found, []);
    for (const opened of [page, planner]) {
      assert.deepEqual(opened.troubles, []);
      await opened.context().close();
    }
  });

  test('a bounce stands on the open page at once, when whoever tells it can sign; and a viewer reads nobody’s name', async () => {
    const { couple, id, mail } = await told({ language: 'fr' });
    const page = await world.open(id, { as: 'support' });
    await stated(page, /It may still bounce/);
    const step = '[data-step="tell_the_couple"]';
    assert.equal((await tellOf(world, mail.id, 'bounced', 'another secret')).status, 401);
    assert.equal((await tellOf(world, mail.id, 'bounced', secret)).status, 200);
    await stated(page, /Failed[\s\S]*it came back/);
    assert.equal(await page.getAttribute(step, 'data-mark'), 'open', 'the couple has to be told after all');
    assert.match(await purpose(page, 'we_know').innerText(), /Try again by/);
    const again = await (await tellOf(world, mail.id, 'bounced', secret)).json();
    assert.deepEqual(again, { changed: 0 });

    for (const path of [id, '/notices', '/notices?state=failed']) {
      const viewer = await world.open(path, { as: 'viewer' });
      const html = await viewer.content();
      assert.match(await viewer.innerText('main'), /Failed[\s\S]*it came back/);
      for (const personal of [couple.names, couple.email, couple.email.split('@')[0], couple.phone, 'Chers', linkIn(mail, 'c')]) {
        assert.ok(!html.includes(personal), `${path}: a viewer reads ${personal}`);
      }
      assert.equal(await viewer.locator('main form[method="post"]').count(), 0, path);
      assert.deepEqual(viewer.troubles, []);
      await viewer.context().close();
    }
    for (const path of [`${id}/notices/new?purpose=we_know`, '/crises/notices']) {
      assert.equal((await world.fetch(path, { as: 'viewer' })).status, 403, path);
    }
    const found = await moment(world, 'told', ['/notices', id], { as: 'viewer' });
    const paths = [`${id}/notices/new?purpose=we_know`, `${id}/notices/new?purpose=we_have_a_plan`, '/notices', id];
    found.push(...(await moment(world, 'support', paths, { as: 'support' })));
    assert.deepEqual(found, []);
    assert.deepEqual(page.troubles, []);

    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const path of [id, '/notices', `${id}/notices/new?purpose=we_know`]) {
      await page.goto(world.url + path);
      await page.setViewportSize({ width: 688, height: 900 });
      for (const selector of ['nav', 'button', 'summary', 'input', 'textarea']) {
        assert.equal(await page.locator(selector).filter({ visible: true }).count(), 0, `${path}: ${selector} is on the sheet`);
      }
      assert.ok((await overhang(page)) <= 0, `${path} is wider than the paper`);
    }
    await page.context().close();
  });
});
