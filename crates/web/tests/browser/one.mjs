// One page by itself: with script as without, by keyboard, in both themes, on a phone.
import assert from "node:assert/strict";

import { COLOURS, accessibility, keyboard, open, structure, text, width } from "./checks.mjs";
import { PHONE, SIZES, THEMES } from "./views.mjs";

/**
 * Looks at a page that was crawled without script. `same: false` is for pages on which a wallet
 * signs: with script they say more.
 */
export async function one(window, url, { path, status, problems, text: plain }, { same = true } = {}) {
  const opened = await open(window, new URL(path, url).href, status);
  const { page } = opened;
  const found = [...problems];
  if (same && (await text(page)) !== plain) found.push("says something else without script");
  found.push(...(await structure(page)), ...(await keyboard(page)));
  for (const size of SIZES) {
    await page.setViewportSize(size);
    if (size === PHONE) found.push(...(await width(page)));
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const broken = await accessibility(page, colorScheme === "dark" ? COLOURS : undefined);
      found.push(...broken.map((words) => `${size.width} px, ${colorScheme}: ${words}`));
    }
  }
  await page.close();
  assert.deepEqual([...found, ...opened.problems], []);
}
