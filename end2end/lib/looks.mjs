// A page in both themes and at every width: what axe finds, and what lies beyond the right edge.

import { join } from 'node:path';
import { axe, beyond as whatIsBeyond, overhang } from './browser.mjs';

const THEMES = ['light', 'dark'];
const WIDTHS = [320, 768, 1280];

/** One line for each finding at an address, which is loaded once and then looked at in every way. */
export async function look(world, path, { widths = WIDTHS, ...options } = {}) {
  const page = await world.open(path, options);
  const found = await lookAt(page, widths);
  await page.context().close();
  return found;
}

/** The same for a page as it is. */
export async function lookAt(page, widths = WIDTHS) {
  const found = [];
  const { pathname } = new URL(page.url());
  for (const theme of THEMES) {
    for (const width of widths) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      const where = `${pathname}, ${theme}, ${width} px`;
      found.push(...(await axe(page)).map((finding) => `${where}: ${finding}`));
      const beyond = await overhang(page);
      if (beyond > 0) found.push(`${where}: ${beyond} px wider than the window: ${await whatIsBeyond(page)}`);
    }
  }
  return found;
}

/**
 * What somebody sees at one moment of a story: each address in both themes, on two phones and on a desk. Quick, because
 * the story goes on meanwhile: axe looks once at each theme. One line for each finding. With a folder in
 * `BELLWETHER_TEST_SHOTS` each is kept there as a picture, to be looked at.
 */
export async function moment(world, name, paths, options = {}) {
  const found = [];
  for (const path of paths) {
    const page = await world.open(path, options);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const [width, height] of [[320, 640], [360, 740], [1280, 900]]) {
        await page.setViewportSize({ width, height });
        const where = `${name}: ${path}, ${theme}, ${width} px`;
        const beyond = await overhang(page);
        if (beyond > 0) found.push(`${where}: ${beyond} px wider than the window: ${await whatIsBeyond(page)}`);
        if (width === 360) found.push(...(await axe(page)).map((finding) => `${where}: ${finding}`));
        await keep(page, `${name}${path.replace(/[\w-]{32,}/g, 'one').replaceAll('/', '-')}-${theme}-${width}`);
      }
    }
    found.push(...page.troubles.map((trouble) => `${name}: ${path}: ${trouble}`));
    await page.context().close();
  }
  return found;
}

/** The sheet that an open page prints on: one line for each thing that can only be pressed, or is wider than the paper. */
export async function onPaper(page, name) {
  const { pathname } = new URL(page.url());
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.setViewportSize({ width: 688, height: 900 });
  const found = [];
  for (const selector of ['nav', 'button', 'a.button', 'summary', 'input', 'textarea']) {
    const count = await page.locator(selector).filter({ visible: true }).count();
    if (count > 0) found.push(`${name}: ${pathname}: ${count} × ${selector} on paper`);
  }
  if ((await overhang(page)) > 0) found.push(`${name}: ${pathname}: wider than the paper: ${await whatIsBeyond(page)}`);
  const ink = await page.evaluate(() => getComputedStyle(document.querySelector('h1')).color.match(/\d+/g).map(Number));
  if (Math.max(...ink) > 60) found.push(`${name}: ${pathname}: too pale for paper: ${ink}`);
  await keep(page, `${name}-on-paper`);
  await page.emulateMedia({ media: 'screen' });
  return found;
}

async function keep(page, name) {
  const folder = process.env.BELLWETHER_TEST_SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
