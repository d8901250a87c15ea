// All browser tests in one process: they share one browser and one site.
//   node crates/web/tests/browser/all.mjs
import { readdirSync } from "node:fs";

const files = readdirSync(new URL(".", import.meta.url)).filter((name) => name.endsWith(".test.mjs"));
for (const file of files.sort()) await import(`./${file}`);
