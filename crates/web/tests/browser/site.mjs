// The demo's company in a scratch folder, with a grant in every state there is, and its pages.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ROOT, guerdon, serve } from "./machine.mjs";

const SHEET = join(ROOT, "crates/guerdon/demo/acme-2026-h1.csv");
const NEWCOMER = "0x1111111111111111111111111111111111111111";

// What happens after the demo's story, so that no state of a grant is without its page. The word
// stands on the page of the grant.
export const STATES = [
  { grant: "G-1008", does: "pause", word: "paused" },
  { grant: "G-1013", does: "end", rest: ["--at", "2028-09-01"], word: "notice given" },
  { grant: "G-1009", does: "end", word: "ended" },
  { grant: "G-1020", does: "settle", word: "settled" },
  { grant: "G-1003", does: "hold", rest: ["on"], word: "held by its holder" },
  { grant: "G-1006", does: "recover announce", rest: ["--to", NEWCOMER], word: "recovery announced" },
  { grant: "G-1007", does: "move", rest: ["--to", NEWCOMER], word: "moved" },
];
/** Replaced by the same terms under another name. */
export const REPLACED = "G-1016";
/** Its holder claims in the wallet's tests: account 10 of the embedded chain. */
export const CLAIMED = "G-1001";
/** Its replacement is drafted and not signed; its holder is the account after it. */
export const DRAFTED = "G-1017";

// What wallets that do not know the chain are told of it; nothing answers there.
const WALLETS_NODE = "http://127.0.0.1:9";

let running;

/** The site, made when first asked for: `{url, rpc, data, get, id, waitFor}`. */
export function site() {
  running ??= start();
  return running;
}

/** Ends it and removes its folder, if it was made. */
export async function closeSite() {
  const opened = await running?.catch(() => null);
  await opened?.close();
}

async function start() {
  const data = mkdtempSync(join(tmpdir(), "guerdon-browser-"));
  let served;
  const close = async () => {
    await served?.stop();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await guerdon(data, "demo", "--no-serve");
    // The keeper beside the pages pays who asks, and nobody else.
    served = await serve(data, "--relay", "--every", "1", "--wallet-rpc-url", WALLETS_NODE);
    const { url, rpc } = served;
    for (const { grant, does, rest = [] } of STATES) {
      await guerdon(data, "grant", ...does.split(" "), grant, ...rest);
    }
    await replace(data);
    await draft(data, DRAFTED);
    await waitFor(url, Number(await ask(rpc, "eth_blockNumber")));
    return { url, rpc, data, close, id: (grant) => grantFile(data, grant).id };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A replacement by the same terms under another name, waiting for its holder's signature. */
async function draft(data, grant) {
  const lines = readFileSync(SHEET, "utf8").split("\n");
  const row = lines.find((line) => line.startsWith(`${grant},`));
  const sheet = join(data, `${grant}.csv`);
  writeFileSync(sheet, `${lines[0]}\n${row.replace(grant, `${grant}b`)}\n`);
  const drafted = await guerdon(data, "-o", "json", "grant", "replace", grant, "--with", sheet);
  return JSON.parse(drafted).file;
}

/** One grant becomes another, with its holder's signature. */
async function replace(data) {
  const file = await draft(data, REPLACED);
  await guerdon(data, "grant", "agree", REPLACED, "--with", file);
  await guerdon(data, "grant", "replace", REPLACED, "--with", file);
}

function grantFile(data, grant) {
  return JSON.parse(readFileSync(join(data, "grants", `${grant}.json`), "utf8"));
}

/** Asks the node, past everything under test. */
export async function ask(rpc, method, params = []) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const answer = await (await fetch(rpc, { method: "POST", headers, body })).json();
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

/** Waits until the pages have read this block. */
export async function waitFor(url, block) {
  const until = Date.now() + 60_000;
  for (;;) {
    const seen = await (await fetch(`${url}/readyz`)).json();
    if (seen.block >= block) return;
    if (Date.now() > until) throw new Error(`the index stays behind: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
