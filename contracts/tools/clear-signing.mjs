#!/usr/bin/env node
// Writes clear-signing/*.json: what a wallet shows for each call and message that people sign (ERC-7730, version 1).
// Types and parameter names come from the committed artifacts and the typed messages; the words stand here.
//   node tools/clear-signing.mjs           rewrite
//   node tools/clear-signing.mjs --check   compare
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HOME = join(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = join(HOME, "clear-signing");
const SCHEMA = "https://eips.ethereum.org/assets/eip-7730/erc7730-v1.schema.json";
const OWNER = "Guerdon";

// ------------------------------------------------------------------------------------------------- fields

const field = (path, label, format, params) => ({ path, label, format, ...(params && { params }) });
const raw = (path, label) => field(path, label, "raw");
const account = (path, label, type = "wallet") => field(path, label, "addressName", { type, sources: ["local", "ens"] });
const day = (path, label) => field(path, label, "date", { encoding: "timestamp" });
const span = (path, label) => field(path, label, "duration");
const tokens = (path, label) => field(path, label, "unit", { base: "tokens", decimals: 18 });
const bps = (path, label) => field(path, label, "unit", { base: "%", decimals: 2 });
const ppb = (path, label) => field(path, label, "unit", { base: "%", decimals: 7 });
const choice = (path, label, name) => field(path, label, "enum", { $ref: `$.metadata.enums.${name}` });

/** Terms begin with the recipient whom they name. */
const grant = (path = "terms") => account(`${path}.[0:20]`, "Grant of");

const ENUMS = {
  yes: { true: "yes", false: "no" },
  hold: { true: "only the holder's own call is paid", false: "anyone may call; the holder is paid" },
  verdict: { 1: "upheld", 2: "overturned, with other counts", 3: "void" },
  kind: { 0: "share of correct answers", 1: "wins against a baseline", 2: "mean score", 3: "count" },
  rule: { 0: "opens a share", 1: "opens a share; results after an end lapse", 2: "scales the whole", 3: "scales the whole; results after an end lapse" },
  powers: {
    0: "the company may not end it, nobody may move it",
    1: "the company may end it",
    2: "its holder may move it",
    3: "the company may end it, its holder may move it",
    4: "the company may recover it for a lost key",
    5: "the company may end it and recover it",
    6: "its holder may move it, the company may recover it",
    7: "the company may end it and recover it, its holder may move it",
  },
};

// ------------------------------------------------------------------------------------------------- calls

const place = [raw("root", "Round"), raw("index", "Leaf")];
const call = (intent, fields, excluded = []) => ({ intent, fields, excluded });

const GRANTS = {
  claim: call("Pay what is vested", [grant()]),
  claimFirst: call("Open a grant and pay what is vested", [grant(), ...place], ["proof"]),
  claimMany: call("Pay what is vested of many grants", [grant("terms.[]")]),
  open: call("Open a grant", [grant(), ...place], ["proof"]),
  waive: call("Give up for good what is not vested", [grant()]),
  holdClaims: call("Say who may call for payment", [grant(), choice("on", "From now on", "hold")]),
  settle: call("Fix the final amount of a grant", [grant()]),
  fund: call("Put tokens into the pool", [tokens("amount", "Amount")]),
  withdrawFree: call("Take free tokens out of the pool", [tokens("amount", "Amount"), account("to", "To")]),
  commit: call("Promise a round of grants", [
    tokens("total", "Promised in all"), raw("root", "Round"), day("bindingAt", "Binding from"), raw("document", "Document"),
  ]),
  rescind: call("Take back a round that is not binding", [raw("root", "Round")]),
  end: call("End a grant", [grant(), day("stopAt", "Last moment that counts"), choice("grace", "With grace", "yes")]),
  pause: call("Stop a grant's clock", [grant()]),
  resume: call("Let a grant's clock run again", [grant()]),
  accelerate: call("Set a grant's clock forward", [grant(), span("by", "By")]),
  lowerWithholding: call("Withhold less for tax", [grant(), bps("withholdBps", "Of each payment")]),
  multicall: call("Several calls at once", [field("calls.[]", "Call", "calldata", { calleePath: "@.to" })]),
};

const SUCCESSION = {
  move: call("Give your grant to another account, for good", [grant(), account("to", "New holder")]),
  veto: call("Cancel the recovery of your grant", [grant()]),
  replace: call("Replace a grant, with its holder's signature", [
    grant("old"), account("successors.[].[0:20]", "New grant of"), day("deadline", "Signature good until"),
  ], ["signature"]),
  announceRecovery: call("Announce a recovery for a lost key", [grant(), account("to", "New holder")]),
  executeRecovery: call("Carry out a recovery", [grant(), account("to", "New holder")]),
  clearRecovery: call("Clear a lapsed recovery", [grant()]),
};

const goal = [raw("goal.spec", "Specification"), account("goal.sponsor", "Sponsor")];
const attempt = [...goal, raw("attempt", "Attempt")];
const bond = field("goal.bond", "Bond", "tokenAmount", { tokenPath: "goal.bondToken" });

const GOALS = {
  defineGoal: call("Define a goal", [
    choice("goal.kind", "Measure", "kind"), ...goal, raw("m", "Signatures needed"), account("panel.[]", "Panel"),
    account("goal.arbiter", "Arbiter"), day("goal.opens", "Opens"), day("goal.closes", "Closes"), bond,
  ]),
  register: call("Begin an attempt at a goal", [
    ...goal, raw("model", "Model"), day("deadline", "Acceptance good until"),
  ], ["quorum"]),
  seal: call("Let the chain draw the items", attempt),
  propose: call("Bring a signed result", [
    ...goal, raw("result.attempt", "Attempt"), raw("result.model", "Model"), raw("result.x", "Count x"),
    raw("result.y", "Count y"), raw("result.samples", "Of"), raw("result.guards", "Conditions met"),
    raw("result.evidence", "Evidence"),
  ], ["quorum"]),
  expire: call("Expire an attempt without a result", attempt),
  challenge: call("Challenge a result, with a bond", [...attempt, bond, raw("reason", "Reason")]),
  resolve: call("Judge a challenge", [
    ...attempt, choice("verdict", "Verdict", "verdict"), raw("x", "Count x"), raw("y", "Count y"),
    raw("guards", "Conditions met"),
  ]),
  finalize: call("Make a result final", [raw("id", "Goal"), raw("attempt", "Attempt")]),
  demand: call("Ask for a run", [...goal, raw("model", "Model")]),
  refuse: call("Refuse the demand", goal),
  extend: call("Extend the window", [...goal, day("closes", "Closes")]),
  close: call("Close a goal for ever", goal),
  withdrawBond: call("Take your bonds out", [account("token", "Token", "token")]),
};

// ------------------------------------------------------------------------------------------------- messages

const GATE = "Gate(bytes32 goal,uint32 sharePpb,uint8 rule)";
const SEGMENT = "Segment(uint32 end,uint32 cumulative,uint16 steps)";
const TERMS =
  "Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,uint32 backdateSeconds," +
  "uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,uint40 unlockStart,Segment[] unlock," +
  "Segment[] vesting)";

const each = (name) => `successors.[].${name}`;
const segments = (name, word) => [
  span(each(`${name}.[].end`), `${word}: until, after the start`),
  ppb(each(`${name}.[].cumulative`), `${word}: by then`),
  raw(each(`${name}.[].steps`), `${word}: steps, 0: every second`),
];

const MESSAGES = {
  Replace: {
    domain: "Guerdon Succession",
    types: ["Replace(bytes32 oldId,uint256 oldWord,Terms[] successors,uint256 deadline)", GATE, SEGMENT, TERMS],
    ...call("Agree to have your grant replaced", [
      raw("oldId", "Grant replaced"), account(each("recipient"), "New grant of"), tokens(each("amount"), "Amount"),
      day(each("start"), "Vests from"), ...segments("vesting", "Vests"), raw(each("gates.[].goal"), "Depends on goal"),
      ppb(each("gates.[].sharePpb"), "With a share of"), choice(each("gates.[].rule"), "How it depends", "rule"),
      day(each("unlockStart"), "Unlocks from"), ...segments("unlock", "Unlocks"),
      choice(each("powers"), "Powers", "powers"), span(each("graceSeconds"), "Grace after a good end"),
      span(each("backdateSeconds"), "An end may reach back"), span(each("pauseMax"), "May pause in all"),
      bps(each("withholdBps"), "Withheld for tax"), raw(each("document"), "Agreement"),
      day("deadline", "Your signature is good until"),
    ], ["oldWord"]),
  },
  Accept: {
    domain: "Guerdon Goals",
    types: ["Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)"],
    ...call("Accept that an attempt begins", [
      raw("goal", "Goal"), raw("attempt", "Attempt"), raw("model", "Model"), day("deadline", "Good until"),
    ]),
  },
  Result: {
    domain: "Guerdon Goals",
    types: [
      "Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,uint128 y,uint32 samples,uint32 guards,bytes32 evidence)",
    ],
    ...call("Sign the result of an attempt", [
      raw("goal", "Goal"), raw("attempt", "Attempt"), raw("model", "Model"), raw("x", "Count x"), raw("y", "Count y"),
      raw("samples", "Of"), raw("guards", "Conditions met"), raw("evidence", "Evidence"),
    ]),
  },
};

// ------------------------------------------------------------------------------------------------- writing

/** `claim(bytes terms)`: a function with the names of its parameters. */
function signature({ name, inputs }) {
  return `${name}(${inputs.map(parameter).join(",")})`;
}

function parameter({ type, name, components }) {
  if (!type.startsWith("tuple")) return `${type} ${name}`;
  return `(${components.map(parameter).join(",")})${type.slice("tuple".length)} ${name}`;
}

/** Only the enums that the fields name. */
function enums(formats) {
  const text = JSON.stringify(formats);
  const used = Object.entries(ENUMS).filter(([name]) => text.includes(`$.metadata.enums.${name}"`));
  return used.length > 0 ? { enums: Object.fromEntries(used) } : {};
}

function display(described) {
  const entries = Object.entries(described).map(([key, { intent, fields, excluded }]) => {
    const required = fields.map((it) => it.path);
    return [key, { intent, fields, required, ...(excluded.length > 0 && { excluded }) }];
  });
  return { formats: Object.fromEntries(entries) };
}

function calls(contract, words) {
  const { abi } = JSON.parse(readFileSync(join(HOME, "artifacts", `${contract}.json`), "utf8"));
  const functions = Object.keys(words).map((name) => {
    const found = abi.find((entry) => entry.type === "function" && entry.name === name);
    if (!found) throw new Error(`${contract} has no function ${name}`);
    return found;
  });
  const described = Object.fromEntries(functions.map((entry) => [signature(entry), words[entry.name]]));
  return {
    $schema: SCHEMA,
    context: { $id: `Guerdon ${contract}`, contract: { abi: functions, deployments: [] } },
    metadata: { owner: OWNER, ...enums(words) },
    display: display(described),
  };
}

const DOMAIN_TYPE =
  "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

function members(text) {
  const [, name, fields] = /^(\w+)\((.*)\)$/.exec(text);
  const list = fields.split(",").map((it) => it.split(" "));
  return [name, list.map(([type, member]) => ({ name: member, type }))];
}

function message(primaryType) {
  const { domain, types, ...words } = MESSAGES[primaryType];
  const schema = { primaryType, types: Object.fromEntries([DOMAIN_TYPE, ...types].map(members)) };
  return {
    $schema: SCHEMA,
    context: {
      $id: `Guerdon ${primaryType}`,
      eip712: { domain: { name: domain, version: "1" }, deployments: [], schemas: [schema] },
    },
    metadata: { owner: OWNER, ...enums(words) },
    display: display({ [primaryType]: words }),
  };
}

const files = {
  "calldata-Grants.json": calls("Grants", GRANTS),
  "calldata-Succession.json": calls("Succession", SUCCESSION),
  "calldata-Goals.json": calls("Goals", GOALS),
  "eip712-Replace.json": message("Replace"),
  "eip712-Accept.json": message("Accept"),
  "eip712-Result.json": message("Result"),
};

mkdirSync(FOLDER, { recursive: true });
for (const [name, content] of Object.entries(files)) {
  const path = join(FOLDER, name);
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`clear-signing/${name} is old: run node contracts/tools/clear-signing.mjs`);
    process.exitCode = 1;
  }
}
