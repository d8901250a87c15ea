// Claiming and accepting as a person does: signed in, through the page, with a wallet.
import "./ends.mjs";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { Wallet } from "ethers";

import { deployAccount } from "./account.mjs";
import { context } from "./browser.mjs";
import { guerdon } from "./machine.mjs";
import { Refusal } from "./refusal.mjs";
import { scratch } from "./scratch.mjs";
import { signedIn } from "./session.mjs";
import { ask, site, waitFor } from "./site.mjs";
import { AT_ONCE } from "./views.mjs";
import { TestWallet, embeddedKey, freshKey } from "./wallet.mjs";

const CHAIN = 31_337;
// Each test has a grant of its own; the holder of G-10NN is account NN + 9 of the embedded chain.
const MINE = { grant: "G-1002", key: 11 };
const RELAYED = { grant: "G-1019", key: 28 };
const REFUSED = { grant: "G-1004", key: 13 };
const ACCEPTED = { grant: "G-1009", key: 18 };
const CONTRACT = { grant: "G-1012", key: 21 };
const EXIT = { grant: "G-1008", key: 17 };

let made;

before(async () => {
  made = await site();
});

/** A window with a wallet, and a page of it that is signed in and shows `path`. */
async function opened(t, { key, ...options }, path) {
  const wallet = new TestWallet({ key: embeddedKey(key), chains: { [CHAIN]: made.rpc }, ...options });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  const page = await signedIn(window, made.url, path);
  return { wallet, window, page, said: page.locator("guerdon-sign [data-said]") };
}

const path = (grant, rest) => `/grants/${made.id(grant)}/${rest}`;
const button = (page) => page.locator("guerdon-sign [data-sign]");

async function says(place, pattern, timeout = 20_000) {
  await place.filter({ hasText: pattern }).waitFor({ timeout });
}

/** What the chain says the holder has. */
async function tokens(account) {
  const deployment = JSON.parse(readFileSync(join(made.data, "deployments", `${CHAIN}.json`), "utf8"));
  const to = deployment.contracts.AccessToken.address;
  const data = `0x70a08231${account.slice(2).toLowerCase().padStart(64, "0")}`;
  return BigInt(await ask(made.rpc, "eth_call", [{ to, data }, "latest"]));
}

/** Waits until the chain's holder has more than before. */
async function paid(account, before) {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await tokens(account)) > before) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${account} was not paid`);
}

describe("claiming", { concurrency: AT_ONCE }, () => {
  test("she claims by herself and sees the receipt without loading anything", async (t) => {
    const { wallet, page, said } = await opened(t, MINE, path(MINE.grant, "claim"));
    const before = await tokens(wallet.address);
    await says(said, /Test Wallet will ask you to confirm/);
    const heading = await page.locator("h1").innerText();
    assert.match(heading, /^Claim [\d,.]+ ACC$/);
    assert.equal(await button(page).innerText(), heading);
    const shown = await page.locator("guerdon-sign").innerText();
    assert.ok(shown.includes("Pay the holder of the grant of"), shown);
    await button(page).click();
    await says(said, /Confirmed in block [\d,]+, and read\./);
    const sent = wallet.log.find(({ method }) => method === "eth_sendTransaction");
    assert.equal(sent.params[0].data, await page.locator("guerdon-sign").getAttribute("data-call"));
    await said.getByRole("link", { name: "Receipt" }).click();
    await page.waitForURL(`${made.url}${path(MINE.grant, `receipts/${sent.result}`)}`);
    assert.ok((await page.content()).includes(sent.result));
    assert.ok((await tokens(wallet.address)) > before);

    await page.goto(`${made.url}${path(MINE.grant, "claim")}`);
    assert.match(await page.locator("main").innerText(), /All that can be claimed is claimed already/);
    assert.equal(await button(page).count(), 0);
  });

  test("without gas the keeper claims for her", async (t) => {
    const { wallet, page } = await opened(t, RELAYED, path(RELAYED.grant, "claim"));
    await ask(made.rpc, "anvil_setBalance", [wallet.address, "0x0"]);
    const before = await tokens(wallet.address);
    await page.reload();
    assert.match(await page.locator("main").innerText(), /has not enough of the chain's own coin/);
    assert.equal(await button(page).count(), 0);
    await page.getByRole("button", { name: "Ask for a claim without gas" }).click();
    const live = page.locator("guerdon-live [data-said]");
    await says(live, /The claim was paid in block [\d,]+\./, 60_000);
    await live.getByRole("link", { name: "Receipt" }).click();
    await page.waitForURL(/\/receipts\/0x[0-9a-f]{64}$/);
    assert.ok((await tokens(wallet.address)) > before);
    await page.goto(`${made.url}${path(RELAYED.grant, "claim")}`);
    assert.match(await page.locator("main").innerText(), /Paid by the relay\./);
    assert.equal(await page.getByRole("button", { name: "Ask for a claim without gas" }).count(), 0);
  });

  test("each refusal has its sentence", async (t) => {
    const { wallet, page, said } = await opened(t, REFUSED, path(REFUSED.grant, "claim"));
    const refusal = async (change, pattern) => {
      await page.reload();
      await says(said, /will ask you to confirm/);
      const undo = await change();
      await button(page).click();
      await says(said, pattern);
      await undo?.();
    };
    const rejecting = (method) => () => {
      wallet.reject = [method];
      return () => (wallet.reject = []);
    };
    const failing = (method, code, message) => () => {
      const acts = wallet.acts;
      wallet.acts = () => ({
        ...acts.call(wallet),
        [method]: () => {
          throw new Refusal(code, message);
        },
      });
      return () => delete wallet.acts;
    };
    await refusal(rejecting("eth_sendTransaction"), /You refused it in Test Wallet\. Nothing was sent\./);
    await refusal(failing("eth_requestAccounts", -32002, "pending"), /already shows a request/);
    await refusal(failing("eth_requestAccounts", 4100, "locked"), /is locked, or this page is not connected/);
    await refusal(failing("eth_sendTransaction", 4900, "gone"), /is cut off from its network/);
    await refusal(failing("eth_sendTransaction", 4200, "no"), /cannot do this/);
    await refusal(failing("eth_sendTransaction", 3, "execution reverted"), /The contract would refuse this now/);
    await refusal(failing("eth_sendTransaction", -32603, "odd"), /Test Wallet said: odd\./);
    await refusal(() => {
      wallet.chain = 1;
      wallet.reject = ["wallet_switchEthereumChain"];
      return () => Object.assign(wallet, { chain: CHAIN, reject: [] });
    }, /is on another network, and you did not switch/);
    await refusal(() => {
      const { chains } = wallet;
      const reject = ["wallet_addEthereumChain"];
      Object.assign(wallet, { chain: 1, chains: { 1: made.rpc }, reject });
      return () => Object.assign(wallet, { chain: CHAIN, chains, reject: [] });
    }, /does not know chain 31337/);
    await refusal(() => {
      const { signer } = wallet;
      wallet.signer = new Wallet(freshKey());
      return () => (wallet.signer = signer);
    }, /Your wallet shows 0x[0-9a-fA-F]{40}, and this must be signed by 0x/);
    await refusal(
      () => page.evaluate(() => void (document.body.dataset.contracts = "0x0000000000000000000000000000000000000001")),
      /another chain or contract than it was made for/,
    );
    await refusal(async () => {
      await ask(made.rpc, "anvil_setBalance", [wallet.address, "0x0"]);
      return () => ask(made.rpc, "anvil_setBalance", [wallet.address, "0x56bc75e2d63100000"]);
    }, /has not enough of the chain's own coin to pay for gas\. Nothing was sent\./);
    assert.ok(wallet.log.every(({ method, result }) => method !== "eth_sendTransaction" || !result));
  });

  test("a wallet that stands elsewhere is moved and then sends", async (t) => {
    const { wallet, page, said } = await opened(t, REFUSED, path(REFUSED.grant, "claim"));
    await says(said, /will ask you to confirm/);
    wallet.chain = 1;
    wallet.reject = ["eth_sendTransaction"];
    await button(page).click();
    await says(said, /You refused it/);
    assert.equal(wallet.chain, CHAIN);
  });

  test("without a wallet in the browser it says so, and without script what to do", async (t) => {
    const { window, page } = await opened(t, REFUSED, path(REFUSED.grant, "claim"));
    const bare = await context({ storageState: await window.storageState() });
    const still = await context({ storageState: await window.storageState(), javaScriptEnabled: false });
    t.after(() => Promise.all([bare.close(), still.close()]));
    const other = await bare.newPage();
    await other.goto(page.url());
    await says(other.locator("guerdon-sign [data-said]"), /No wallet was found in this browser/);
    const plain = await still.newPage();
    await plain.goto(page.url());
    assert.match(await plain.locator("guerdon-sign").innerText(), /that needs script/);
    assert.match(await plain.locator("main").innerText(), /guerdon grant claim GRANT\.json/);
  });
});

describe("what is sent and never counts", () => {
  const auto = (on) => ask(made.rpc, "evm_setAutomine", [on]);

  test("a dropped transaction, and one that was replaced, are told apart in words", async (t) => {
    const { wallet, page, said } = await opened(t, REFUSED, path(REFUSED.grant, "claim"));
    await says(said, /will ask you to confirm/);
    await auto(false);
    t.after(() => auto(true));
    await button(page).click();
    await says(said, /Sent\. Waiting for block confirmation\./);
    const { result } = wallet.log.find(({ method }) => method === "eth_sendTransaction");
    const { nonce } = await ask(made.rpc, "eth_getTransactionByHash", [result]);
    await ask(made.rpc, "anvil_dropTransaction", [result]);
    await says(said, /does not have this transaction/, 30_000);
    const followed = await said.getByRole("link").getAttribute("href");
    await ask(made.rpc, "eth_sendTransaction", [{ from: wallet.address, to: wallet.address, nonce }]);
    await ask(made.rpc, "evm_mine");
    await says(said, /Another transaction of your wallet took its place/);
    await page.goto(new URL(followed, made.url).href);
    assert.match(await page.locator("main").innerText(), /took its place, so this one will never count/);
  });
});

describe("accepting", { concurrency: AT_ONCE }, () => {
  const trusted = () => {
    const file = join(made.data, "deployments", `${CHAIN}.json`);
    const verifyingContract = JSON.parse(readFileSync(file, "utf8")).contracts.Grants.address;
    return [{ name: "Guerdon Portal", version: "1", verifyingContract }];
  };

  test("she reads the agreement and signs that she accepts it", async (t) => {
    const options = { ...ACCEPTED, trusted: trusted() };
    const { wallet, page, said } = await opened(t, options, path(ACCEPTED.grant, "accept"));
    const main = page.locator("main");
    assert.match(await main.innerText(), /Accepting has no effect on money/);
    assert.match(await main.innerText(), /Granted to: /);
    await says(said, /will ask you to confirm/);
    await button(page).click();
    await says(main, /Accepted by you \(0x[0-9A-Fa-f]{4}…[0-9A-Fa-f]{4}\) on /);
    assert.equal(await button(page).count(), 0);
    const file = await page.request.get(`${made.url}${path(ACCEPTED.grant, "acceptance.json")}`);
    const { acceptances } = await file.json();
    assert.equal(acceptances[0].wallet, wallet.address);
    assert.equal(acceptances[0].typed_data.message.id, made.id(ACCEPTED.grant));
  });

  test("an account that is a contract accepts by ERC-1271", async (t) => {
    const key = embeddedKey(CONTRACT.key);
    const account = await deployAccount(made.rpc, key);
    await guerdon(made.data, "grant", "move", CONTRACT.grant, "--to", account.address);
    await waitFor(made.url, Number(await ask(made.rpc, "eth_blockNumber")));
    const options = { ...CONTRACT, account: account.address, trusted: trusted() };
    const { wallet, page, said } = await opened(t, options, path(CONTRACT.grant, "accept"));
    await says(said, /will ask you to confirm/);
    await button(page).click();
    await says(page.locator("main"), /Accepted by you \(0x[0-9A-Fa-f]{4}…[0-9A-Fa-f]{4}\) on /);
  });
});

describe("leaving", () => {
  test("the page of a grant file claims from any static server", async (t) => {
    const file = join(made.data, "claim.html");
    await guerdon(made.data, "grant", "page", EXIT.grant, "--to", file);
    const served = await scratch({ "/claim.html": { body: readFileSync(file, "utf8") } });
    const wallet = new TestWallet({ key: embeddedKey(EXIT.key), chains: { [CHAIN]: made.rpc } });
    const window = await context();
    t.after(async () => {
      await window.close();
      wallet.close();
      await served.close();
    });
    await wallet.attach(window);
    const page = await window.newPage();
    const problems = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    const before = await tokens(wallet.address);
    await page.goto(`${served.url}/claim.html`);
    assert.match(await page.locator("main").innerText(), /let the wallet access file URLs/);
    const first = page.locator("guerdon-sign").first();
    await says(first.locator("[data-said]"), /will ask you to confirm/);
    await first.locator("[data-sign]").click();
    await says(first.locator("[data-said]"), /Confirmed in block \d+: transaction 0x/);
    await paid(wallet.address, before);
    assert.deepEqual(problems, []);
  });
});
