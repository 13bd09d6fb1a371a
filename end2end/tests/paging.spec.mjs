// How a page reaches a person: an alert calls tier by tier until somebody takes it on, and no crash loses a page.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { account, startWorld, until } from '../lib/world.mjs';

/** Two minutes in a second: ten minutes without an acknowledgement are five seconds here. */
const FAST = 120;
/** People by mail, so that each page has a link; the channel by chat. */
const BY_MAIL = ['3', '4'].map((level) => `\n[delivery.level.${level}]\nways = ["mail"]\norder = "at_once"\n`).join('');
const SETTINGS = { days: 2, staff: true, fastClock: FAST, pollEvery: '30s', more: BY_MAIL, order: { scenario: 'calm' } };

/** The alert about the response time as programs see it. */
async function slowAlert(world, state = 'open') {
  const answer = await world.fetch(`/api/v1/alerts?state=${state}`);
  const { alerts } = await answer.json();
  return alerts.find(({ title }) => title.startsWith('Response time'));
}

/** What arrived as text; mail is quoted-printable, which breaks lines anywhere. */
const text = (one) => JSON.stringify(one.body).replaceAll(/=(\\r)?\\n/g, '').replaceAll('=3D', '=');
const about = (alert) => (one) => text(one).includes(`/alerts/${alert}`) || text(one).includes(alert);
/** Mails about an alert to somebody of the demo. */
async function mails(world, alert, role = '') {
  const arrived = await world.arrived('mail');
  return arrived.filter(about(alert)).filter((one) => text(one).includes(account(role)));
}
/** New messages about an alert in the channel; changes of one in place are not among them. */
async function posts(world, alert) {
  const arrived = await world.arrived('chat');
  const posted = arrived.filter(({ path, body }) => path.endsWith('chat.postMessage') && body.channel === 'ai-ops-alerts');
  return posted.filter((one) => !one.body.thread_ts).filter(about(alert));
}

describe('an alert that nobody has seen', () => {
  let world;
  let alert;
  before(async () => (world = await startWorld(SETTINGS)));
  after(() => world?.end());

  test('is told to the channel once, and calls tier after tier until the link in a mail is used', async () => {
    await world.polls(2);
    await world.scenario('slow');
    await until('the alert', async () => (alert = (await slowAlert(world))?.id) !== undefined, { within: 20_000 });
    await until('the channel hears', async () => (await posts(world, alert)).length === 1);
    await until('the first person is called', async () => (await mails(world, alert, 'operator')).length >= 1);
    assert.equal((await mails(world, alert, 'lead')).length, 0, 'nobody else is called yet');
    await until('the next tiers are called', async () => (await mails(world, alert, 'lead')).length >= 1, { within: 30_000 });
    assert.equal((await posts(world, alert)).length, 1, 'the channel is not told again');

    const mail = (await mails(world, alert, 'lead'))[0];
    const link = /\/ack\/[A-Za-z0-9_-]+/.exec(text(mail))?.[0];
    assert.ok(link, text(mail));
    for (let scans = 0; scans < 2; scans += 1) {
      assert.equal((await world.fetch(link, { as: null })).status, 200);
    }
    assert.equal((await slowAlert(world)).state, 'firing', 'a scanner that follows the link acknowledges nothing');
    const pressed = await world.fetch(link, { as: null, method: 'POST' });
    assert.equal(pressed.status, 200, await pressed.text());
    assert.equal((await slowAlert(world)).state, 'acknowledged');
  });

  test('calls nobody while somebody has it, and ends when it is well again', async () => {
    await pause(1_000);
    const before = (await world.arrived('mail')).filter(about(alert)).length;
    // Eight minutes there: somebody would have been called again by now, and an acknowledgement holds for fifteen.
    await pause(4_000);
    assert.equal((await world.arrived('mail')).filter(about(alert)).length, before);
    await world.scenario('calm');
    await until('it is resolved', async () => (await slowAlert(world, 'resolved'))?.id === alert, { within: 20_000 });
  });
});

describe('a console that is killed again and again', () => {
  let world;
  before(async () => (world = await startWorld(SETTINGS)));
  after(() => world?.end());

  test('loses no page, and repeats one only where it cannot know, with the same key and marked', async () => {
    await world.polls(2);
    await world.control('fault', { route: '/api/chat.postMessage', delay_ms: 1_500 });
    await world.scenario('slow');
    let alert;
    // Killed before anything is stored, between storing and paging, while the chat takes its time, and after.
    for (const wait of [100, 600, 900, 1_400, 2_500]) {
      await pause(wait);
      await world.killConsole();
      await world.startConsole();
      alert ??= (await slowAlert(world))?.id;
    }
    await world.control('clear');
    await until('the alert', async () => (alert ??= (await slowAlert(world))?.id) !== undefined, { within: 20_000 });
    await until('the channel has heard', async () => (await posts(world, alert)).length >= 1, { within: 30_000 });
    await until('the last tier is called', async () => (await mails(world, alert, 'lead')).length >= 1, { within: 40_000 });
    const [first, ...again] = await posts(world, alert);
    assert.ok(!/repeated/i.test(text(first)) || again.length === 0, text(first));
    for (const one of again) assert.match(text(one), /repeated/i, 'a second one says that it may be a double');
    const answer = await world.fetch('/api/v1/alerts?state=open');
    const open = (await answer.json()).alerts.filter(({ title }) => title.startsWith('Response time'));
    assert.equal(open.length, 1, 'one departure is one alert');
  });
});
