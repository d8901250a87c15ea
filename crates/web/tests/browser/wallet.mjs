// A wallet for tests. In the page it is what an extension is: it announces itself by EIP-6963 and
// takes requests. They go to this process, which holds the key, signs, and sends raw transactions;
// the page never reaches the node.
import { randomUUID } from "node:crypto";

import { HDNodeWallet, Interface, JsonRpcProvider, Wallet, getBytes, isHexString, toQuantity } from "ethers";

import { announce } from "./provider.mjs";
import { Refusal, checkTypedData } from "./refusal.mjs";

const PHRASE = "test test test test test test test test test test test junk";
const ICON = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
// What a wallet hands on to its node unread.
const READS = [
  "eth_blockNumber",
  "eth_call",
  "eth_estimateGas",
  "eth_getBalance",
  "eth_getCode",
  "eth_getTransactionByHash",
  "eth_getTransactionReceipt",
];
const ACCOUNT = ["function execute(address to, uint256 value, bytes call_)"];

/** The public development key of an account of the embedded chain. */
export function embeddedKey(index) {
  return HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${index}`).privateKey;
}

/** A key that nobody else has, without any money. */
export function freshKey() {
  return Wallet.createRandom().privateKey;
}

/**
 * `key` signs. `chains` are the nodes it knows, by chain id; it starts on `chain`, or the first.
 * `trusted` are the domains whose typed data it signs: `{name, version, verifyingContract}`.
 * `account` is the contract that the key owns, for a wallet of ERC-1271. `calls: false` makes one
 * without EIP-5792. Settable at any time: `reject`, the methods that the person refuses, or "all".
 * `log` holds each request with its answer or error.
 */
export class TestWallet {
  constructor({ key, chains, chain, trusted = [], account = null, calls = true, name = "Test Wallet" }) {
    this.signer = new Wallet(key);
    this.chains = chains;
    this.chain = chain ?? Number(Object.keys(chains)[0]);
    this.trusted = trusted;
    this.account = account;
    this.calls = calls;
    this.info = { uuid: randomUUID(), name, icon: ICON, rdns: "example.guerdon.test-wallet" };
    this.reject = [];
    this.log = [];
    this.connected = new Set();
    this.batches = new Map();
    this.providers = new Map();
  }

  /** Who the page deals with. */
  get address() {
    return this.account ?? this.signer.address;
  }

  /** Puts the wallet into every page that this window opens from now on. */
  async attach(window) {
    this.window = window;
    const names = { binding: `wallet_${randomUUID().replaceAll("-", "")}`, event: randomUUID() };
    this.event = names.event;
    await window.exposeBinding(names.binding, ({ frame }, request) => {
      return this.answer(new URL(frame.url()).origin, request);
    });
    await window.addInitScript(announce, { ...names, info: this.info });
  }

  /** Ends its connections to nodes. */
  close() {
    for (const provider of this.providers.values()) provider.destroy();
  }

  /** Tells the pages, as wallets do: `accountsChanged`, `chainChanged`, `disconnect`. */
  async emit(name, value) {
    const detail = { event: this.event, name, value };
    const tell = ({ event, ...rest }) => dispatchEvent(new CustomEvent(event, { detail: rest }));
    await Promise.all(this.window.pages().map((page) => page.evaluate(tell, detail)));
  }

  async answer(origin, { method, params = [] }) {
    const entry = { origin, method, params };
    this.log.push(entry);
    try {
      entry.result = await this.handle(origin, method, params);
      return { result: entry.result };
    } catch (error) {
      const known = error instanceof Refusal ? error : fromNode(error);
      entry.error = { code: known.code, message: known.message, data: known.data };
      return { error: entry.error };
    }
  }

  async handle(origin, method, params) {
    if (method === "eth_chainId") return toQuantity(this.chain);
    if (method === "eth_accounts") return this.connected.has(origin) ? [this.address] : [];
    if (READS.includes(method)) return this.provider().send(method, params);
    const act = this.acts()[method];
    if (!act) throw new Refusal(4200, `this wallet has no ${method}`);
    if (method !== "eth_requestAccounts" && !this.connected.has(origin)) {
      throw new Refusal(4100, `${origin} is not connected to this wallet`);
    }
    const asks = !["wallet_getCapabilities", "wallet_getCallsStatus"].includes(method);
    if (asks && (this.reject === "all" || this.reject.includes(method))) {
      throw new Refusal(4001, "User rejected the request.");
    }
    return act(params, origin);
  }

  /** What needs the person or a connection. */
  acts() {
    const acts = {
      eth_requestAccounts: (_, origin) => {
        this.connected.add(origin);
        return [this.address];
      },
      personal_sign: ([message, address]) => this.signMessage(message, address),
      eth_signTypedData_v4: ([address, document]) => this.signTypedData(address, document),
      eth_sendTransaction: ([call]) => this.send(call),
      wallet_switchEthereumChain: ([{ chainId }]) => this.switchTo(Number(chainId)),
      wallet_addEthereumChain: ([network]) => this.add(network),
    };
    if (!this.calls) return acts;
    return {
      ...acts,
      wallet_getCapabilities: () => ({ [toQuantity(this.chain)]: { atomic: { status: "unsupported" } } }),
      wallet_sendCalls: ([batch]) => this.sendCalls(batch),
      wallet_getCallsStatus: ([id]) => this.callsStatus(id),
    };
  }

  provider() {
    const url = this.chains[this.chain];
    if (!url) throw new Refusal(4901, `this wallet has no node of chain ${this.chain}`);
    if (!this.providers.has(url)) {
      // Nothing is remembered: a nonce of a moment ago is used up.
      const options = { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1 };
      const provider = new JsonRpcProvider(url, this.chain, options);
      this.providers.set(url, provider);
    }
    return this.providers.get(url);
  }

  async switchTo(chain) {
    if (!(chain in this.chains)) throw new Refusal(4902, `chain ${chain} is not known to this wallet`);
    this.chain = chain;
    await this.emit("chainChanged", toQuantity(chain));
    return null;
  }

  /** Takes a chain as EIP-3085 describes it, and goes there, as wallets do. */
  async add({ chainId, chainName, nativeCurrency, rpcUrls }) {
    const known = /^0x[1-9a-f][0-9a-f]*$/.test(chainId) && chainName && nativeCurrency?.decimals === 18;
    if (!known || !/^https?:/.test(rpcUrls?.[0])) throw new Refusal(-32602, "this describes no chain");
    this.chains[Number(chainId)] = rpcUrls[0];
    return this.switchTo(Number(chainId));
  }

  own(address) {
    if (String(address).toLowerCase() !== this.address.toLowerCase()) {
      throw new Refusal(4100, `${address} is no account of this wallet`);
    }
  }

  async signMessage(message, address) {
    this.own(address);
    return this.signer.signMessage(isHexString(message) ? getBytes(message) : message);
  }

  async signTypedData(address, document) {
    this.own(address);
    const { domain, types, message } = checkTypedData(document, this.chain, this.trusted);
    return this.signer.signTypedData(domain, types, message);
  }

  /** Signs a call and sends it raw; a contract's call goes through the contract. */
  async send({ from, to, data = "0x", value = "0x0", gas, chainId }) {
    this.own(from);
    if (chainId !== undefined && Number(chainId) !== this.chain) {
      throw new Refusal(-32602, `the call is for chain ${Number(chainId)}, the wallet on ${this.chain}`);
    }
    const provider = this.provider();
    let call = { to, data, value: BigInt(value) };
    if (gas !== undefined) call.gasLimit = BigInt(gas);
    if (this.account) call = { to: this.account, data: throughAccount(call) };
    const signer = this.signer.connect(provider);
    const filled = await signer.populateTransaction(call);
    const cost = filled.gasLimit * filled.maxFeePerGas + (filled.value ?? 0n);
    if ((await provider.getBalance(signer.address)) < cost) {
      throw new Refusal(-32000, "insufficient funds for gas * price + value");
    }
    return provider.send("eth_sendRawTransaction", [await signer.signTransaction(filled)]);
  }

  async sendCalls({ calls, from = this.address, chainId, atomicRequired }) {
    if (atomicRequired) throw new Refusal(5760, "this wallet sends calls one after the other");
    const hashes = [];
    for (const call of calls) hashes.push(await this.send({ ...call, from, chainId }));
    const id = randomUUID();
    this.batches.set(id, hashes);
    return { id };
  }

  async callsStatus(id) {
    const hashes = this.batches.get(id);
    if (!hashes) throw new Refusal(5730, `no calls are known as ${id}`);
    const ask = (hash) => this.provider().send("eth_getTransactionReceipt", [hash]);
    const receipts = (await Promise.all(hashes.map(ask))).filter(Boolean);
    const failed = receipts.filter(({ status }) => status !== "0x1").length;
    let status = 100;
    if (receipts.length === hashes.length) status = failed === 0 ? 200 : failed === receipts.length ? 500 : 600;
    return { version: "2.0.0", id, chainId: toQuantity(this.chain), status, atomic: false, receipts };
  }
}

function throughAccount({ to, data, value }) {
  return new Interface(ACCOUNT).encodeFunctionData("execute", [to, value, data]);
}

/** What the node said, without the library's words around it. */
function fromNode(error) {
  const said = error.info?.error ?? error.error ?? {};
  return { code: said.code ?? -32603, message: said.message ?? error.message, data: said.data };
}
