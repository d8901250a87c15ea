// The test wallet, on a scratch page under the production policy and against the demo's chain.
import "./ends.mjs";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { Interface, TypedDataEncoder, hashMessage, verifyMessage, verifyTypedData } from "ethers";

import { deployAccount } from "./account.mjs";
import { context } from "./browser.mjs";
import { guerdon } from "./machine.mjs";
import { scratch } from "./scratch.mjs";
import { CLAIMED, DRAFTED, ask, site, waitFor } from "./site.mjs";
import { AT_ONCE } from "./views.mjs";
import { TestWallet, embeddedKey, freshKey } from "./wallet.mjs";

const CHAIN = 31_337;
// The page of a claim in small: it finds wallets, and asks the one it found.
const SCRIPT = `
  globalThis.found = [];
  globalThis.heard = [];
  addEventListener("eip6963:announceProvider", ({ detail }) => {
    if (found.some(({ info }) => info.uuid === detail.info.uuid)) return;
    found.push(detail);
    for (const name of ["chainChanged", "accountsChanged"]) {
      detail.provider.on(name, (value) => heard.push([name, value]));
    }
  });
  dispatchEvent(new Event("eip6963:requestProvider"));
  globalThis.ask = async (method, params) => {
    try {
      return { result: await found[0].provider.request({ method, params }) };
    } catch ({ code, message }) {
      return { code, message };
    }
  };`;

let made;
let served;

before(async () => {
  made = await site();
  const csp = (await fetch(made.url)).headers.get("content-security-policy");
  const headers = { "content-security-policy": `${csp}; script-src 'self'` };
  const body = '<!doctype html><title>Claim</title><script src="/claim.js"></script>';
  served = await scratch({
    "/": { body, headers },
    "/claim.js": { body: SCRIPT, type: "text/javascript" },
  });
});

after(() => served?.close());

/** A page with a wallet in it; `ask` is the page's own question. */
async function opened(t, options = {}) {
  const wallet = new TestWallet({ key: embeddedKey(10), chains: { [CHAIN]: made.rpc }, ...options });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  const page = await window.newPage();
  await page.goto(served.url);
  const request = (method, ...params) =>
    page.evaluate(([name, all]) => globalThis.ask(name, all), [method, params]);
  return { wallet, page, request };
}

async function connected(t, options) {
  const all = await opened(t, options);
  assert.deepEqual(await all.request("eth_requestAccounts"), { result: [all.wallet.address] });
  return all;
}

/** A replacement of a grant, as the command line writes it for wallets. */
function replacement() {
  const text = readFileSync(join(made.data, "replacements", `${DRAFTED}.wallet.json`), "utf8");
  return { text, document: JSON.parse(text), trusted: [JSON.parse(text).domain] };
}

/** The call of a claim, made by the command line and sent by nobody yet. */
async function claim(grant, sender) {
  const lines = await guerdon(made.data, "grant", "claim", grant, "--calldata", "--sender", sender);
  return JSON.parse(lines.trim().split("\n").at(-1));
}

/** Waits for a receipt, as a page would: through the wallet. */
async function receipt(request, hash) {
  for (let tries = 0; tries < 200; tries += 1) {
    const { result } = await request("eth_getTransactionReceipt", hash);
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no receipt of ${hash}`);
}

async function settled(request, id) {
  for (let tries = 0; tries < 200; tries += 1) {
    const { result } = await request("wallet_getCallsStatus", id);
    if (result.status === 200) return result;
    assert.equal(result.status, 100);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the calls ${id} stay pending`);
}

describe("the test wallet", { concurrency: AT_ONCE }, () => {
  test("it announces itself, and connects when asked", async (t) => {
    const { wallet, page, request } = await opened(t);
    const infos = await page.evaluate(() => globalThis.found.map(({ info }) => info));
    assert.deepEqual(infos, [wallet.info]);
    assert.deepEqual(await request("eth_accounts"), { result: [] });
    assert.equal((await request("personal_sign", "0x00", wallet.address)).code, 4100);
    assert.deepEqual(await request("eth_requestAccounts"), { result: [wallet.address] });
    assert.deepEqual(await request("eth_accounts"), { result: [wallet.address] });
    assert.deepEqual(await request("eth_chainId"), { result: "0x7a69" });
    assert.equal((await request("eth_sign", wallet.address, "0x00")).code, 4200);
    assert.equal(wallet.log.at(-1).origin, served.url);
  });

  test("the page itself never reaches the node", async (t) => {
    const { page } = await opened(t);
    const reached = await page.evaluate(async (rpc) => {
      return fetch(rpc, { method: "POST", mode: "no-cors", body: "{}" }).then(
        () => "reached",
        ({ name }) => name,
      );
    }, made.rpc);
    assert.equal(reached, "TypeError");
  });

  test("it signs a message", async (t) => {
    const { wallet, request } = await connected(t);
    const words = "acme.example wants you to sign in: ü";
    const hex = `0x${Buffer.from(words).toString("hex")}`;
    const { result } = await request("personal_sign", hex, wallet.address);
    assert.equal(verifyMessage(words, result), wallet.address);
    const other = await request("personal_sign", hex, "0x1111111111111111111111111111111111111111");
    assert.equal(other.code, 4100);
  });

  test("what it signs as typed data is what the command line takes", async (t) => {
    const { text, document, trusted } = replacement();
    const { wallet, request } = await connected(t, { key: embeddedKey(26), trusted });
    const { result } = await request("eth_signTypedData_v4", wallet.address, text);
    const { EIP712Domain, ...types } = document.types;
    assert.equal(verifyTypedData(document.domain, types, document.message, result), wallet.address);
    const file = join(made.data, "replacements", `${DRAFTED}.json`);
    const words = ["grant", "replace", DRAFTED, "--with", file, "--signature", result, "--dry-run"];
    const plan = JSON.parse(await guerdon(made.data, "-o", "json", ...words));
    assert.equal(plan.facts["signed by the holder"], wallet.address);
  });

  test("it refuses typed data of another chain, domain or type", async (t) => {
    const { document, trusted } = replacement();
    const { wallet, request } = await connected(t, { trusted });
    const refused = async (change, pattern) => {
      const changed = structuredClone(document);
      change(changed);
      const answer = await request("eth_signTypedData_v4", wallet.address, JSON.stringify(changed));
      assert.equal(answer.code, -32602);
      assert.match(answer.message, pattern);
    };
    await refused(({ domain }) => (domain.chainId = 1), /for chain 1, the wallet on 31337/);
    await refused(({ domain }) => (domain.verifyingContract = wallet.address), /is not trusted/);
    await refused(({ domain }) => (domain.name = "Guerdon"), /Guerdon 1 at .* is not trusted/);
    await refused(({ types }) => types.EIP712Domain.pop(), /does not hold what its type says/);
    await refused((all) => (all.primaryType = "Permit"), /no message of the type Permit/);
  });

  test("the person can refuse", async (t) => {
    const { wallet, request } = await connected(t);
    wallet.reject = ["personal_sign"];
    const refused = { code: 4001, message: "User rejected the request." };
    assert.deepEqual(await request("personal_sign", "0x00", wallet.address), refused);
    wallet.reject = "all";
    assert.deepEqual(await request("eth_requestAccounts"), refused);
    const call = { from: wallet.address, to: wallet.address };
    assert.deepEqual(await request("eth_sendTransaction", call), refused);
    wallet.reject = [];
    assert.ok((await request("personal_sign", "0x00", wallet.address)).result);
  });

  test("it can stand on another chain, and be moved to ours", async (t) => {
    const { text, trusted } = replacement();
    const { wallet, page, request } = await connected(t, { chain: 1, trusted });
    assert.deepEqual(await request("eth_chainId"), { result: "0x1" });
    const typed = await request("eth_signTypedData_v4", wallet.address, text);
    assert.match(typed.message, /for chain 31337, the wallet on 1/);
    const call = { from: wallet.address, to: wallet.address, chainId: "0x7a69" };
    assert.match((await request("eth_sendTransaction", call)).message, /for chain 31337/);
    assert.equal((await request("wallet_switchEthereumChain", { chainId: "0x5" })).code, 4902);
    assert.deepEqual(await request("wallet_switchEthereumChain", { chainId: "0x7a69" }), { result: null });
    assert.deepEqual(await page.evaluate(() => globalThis.heard), [["chainChanged", "0x7a69"]]);
    assert.ok((await request("eth_signTypedData_v4", wallet.address, text)).result);
  });

  test("a claim that it sends is on the grant's page", async (t) => {
    const { wallet, page, request } = await connected(t);
    const call = await claim(CLAIMED, wallet.address);
    const { to, data } = call;
    const sent = await request("eth_sendTransaction", { from: wallet.address, to, data, chainId: "0x7a69" });
    const { status, blockNumber } = await receipt(request, sent.result);
    assert.equal(status, "0x1");
    await waitFor(made.url, Number(blockNumber));
    const path = `/grants/${made.id(CLAIMED)}`;
    await page.goto(`${made.url}/sign-in?next=${encodeURIComponent(path)}`);
    await page.locator("guerdon-sign-in [data-wallets] button").first().click();
    await page.waitForURL((at) => at.pathname === path);
    const shown = page.locator(`[title="${sent.result}"]`).first();
    assert.ok(await shown.isVisible());
  });

  test("without money for gas it sends nothing", async (t) => {
    const { wallet, request } = await connected(t, { key: freshKey() });
    const call = { from: wallet.address, to: wallet.address };
    const answer = await request("eth_sendTransaction", call);
    assert.equal(answer.code, -32000);
    assert.match(answer.message, /insufficient funds/);
    assert.equal(await ask(made.rpc, "eth_getTransactionCount", [wallet.address, "latest"]), "0x0");
  });

  test("a call that would fail is refused in the node's words", async (t) => {
    const { wallet, request } = await connected(t, { key: embeddedKey(20) });
    const { to, data } = await claim("G-1004", wallet.address);
    const answer = await request("eth_sendTransaction", { from: wallet.address, to, data: data.slice(0, 10) });
    assert.equal(answer.code, 3);
    assert.match(answer.message, /revert/);
  });

  test("with EIP-5792 it sends calls and tells what became of them", async (t) => {
    const { wallet, request } = await connected(t, { key: embeddedKey(21) });
    const offered = (await request("wallet_getCapabilities", wallet.address)).result;
    assert.deepEqual(offered, { "0x7a69": { atomic: { status: "unsupported" } } });
    const call = { to: wallet.address, value: "0x1" };
    const batch = { version: "2.0.0", chainId: "0x7a69", from: wallet.address, calls: [call, call] };
    assert.equal((await request("wallet_sendCalls", { ...batch, atomicRequired: true })).code, 5760);
    const { id } = (await request("wallet_sendCalls", { ...batch, atomicRequired: false })).result;
    const { receipts } = await settled(request, id);
    assert.deepEqual(receipts.map(({ status }) => status), ["0x1", "0x1"]);
    assert.equal((await request("wallet_getCallsStatus", "none")).code, 5730);
  });

  test("without EIP-5792 it has no such calls", async (t) => {
    const { request } = await connected(t, { calls: false });
    for (const method of ["wallet_getCapabilities", "wallet_sendCalls", "wallet_getCallsStatus"]) {
      assert.equal((await request(method, {})).code, 4200);
    }
  });

  test("as a contract it signs by ERC-1271 and sends through it", async (t) => {
    const key = embeddedKey(22);
    const account = await deployAccount(made.rpc, key);
    const { text, document, trusted } = replacement();
    const { wallet, request } = await connected(t, { key, trusted, account: account.address });
    const interface_ = new Interface(account.abi);
    const judged = async (hash, signature) => {
      const data = interface_.encodeFunctionData("isValidSignature", [hash, signature]);
      const { result } = await request("eth_call", { to: account.address, data }, "latest");
      return interface_.decodeFunctionResult("isValidSignature", result)[0];
    };
    const signed = (await request("personal_sign", "0x1234", wallet.address)).result;
    assert.equal(await judged(hashMessage(Buffer.from("1234", "hex")), signed), "0x1626ba7e");
    const { EIP712Domain, ...types } = document.types;
    const digest = TypedDataEncoder.hash(document.domain, types, document.message);
    const typed = (await request("eth_signTypedData_v4", wallet.address, text)).result;
    assert.equal(await judged(digest, typed), "0x1626ba7e");
    assert.equal(await judged(digest, signed), "0xffffffff");

    const { to, data } = await claim("G-1018", wallet.address);
    const sent = await request("eth_sendTransaction", { from: wallet.address, to, data });
    const { status, logs } = await receipt(request, sent.result);
    assert.equal(status, "0x1");
    assert.ok(logs.some(({ address }) => address === to.toLowerCase()));
  });
});
