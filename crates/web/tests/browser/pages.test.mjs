// Every page there is: under its policy, without script, by keyboard, in both themes, on a phone.
import "./ends.mjs";

import assert from "node:assert/strict";
import { test } from "node:test";

import { context } from "./browser.mjs";
import { COLOURS, accessibility, keyboard, open, structure, text, width } from "./checks.mjs";
import { crawl } from "./crawl.mjs";
import { REPLACED, STATES, site } from "./site.mjs";
import { AT_ONCE, PHONE, SIZES, THEMES } from "./views.mjs";

test("every page", { timeout: 600_000 }, async (t) => {
  const made = await site();
  const { pages, files } = await crawl(made);

  await t.test("all kinds of pages are linked", () => {
    const has = (start) => pages.filter(({ path }) => path.startsWith(start)).length;
    const kinds = ["/rounds/", "/goals/", "/grants/", "/contracts", "/verify", "/glossary"];
    for (const kind of kinds) assert.ok(has(kind) > 0, `no page ${kind}`);
    const wrong = [...files].filter(([, { status }]) => status !== 200);
    assert.deepEqual(wrong, []);
    assert.ok(files.size >= has("/grants/"));
  });

  await t.test("each state of a grant has its page", () => {
    for (const { grant, word } of [...STATES, { grant: REPLACED, word: "replaced" }]) {
      const page = pages.find(({ path }) => path === `/grants/${made.id(grant)}`);
      assert.ok(page, `${grant} (${word}) is not linked`);
      assert.ok(page.text.toLowerCase().includes(word), `${grant} does not say ${word}`);
    }
  });

  await t.test("no two pages have the same title", () => {
    const titles = pages.map(({ title }) => title);
    assert.deepEqual(titles.filter((title, index) => titles.indexOf(title) !== index), []);
  });

  await t.test("each by itself", { concurrency: AT_ONCE }, async (group) => {
    const window = await context();
    const all = pages.map((page) => group.test(page.path, () => one(window, made.url, page)));
    await Promise.all(all);
    await window.close();
  });
});

async function one(window, url, { path, status, problems, text: plain }) {
  const opened = await open(window, new URL(path, url).href, status);
  const { page } = opened;
  const found = [...problems];
  if ((await text(page)) !== plain) found.push("says something else without script");
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
