// The browser of the tests: one on the path, else the one that npm brings, started like a person's.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

import { chromium } from "playwright-core";

import { ROOT } from "./machine.mjs";
import { WIDE } from "./views.mjs";

// Nothing here may switch off what keeps sites apart: isolation.test.mjs would fail, and no other
// test about security would mean anything.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

let running;

/** The browser, started when first asked for. */
export function browser() {
  running ??= launch();
  return running;
}

/** Ends it, if it was started. */
export async function closeBrowser() {
  const opened = await running?.catch(() => null);
  await opened?.close();
}

/** A window of its own, with nothing in common with any other. */
export async function context(options = {}) {
  return (await browser()).newContext({ viewport: WIDE, ...options });
}

async function launch() {
  const reasons = [];
  for await (const { path, env } of candidates()) {
    try {
      return await chromium.launch({
        executablePath: path,
        args: FLAGS,
        chromiumSandbox: false,
        env: { ...process.env, ...env },
      });
    } catch (error) {
      reasons.push(`${path}: ${error.message.split("\n")[0]}`);
    }
  }
  throw new Error(`no browser started; put a Chromium or Chrome on the path\n${reasons.join("\n")}`);
}

/** The named one alone, or all there are, best first. */
async function* candidates() {
  const named = process.env.GUERDON_BROWSER;
  if (named) {
    yield { path: named };
    return;
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [...onPath, MAC].find((path) => existsSync(path));
  if (found) yield { path: found };
  if (process.platform !== "linux" || process.arch !== "x64") return;
  const folder = await unpacked();
  const path = join(folder, "chromium");
  yield { path };
  // A bare machine lacks the libraries and fonts that every desktop has.
  const libraries = join(folder, "al2023", "lib");
  yield { path, env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, "fonts") } };
}

/** npm's Chromium, unpacked once into target/browser: whole or not at all. */
async function unpacked() {
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const folder = dirname(dirname(entry));
  const { version } = createRequire(import.meta.url)(join(folder, "package.json"));
  const place = join(ROOT, "target", "browser", `chromium-${version}`);
  if (existsSync(place)) return place;
  const { inflate } = await import("@sparticuz/chromium");
  const scratch = `${place}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  // The package unpacks to wherever temporary files go.
  const before = process.env.TMPDIR;
  process.env.TMPDIR = scratch;
  try {
    for (const part of ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"]) {
      await inflate(join(folder, "bin", part));
    }
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  if (existsSync(place)) rmSync(scratch, { recursive: true });
  else renameSync(scratch, place);
  return place;
}
