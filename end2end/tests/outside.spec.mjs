// What people see who have no account: a couple their own page, and whoever is asked for a step the question to them. Both come
// by a link in a mail, and nothing that only looks at links changes anything.

import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { part, startWorld, until } from '../lib/world.mjs';
import { done, press } from '../lib/people.mjs';
import { CONTACT, PLANNER, caseOf, inTrouble, linkIn, mailed, telling, told } from '../lib/couples.mjs';
import { moment, onPaper } from '../lib/looks.mjs';

const NEVER = '0'.repeat(32);
const patient = { within: 60_000 };

describe('by a link, without an account', () => {
  let world;
  before(async () => {
    const more = telling(randomBytes(24).toString('hex'));
    world = await startWorld({ days: 0, staff: true, order: { scenario: 'calm' }, more });
  });
  after(() => world?.end());

  test('a couple’s own page: no script, their language, the next time; and once taken back it tells nothing', async () => {
    const { couple, id, mail } = await told(world, { language: 'de' });
    const link = linkIn(world, mail, 'c');
    const page = await world.open(link, { as: null });
    const asked = page.asked.map((url) => new URL(url).pathname);
    assert.deepEqual(asked.filter((path) => !/^\/pkg\/.*\.css$/.test(path)), [link], 'itself and its style');
    assert.equal(await page.locator('script, a, form, img').count(), 0);
    assert.equal(await page.getAttribute('html', 'lang'), 'de');
    const words = await page.innerText('main');
    assert.match(words, /Wir wissen, was geschehen ist[\s\S]*Ihr hört von uns bis/);
    assert.ok(words.includes(CONTACT), words);
    assert.ok(mail.text.includes(/\d\d:\d\d Uhr am [\d.]+\d/.exec(words)[0]), 'the time that the letter promised');
    const html = await page.content();
    for (const inside of [couple.names, couple.email, couple.summary, id.slice(8), 'Bellwether', 'Support of the demo']) {
      assert.ok(!html.includes(inside), `it tells ${inside}`);
    }
    const found = await moment(world, 'couple', [link], { as: null });
    found.push(...(await onPaper(page, 'couple')));

    // A new promise stands there, in their own words for it.
    const support = await world.open(id, { as: 'support' });
    await support.locator('summary', { hasText: 'Promise another time' }).click();
    await support.fill('#promise-promised', '2099-07-01T10:30');
    await press(support, 'Promise it');
    await page.reload();
    assert.match(await page.innerText(part('next')), /10:30 Uhr am 01\.07\.2099/);

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
    const theirs = await world.fetch(link, { as: null, headers: { 'accept-language': 'de' } });
    assert.match(await theirs.text(), /Dieser Link führt nicht mehr weiter/);
    // A browser writes down that it is gone.
    found.push(...(await moment(world, 'gone', [`/c/${NEVER}`], { as: null })).filter((line) => !/status of 410/.test(line)));
    assert.deepEqual(found, []);
    assert.deepEqual([...page.troubles, ...support.troubles], []);
    for (const opened of [page, support]) await opened.context().close();
  });

  test('a question: following the link answers nothing, the press does, and the case says so', async () => {
    const couple = await inTrouble(world);
    const page = await world.open(await caseOf(world, couple), { as: 'support' });
    const step = page.locator('[data-step="deploy_planners"]');
    await press(page, /^Ask them/, step);
    assert.match(await step.locator(part('asked')).innerText(), /Nordic Planners, asked \d\d:\d\d, no answer yet/);
    const [mail] = await mailed(world, PLANNER);
    for (const personal of [couple.names, couple.email, couple.phone, couple.summary]) {
      assert.ok(!mail.text.includes(personal), `the mail tells ${personal}`);
    }
    const link = linkIn(world, mail, 'yes');
    for (let scans = 0; scans < 2; scans += 1) assert.equal((await world.fetch(link, { as: null })).status, 200);
    await page.reload();
    assert.equal(await step.getAttribute('data-mark'), 'waiting', 'whoever scans mails answers nothing');
    const found = await moment(world, 'asked', [link], { as: null });

    const planner = await world.open(link, { as: null, javascript: false, width: 390, height: 844 });
    assert.match(await planner.innerText('main'), /You are asked[\s\S]*Send an emergency planner[\s\S]*You are Nordic Planners/);
    await press(planner, 'Yes, on my way');
    assert.match(await done(planner), /^Your answer has arrived/);
    await until('the open page of the case says it', async () => (await step.getAttribute('data-mark')) === 'done', patient);
    assert.match(await step.innerText(), /Nordic Planners, said yes \d\d:\d\d/);
    // Once more, by the link and by a second press of the page as it was.
    const again = await world.fetch(link, { method: 'POST', as: null });
    assert.equal(again.status, 200);
    assert.match(await again.text(), /You answered at \d\d:\d\d/);
    await planner.goto(world.url + link);
    assert.match(await done(planner), /^You answered at \d\d:\d\d/);
    assert.equal(await planner.getByRole('button', { name: 'Yes, on my way' }).count(), 0);
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
});
