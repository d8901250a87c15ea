// Where things lie, and programs of ours that run beside a test.
import { execFile, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The workspace. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
const BINARY = process.env.GUERDON_BINARY ?? join(ROOT, "target/debug/guerdon");

/** The environment without settings of the person who runs the tests. */
function plain() {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("GUERDON_"));
  return Object.fromEntries(entries);
}

/** Runs a command of guerdon on a data directory and answers what it printed as data. */
export async function guerdon(data, ...words) {
  const options = { env: plain(), cwd: ROOT, maxBuffer: 1 << 26 };
  const args = ["--data-dir", data, "--yes", ...words];
  const { stdout } = await promisify(execFile)(BINARY, args, options);
  return stdout;
}

/** Starts `guerdon serve` on a free port; answers its addresses once it says them. */
export function serve(data, ...words) {
  return pages(data, "serve", ...words);
}

/** Starts `guerdon demo` on a free port: its story, then its pages. */
export function demo(data) {
  return pages(data, "demo");
}

async function pages(data, command, ...words) {
  const args = ["--data-dir", data, command, "--port", "0", ...words];
  const child = spawn(BINARY, args, { env: plain(), cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const addresses = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stderr.on("data", (chunk) => {
      said += chunk;
      const found = said.match(/^pages at (\S+), chain at (\S+)$/m);
      if (found) resolve({ url: found[1], rpc: found[2] });
    });
    ended.then((code) => reject(new Error(`guerdon ${command} ended with ${code}: ${said}`)));
  });
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
  };
  return { ...(await addresses), stop };
}
