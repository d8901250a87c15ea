// What the company cannot do at once: a call under a delay, and a batch that a Safe carries out.
import "./ends.mjs";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { Interface } from "ethers";

import { context } from "./browser.mjs";
import { guerdon } from "./machine.mjs";
import { deploySafe } from "./safe.mjs";
import { signedIn } from "./session.mjs";
import { ask, site, waitFor } from "./site.mjs";
import { AT_ONCE } from "./views.mjs";
import { TestWallet, embeddedKey } from "./wallet.mjs";

const CHAIN = 31_337;
const PEOPLE = 2;
/** Seconds that the clerk must wait between announcing a call and making it. */
const DELAY = 60;
const CLERK = 7;
const ADMINISTRATOR = 0;
const DELAYED = "G-1018";
const BATCHED = ["G-1002", "G-1004"];

let made;

before(async () => {
  made = await site();
});

/** A page that is signed in with the wallet of an account of the embedded chain. */
async function opened(t, key, path) {
  const wallet = new TestWallet({ key: embeddedKey(key), chains: { [CHAIN]: made.rpc } });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  return { wallet, page: await signedIn(window, made.url, path) };
}

/** Gives an account the people role, as the chain's administrator. */
async function grantRole(account, delay) {
  const file = join(made.data, "deployments", `${CHAIN}.json`);
  const to = JSON.parse(readFileSync(file, "utf8")).contracts.AccessManager.address;
  const manager = new Interface(["function grantRole(uint64, address, uint32)"]);
  const data = manager.encodeFunctionData("grantRole", [PEOPLE, account, delay]);
  const [from] = await ask(made.rpc, "eth_accounts");
  await ask(made.rpc, "eth_sendTransaction", [{ from, to, data }]);
  await read();
}

/** Waits until the pages have read all there is. */
async function read() {
  await waitFor(made.url, Number(await ask(made.rpc, "eth_blockNumber")));
}

async function says(place, pattern) {
  await place.filter({ hasText: pattern }).first().waitFor({ timeout: 20_000 });
}

const grant = (name, rest = "") => `/grants/${made.id(name)}${rest}`;
const panel = (page) => page.locator("guerdon-sign").first();

async function sign(page) {
  await says(panel(page).locator("[data-said]"), /will ask you to confirm/);
  await panel(page).locator("[data-sign]").click();
  await says(panel(page).locator("[data-said]"), /Confirmed in block [\d,]+/);
}

describe("jobs", { concurrency: AT_ONCE }, () => {
  test("a call under a delay is announced, waits, and is made from the page of jobs", async (t) => {
    const key = embeddedKey(CLERK);
    const clerk = new TestWallet({ key, chains: {} });
    await grantRole(clerk.address, DELAY);
    clerk.close();
    const { page } = await opened(t, CLERK, grant(DELAYED, "/change?act=pause"));
    assert.match(await page.locator("main").innerText(), /must wait 1 minute between announcing/);
    await page.locator("#preview button[value=sign]").click();
    await page.waitForURL(/\/sign\/\d+$/);
    assert.match(await panel(page).innerText(), /Schedule, once the delay of the role is over: Pause/);
    await sign(page);

    await page.goto(`${made.url}/company/jobs`);
    const row = page.locator("tr", { hasText: DELAYED });
    await says(row, /waits for its time/);
    await row.locator("th a").first().click();
    await page.waitForURL(/\/company\/jobs\/0x[0-9a-f]{64}$/);
    assert.match(await page.locator("main").innerText(), /It waits\. It can be executed from/);
    assert.ok(await page.getByRole("button", { name: "Execute" }).isDisabled());

    await guerdon(made.data, "travel", `${DELAY + 1}s`);
    await read();
    await page.reload();
    const main = page.locator("main");
    assert.match(await main.innerText(), /It can be executed now, until/);
    assert.match(await main.innerText(), /Tried on the chain just now: it would succeed\./);
    await sign(page);
    await page.reload();
    assert.match(await main.innerText(), /It was executed\./);
    await page.goto(`${made.url}${grant(DELAYED)}`);
    assert.match(await main.innerText(), /paused/i);
  });

  test("a real Safe carries out a batch of the company's, by the hash on the page", async (t) => {
    const safe = await deploySafe(made.rpc, [embeddedKey(5), embeddedKey(6)]);
    t.after(() => safe.close());
    await grantRole(safe.address, 0);
    const { page } = await opened(t, ADMINISTRATOR, "/company/batches");
    await page.getByRole("button", { name: "Begin a batch" }).click();
    await page.waitForURL(/\/company\/batches\/\d+/);
    const batch = new URL(page.url()).pathname;
    for (const name of BATCHED) {
      await page.goto(`${made.url}${grant(name, "/change?act=pause")}`);
      await page.locator("#preview select[name=batch]").selectOption(batch.split("/").pop());
      await page.locator("#preview button[value=batch]").click();
      await page.waitForURL(new RegExp(`${batch}($|\\?)`));
    }
    await page.goto(`${made.url}${batch}?safe=${safe.address}`);
    const main = page.locator("main");
    const shown = await main.innerText();
    assert.equal(shown.match(/Pause the grant of/g).length, BATCHED.length);
    const link = await page.getByRole("link", { name: "Download the Safe file" }).getAttribute("href");
    const file = await (await page.request.get(`${made.url}${link}`)).json();
    assert.equal(file.transactions.length, BATCHED.length);
    assert.equal(file.meta.createdFromSafeAddress, safe.address);
    const titles = await main.locator("[title^='0x']").evaluateAll((all) => all.map(({ title }) => title));
    const hash = await safe.hash(file.transactions);
    assert.ok(titles.includes(hash) || shown.includes(hash), `the page shows ${hash}: ${shown}`);
    assert.match(shown, /succeed/);

    await waitFor(made.url, await safe.execute(file.transactions));
    for (const name of BATCHED) {
      await page.goto(`${made.url}${grant(name)}`);
      assert.match(await main.innerText(), /paused/i);
    }
  });
});
