// What a person does at the door: signing in and out, codes, links. By the page's own fields and buttons.

import { createHmac } from 'node:crypto';
import { PASSWORD } from './world.mjs';

const STEP = 30_000;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Presses a button or follows a link that leads to another page, and waits for that page: `{ status, url }`. */
export async function press(page, name, within = page) {
  const target = within.getByRole('button', { name }).or(within.getByRole('link', { name })).first();
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().isNavigationRequest() && !isRedirect(response)),
    target.click(),
  ]);
  await page.waitForLoadState('load');
  return { status: answer.status(), url: new URL(page.url()) };
}

const isRedirect = (response) => response.status() >= 300 && response.status() < 400;

/** Fills the form of `/sign-in` in, which the page must show, and sends it. */
export async function signIn(page, email, password = PASSWORD) {
  await page.fill('input[name="email"]', email);
  await page.fill('input[name="password"]', password);
  return press(page, 'Sign in');
}

/** A page of somebody who has just signed in, at the address that they asked for. */
export async function enter(world, email, path = '/', { password = PASSWORD, ...options } = {}) {
  const page = await world.open(path, { as: null, ...options });
  await signIn(page, email, password);
  return page;
}

/** From any page, by the menu with the own name. */
export async function signOut(page) {
  const menu = page.locator('[data-part="account"]');
  await menu.locator('summary').click();
  return press(page, 'Sign out', menu);
}

/** Chooses a password on the page of a link. */
export async function choosePassword(page, password) {
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="password_again"]', password);
  return press(page, /account|password/);
}

/** The six digits of an authenticator app, so many steps of thirty seconds from now. */
export function code(secret, steps = 0) {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

export const trouble = (page) => page.locator('[data-part="trouble"], .field-trouble').first().innerText();
export const done = (page) => page.locator('[data-part="done"]').innerText();
