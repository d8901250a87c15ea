// What an engineer reads of her own, every page of it: without script, by keyboard, in both themes,
// on a phone. And each state of a grant, as the company reads it.
import "./ends.mjs";

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { context } from "./browser.mjs";
import { open } from "./checks.mjs";
import { crawl } from "./crawl.mjs";
import { one } from "./one.mjs";
import { signedIn } from "./session.mjs";
import { REPLACED, STATES, site } from "./site.mjs";
import { AT_ONCE } from "./views.mjs";
import { TestWallet, embeddedKey } from "./wallet.mjs";

const CHAIN = 31_337;
/** The holder of G-1018 is account 27: nothing else in these tests touches that grant. */
const MINE = { grant: "G-1018", key: 27 };

let made;

before(async () => {
  made = await site();
});

/** The cookies of a session of this key. */
async function session(key) {
  const wallet = new TestWallet({ key: embeddedKey(key), chains: { [CHAIN]: made.rpc } });
  const window = await context();
  try {
    await wallet.attach(window);
    await signedIn(window, made.url, "/me");
    return await window.storageState();
  } finally {
    await window.close();
    wallet.close();
  }
}

// Pages with a wallet's button, and one that counts the seconds since a session was used.
const DIFFERS = ["/claim", "/accept", "/settings", "/change"];

describe("an engineer", { concurrency: 1, timeout: 600_000 }, () => {
  test("reads every page of her own", async (t) => {
    const storageState = await session(MINE.key);
    const grant = `/grants/${made.id(MINE.grant)}`;
    const wanted = (path) => ["/me", "/grants/"].some((start) => path.startsWith(start));
    const { pages, files } = await crawl(made, { storageState, from: ["/me"], wanted });
    const paths = pages.map(({ path }) => path);
    const kinds = ["/me/grants", "/me/settings", "/me/privacy", grant, `${grant}/leave`];
    for (const path of kinds) assert.ok(paths.includes(path), `${path} is not linked: ${paths}`);
    for (const [path, { status }] of files) assert.equal(status, 200, path);
    assert.ok(files.has("/me/grants.csv") && files.has("/me/privacy.json"), [...files.keys()].join());
    const window = await context({ storageState });
    const each = pages.map((page) => {
      const same = !DIFFERS.some((end) => page.path.endsWith(end));
      return t.test(page.path, () => one(window, made.url, page, { same }));
    });
    await Promise.all(each);
    await window.close();
  });

  test("has a receipt that prints on one page", async () => {
    const window = await context({ storageState: await session(MINE.key) });
    const page = await window.newPage();
    await page.goto(`${made.url}/grants/${made.id(MINE.grant)}`);
    const receipt = page.locator("a[href*='/receipts/']").first();
    await receipt.click();
    await page.locator("h1", { hasText: "Receipt:" }).waitFor();
    await page.emulateMedia({ media: "print" });
    const hidden = await page.locator("header nav, footer .foot").evaluateAll((all) =>
      all.filter((each) => each.checkVisibility()).map((each) => each.className),
    );
    assert.deepEqual(hidden, []);
    const pdf = await page.pdf({ format: "A4" });
    const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;
    assert.equal(sheets, 1);
    await window.close();
  });

  test("shares her grant with somebody without script, and ends it", async () => {
    const window = await context({ storageState: await session(MINE.key) });
    const page = await window.newPage();
    await page.goto(`${made.url}/grants/${made.id(MINE.grant)}`);
    await page.fill("#label", "my bank");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.waitForURL(/\/share\//);
    const link = page.url();
    const other = await context({ javaScriptEnabled: false });
    const shared = await open(other, link);
    assert.deepEqual(shared.problems, []);
    const words = await shared.page.locator("main").innerText();
    assert.match(words, /shared this page on .* with my bank/);
    assert.ok(!words.includes(MINE.grant), "no sheet id");
    await page.goto(`${made.url}/me/settings`);
    await page.getByRole("button", { name: "Revoke the link for my bank" }).click();
    await page.waitForURL(/#share$/);
    assert.equal((await shared.page.goto(link)).status(), 404);
    await other.close();
    await window.close();
  });
});

test("each state of a grant has its page", { timeout: 600_000 }, async (t) => {
  const storageState = await session(0);
  const states = [...STATES, { grant: REPLACED, word: "replaced" }];
  const from = states.map(({ grant }) => `/grants/${made.id(grant)}`);
  const { pages } = await crawl(made, { storageState, from, wanted: () => false });
  const window = await context({ storageState });
  await t.test("each by itself", { concurrency: AT_ONCE }, async (group) => {
    const each = states.map(({ grant, word }) => {
      const page = pages.find(({ path }) => path === `/grants/${made.id(grant)}`);
      assert.ok(page.text.toLowerCase().includes(word), `${grant} does not say ${word}`);
      return group.test(`${grant}: ${word}`, () => one(window, made.url, page));
    });
    await Promise.all(each);
  });
  await window.close();
});
