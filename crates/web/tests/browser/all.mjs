// All browser tests in one process: they share one browser and one site.
//   node crates/web/tests/browser/all.mjs
import { readdirSync } from "node:fs";

import { browser, closeBrowser } from "./browser.mjs";
import { closeSite, site } from "./site.mjs";

// What all need comes first: without it there is one error, and nothing is left running.
try {
  await browser();
  await site();
} catch (error) {
  await closeBrowser();
  await closeSite();
  throw error;
}

const files = readdirSync(new URL(".", import.meta.url)).filter((name) => name.endsWith(".test.mjs"));
for (const file of files.sort()) await import(`./${file}`);
