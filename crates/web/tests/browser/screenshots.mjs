// Pictures of every page, as somebody who may read it, wide and on a phone, light and dark, for
// people to look at. They are of the demonstration itself.
//   cargo xtask screenshots
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { closeBrowser, context } from "./browser.mjs";
import { ROOT, demo } from "./machine.mjs";
import { SIZES, THEMES } from "./views.mjs";

const FOLDER = join(ROOT, "target/screenshots");
// Who looks at what, in this order; a kind of page is pictured once, as the first who has it.
const VIEWERS = [
  { key: null, from: ["/", "/sign-in", "/sign-in/mail", "/glossary"] },
  { key: "E203", name: "engineer", from: ["/me", "/me/settings", "/me/claim", "/demo"] },
  { key: "E014", name: "people", from: ["/company"] },
  { key: "E001", name: "administrator", from: ["/company", "/company/audit"] },
  { key: "A-01", name: "auditor", from: ["/company/audit"] },
];
// Pages of one kind that look different: these as well, however many of their kind came before.
const MOST_OF_A_KIND = 1;

/** `/grants/0x0bf0…/leave` as a kind, `/grants/_/leave`. */
function kind(path) {
  const plain = path.split("?")[0];
  return plain.replace(/0x[0-9a-f]{40,}/gi, "_").replace(/\/(P?\d+|[0-9a-f]{32,})(?=\/|$)/g, "/_");
}

/** A kind as a name of a file. */
function named(path) {
  const name = kind(path).slice(1).replaceAll("/", "-");
  return name === "" ? "home" : name.slice(0, 48);
}

async function picture(page, { name, path }, list) {
  await page.evaluate(() => document.fonts.ready);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const file = `${name}-${named(path)}-${size.width}-${colorScheme}.png`;
      await page.screenshot({ path: join(FOLDER, file), fullPage: true });
      list.push(`<h2>${file}</h2><img src="${file}" alt="${path}">`);
    }
  }
  await page.setViewportSize(SIZES[0]);
}

/** Becomes somebody of the cast, as a visitor does. */
async function become(page, url, key) {
  await page.goto(`${url}/demo`);
  await page.locator(".demo select").selectOption(key);
  await page.locator(".demo form").first().getByRole("button").click();
  await page.waitForURL((at) => at.pathname !== "/demo");
}

async function links(page, url) {
  const all = await page.evaluate(() =>
    [...document.querySelectorAll("main a[href], nav a[href]")].map((link) => link.href),
  );
  const ours = all.map((link) => new URL(link)).filter((link) => link.origin === url);
  const pages = ours.map((link) => link.pathname + link.search);
  return [...new Set(pages)].filter((path) => !/\.(json|csv|xlsx|ics|html)$/.test(path));
}

async function walk(url, viewer, kinds, list) {
  const window = await context();
  const page = await window.newPage();
  if (viewer.key) await become(page, url, viewer.key);
  const name = viewer.name ?? "public";
  const seen = new Set();
  const queue = [...viewer.from];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const of = kind(path);
    if (seen.has(path) || (kinds.get(of) ?? 0) >= MOST_OF_A_KIND) continue;
    seen.add(path);
    const answer = await page.goto(url + path, { waitUntil: "load" });
    if (!answer.ok() || !answer.headers()["content-type"].startsWith("text/html")) continue;
    kinds.set(of, (kinds.get(of) ?? 0) + 1);
    await picture(page, { name, path }, list);
    queue.push(...(await links(page, url)));
  }
  await window.close();
}

async function main() {
  const data = mkdtempSync(join(tmpdir(), "guerdon-pictures-"));
  const served = await demo(data);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const list = [];
  const kinds = new Map();
  try {
    for (const viewer of VIEWERS) await walk(served.url, viewer, kinds, list);
  } finally {
    await served.stop();
    rmSync(data, { recursive: true, force: true });
  }
  writeFileSync(join(FOLDER, "index.html"), `<!doctype html>\n${list.join("\n")}\n`);
  console.log(`${list.length} pictures of ${kinds.size} kinds of pages: target/screenshots`);
}

try {
  await main();
} finally {
  await closeBrowser();
}
