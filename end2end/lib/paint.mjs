// Prints `{"paint": ms, "data": ms}`: the median over several starts of Chromium, each with a fresh profile,
// of the first contentful paint and of the moment when the first value stands in the page.

import { launch, newPage } from './browser.mjs';

const STARTS = 5;
const [, , url, cookie] = process.argv;
/** `name=value` of the session that looks. */
const [name, value] = process.argv[3].split('=');
const paints = [];
const datas = [];

for (let start = 0; start < STARTS; start += 1) {
  const browser = await launch();
  const page = await newPage(browser);
  await page.context().addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
  // As somebody who is signed in: `name=value`.
  if (cookie) {
    const [name, value] = cookie.split('=');
    await page.context().addCookies([{ name, value, url }]);
  }
  await page.addInitScript(() => {
    const look = () => {
      if (globalThis.dataAt === undefined && document.querySelector('[data-metric] [data-part="value"]')?.textContent) {
        globalThis.dataAt = performance.now();
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(
    () => globalThis.dataAt !== undefined && performance.getEntriesByName('first-contentful-paint').length > 0,
  );
  const { paint, data } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    data: globalThis.dataAt,
  }));
  paints.push(paint);
  datas.push(data);
  await browser.close();
}

const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
console.log(JSON.stringify({ paint: median(paints), data: median(datas) }));
