// A page in both themes and at every width: what axe finds, and what lies beyond the right edge.

import { axe, overhang } from './browser.mjs';

const THEMES = ['light', 'dark'];
const WIDTHS = [320, 768, 1280];

/** One line for each finding at an address, which is loaded once and then looked at in every way. */
export async function look(world, path, { widths = WIDTHS, ...options } = {}) {
  const found = [];
  const page = await world.open(path, options);
  for (const theme of THEMES) {
    for (const width of widths) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      const where = `${path}, ${theme}, ${width} px`;
      found.push(...(await axe(page)).map((finding) => `${where}: ${finding}`));
      const beyond = await overhang(page);
      if (beyond > 0) found.push(`${where}: ${beyond} px wider than the window`);
    }
  }
  await page.context().close();
  return found;
}
