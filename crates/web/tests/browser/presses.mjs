// Pages that only a form leads to: each fills in what a person would, and answers the path it came
// to. `walk` has the page, the site's address, its folder, and values of pages that were read.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { fill } from "./goal_form.mjs";

/** Presses a button and waits for the page that it leads to. */
async function press({ page }, form, name) {
  const before = page.url();
  await form.getByRole("button", { name }).first().click();
  await page.waitForURL((at) => at.href !== before);
  return path(page);
}

function path(page) {
  const at = new URL(page.url());
  return at.pathname + at.search;
}

/** The link of the newest letter that has one like this. */
function mailed({ data }, like) {
  const folder = join(data, "mail");
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const plain = texts.map((text) => text.replaceAll("=\r\n", "").replaceAll("=\n", ""));
  return plain.map((text) => text.match(like)?.[0]).find(Boolean);
}

export const PRESSES = {
  "/calendar/{file}": async (walk) => {
    await walk.page.goto(`${walk.url}/me/settings`);
    return press(walk, walk.page.locator("#calendar"), /calendar link/);
  },
  "/share/{token}": async (walk) => {
    await walk.page.goto(walk.url + walk.filled("/grants/{id}"));
    const form = walk.page.locator("#share");
    await form.locator("input[name=label]").fill("my accountant");
    return press(walk, form, /link/i);
  },
  "/sent/{tx}": async (walk) => {
    const { tx } = walk.filled("/grants/{id}/receipts/{tx}").match(/receipts\/(?<tx>.+)$/).groups;
    await walk.page.goto(`${walk.url}/sent/${tx}`);
    return path(walk.page);
  },
  "/company/rounds/{root}/sign/{request}": async (walk) => {
    await walk.page.goto(walk.url + walk.filled("/company/rounds/{root}/commit"));
    const typed = walk.page.locator("#confirm");
    const label = await walk.page.locator("label[for=confirm]").innerText();
    await typed.fill(label.match(/0x[0-9a-f]+/)[0]);
    const form = walk.page.locator("form", { has: typed });
    await form.locator("button[value=sign]").click();
    await walk.page.waitForURL(/\/sign\//);
    return path(walk.page);
  },
  "/sign-in/mail/{token}": async (walk) => {
    await walk.page.goto(`${walk.url}/sign-in`);
    await walk.page.getByLabel("E-mail address").fill("clairefontaine@acme.example");
    await walk.page.getByRole("button", { name: "Send me a link" }).click();
    await walk.page.waitForURL((at) => at.pathname === "/sign-in/mail");
    let link;
    for (let tries = 0; !link && tries < 50; tries += 1) {
      await walk.page.waitForTimeout(100);
      link = mailed(walk, /\/sign-in\/mail\/[0-9a-f]{32,}/);
    }
    await walk.page.goto(walk.url + link);
    return path(walk.page);
  },
  "/sign-in/auditor/{token}": async (walk) => {
    await walk.page.goto(`${walk.url}/audit/links`);
    await walk.page.getByLabel("Whom it is for").fill("Fontaine & Cie, 2028");
    await walk.page.getByRole("button", { name: "Make a link" }).click();
    await walk.page.goto(await walk.page.locator("main .why code.whole").innerText());
    return path(walk.page);
  },
  "/company/goals/{id}/sign/{request}": async (walk) => {
    await walk.page.goto(`${walk.url}/company/goals/new?template=benchmark`);
    const filled = {
      name: "code-eval-2029",
      title: "Code written right, 2029",
      task: "acme_code",
      filter: "none",
      commitment: `0x${"5".repeat(64)}`,
      sponsor: "E031",
      panel: "P-01\nP-02\nP-03",
      arbiter: "P-07",
      bond: "100",
    };
    for (const [id, value] of Object.entries(filled)) await fill(walk.page, id, value);
    await walk.page.getByRole("button", { name: "Is it weak?" }).click();
    await walk.page.getByRole("button", { name: "Make it ready to sign" }).click();
    await walk.page.waitForURL(/\/sign\/\d+$/);
    return path(walk.page);
  },
  "/company/integrations/webhooks/{id}": async (walk) => {
    await walk.page.goto(`${walk.url}/company/integrations`);
    const form = walk.page.locator("form[action='/company/integrations/webhooks']");
    await form.getByLabel("Address").fill("https://payroll.acme.example/guerdon");
    await form.getByRole("button").click();
    // The answer shows the secret, this once, and leads nowhere: the list leads to the page.
    await walk.page.locator("main .why code.whole").waitFor();
    await walk.page.goto(`${walk.url}/company/integrations`);
    await walk.page.locator("a[href^='/company/integrations/webhooks/wh_']").first().click();
    await walk.page.waitForURL(/webhooks\/wh_/);
    return path(walk.page);
  },
};
