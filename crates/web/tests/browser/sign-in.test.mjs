// Signing in and out with a wallet, as a person does it.
import "./ends.mjs";

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { deployAccount } from "./account.mjs";
import { context } from "./browser.mjs";
import { open } from "./checks.mjs";
import { signedIn } from "./session.mjs";
import { site } from "./site.mjs";
import { AT_ONCE } from "./views.mjs";
import { TestWallet, embeddedKey, freshKey } from "./wallet.mjs";

const CHAIN = 31_337;
const HOLDER = embeddedKey(10);
// Whose sessions a test ends everywhere.
const OTHER = embeddedKey(11);
// Who adds a wallet and takes it off.
const ADDING = embeddedKey(12);

/** The sign-in page in a window with a wallet. */
async function opened(t, options = {}) {
  const made = await site();
  const wallet = new TestWallet({ key: HOLDER, chains: { [CHAIN]: made.rpc }, ...options });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  const { page, problems } = await open(window, `${made.url}/sign-in`);
  const said = page.locator("guerdon-sign-in [data-said]");
  const press = () => page.locator("guerdon-sign-in [data-wallets] button").first().click();
  return { url: made.url, rpc: made.rpc, wallet, window, page, problems, said, press };
}

const cookies = async (window) => (await window.cookies()).map(({ name }) => name);

describe("signing in", { concurrency: AT_ONCE }, () => {
  test("a wallet signs a message and opens its pages", async (t) => {
    const { url, wallet, window, page, problems, press } = await opened(t);
    await press();
    await page.waitForURL(`${url}/me`);
    const { params } = wallet.log.find(({ method }) => method === "personal_sign");
    const message = Buffer.from(params[0].slice(2), "hex").toString();
    assert.match(message, /^127\.0\.0\.1:\d+ wants you to sign in with your Ethereum account:\n0x/);
    assert.match(message, /\nChain ID: 31337\nNonce: [0-9a-f]{64}\nIssued At: /);
    const [cookie] = await window.cookies();
    assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Lax", "/"]);
    assert.deepEqual(problems, []);
  });

  test("a message is taken once", async (t) => {
    const { url, page, press } = await opened(t);
    const sent = page.waitForRequest((request) => request.method() === "POST" && request.url() === `${url}/sign-in`);
    await press();
    const body = (await sent).postData();
    await page.waitForURL(`${url}/me`);
    const headers = { origin: url, "content-type": "application/x-www-form-urlencoded" };
    const again = await fetch(`${url}/sign-in`, { method: "POST", headers, body, redirect: "manual" });
    assert.equal(again.status, 400);
    assert.equal(again.headers.get("set-cookie"), null);
    assert.match(await again.text(), /was used before/);
  });

  test("a person may decline, and try again", async (t) => {
    const { url, wallet, window, page, said, press } = await opened(t);
    wallet.reject = ["personal_sign"];
    await press();
    await page.waitForFunction(() => document.querySelector("[data-said]").dataset.state === "rejected");
    assert.match(await said.textContent(), /You declined in Test Wallet/);
    assert.deepEqual(await cookies(window), []);
    wallet.reject = [];
    await press();
    await page.waitForURL(`${url}/me`);
  });

  test("a wallet on another chain is asked to change, and refused if it cannot", async (t) => {
    const { url, wallet, page, press } = await opened(t, { chain: 1, chains: { 1: "http://127.0.0.1:9", [CHAIN]: "" } });
    await press();
    await page.waitForURL(`${url}/me`);
    assert.equal(wallet.chain, CHAIN);

    const other = await opened(t, { chain: 1, chains: { 1: "http://127.0.0.1:9" } });
    other.wallet.reject = ["wallet_addEthereumChain"];
    await other.press();
    await other.page.waitForFunction(() => document.querySelector("[data-said]").dataset.state === "network");
    assert.match(await other.said.textContent(), /is on another chain than 31337/);
    assert.deepEqual(await cookies(other.window), []);
    // What was said stays, though wallets are looked for a while longer.
    await other.page.waitForTimeout(1_000);
    assert.equal(await other.said.getAttribute("data-state"), "network");
  });

  test("a wallet that does not know the chain is told of it", async (t) => {
    const { url, wallet, page, press } = await opened(t, { chain: 1, chains: { 1: "http://127.0.0.1:9" } });
    await press();
    await page.waitForURL(`${url}/me`);
    assert.equal(wallet.chain, CHAIN);
    const { params } = wallet.log.find(({ method }) => method === "wallet_addEthereumChain");
    assert.deepEqual(params, [
      {
        chainId: "0x7a69",
        chainName: "Chain 31337",
        nativeCurrency: { name: "ETH", symbol: "ETH", decimals: 18 },
        rpcUrls: ["http://127.0.0.1:9"],
      },
    ]);
  });

  test("an account that is a contract signs in by its contract's word", async (t) => {
    const { rpc } = await site();
    const { address } = await deployAccount(rpc, embeddedKey(29));
    const { url, window, page, press } = await opened(t, { key: embeddedKey(29), account: address });
    await press();
    await page.waitForURL(`${url}/me`);
    assert.deepEqual(await cookies(window), ["guerdon-loopback"]);

    // Another key's signature is not the contract's.
    const thief = await opened(t, { key: freshKey(), account: address });
    await thief.press();
    await thief.page.waitForURL(`${url}/sign-in`);
    await thief.page.getByText("not of the wallet that the message names").waitFor();
    assert.deepEqual(await cookies(thief.window), []);
  });

  test("one signs out, here and elsewhere", async (t) => {
    const { url, window, page, press } = await opened(t, { key: OTHER });
    await press();
    await page.waitForURL(`${url}/me`);
    const other = await opened(t, { key: OTHER });
    await signedIn(other.window, url);
    await page.goto(`${url}/me/settings`);
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await page.waitForURL(/\/me\/settings/);
    await other.page.goto(`${url}/me`);
    assert.match(other.page.url(), /\/sign-in\?next=\/me$/);
    await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${url}/`);
    assert.deepEqual(await cookies(window), []);
    await page.goto(`${url}/me/grants`);
    assert.match(page.url(), /\/sign-in\?next=\/me\/grants$/);
  });

  test("a second wallet is added by both, and taken off", async (t) => {
    const { url, wallet, window, page, press } = await opened(t, { key: ADDING });
    await press();
    await page.waitForURL(`${url}/me`);
    const second = new TestWallet({ key: freshKey(), chains: wallet.chains, name: "Second Wallet" });
    await second.attach(window);
    await page.goto(`${url}/me/settings`);
    const said = page.locator("guerdon-sign-in [data-said]");
    const state = (name) =>
      page.waitForFunction((name) => document.querySelector("[data-said]").dataset.state === name, name);
    await page.getByRole("button", { name: "Add a wallet with Test Wallet" }).click();
    await state("same");
    await page.getByRole("button", { name: "Add a wallet with Second Wallet" }).click();
    await state("present");
    assert.match(await said.textContent(), new RegExp(`confirm it with ${wallet.address}`));
    await page.getByRole("button", { name: "Confirm with Second Wallet" }).click();
    await state("absent");
    await page.getByRole("button", { name: "Confirm with Test Wallet" }).click();
    await page.waitForURL(/\/me\/settings#wallets$/);
    const off = page.getByRole("button", { name: `Take off the wallet ${second.address}` });
    await off.click();
    await page.waitForURL(/\/me\/settings#wallets$/);
    await off.waitFor({ state: "detached" });
    second.close();
  });

  test("without a wallet the page says so", async () => {
    const { url } = await site();
    const window = await context();
    const { page, problems } = await open(window, `${url}/sign-in`);
    await page.getByText("No wallet was found in this browser").waitFor();
    assert.deepEqual(problems, []);
    await window.close();
  });
});
