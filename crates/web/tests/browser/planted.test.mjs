// Each check of a page finds a page that breaks it; a good page passes them all.
import "./ends.mjs";

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { context } from "./browser.mjs";
import { COLOURS, accessibility, keyboard, open, policy, structure, text, width } from "./checks.mjs";
import { scratch } from "./scratch.mjs";
import { site } from "./site.mjs";
import { AT_ONCE, PHONE } from "./views.mjs";

const STYLE = `
  html { background: #ffffff; color: #17191c; }
  :focus-visible { outline: 2px solid #1f5fd0; }
  a { display: block; padding: 8px; color: #0b5d4e; }
  .small { display: inline; padding: 0; }
  .dull { outline: none; }
  .pale { color: #cccccc; }
  .wide { width: 800px; }
  @media (prefers-color-scheme: dark) { .dim { color: #eeeeee; } }`;
const GOOD = {
  head: '<title>Good</title><link rel="stylesheet" href="/style.css">',
  top: '<header><nav aria-label="Pages"><a href="/">Overview</a></nav></header>',
  main: "<h1>Good</h1><p>All is well.</p>",
};

const SMALL = {
  skip: '<a class="small" href="#main">Skip to the content</a>',
  top: GOOD.top.replace("<a ", '<a class="small" '),
};

/** A page like ours, with a part of it changed. */
function body(change = {}) {
  const { html = '<html lang="en">', head, top, main } = { ...GOOD, ...change };
  const skip = change.skip ?? '<a href="#main">Skip to the content</a>';
  const view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">';
  const rest = `${skip}${top}<main id="main">${main}</main><footer><p>End</p></footer>`;
  return `<!doctype html>${html}<head>${view}${head}</head><body>${rest}</body></html>`;
}

const BROKEN = [
  ["inline style", { main: '<h1 style="color: red">Bad</h1>' }, /^console: .*inline style/],
  ["inline script", { main: "<h1>Bad</h1><script>document.title = 'x'</script>" }, /^console: .*inline script/],
  ["missing image", { main: '<h1>Bad</h1><img src="/none.png" alt="none">' }, /^request refused: .*none\.png/],
  ["foreign image", { main: '<h1>Bad</h1><img src="http://localhost:1/a.png" alt="a">' }, /Content Security Policy/],
  ["no language", { html: "<html>" }, /^structure: no language/],
  ["no title", { head: GOOD.head.replace("Good", "") }, /^structure: no title/],
  ["two first headings", { main: "<h1>A</h1><h1>B</h1>" }, /^structure: 2 of first headings/],
  ["no head", { top: "" }, /^structure: 0 of page heads/],
  ["unnamed navigation", { top: GOOD.top.replace(' aria-label="Pages"', "") }, /^structure: no named/],
  ["no way past the head", { skip: "" }, /^keyboard: no way past/],
  ["own order of focus", { main: '<h1>Bad</h1><a href="/" tabindex="3">A</a>' }, /^keyboard: own order/],
  ["no ring", { main: '<h1>Bad</h1><a class="dull" href="/">A</a>' }, /^keyboard: no ring/],
  ["too wide", { main: '<h1>Bad</h1><p class="wide">Wide</p>' }, /^width: 8\d\d px in 390/],
  ["pale words", { main: '<h1>Bad</h1><p class="pale">Pale</p>' }, /^axe \(serious\): color-contrast/],
  ["pale when dark", { main: '<h1>Bad</h1><p class="dim">Dim</p>' }, /^dark: axe \(serious\): color-contrast/],
  ["small targets", SMALL, /^axe \(serious\): target-size/],
  ["no label", { main: '<h1>Bad</h1><input name="a">' }, /^axe \(critical\): label/],
  ["picture without words", { main: '<h1>Bad</h1><img src="/dot.svg">' }, /^axe \(critical\): image-alt/],
];

let served;
let window;

before(async () => {
  const { url } = await site();
  const csp = (await fetch(url)).headers.get("content-security-policy");
  const headers = { "content-security-policy": csp };
  const dot = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  const answers = {
    "/": { body: body(), headers },
    "/open": { body: body() },
    "/style.css": { body: STYLE, type: "text/css" },
    "/dot.svg": { body: dot, type: "image/svg+xml" },
    "/favicon.ico": { body: dot, type: "image/svg+xml" },
  };
  BROKEN.forEach(([, change], index) => {
    answers[`/${index}`] = { body: body(change), headers };
  });
  answers["/script.js"] = {
    body: 'document.querySelector("h1").textContent = "Only with script"',
    type: "text/javascript",
  };
  const scripted = { "content-security-policy": `${csp}; script-src 'self'` };
  const main = '<h1>-</h1><script src="/script.js"></script>';
  answers["/scripted"] = { body: body({ main }), headers: scripted };
  served = await scratch(answers);
  window = await context();
});

after(async () => {
  await window?.close();
  await served?.close();
});

async function findings(path, axe = true) {
  const { page, problems } = await open(window, served.url + path);
  const found = [...(await structure(page)), ...(await keyboard(page))];
  if (axe) {
    found.push(...(await accessibility(page)));
    await page.emulateMedia({ colorScheme: "dark" });
    found.push(...(await accessibility(page, COLOURS)).map((words) => `dark: ${words}`));
  }
  await page.setViewportSize(PHONE);
  found.push(...(await width(page)));
  await page.close();
  return [...problems, ...found];
}

test("a good page passes", async () => {
  assert.deepEqual(await findings("/"), []);
});

test("a page without policy is found", async () => {
  assert.deepEqual(await findings("/open"), ["policy: there is none"]);
});

test("each page that breaks a rule is found", { concurrency: AT_ONCE }, async (t) => {
  const each = ([name, , pattern], index) =>
    t.test(name, async () => {
      const found = await findings(`/${index}`, pattern.source.includes("axe"));
      assert.ok(found.some((words) => pattern.test(words)), found.join("\n") || "nothing was found");
    });
  await Promise.all(BROKEN.map(each));
});

test("a page that needs its script is found", async () => {
  const words = await Promise.all(
    [true, false].map(async (javaScriptEnabled) => {
      const other = await context({ javaScriptEnabled });
      const { page } = await open(other, `${served.url}/scripted`);
      const seen = await text(page);
      await other.close();
      return seen;
    }),
  );
  assert.match(words[0], /Only with script/);
  assert.notEqual(words[0], words[1]);
});

test("a loose policy is found", () => {
  const good = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  assert.deepEqual(policy(good), []);
  const loose = [
    good.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
    good.replace("script-src 'self'", "script-src https:"),
    good.replace("default-src 'none'; ", ""),
    good.replace("; base-uri 'none'", ""),
    good.replace("form-action 'self'; ", ""),
    good.replace("frame-ancestors 'none'", "frame-ancestors *"),
  ];
  for (const each of loose) assert.notDeepEqual(policy(each), [], each);
});
