// Pictures of every page, wide and on a phone, light and dark, for people to look at.
//   cargo xtask screenshots
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { closeBrowser, context } from "./browser.mjs";
import { crawl } from "./crawl.mjs";
import { ROOT } from "./machine.mjs";
import { closeSite, site } from "./site.mjs";
import { SIZES, THEMES } from "./views.mjs";

const FOLDER = join(ROOT, "target/screenshots");

/** `/grants/0x0bf0…` as a name of a file. */
function named(path) {
  return path === "/" ? "home" : path.slice(1).replaceAll("/", "-").slice(0, 24);
}

async function picture(window, url, { path }, list) {
  const page = await window.newPage();
  await page.goto(url + path, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const name = `${named(path)}-${size.width}-${colorScheme}.png`;
      await page.screenshot({ path: join(FOLDER, name), fullPage: true });
      list.push(`<h2>${name}</h2><img src="${name}" alt="${path}">`);
    }
  }
  await page.close();
}

async function main() {
  const made = await site();
  const { pages } = await crawl(made);
  const window = await context();
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const list = [];
  for (const page of pages) await picture(window, made.url, page, list);
  writeFileSync(join(FOLDER, "index.html"), `<!doctype html>\n${list.join("\n")}\n`);
  console.log(`${list.length} pictures of ${pages.length} pages: target/screenshots/index.html`);
}

try {
  await main();
} finally {
  await closeBrowser();
  await closeSite();
}
