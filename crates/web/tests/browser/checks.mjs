// What every page must hold, each as a function that answers what it found wrong, in words.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules of axe-core that look at colours; all others find the same in both themes. */
export const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** Opens an address in a window; `problems` fills with whatever the browser complains about. */
export async function open(window, url, status = 200) {
  const page = await window.newPage();
  const problems = watch(page, new URL(url).origin, url);
  const response = await page.goto(url, { waitUntil: "load" });
  if (response.status() !== status) problems.push(`answers ${response.status()}, not ${status}`);
  problems.push(...policy((await response.allHeaders())["content-security-policy"]));
  return { page, response, problems };
}

/** Everything the console says, and every request that fails, is refused or leaves the site. */
function watch(page, origin, url) {
  const problems = [];
  page.on("console", (message) => {
    // The browser's own note that the page itself is a 404 is no news.
    const own = message.type() === "error" && message.location().url === url;
    if (own && message.text().startsWith("Failed to load resource")) return;
    problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    problems.push(`request failed: ${request.url()} (${request.failure()?.errorText})`);
  });
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (address.protocol !== "data:" && address.origin !== origin) {
      problems.push(`request to another site: ${request.url()}`);
    }
  });
  page.on("response", (response) => {
    const wrong = response.status() >= 400 && response.url() !== url;
    if (wrong) problems.push(`request refused: ${response.url()} (${response.status()})`);
  });
  return problems;
}

/** A policy may name our own site or nothing, and must close what has no default. */
export function policy(header) {
  if (!header) return ["policy: there is none"];
  const parts = header.split(";").map((part) => part.trim().split(/\s+/));
  const rules = new Map(parts.map(([name, ...sources]) => [name, sources.join(" ")]));
  const found = [];
  for (const [name, sources] of rules) {
    // Wallets announce their icons as data.
    const icons = name === "img-src" && sources === "'self' data:";
    if (!icons && !["'none'", "'self'"].includes(sources)) found.push(`policy: ${name} is ${sources}`);
  }
  for (const name of ["default-src", "base-uri", "frame-ancestors"]) {
    if (rules.get(name) !== "'none'") found.push(`policy: ${name} is not 'none'`);
  }
  if (!rules.has("form-action")) found.push("policy: form-action is open");
  return found;
}

/** Title, language, one first heading, landmarks. */
export async function structure(page) {
  return page.evaluate(() => {
    const found = [];
    const count = (selector) => document.querySelectorAll(selector).length;
    const one = (selector, what) => {
      if (count(selector) !== 1) found.push(`structure: ${count(selector)} of ${what}`);
    };
    if (!document.documentElement.lang) found.push("structure: no language");
    if (!document.title.trim()) found.push("structure: no title");
    one("h1", "first headings");
    one("main", "main parts");
    one("body > header", "page heads");
    one("body > footer", "page feet");
    if (count("nav[aria-label]") < 1) found.push("structure: no named navigation");
    if (!document.querySelector("h1")?.innerText.trim()) found.push("structure: empty heading");
    return found;
  });
}

/** Tab reaches everything that can be used, in the order of the page, each time with a ring. */
export async function keyboard(page) {
  const count = await page.evaluate(() => {
    const usable = "a[href],button,input,select,textarea,summary,[tabindex]";
    // A group of choices is one stop: the chosen one, else the first.
    const stop = (each) => {
      if (each.type !== "radio") return true;
      const group = [...document.getElementsByName(each.name)].filter(({ form }) => form === each.form);
      return each === (group.find(({ checked }) => checked) ?? group[0]);
    };
    const all = [...document.querySelectorAll(usable)].filter(
      (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility() && stop(each),
    );
    const walk = { all, seen: [], found: [] };
    const name = (each) => `<${each.localName}> ${each.textContent.trim().slice(0, 40)}`;
    for (const each of all) if (each.tabIndex > 0) walk.found.push(`keyboard: own order: ${name(each)}`);
    document.addEventListener("focusin", ({ target }) => {
      walk.seen.push(all.indexOf(target));
      const { outlineStyle, outlineWidth } = getComputedStyle(target);
      const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      if (!ring) walk.found.push(`keyboard: no ring: ${name(target)}`);
      const box = target.getBoundingClientRect();
      const shown = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
      if (!shown) walk.found.push(`keyboard: focus out of sight: ${name(target)}`);
    });
    walk.name = name;
    globalThis.guerdonWalk = walk;
    // A date or a month is several stops of its own: day, month, year, and the calendar.
    return all.length + 4 * all.filter(({ type }) => ["date", "month"].includes(type)).length;
  });
  for (let press = 0; press < count; press += 1) await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const { all, seen, found, name } = globalThis.guerdonWalk;
    document.activeElement?.blur();
    const wrong = all.findIndex((_, index) => seen[index] !== index);
    if (all.length === 0) found.push("keyboard: nothing to reach");
    if (wrong >= 0) found.push(`keyboard: does not reach in order: ${name(all[wrong])}`);
    if (all[0]?.getAttribute("href") !== "#main") found.push("keyboard: no way past the head first");
    return found;
  });
}

/** The page is no wider than the window. */
export async function width(page) {
  return page.evaluate(() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(
      (each) => each.getBoundingClientRect().right > root.clientWidth + 0.5,
    );
    const names = wide.slice(0, 3).map((each) => `<${each.localName} class="${each.className}">`);
    return [`width: ${root.scrollWidth} px in ${root.clientWidth}: ${names.join(", ")}`];
  });
}

/**
 * What axe-core finds. It comes in through the debugger's evaluation, which the page's policy does
 * not bind; so the page keeps its policy, and axe needs no hole in it.
 */
export async function accessibility(page, rules) {
  await page.evaluate(`globalThis.axe || (() => { ${AXE} })()`);
  const options = { resultTypes: ["violations"], runOnly: rules ?? { type: "tag", values: TAGS } };
  const violations = await page.evaluate(
    async (chosen) => (await globalThis.axe.run(document, chosen)).violations,
    options,
  );
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, any }) => {
      const why = any.map(({ message }) => message).join("; ");
      return `axe (${impact}): ${id}: ${help}: ${target.join(" ")}: ${why}`;
    }),
  );
}

/** What a reader sees, with the ages that differ from one second to the next left out. */
export async function text(page) {
  const words = await page.evaluate(() => {
    // What a script says of wallets is its own; the rest of the page must not need it.
    const own = document.querySelectorAll("guerdon-sign-in, guerdon-sign, guerdon-live, noscript");
    for (const each of own) each.style.setProperty("display", "none");
    const shown = document.body.innerText;
    for (const each of own) each.style.removeProperty("display");
    return shown;
  });
  return words.replaceAll(/\d+ (s|seconds?|minutes?) ago/g, "… ago");
}
