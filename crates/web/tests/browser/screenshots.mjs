// Pictures of every page, as somebody who may read it, wide and on a phone, light and dark, for
// people to look at. They are of the demonstration itself; pages.json says who looks at what, and a
// page that cannot be reached is an error.
//   cargo xtask screenshots [VIEWER…]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { closeBrowser, context } from "./browser.mjs";
import { PRESSES } from "./presses.mjs";
import { ROOT, demo } from "./machine.mjs";
import { SIZES, THEMES } from "./views.mjs";

const FOLDER = join(ROOT, "target/screenshots");
const LIST = JSON.parse(readFileSync(new URL("./pages.json", import.meta.url), "utf8"));
// Pages of one kind that are read for their links, beside those that are pictured.
const READ = 3;

/** The routes, those with fewest names first: `/audit/links` is no date. */
const ROUTES = [...Object.keys(LIST.pages), ...LIST.files]
  .map((route) => {
    const pattern = route.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    return { route, names: (route.match(/\{/g) ?? []).length, pattern: new RegExp(`^${pattern}$`) };
  })
  .sort((one, other) => one.names - other.names);

/** The route of a path with the values of its names; nothing if none of the list serves it. */
function routed(path) {
  const plain = path.split("?")[0];
  if (/\.(json|csv|xlsx|zip|html)$/.test(plain)) return undefined;
  for (const { route, pattern } of ROUTES) {
    const found = plain.match(pattern);
    if (found) return { route, values: found.groups ?? {} };
  }
  return undefined;
}

class Walk {
  constructor(page, url, viewer, list) {
    Object.assign(this, { page, url, viewer, list });
    this.wanted = Object.keys(LIST.pages).filter((route) => LIST.pages[route].includes(viewer));
    this.pictured = new Map();
    this.read = new Map();
    // By what stands before a name: its first value.
    this.values = new Map();
    this.seen = new Set();
  }

  most(route) {
    return LIST.several[route] ?? 1;
  }

  missing() {
    return this.wanted.filter((route) => !this.pictured.has(route));
  }

  /** Reads a page and pictures it if that is wanted; answers its links. */
  async visit(path) {
    const found = routed(path);
    if (!found || LIST.files.includes(found.route) || this.seen.has(path)) return [];
    const { route } = found;
    const count = this.read.get(route) ?? 0;
    const open = this.wanted.includes(route) && (this.pictured.get(route) ?? 0) < this.most(route);
    if (!open && count >= READ) return [];
    this.seen.add(path);
    this.read.set(route, count + 1);
    const answer = await this.page.goto(this.url + path, { waitUntil: "load" });
    if (!answer.ok() || !answer.headers()["content-type"]?.startsWith("text/html")) return [];
    return this.here(path);
  }

  /** The page that is open. */
  async here(path) {
    const { route, values } = routed(path);
    for (const [name, value] of Object.entries(values)) {
      const before = route.slice(0, route.indexOf(`{${name}}`));
      const key = before + name;
      if (!this.values.has(key)) this.values.set(key, value);
    }
    const links = await this.links();
    const taken = this.pictured.get(route) ?? 0;
    if (this.wanted.includes(route) && taken < this.most(route)) {
      this.pictured.set(route, taken + 1);
      await this.picture(route, taken);
    }
    return links;
  }

  async links() {
    const all = await this.page.evaluate(() =>
      [...document.querySelectorAll("a[href]")].map((link) => link.href),
    );
    const ours = all.map((link) => new URL(link)).filter((link) => link.origin === this.url);
    return [...new Set(ours.map((link) => link.pathname + link.search))];
  }

  async picture(route, taken) {
    const { page } = this;
    await page.evaluate(() => document.fonts.ready);
    const name = route.slice(1).replaceAll(/[{}]/g, "").replaceAll("/", "-") || "home";
    const which = taken === 0 ? "" : `-${taken + 1}`;
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        const file = `${this.viewer}-${name}${which}-${size.width}-${colorScheme}.png`;
        await page.screenshot({ path: join(FOLDER, file), fullPage: true });
        this.list.push(`<h2>${file}</h2><img src="${file}" alt="${route}">`);
      }
    }
    await page.setViewportSize(SIZES[0]);
  }

  /** A route with the values of pages that were read; nothing if some are not known. */
  filled(route) {
    let path = route;
    for (const [whole, name] of route.matchAll(/\{(\w+)\}/g)) {
      const value = this.values.get(route.slice(0, route.indexOf(whole)) + name);
      if (value === undefined) return undefined;
      path = path.replace(whole, value);
    }
    return path;
  }

  async all(starts) {
    const queue = [...starts];
    const follow = async () => {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        queue.push(...(await this.visit(path)));
      }
    };
    await follow();
    // What no page leads to just now, and what only a form leads to.
    for (const route of this.missing()) {
      const path = this.filled(route);
      if (path) queue.push(path);
    }
    await follow();
    for (const route of this.missing()) {
      const press = PRESSES[route];
      if (!press) continue;
      try {
        await this.here(await press(this));
      } catch (error) {
        console.error(`${route} as ${this.viewer}: ${error.message.split("\n")[0]}`);
      }
    }
  }
}

/** Becomes somebody of the cast, as a visitor does; answers where that leads. */
async function become(page, url, key) {
  await page.goto(`${url}/demo`);
  await page.locator(".demo select").selectOption(key);
  await page.locator(".demo form").first().getByRole("button").click();
  await page.waitForURL((at) => at.pathname !== "/demo");
  const at = new URL(page.url());
  return [at.pathname + at.search, "/demo"];
}

async function main() {
  const data = mkdtempSync(join(tmpdir(), "guerdon-pictures-"));
  const served = await demo(data);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const only = process.argv.slice(2);
  const viewers = Object.entries(LIST.viewers).filter(([name]) => !only.length || only.includes(name));
  const list = [];
  const missing = [];
  try {
    for (const [viewer, key] of viewers) {
      const window = await context();
      const page = await window.newPage();
      page.setDefaultTimeout(10_000);
      const walk = new Walk(page, served.url, viewer, list);
      walk.data = data;
      await walk.all(key ? await become(page, served.url, key) : ["/", "/sign-in", "/api"]);
      missing.push(...walk.missing().map((route) => `${route} as ${viewer}`));
      await window.close();
    }
  } finally {
    await served.stop();
    rmSync(data, { recursive: true, force: true });
  }
  writeFileSync(join(FOLDER, "index.html"), `<!doctype html>\n${list.join("\n")}\n`);
  console.log(`${list.length} pictures: target/screenshots`);
  if (missing.length) throw new Error(`not reached: ${missing.join(", ")}`);
}

try {
  await main();
} finally {
  await closeBrowser();
}
