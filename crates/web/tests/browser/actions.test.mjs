// What the company and a holder change through the pages, with wallets, on the real chain.
import "./ends.mjs";

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { context } from "./browser.mjs";
import { ROOT, guerdon } from "./machine.mjs";
import { signedIn } from "./session.mjs";
import { ask, site, waitFor } from "./site.mjs";
import { TestWallet, embeddedKey } from "./wallet.mjs";

const CHAIN = 31_337;
const COMPANY = 0;
const SHEET = readFileSync(join(ROOT, "crates/guerdon/demo/acme-2026-h1.csv"), "utf8").split("\n");
// Each test has a grant of its own; the holder of G-10NN is account NN + 9 of the embedded chain.
const ENDED = "G-1021";
const PAUSED = "G-1018";
const REPLACED = { grant: "G-1015", key: 24 };

let made;

before(async () => {
  made = await site();
});

/** A window with a wallet, and a page of it that is signed in and shows `path`. */
async function opened(t, key, path) {
  const chains = { [CHAIN]: made.rpc };
  const wallet = new TestWallet({ key: embeddedKey(key), chains, trusted: [succession()] });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  return { wallet, page: await signedIn(window, made.url, path) };
}

/** Whose typed messages a holder's wallet trusts. */
function succession() {
  const file = join(made.data, "deployments", `${CHAIN}.json`);
  const { contracts } = JSON.parse(readFileSync(file, "utf8"));
  const verifyingContract = contracts.Succession.address;
  return { name: "Guerdon Succession", version: "1", verifyingContract };
}

const path = (grant, rest) => `/grants/${made.id(grant)}/${rest}`;
const words = (page) => page.locator("main").innerText();
const row = (grant, name) => SHEET.find((line) => line.startsWith(`${grant},`)).replace(grant, name);

/** Signs what the page asks, and waits until the index has read it. */
async function signs(page) {
  const said = page.locator("guerdon-sign [data-said]");
  await said.filter({ hasText: /will ask you to confirm/ }).waitFor({ timeout: 20_000 });
  await page.locator("guerdon-sign [data-sign]").click();
  try {
    await said.filter({ hasText: /Confirmed in block/ }).waitFor({ timeout: 30_000 });
  } catch {
    throw new Error(`not confirmed: ${await said.innerText()}`);
  }
  await waitFor(made.url, Number(await ask(made.rpc, "eth_blockNumber")));
}

// One after the other: all of them send from the company's one account.
describe("what the company and a holder change", () => {
  test("the company ends a grant, after a preview and with its name typed", async (t) => {
    const { page } = await opened(t, COMPANY, path(ENDED, "end"));
    await page.getByLabel("When vesting stops").selectOption("now");
    await page.getByRole("button", { name: "Show what this means" }).click();
    const preview = await words(page);
    assert.match(preview, /What they will read/);
    assert.match(preview, /go back to the pool and are free\./);
    await page.getByLabel(`Type ${ENDED} to confirm`).fill("G-1001");
    await page.getByRole("button", { name: "End this grant" }).click();
    assert.match(await words(page), /exactly as it stands here\. Nothing was changed\./);
    await page.getByLabel(`Type ${ENDED} to confirm`).fill(ENDED);
    await page.getByRole("button", { name: "End this grant" }).click();
    await page.waitForURL(/\/sign\/\d+$/);
    assert.match(await words(page), /Tried on the node just now: it would succeed\./);
    await signs(page);
    await page.goto(`${made.url}${path(ENDED, "change")}`);
    assert.match(await words(page), /State: (ended|notice given)\./);
  });

  test("the company pauses a grant and lets it run again", async (t) => {
    const { page } = await opened(t, COMPANY, path(PAUSED, "change"));
    for (const { link, button, state } of [
      { link: "Pause its clock", button: "Pause this grant", state: "paused" },
      { link: "Let its clock run again", button: "Resume this grant", state: "active" },
    ]) {
      await page.getByRole("link", { name: link }).click();
      const command = page.locator("#preview pre");
      assert.match(await command.textContent(), /^guerdon grant (pause|resume) G-1018$/);
      await page.getByRole("button", { name: button }).click();
      await page.waitForURL(/\/sign\/\d+$/);
      const request = page.url();
      await signs(page);
      await page.goto(request);
      assert.ok((await words(page)).includes(`Done: ${link}`), await words(page));
      await page.goto(`${made.url}${path(PAUSED, "change")}`);
      assert.ok((await words(page)).includes(`State: ${state}.`), await words(page));
    }
  });

  test("a grant is replaced with both signatures, each in a browser of its own", async (t) => {
    const { grant, key } = REPLACED;
    const company = await opened(t, COMPANY, path(grant, "replace"));
    const sheet = `${SHEET[0]}\n${row(grant, `${grant}c`)}\n`;
    await company.page.getByLabel(/Rows of the new grants/).fill(sheet);
    await company.page.getByRole("button", { name: "Prepare it for the holder" }).click();
    await company.page.waitForURL(/\/sign\/\d+$/);
    const request = new URL(company.page.url()).pathname;
    assert.match(await words(company.page), /has still to sign/);
    assert.equal(await company.page.locator("guerdon-sign").count(), 0);

    const holder = await opened(t, key, request);
    const offer = await words(holder.page);
    assert.ok(offer.includes(`In ${grant}c, its agreement: `), offer);
    assert.match(offer, /Before and after[^]+Nothing else changes: \d+ terms as before/);
    await holder.page.getByText("All of it with every digit").click();
    assert.ok((await words(holder.page)).includes(`${grant}c: `), "each new grant in full");
    const said = holder.page.locator("guerdon-sign [data-said]");
    await said.filter({ hasText: /will ask you to confirm/ }).waitFor({ timeout: 20_000 });
    await holder.page.locator("guerdon-sign [data-sign]").click();
    await holder.page.getByText("signed on").waitFor({ timeout: 20_000 });
    const asked = holder.wallet.log.find(({ method }) => method === "eth_signTypedData_v4");
    assert.equal(JSON.parse(asked.params[1]).primaryType, "Replace");

    await company.page.reload();
    assert.match(await words(company.page), /Tried on the node just now: it would succeed\./);
    await signs(company.page);
    await company.page.goto(`${made.url}${request}`);
    assert.match(await words(company.page), /This replacement is on the chain/);
  });

  test("the company commits a round that binds later, and takes it back", async (t) => {
    const csv = join(made.data, "more.csv");
    writeFileSync(csv, `${SHEET[0]}\n${row("G-1002", "R-1002")}\n`);
    const imported = await guerdon(made.data, "-o", "json", "round", "import", csv);
    const { root } = JSON.parse(imported);
    const { page } = await opened(t, COMPANY, `/company/rounds/${root}/commit`);
    const { timestamp } = await ask(made.rpc, "eth_getBlockByNumber", ["latest", false]);
    const day = new Date((Number(timestamp) + 10 * 86_400) * 1000).toISOString().slice(0, 10);
    await page.getByLabel(/Binding from the start of this day/).fill(day);
    await page.getByRole("button", { name: "Show what this means" }).click();
    assert.match(await words(page), /Until then the issuer can take it back whole/);
    for (const { button, next, says } of [
      { button: "Commit this round", next: "rescind", says: /It binds on/ },
      { button: "Take this round back", next: "commit", says: /This round was taken back/ },
    ]) {
      await page.getByLabel(/^Type 0x/).fill(root.slice(0, 10));
      await page.getByRole("button", { name: button }).click();
      await page.waitForURL(/\/sign\/\d+$/);
      await signs(page);
      await page.goto(`${made.url}/company/rounds/${root}/${next}`);
      assert.match(await words(page), says);
    }
  });
});
