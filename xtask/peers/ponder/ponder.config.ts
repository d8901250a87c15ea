// The contracts that our indexer follows, on the chain that the bench filled.
import { readFileSync } from "node:fs";
import { createConfig } from "ponder";
import type { Abi } from "viem";

const chain = JSON.parse(readFileSync(process.env.BENCH_CHAIN!, "utf8"));

const contract = (name: string) => ({
  abi: JSON.parse(readFileSync(`${name}.json`, "utf8")).abi as Abi,
  chain: "bench",
  address: chain.contracts[name],
  startBlock: chain.start_block,
});

export default createConfig({
  chains: { bench: { id: chain.chain_id, rpc: process.env.BENCH_RPC_URL } },
  contracts: {
    Grants: contract("Grants"),
    Goals: contract("Goals"),
    Succession: contract("Succession"),
    AccessManager: contract("AccessManager"),
  },
});
