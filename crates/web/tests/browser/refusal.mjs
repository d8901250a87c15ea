// What the test wallet will not sign, and how it says so: the codes of EIP-1193 and EIP-1474.

/** An answer of a wallet that is no result. */
export class Refusal extends Error {
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/**
 * Reads the text of an `eth_signTypedData_v4` and refuses what a careful person would: a message
 * for another chain, of a domain nobody trusts, or whose types do not say what its domain holds.
 */
export function checkTypedData(text, chain, trusted) {
  const { types, primaryType, domain, message } = parse(text);
  const { EIP712Domain: fields, ...rest } = types ?? {};
  const said = (fields ?? []).map(({ name }) => name);
  const held = Object.keys(domain ?? {});
  if (said.length !== held.length || said.some((name) => !held.includes(name))) {
    throw new Refusal(-32602, "the domain does not hold what its type says");
  }
  if (!rest[primaryType] || !message) {
    throw new Refusal(-32602, `there is no message of the type ${primaryType}`);
  }
  if (Number(domain.chainId) !== chain) {
    throw new Refusal(-32602, `the message is for chain ${domain.chainId}, the wallet on ${chain}`);
  }
  const same = (a, b) => String(a).toLowerCase() === String(b).toLowerCase();
  const known = trusted.some(
    ({ name, version, verifyingContract }) =>
      name === domain.name &&
      version === domain.version &&
      same(verifyingContract, domain.verifyingContract),
  );
  if (!known) {
    const { name, version, verifyingContract } = domain;
    throw new Refusal(-32602, `${name} ${version} at ${verifyingContract} is not trusted`);
  }
  return { domain, types: reachable(rest, primaryType), message };
}

function parse(text) {
  if (typeof text !== "string") throw new Refusal(-32602, "typed data is passed as text");
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(-32602, "typed data is not JSON");
  }
}

/** The types that a message is made of; wallets ignore any other. */
function reachable(types, name, into = {}) {
  into[name] = types[name];
  for (const { type } of types[name]) {
    const base = type.replace(/\[\d*\]$/, "");
    if (types[base] && !into[base]) reachable(types, base, into);
  }
  return into;
}
