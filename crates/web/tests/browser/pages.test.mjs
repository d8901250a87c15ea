// Every page there is, as whoever may read it: under its policy, without script, by keyboard, in
// both themes, on a phone.
import "./ends.mjs";

import assert from "node:assert/strict";
import { test } from "node:test";

import { context } from "./browser.mjs";
import { COLOURS, accessibility, keyboard, open, structure, text, width } from "./checks.mjs";
import { crawl, kind } from "./crawl.mjs";
import { cookiesOf } from "./session.mjs";
import { REPLACED, STATES, site } from "./site.mjs";
import { AT_ONCE, PHONE, SIZES, THEMES } from "./views.mjs";
import { embeddedKey } from "./wallet.mjs";

// The administrator of the chain, and the engineer who holds G-1001.
const COMPANY = embeddedKey(0);
const ENGINEER = embeddedKey(10);

test("every page", { timeout: 900_000 }, async (t) => {
  const made = await site();
  // One session each for all that follows: the pages list sessions and what was done.
  const asCompany = await cookiesOf(made.url, COMPANY);
  const asEngineer = await cookiesOf(made.url, ENGINEER);
  const anybody = await crawl(made);
  const known = new Set(anybody.pages.map(({ path }) => kind(path)));
  const rounds = anybody.pages.map(({ path }) => path).filter((path) => path.startsWith("/rounds/"));
  const starts = ["/", "/company", "/me", ...rounds];
  const follow = new Set([...known].filter((of) => of !== "/" && of !== "/rounds/_"));
  const company = await crawl(made, { cookies: asCompany, starts, known: follow });
  for (const { path } of company.pages) if (!path.startsWith("/me")) known.add(kind(path));
  known.delete("/grants/_");
  const engineer = await crawl(made, { cookies: asEngineer, starts: ["/me", "/me/settings"], known });
  const all = [...anybody.pages, ...company.pages, ...engineer.pages];

  await t.test("all kinds of pages are linked", () => {
    const has = (start) => all.filter(({ path }) => path.startsWith(start)).length;
    const kinds = ["/rounds/", "/goals/", "/grants/", "/contracts", "/verify", "/glossary"];
    kinds.push("/sign-in", "/me", "/company");
    for (const one of kinds) assert.ok(has(one) > 0, `no page ${one}`);
    const files = [anybody, company, engineer].flatMap(({ files }) => [...files]);
    assert.deepEqual(files.filter(([, { status }]) => status !== 200), []);
    assert.ok(files.length > 10);
  });

  await t.test("what is private is not linked for anybody", () => {
    const paths = [...anybody.pages.map(({ path }) => path), ...anybody.files.keys()];
    assert.deepEqual(paths.filter((path) => /^\/(grants|me|company)(\/|$)/.test(path)), []);
  });

  await t.test("each state of a grant has its page", () => {
    for (const { grant, word } of [...STATES, { grant: REPLACED, word: "replaced" }]) {
      const page = company.pages.find(({ path }) => path === `/grants/${made.id(grant)}`);
      assert.ok(page, `${grant} (${word}) is not linked`);
      assert.ok(page.text.toLowerCase().includes(word), `${grant} does not say ${word}`);
    }
  });

  await t.test("no two pages have the same title", () => {
    const grants = company.pages.filter(({ path }) => kind(path) === "/grants/_");
    const titles = [...anybody.pages, ...grants].map(({ title }) => title);
    assert.deepEqual(titles.filter((title, index) => titles.indexOf(title) !== index), []);
  });

  await t.test("each by itself", { concurrency: AT_ONCE }, async (group) => {
    const windows = new Map();
    for (const cookies of [undefined, asCompany, asEngineer]) {
      const window = await context();
      if (cookies) await window.addCookies(cookies);
      windows.set(cookies, window);
    }
    const names = new Map([[asCompany, " (company)"], [asEngineer, " (engineer)"]]);
    const each = (page) => {
      const name = `${page.path}${names.get(page.cookies) ?? ""}`;
      return group.test(name, () => one(windows.get(page.cookies), made.url, page));
    };
    await Promise.all(all.map(each));
    await Promise.all([...windows.values()].map((window) => window.close()));
  });
});

async function one(window, url, { path, from, status, problems, text: plain }) {
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
  const wrong = [...found, ...opened.problems];
  assert.deepEqual(wrong.map((words) => `${words} (linked from ${from})`), []);
}
