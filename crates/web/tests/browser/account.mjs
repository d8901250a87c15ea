// An account that is a contract, for the test wallet: compiled here, deployed by its owner.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { ContractFactory, JsonRpcProvider, Wallet } from "ethers";

const NAME = "Account.sol";

/** Deploys it on the node and answers `{address, isValidSignature(hash, signature)}`. */
export async function deployAccount(rpc, key) {
  const { abi, evm } = compiled();
  const provider = new JsonRpcProvider(rpc, undefined, { staticNetwork: true, pollingInterval: 100 });
  try {
    const owner = new Wallet(key, provider);
    const contract = await new ContractFactory(abi, evm.bytecode.object, owner).deploy(owner.address);
    await mined(provider, contract.deploymentTransaction().hash);
    return { address: await contract.getAddress(), abi };
  } finally {
    provider.destroy();
  }
}

/**
 * The receipt, asked for again and again: one who waits for the next block instead waits for ever
 * where each transaction is a block, and it was the last.
 */
export async function mined(provider, hash) {
  for (let left = 300; left > 0; left -= 1) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt) return receipt;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${hash} is in no block after half a minute`);
}

function compiled() {
  const solc = createRequire(import.meta.url)("solc");
  const content = readFileSync(new URL(NAME, import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { [NAME]: { content } },
    settings: { outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors[0].formattedMessage);
  return output.contracts[NAME].Account;
}
