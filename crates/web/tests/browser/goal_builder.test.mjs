// A goal from an empty form to the chain: written, found weak, mended, signed.
import "./ends.mjs";

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { context } from "./browser.mjs";
import { COLOURS, accessibility, keyboard, structure, width } from "./checks.mjs";
import { fill as fillIn } from "./goal_form.mjs";
import { signedIn } from "./session.mjs";
import { ask, site, waitFor } from "./site.mjs";
import { PHONE, SIZES, THEMES } from "./views.mjs";
import { TestWallet, embeddedKey } from "./wallet.mjs";
import { Wallet } from "ethers";

const CHAIN = 31_337;
const account = (index) => new Wallet(embeddedKey(index)).address;

let made;

before(async () => {
  made = await site();
});

const words = (page) => page.locator("main").innerText();

/** What every page must hold, in each size and theme. */
async function holds(page) {
  const found = [...(await structure(page)), ...(await keyboard(page))];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    if (size === PHONE) found.push(...(await width(page)));
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const broken = await accessibility(page, colorScheme === "dark" ? COLOURS : undefined);
      found.push(...broken.map((said) => `${size.width} px, ${colorScheme}: ${said}`));
    }
  }
  await page.setViewportSize(SIZES[0]);
  assert.deepEqual(found, [], page.url());
}

describe("the goal builder", () => {
  test("a weak definition is named, mended and defined by a wallet", async (t) => {
    const wallet = new TestWallet({ key: embeddedKey(0), chains: { [CHAIN]: made.rpc } });
    const window = await context();
    t.after(async () => {
      await window.close();
      wallet.close();
    });
    await wallet.attach(window);
    const page = await signedIn(window, made.url, "/company");
    await page.getByRole("link", { name: "New goal" }).first().click();
    await page.getByRole("link", { name: "A benchmark score" }).click();
    await page.waitForURL(/template=benchmark/);
    const fill = (name, value) => fillIn(page, name, value);
    const judge = () => page.getByRole("button", { name: "Is it weak?" }).click();

    // What is of other kinds of goals shows when they are chosen, without script too.
    const shown = async (names) => {
      const all = names.map((name) => page.locator(`#${name}`).isVisible());
      return (await Promise.all(all)).join();
    };
    assert.equal(await shown(["samples", "differ", "counted", "commitment"]), "true,false,false,true");
    await page.locator("#kind").selectOption("PAIRED");
    assert.equal(await shown(["samples", "differ", "truth"]), "true,true,false");
    await page.locator("#kind").selectOption("COUNT");
    assert.equal(await shown(["samples", "better", "counted", "commitment"]), "false,false,true,false");
    await page.locator("#kind").selectOption("PROPORTION");

    await fill("name", "browser-eval");
    await judge();
    assert.match(await words(page), /fields need another look\. Nothing was lost\./);
    assert.equal(await page.locator("#name").inputValue(), "browser-eval");
    await holds(page);

    await fill("task", "acme_code");
    await fill("filter", "none");
    await fill("commitment", `0x${"5".repeat(64)}`);
    await fill("sponsor", account(1));
    await fill("panel", [2, 3, 1].map(account).join("\n"));
    await fill("arbiter", account(8));
    await fill("bond", "100");
    await judge();
    const weak = await words(page);
    assert.match(weak, /is sponsor and on the panel/);
    assert.match(weak, /the best of twenty private variants/);
    assert.match(weak, /no better than the threshold, 80\.0 %\s+2\.32 %\s+4\.59 %/);
    await holds(page);

    await fill("panel", [2, 3, 4].map(account).join("\n"));
    await judge();
    assert.doesNotMatch(await words(page), /is sponsor and on the panel/);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download the definition" }).click();
    assert.equal((await download).suggestedFilename(), "browser-eval.json");

    await page.getByRole("button", { name: "Make it ready to sign" }).click();
    await page.waitForURL(/\/sign\/\d+$/);
    const request = page.url();
    assert.match(await words(page), /Tried on the node just now: it would succeed\./);
    await holds(page);
    const said = page.locator("guerdon-sign [data-said]");
    await said.filter({ hasText: /will ask you to confirm/ }).waitFor({ timeout: 20_000 });
    await page.locator("guerdon-sign [data-sign]").click();
    await said.filter({ hasText: /Confirmed in block/ }).waitFor({ timeout: 30_000 });
    await waitFor(made.url, Number(await ask(made.rpc, "eth_blockNumber")));

    await page.goto(request);
    assert.match(await words(page), /The goal is defined\./);
    await page.goto(request.replace(/.*(0x[0-9a-f]{64}).*/, `${made.url}/goals/$1`));
    assert.match(await words(page), /2 of 3 members sign a result/);
    assert.match(await page.locator("h1").innerText(), /browser-eval/);
  });
});
