#!/usr/bin/env node
// Builds the contracts with the `artifacts` profile and writes artifacts/<Contract>.json.
//   node tools/artifacts.mjs                  rebuild and rewrite
//   node tools/artifacts.mjs --check          compare source hashes only (no compiler needed)
//   node tools/artifacts.mjs --check --build  rebuild and compare every byte
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HOME = join(dirname(fileURLToPath(import.meta.url)), "..");
const ARTIFACTS = join(HOME, "artifacts");
const CONTRACTS = ["AccessManager", "AccessToken", "Goals", "Grants", "Succession"];
const require = createRequire(import.meta.url);

/** All Solidity files below a folder, sorted by path. */
function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return entry.name.endsWith(".sol") ? [path] : [];
    })
    .sort();
}

/** The pinned version of a package, from package.json, so that no installation is needed to check. */
function pinned(name) {
  const manifest = JSON.parse(readFileSync(join(HOME, "..", "package.json"), "utf8"));
  const version = manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
  if (!version) throw new Error(`package.json does not pin ${name}`);
  return version;
}

/** sha256 over what decides the bytes: sources, the build profiles, compiler and library versions. */
function sourceHash() {
  const hash = createHash("sha256");
  const add = (name, text) => hash.update(`${name}\0${Buffer.byteLength(text)}\0${text}`);
  for (const path of sources(join(HOME, "src"))) {
    add(relative(HOME, path).split(sep).join("/"), readFileSync(path, "utf8"));
  }
  add("settings", settingsText());
  add("solc", pinned("solc"));
  add("@openzeppelin/contracts", pinned("@openzeppelin/contracts"));
  return `0x${hash.digest("hex")}`;
}

/** The lines of foundry.toml that the compiler sees. */
function settingsText() {
  const keys = /^(evm_version|optimizer|optimizer_runs|via_ir|bytecode_hash|cbor_metadata|remappings)\s*=/;
  const text = readFileSync(join(HOME, "foundry.toml"), "utf8");
  const profiles = text.split(/^(?=\[)/m).filter((part) => /^\[profile\.(default|artifacts)\]/.test(part));
  return profiles.flatMap((part) => part.split("\n").filter((line) => keys.test(line))).join("\n");
}

function forge() {
  const platform = { linux: "linux", darwin: "darwin", win32: "win32" }[process.platform];
  const machine = { x64: "amd64", arm64: "arm64" }[process.arch];
  const name = `@foundry-rs/forge-${platform}-${machine}`;
  return join(dirname(require.resolve(`${name}/package.json`)), "bin", platform === "win32" ? "forge.exe" : "forge");
}

function build() {
  execFileSync(forge(), ["build", "--force"], {
    cwd: HOME,
    env: { ...process.env, FOUNDRY_PROFILE: "artifacts" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The committed form of what forge wrote: no paths, no timestamps, fixed order of keys. */
function artifact(contract, hash) {
  const built = JSON.parse(readFileSync(join(HOME, "out/artifacts", `${contract}.sol`, `${contract}.json`), "utf8"));
  const { optimizer, viaIR, evmVersion, metadata } = built.metadata.settings;
  return `${JSON.stringify(
    {
      contract,
      abi: built.abi,
      bytecode: built.bytecode.object,
      deployedBytecode: built.deployedBytecode.object,
      immutableReferences: built.deployedBytecode.immutableReferences ?? {},
      compiler: {
        version: built.metadata.compiler.version,
        settings: { optimizer, viaIR: viaIR ?? false, evmVersion, metadata },
      },
      sourceHash: hash,
    },
    null,
    1,
  )}\n`;
}

function main() {
  const check = process.argv.includes("--check");
  const rebuild = !check || process.argv.includes("--build");
  const hash = sourceHash();
  if (rebuild) build();
  mkdirSync(ARTIFACTS, { recursive: true });

  const stale = CONTRACTS.filter((contract) => {
    const path = join(ARTIFACTS, `${contract}.json`);
    const committed = existsSync(path) ? readFileSync(path, "utf8") : null;
    if (!rebuild) return committed === null || JSON.parse(committed).sourceHash !== hash;
    const fresh = artifact(contract, hash);
    if (!check) writeFileSync(path, fresh);
    return check && committed !== fresh;
  });
  if (stale.length > 0) {
    console.error(`contracts/artifacts does not match the sources: ${stale.join(", ")}.`);
    console.error("hint: run `node contracts/tools/artifacts.mjs` and commit the result.");
    process.exit(1);
  }
}

main();
