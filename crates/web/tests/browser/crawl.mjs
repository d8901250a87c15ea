// Finds every page by its links, as a person would, so that a new page is tested without a list.
import { context } from "./browser.mjs";
import { open, text } from "./checks.mjs";

/** A page that is not there. */
export const NOWHERE = "/nothing-lies-here";
// Of pages behind a sign-in that differ by an id alone, so many; of grants, all.
const OF_A_KIND = 2;

/** A path without its ids, as `/grants/_/leave`. */
export function kind(path) {
  const plain = path.split("?")[0].replace(/0x[0-9a-f]{40,}/gi, "_");
  return plain.replace(/\/(P?\d+|[0-9a-f]{32,})(?=\/|\.|$)/g, "/_");
}

/**
 * Follows all links with script disabled: from `/` as anybody, or from `starts` in the session of
 * `cookies`; then it leaves out the kinds of pages in `known`. Answers pages and other files, by path.
 */
export async function crawl(site, { cookies, starts = ["/", "/sign-in", NOWHERE], known = new Set() } = {}) {
  const window = await context({ javaScriptEnabled: false });
  if (cookies) await window.addCookies(cookies);
  const pages = new Map();
  const files = new Map();
  const kinds = new Map();
  const queue = starts.map((path) => [path, ""]);
  for (const [path, from] of queue) {
    if (pages.has(path) || files.has(path)) continue;
    const of = kind(path);
    const before = kinds.get(of) ?? 0;
    const enough = before >= OF_A_KIND && of !== "/grants/_" && !starts.includes(path);
    if (cookies && (known.has(of) || enough)) continue;
    kinds.set(of, before + 1);
    const answer = await window.request.get(new URL(path, site.url).href, { maxRedirects: 0 });
    const type = answer.headers()["content-type"] ?? "";
    if (!type.startsWith("text/html") || "content-disposition" in answer.headers()) {
      files.set(path, { status: answer.status(), type });
      continue;
    }
    const status = path === NOWHERE ? 404 : 200;
    const { page, problems } = await open(window, new URL(path, site.url).href, status);
    const title = await page.title();
    pages.set(path, { path, from, cookies, status, problems, title, text: await text(page) });
    for (const link of await links(page, site.url)) queue.push([link, path]);
    await page.close();
  }
  await window.close();
  return { pages: [...pages.values()], files };
}

async function links(page, url) {
  const all = await page.evaluate(() =>
    [...document.querySelectorAll("a[href], link[rel=alternate]")].map((link) => link.href),
  );
  const ours = all.map((link) => new URL(link)).filter((link) => link.origin === url);
  return [...new Set(ours.map((link) => link.pathname + link.search))];
}
