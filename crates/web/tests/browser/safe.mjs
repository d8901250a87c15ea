// A real Safe 1.4.1 on the demo's chain, from Safe's own package.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Contract, ContractFactory, Interface, JsonRpcProvider, Wallet, ZeroAddress, getBytes } from "ethers";

import { mined } from "./account.mjs";
import { ROOT } from "./machine.mjs";
import { ask } from "./site.mjs";
import { embeddedKey } from "./wallet.mjs";

const FOLDER = join(ROOT, "node_modules/@safe-global/safe-contracts/build/artifacts/contracts");
/** Where MultiSendCallOnly 1.4.1 is on other chains. */
const MULTI_SEND = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2";

const artifact = (path) => JSON.parse(readFileSync(join(FOLDER, path), "utf8"));

/** Deploys one with these owners, all of whom must sign: `{address, nonce, hash, execute}`. */
export async function deploySafe(rpc, owners) {
  const options = { staticNetwork: true, pollingInterval: 100, cacheTimeout: -1 };
  const provider = new JsonRpcProvider(rpc, undefined, options);
  const wallet = new Wallet(embeddedKey(4), provider);
  const deploy = async (path) => {
    const { abi, bytecode } = artifact(path);
    const contract = await new ContractFactory(abi, bytecode, wallet).deploy();
    await mined(provider, contract.deploymentTransaction().hash);
    return contract;
  };
  const singleton = await deploy("SafeL2.sol/SafeL2.json");
  const factory = await deploy("proxies/SafeProxyFactory.sol/SafeProxyFactory.json");
  const handler = await deploy(
    "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json",
  );
  const signers = owners.map((key) => new Wallet(key)).sort((a, b) => (a.address < b.address ? -1 : 1));
  const setup = singleton.interface.encodeFunctionData("setup", [
    signers.map(({ address }) => address), signers.length, ZeroAddress, "0x",
    await handler.getAddress(), ZeroAddress, 0, ZeroAddress,
  ]);
  const made = [await singleton.getAddress(), setup, 1];
  const address = await factory.createProxyWithNonce.staticCall(...made);
  await mined(provider, (await factory.createProxyWithNonce(...made)).hash);
  const { deployedBytecode } = artifact("libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json");
  await ask(rpc, "anvil_setCode", [MULTI_SEND, deployedBytecode]);
  const safe = new Contract(address, singleton.interface, wallet);
  return { ...carrying(safe, signers), address, close: () => provider.destroy() };
}

/** What a Safe does with the transactions of a file of its transaction builder. */
function carrying(safe, signers) {
  const parts = (transactions) => {
    if (transactions.length === 1) return [transactions[0].to, 0, transactions[0].data, 0];
    const multi = new Interface(["function multiSend(bytes transactions)"]);
    const packed = transactions.map(({ to, data }) => {
      const size = getBytes(data).length.toString(16).padStart(64, "0");
      return `00${to.slice(2)}${"0".repeat(64)}${size}${data.slice(2)}`;
    });
    return [MULTI_SEND, 0, multi.encodeFunctionData("multiSend", [`0x${packed.join("")}`]), 1];
  };
  const rest = [0, 0, 0, ZeroAddress, ZeroAddress];
  const hash = async (transactions) =>
    safe.getTransactionHash(...parts(transactions), ...rest, await safe.nonce());
  const execute = async (transactions) => {
    const digest = await hash(transactions);
    const signed = signers.map((signer) => signer.signingKey.sign(digest).serialized.slice(2));
    const sent = await safe.execTransaction(...parts(transactions), ...rest, `0x${signed.join("")}`);
    return (await mined(safe.runner.provider, sent.hash)).blockNumber;
  };
  return { hash, execute };
}
