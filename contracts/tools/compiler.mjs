#!/usr/bin/env node
// The compiler as a process that stays: loading it takes longer than compiling one contract without the optimizer.
// Started in the folder of the contracts; each line on stdin is a request, each line on stdout its answer.
//   {"describe":[FILE]}                                  -> {"asts":{FILE:AST},"needs":{FILE:[FILE]}}
//   {"compile":[FILE],"changed":{FILE:TEXT},"optimizer":BOOL} -> {"code":{CONTRACT:HEX}} or {"error":TEXT}
// Only files outside node_modules are described; what a file needs is itself and what it imports, all the way down.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { posix } from "node:path";
import { createInterface } from "node:readline";

const solc = createRequire(import.meta.url)("solc");
const SETTINGS = { evmVersion: "osaka", metadata: { bytecodeHash: "none", appendCBOR: false } };
// Without even the cheapest passes: for code that runs once.
const PLAIN = {
  enabled: false,
  details: {
    peephole: false,
    inliner: false,
    jumpdestRemover: false,
    orderLiterals: false,
    deduplicate: false,
    cse: false,
    constantOptimizer: false,
    yul: false,
  },
};
const texts = new Map();

function text(file) {
  if (!texts.has(file)) texts.set(file, readFileSync(existsSync(file) ? file : `node_modules/${file}`, "utf8"));
  return texts.get(file);
}

/** A file and all that it imports. */
function needs(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of text(file).matchAll(/^import\s+(?:[^"']*?\sfrom\s+)?["']([^"']+)["']/gm)) {
    needs(path.startsWith(".") ? posix.join(posix.dirname(file), path) : path, found);
  }
  return found;
}

function run(files, changed, settings) {
  const sources = {};
  for (const file of new Set(files.flatMap((file) => [...needs(file)]))) {
    sources[file] = { content: changed[file] ?? text(file) };
  }
  const input = { language: "Solidity", sources, settings: { ...SETTINGS, ...settings } };
  return JSON.parse(solc.compile(JSON.stringify(input)));
}

function describe(files) {
  const { sources } = run(files, {}, { outputSelection: { "*": { "": ["ast"] } } });
  const own = Object.entries(sources).filter(([file]) => !file.startsWith("@"));
  return {
    asts: Object.fromEntries(own.map(([file, { ast }]) => [file, ast])),
    needs: Object.fromEntries(files.map((file) => [file, [...needs(file)]])),
  };
}

function compile(files, changed, optimizer) {
  const outputSelection = Object.fromEntries(files.map((file) => [file, { "*": ["evm.bytecode.object"] }]));
  const { contracts, errors } = run(files, changed, {
    optimizer: optimizer ? { enabled: true, runs: 200 } : PLAIN,
    outputSelection,
  });
  const error = errors?.find(({ severity }) => severity === "error");
  if (error) return { error: error.message };
  const made = files.flatMap((file) => Object.entries(contracts[file]));
  return { code: Object.fromEntries(made.map(([name, { evm }]) => [name, evm.bytecode.object])) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = request.describe
    ? describe(request.describe)
    : compile(request.compile, request.changed, request.optimizer);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
