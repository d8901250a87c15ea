// What an engineer does with her own pages: prints a receipt, shares a grant, follows a calendar.
// Each page by itself is looked at with all others.
import "./ends.mjs";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { context } from "./browser.mjs";
import { open } from "./checks.mjs";
import { guerdon } from "./machine.mjs";
import { signedIn } from "./session.mjs";
import { site } from "./site.mjs";
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

describe("an engineer", { concurrency: 1, timeout: 600_000 }, () => {
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

  test("takes her grant file away, as the import wrote it, and needs this server no more", async () => {
    const window = await context({ storageState: await session(MINE.key), javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto(`${made.url}/grants/${made.id(MINE.grant)}`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download grant file" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), `${MINE.grant}.json`);
    const file = join(made.data, "downloaded.json");
    await download.saveAs(file);
    assert.deepEqual(readFileSync(file), readFileSync(join(made.data, "grants", `${MINE.grant}.json`)));
    const verified = await guerdon(made.data, "verify", "grant", file, "--rpc-url", made.rpc);
    assert.match(verified, /everything agrees/);
    const call = await guerdon(made.data, "grant", "claim", file, "--calldata", "--rpc-url", made.rpc);
    assert.match(call, /0x[0-9a-f]{8,}/);
    await window.close();
  });

  test("follows her vesting days in a calendar until she revokes the link", async () => {
    const window = await context({ storageState: await session(MINE.key), javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto(`${made.url}/me/settings`);
    await page.getByRole("button", { name: "Make a calendar link" }).click();
    const address = (await page.locator("pre").innerText()).trim();
    const answer = await fetch(address);
    assert.equal(answer.headers.get("content-type"), "text/calendar; charset=utf-8");
    assert.match(await answer.text(), /^BEGIN:VCALENDAR\r\n[\s\S]*UID:0x[\s\S]*END:VCALENDAR\r\n$/);
    await page.goto(`${made.url}/me/settings`);
    await page.getByRole("button", { name: "Revoke it" }).click();
    assert.equal((await fetch(address)).status, 404);
    await window.close();
  });
});
