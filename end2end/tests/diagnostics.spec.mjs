// Looking closer: from an alert to what the platform itself says, a log that is searched and followed, and what was seen
// pinned to the alert as evidence. With a script and without, and on a phone.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { account, part, startWorld, until } from '../lib/world.mjs';
import { enter, press } from '../lib/people.mjs';
import { lookAt } from '../lib/looks.mjs';

const more = (world) =>
  `\n[platform.kubernetes]\nnamespace = "ai-services"\nurl = ${JSON.stringify(`${world.platformUrl}/k8s`)}\n` +
  `token_file = ${JSON.stringify(world.tokenFile)}\n\n` +
  `[[platform.dependency]]\nname = "OpenAI"\nurl = ${JSON.stringify(`${world.platformUrl}/v1/models`)}\n`;
const look = (name) => `[data-look="${name}"]`;
const said = (page, name) => page.innerText(`${look(name)} ${part('said')}`);

describe('looking closer', () => {
  let world;
  let alert;
  before(async () => {
    world = await startWorld({ days: 1, order: { scenario: 'slow' }, more });
    await until('an alert', async () => {
      const open = await (await world.fetch('/api/v1/alerts')).json();
      const found = open.alerts.find(({ title }) => /Response time/.test(title));
      alert = found && `/alerts/${found.id}`;
      return alert;
    }, { within: 60_000 });
  });
  after(() => world?.end());

  test('from an alert to its pods, and what was seen onto the alert', async () => {
    const page = await world.open(alert);
    await page.locator(part('closer')).getByRole('link').click();
    await page.waitForURL(/\/diagnostics\?alert=/);
    assert.match(await said(page, 'pods'), /^All \d+ pods are ready; /);
    assert.match(await said(page, 'call'), /^Answered 200 in /);
    assert.match(await said(page, 'dependencies'), /answer/);
    assert.match(await page.innerText(part('not-set-up')), /No database is configured/);
    await page.getByRole('link', { name: 'Optimization engine' }).click();
    await page.waitForURL(/service=optimization/);
    const seen = await said(page, 'pods');
    assert.equal(seen, 'All 3 pods are ready; none has restarted.');
    assert.match(await said(page, 'describe'), /^ai-optimization-engine has 3 of 3 pods ready/);

    const pin = page.locator(`${look('pods')} ${part('pin')}`);
    await pin.locator('summary').click();
    await pin.getByLabel('Why it matters').fill('not <b>the pods</b>');
    await pin.getByRole('button').dblclick();
    await page.waitForURL(/pinned=pods/);
    assert.match(await page.innerText('main'), /“Pods” is pinned/);
    await page.goto(world.url + alert);
    const evidence = page.locator(part('evidence'));
    assert.equal(await evidence.locator('li').count(), 1, 'two clicks are one piece');
    assert.match(await evidence.innerText(), /Pods: All 3 pods are ready[\s\S]*not <b>the pods<\/b>[\s\S]*pinned by Operator/i);
    await evidence.locator('summary').click();
    assert.match(await evidence.locator('pre').innerText(), /ai-optimization-engine-[\s\S]*\| Running \| 1 of 1 \| 0/);
    assert.match(await page.innerText(part('story')), /pinned what was seen: Pods\. All 3 pods are ready/);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  test('a log is searched by reloading, sifted while typing, and followed', async () => {
    const page = await world.open(`/diagnostics/log?platform=wedsync&service=optimization`);
    const lines = page.locator(`${part('lines')} > li`);
    assert.ok((await lines.count()) >= 100);
    const written = async () => (await lines.locator('time').allInnerTexts()).map((time) => time.trim());
    const read = await written();
    assert.deepEqual(read, read.toSorted().reverse(), 'the newest line is at the top');
    await page.getByLabel('Lines that hold').fill('CACHE miss');
    await until('the others are hidden', async () => (await page.locator(`${part('lines')} > li:visible`).count()) < 60);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/search=CACHE/);
    assert.match(await said(page, 'log'), /lines of ai-optimization-engine-\S+ hold “CACHE miss”/);
    for (const line of await lines.allInnerTexts()) assert.match(line, /cache miss/);

    await page.getByLabel('Lines that hold').fill('');
    await page.getByRole('button', { name: 'Follow live' }).click();
    await until('the lines so far', async () => (await lines.count()) >= 200, { within: 30_000 });
    const before = await lines.count();
    await until('a new line', async () => (await lines.count()) > before, { within: 30_000 });
    const followed = await written();
    assert.deepEqual(followed, followed.toSorted().reverse(), 'and so it is while it is followed');
    // Who reads further down stays there.
    const box = page.locator(part('lines'));
    await box.evaluate((list) => { list.scrollTop = 400; });
    const reading = await box.evaluateHandle((list) => document.elementFromPoint(
      list.getBoundingClientRect().left + 200, list.getBoundingClientRect().top + 60).closest('li'));
    const place = () => reading.evaluate((line) => Math.round(line.getBoundingClientRect().top));
    const there = await place();
    const many = await lines.count();
    await until('a line more', async () => (await lines.count()) > many, { within: 30_000 });
    // A line is not a whole number of pixels high.
    const moved = Math.abs((await place()) - there);
    assert.ok(moved <= 1, `what is read moved by ${moved} px`);
    await page.getByRole('button', { name: 'Stop following' }).click();
    assert.equal(await page.getByRole('button', { name: 'Follow live' }).getAttribute('aria-pressed'), 'false');
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  test('a crash shows, and everything works without a script', async () => {
    const pods = await world.open('/diagnostics/pods?platform=wedsync&service=recommendation', { javascript: false });
    const crash = (await pods.locator('.seen tbody th').first().innerText()).split('\n')[0].trim();
    await world.control('cluster', { crash });
    await until('it has restarted', async () => {
      await pods.getByRole('link', { name: 'Look again' }).click();
      return /one restarted .*OOMKilled/.test(await said(pods, 'pods'));
    }, { within: 60_000 });
    await pods.getByRole('link', { name: `Log of ${crash}` }).click();
    assert.equal(await pods.locator('[data-log-live]').count(), 1);
    assert.equal(await pods.locator('[data-log-live]').isVisible(), false, 'a button that does nothing is not there');
    await pods.getByLabel('Before its last restart').check();
    await press(pods, 'Show');
    assert.match(await pods.innerText(part('lines')), /FATAL out of memory/);
    await pods.setViewportSize({ width: 390, height: 844 });
    const newest = await pods.locator(`${part('lines')} > li`).first().boundingBox();
    const bar = await pods.locator('.side').boundingBox();
    assert.ok(newest.y + newest.height < bar.y, 'on a phone the newest line is seen at once');
    assert.equal(await pods.getByRole('button', { name: 'Follow live' }).isVisible(), false);

    const id = alert.split('/').pop();
    await pods.goto(`${world.url}/diagnostics/pods?platform=wedsync&service=recommendation&alert=${id}`);
    await pods.locator(`${part('pin')} summary`).click();
    await pods.getByLabel('Why it matters').fill('it runs out of memory');
    await press(pods, 'Pin these pods');
    assert.match(pods.url(), /\/diagnostics\/pods\?.*pinned=pods/);
    await pods.goto(world.url + alert);
    assert.match(await pods.innerText(part('evidence')), /one restarted[\s\S]*it runs out of memory/);
    await pods.context().close();
  });

  test('what was seen before a restart of the console is gone, and nothing typed is lost', async () => {
    const id = alert.split('/').pop();
    const page = await enter(world, account('operator'), `/diagnostics/call?alert=${id}`);
    await page.locator(`${part('pin')} summary`).click();
    await page.getByLabel('Why it matters').fill('slow at the first byte');
    await world.stopConsole();
    await world.startConsole();
    await press(page, 'Pin this call');
    assert.match(await page.innerText('main'), /What you saw is not kept any more[\s\S]*Look again/);
    assert.equal(await page.getByLabel('Why it matters').inputValue(), 'slow at the first byte');
    await press(page, 'Pin this call');
    await page.goto(world.url + alert);
    assert.match(await page.innerText(part('evidence')), /One call of the API[\s\S]*slow at the first byte/);
    await page.context().close();
  });

  test('on a phone what is wrong comes first, and the rest is short', async () => {
    const page = await world.open('/diagnostics?platform=wedsync&service=optimization', { width: 390, height: 844, javascript: false });
    const tones = await page.locator('[data-look]').evaluateAll((looks) =>
      looks.map((look) => look.querySelector('[data-part="tone"]')?.textContent ?? ''));
    const rank = (tone) => ['Broken', 'Worth a look', 'Too slow', 'Not seen'].indexOf(tone.replace('Not seen', 'Too slow')) >>> 0;
    assert.deepEqual(tones, tones.toSorted((one, other) => rank(one) - rank(other)), `${tones}`);
    assert.ok(tones.length >= 5);
    const longest = await page.evaluate(() => Math.max(...[...document.querySelectorAll('.look.short')].map((look) => look.offsetHeight)));
    assert.ok(longest < 300, `a look that is well takes ${longest} px`);
    await page.context().close();
  });

  test('who may not handle alerts sees no way here, and is told why', async () => {
    const viewer = await world.open(alert, { as: 'viewer' });
    assert.equal(await viewer.locator(part('closer')).count(), 0);
    assert.match(await viewer.innerText(part('evidence')), /Pods/);
    await viewer.goto(`${world.url}/performance`);
    assert.equal(await viewer.locator(part('closer')).count(), 0);
    const answer = await world.fetch('/diagnostics?platform=wedsync', { as: 'viewer' });
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /handle_alerts|acknowledge/);
    const live = await world.fetch('/diagnostics/log/live?platform=wedsync&pod=x', { as: 'viewer' });
    assert.equal(live.status, 403);
    await viewer.context().close();
    const operator = await world.open('/performance');
    await operator.locator(part('closer')).getByRole('link', { name: 'Recommendation engine' }).click();
    await operator.waitForURL(/\/diagnostics\?platform=wedsync&service=recommendation/);
    assert.deepEqual(operator.troubles, []);
    await operator.context().close();
  });

  test('in both themes and at every width nothing is wrong', async () => {
    const id = alert.split('/').pop();
    const paths = [`/diagnostics?alert=${id}&service=optimization`, `/diagnostics/log?alert=${id}`, alert];
    for (const path of paths) {
      const page = await world.open(path);
      await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
      assert.deepEqual(await lookAt(page), [], path);
      const file = path.split('?')[0].replaceAll('/', '-');
      for (const [name, theme, width] of [['light', 'light', 1280], ['dark', 'dark', 1280], ['phone', 'light', 390], ['narrow', 'light', 320]]) {
        if (!process.env.PICTURES) continue;
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: `${process.env.PICTURES}/${file}-${name}.png`, fullPage: true });
      }
      await page.context().close();
    }
  });
});
