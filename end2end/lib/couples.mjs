// Couples in trouble, and what they are told: cases of a test's own, and the mails as they arrived.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { form } from './acting.mjs';
import { press } from './people.mjs';
import { plant, until } from './programs.mjs';

export const CASE = /\/crises\/[0-9a-f-]{36}/;

/** Whom couples may call, as they read it. */
export const CONTACT = 'your wedding day team, +46 8 123 456';
/** Of somebody outside the company who is asked when a planner is needed. */
export const PLANNER = 'duty@planners.example';

/** Couples can be written to, bounces are told by whoever knows `secret`, and one planner is asked: for `more` of a world. */
export const telling = (secret) => (world) => {
  world.writeSecret('bounces-secret', secret);
  return (
    sealing(world) +
    `\n[notices]\nfrom = "Your Wedding Day Team <day@demo.example>"\ncontact = "${CONTACT}"\n` +
    '\n[notices.bounces]\nsecret_file = "bounces-secret"\n' +
    `\n[[crises.people]]\nname = "planners"\ntiers = []\nroles = []\noutside = [{ name = "Nordic Planners", mail = "${PLANNER}" }]\n`
  );
};

/** The key that couples are sealed with, in a file: a section for `more` of a world. */
export function sealing(world) {
  world.writeSecret('sealing-keys', randomBytes(32).toString('base64'));
  return '\n[sealing]\nkeys_file = "sealing-keys"\nerasures = "erasures.ndjson"\n';
}

/** The platform tells of a couple that was never there before: `{ names, email, phone, summary, language }`. */
export async function inTrouble(world, { type = 'vendor_cancelled', language = 'en', ...more } = {}) {
  const mark = randomBytes(4).toString('hex');
  const phone = `+4670${String(parseInt(mark, 16) % 10_000_000).padStart(7, '0')}`;
  const usual = { names: `Ada ${mark}sson & Bo ${mark}sen`, email: `ada.${mark}@couples.example`, phone, language };
  const couple = { ...usual, ...more };
  const summary = `The harp of ${mark} is lost`;
  // None of this may stand in a log, or in a file of the database.
  [couple.names, ...couple.email.split(/,\s*/), phone, summary].filter(Boolean).forEach(plant);
  await world.control('crisis', { crisis_type: type, couple, summary });
  return { ...couple, summary };
}

/** The board with what somebody finds on it: what is looked for leads to an address that has no name in it. */
export async function searched(world, text, as) {
  const led = await world.fetch('/crises', { method: 'POST', as, body: form({ text, state: 'open' }) });
  assert.equal(led.status, 303);
  return (await world.fetch(led.headers.get('location'), { as })).text();
}

/** Where the case of a couple is, as soon as there is one: `/crises/{id}`. */
export function caseOf(world, { names }) {
  return until('the case is there', async () => {
    return new RegExp(`href="(${CASE.source})"`).exec(await searched(world, names, 'support'))?.[1];
  }, { within: 60_000, every: 250 });
}

/** The mails to an address: `{ id, from, subject, text, html }` of each, as a mail program shows it. */
export async function mailsTo(world, address) {
  const mails = await world.arrived('mail');
  return mails.filter(({ headers }) => headers['envelope-to'] === address).map(({ headers, body }) => ({
    id: headers['message-id'],
    from: words(headers.from),
    subject: words(headers.subject),
    text: part(body, 'text/plain'),
    html: part(body, 'text/html'),
  }));
}

/** The same, as soon as there is one. */
export const mailed = (world, address) =>
  until('a mail arrives', async () => {
    const mails = await mailsTo(world, address);
    return mails.length > 0 && mails;
  }, { within: 60_000, every: 100 });

/** Where a mail leads: `/c/…`, `/yes/…`. */
export const linkIn = (world, mail, place) => new RegExp(`${world.url}(/${place}/[A-Za-z0-9_-]+)`).exec(mail.text)?.[1];

/** A couple who have been told that we know: `{ couple, id, mail }`. */
export async function told(world, wish) {
  const couple = await inTrouble(world, wish);
  const id = await caseOf(world, couple);
  const page = await world.open(`${id}/notices/new?purpose=we_know`, { as: 'support', javascript: false });
  await press(page, /^Send: /);
  await page.context().close();
  const [mail] = await mailed(world, couple.email);
  return { couple, id, mail };
}

/** What a mail says in one of its parts. */
function part(mail, type) {
  const [, boundary] = /boundary="([^"]+)"/.exec(mail) ?? [];
  const parts = boundary ? mail.split(`--${boundary}`) : [mail];
  const wanted = parts.slice(boundary ? 1 : 0).find((one) => one.toLowerCase().includes(`content-type: ${type}`));
  if (!wanted) return '';
  const [head, ...rest] = wanted.trimStart().split('\n\n');
  const body = rest.join('\n\n');
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  return /transfer-encoding: quoted-printable/i.test(head) ? quoted(body) : body;
}

function quoted(text) {
  const bytes = text.replaceAll('=\n', '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** A header, whose words may be encoded one by one. */
function words(header = '') {
  const encoded = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;
  return header.replace(/\?=\s+=\?/g, '?==?').replace(encoded, (_, how, text) =>
    how.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : quoted(text.replaceAll('_', ' ')));
}

/** What whoever carries mails tells of one, signed as Standard Webhooks says, or as somebody who has another secret. */
export function tellOf(world, message, event, secret) {
  const body = JSON.stringify({ message_id: message, event });
  const id = `msg_${randomBytes(6).toString('hex')}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return world.fetch('/api/v1/bounces/generic', { method: 'POST', as: null, headers, body });
}
