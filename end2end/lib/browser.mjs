// Chromium, and what the tests ask of a page.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

// Nothing but the console is to be asked for anything, and nothing may ask for a display.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function chromiumPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of NAMES) {
    for (const folder of folders) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error('Chromium is not installed; `cargo xtask test` installs it or says how');
}

/** Starts Chromium without a window. */
export function launch() {
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args: FLAGS });
}

/**
 * A context of its own (nothing cached, nothing remembered) with one page in it. The page keeps a list of
 * what went wrong in it (`page.troubles`) and of every address that it asked for (`page.asked`).
 */
export async function newPage(browser, { theme = 'light', width = 1280, height = 900, javascript = true } = {}) {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height },
    javaScriptEnabled: javascript,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/London',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  page.troubles = [];
  page.asked = [];
  page.on('pageerror', (problem) => page.troubles.push(problem.message));
  page.on('console', (message) => message.type() === 'error' && page.troubles.push(message.text()));
  page.on('request', (request) => page.asked.push(request.url()));
  return page;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 AA and its own good practices: one line for each place. */
export async function axe(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}

/** By how many pixels the page is wider than its window. */
export function overhang(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What it is that goes beyond the window: the innermost elements, in a few words each. */
export function beyond(page) {
  return page.evaluate(() => {
    const out = (element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5;
    const all = [...document.querySelectorAll('body *')].filter(out);
    const innermost = all.filter((element) => ![...element.children].some(out));
    return innermost.slice(0, 4).map((element) => `${element.localName}.${element.className} “${element.textContent.trim().slice(0, 40)}”`);
  });
}
