// Finds every page by its links, as a person would, so that a new page is tested without a list.
import { context } from "./browser.mjs";
import { open, text } from "./checks.mjs";

/** A page that is not there. */
export const NOWHERE = "/nothing-lies-here";

/** Follows all links from `/` with script disabled. Answers pages and other files, by path. */
export async function crawl(site) {
  const window = await context({ javaScriptEnabled: false });
  const pages = new Map();
  const files = new Map();
  const queue = ["/", NOWHERE];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (pages.has(path) || files.has(path)) continue;
    if (/\.(json|csv)$/.test(path)) {
      const answer = await fetch(new URL(path, site.url));
      files.set(path, { status: answer.status, type: answer.headers.get("content-type") });
      await answer.arrayBuffer();
      continue;
    }
    const status = path === NOWHERE ? 404 : 200;
    const { page, problems } = await open(window, new URL(path, site.url).href, status);
    pages.set(path, { path, status, problems, title: await page.title(), text: await text(page) });
    queue.push(...(await links(page, site.url)));
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
