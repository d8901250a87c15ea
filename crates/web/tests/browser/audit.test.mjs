// An auditor signs in with a wallet, opens a day, takes its evidence along and checks it elsewhere.
import "./ends.mjs";

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { context } from "./browser.mjs";
import { accessibility, keyboard, structure, width } from "./checks.mjs";
import { guerdon } from "./machine.mjs";
import { signedIn } from "./session.mjs";
import { site } from "./site.mjs";
import { AT_ONCE, SIZES } from "./views.mjs";
import { TestWallet, embeddedKey } from "./wallet.mjs";

const CHAIN = 31_337;
const AUDITOR = 33;
const ADMINISTRATOR = 0;
let made;

before(async () => {
  made = await site();
});

/** A page by wallet: the auditor's, unless another one is named. */
async function opened(t, path, index = AUDITOR) {
  const wallet = new TestWallet({ key: embeddedKey(index), chains: { [CHAIN]: made.rpc } });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  return signedIn(window, made.url, path);
}

/** What `guerdon verify bundle` says of a file in a folder where no node and no company is. */
async function verify(folder, file) {
  const said = await guerdon(folder, "-o", "json", "verify", "bundle", file).catch((error) => error);
  return { code: said.code ?? 0, found: JSON.parse(said.stdout ?? said) };
}

describe("audit", { concurrency: AT_ONCE }, () => {
  test("an auditor opens a day, takes its bundle, and one changed byte is refused", async (t) => {
    const page = await opened(t, "/audit");
    assert.match(await page.locator("h1").innerText(), /^Everything agrees: [\d,]+ figures/);
    assert.equal(await page.getByText("does not close").count(), 0);

    // Another day, by the form.
    const date = await page.getByLabel("Another day").inputValue();
    await page.getByLabel("Another day").fill(earlier(date));
    await page.getByRole("button", { name: "Show it" }).click();
    await page.waitForURL(new RegExp(`/audit/at/${earlier(date)}$`));
    assert.match(await page.locator("h1").innerText(), /^Everything agrees/);

    await page.getByRole("link", { name: "Bundle", exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download the bundle" }).click(),
    ]);
    const seal = (await page.locator("pre").last().innerText()).trim();
    assert.match(download.suggestedFilename(), /^guerdon-\d{4}-\d\d-\d\d-block-\d+\.zip$/);

    const folder = mkdtempSync(join(tmpdir(), "guerdon-auditor-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    const fine = await verify(folder, file);
    assert.deepEqual([fine.code, fine.found.failed], [0, 0], JSON.stringify(fine.found));
    assert.equal(fine.found.seal, seal);
    assert.ok(fine.found.checks.claims > 0);

    const whole = readFileSync(file);
    for (const place of [30, whole.length >> 1, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[place] ^= 1;
      writeFileSync(file, changed);
      const refused = await verify(folder, file);
      assert.equal(refused.code, 1, `byte ${place}`);
      assert.equal(refused.found.failed, 1, `byte ${place}`);
    }
  });

  test("an auditor without a wallet opens a link, takes the bundle, and is out once it is revoked", async (t) => {
    const desk = await opened(t, "/audit/links", ADMINISTRATOR);
    assert.equal(await desk.getByLabel("Days until it ends").inputValue(), "14");
    await desk.getByLabel("Whom it is for").fill("KPMG 2026");
    await desk.getByRole("button", { name: "Make a link" }).click();
    const link = (await desk.locator("code.whole").innerText()).trim();

    const window = await context();
    t.after(() => window.close());
    const page = await window.newPage();
    await page.goto(link);
    assert.equal((await window.cookies()).length, 0, "looking at the link opens nothing");
    await page.getByRole("button", { name: "Open the auditor's pages" }).click();
    await page.waitForURL(/\/audit$/);
    assert.match(await page.locator("h1").innerText(), /^Everything agrees/);
    await page.getByRole("link", { name: "Bundle", exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download the bundle" }).click(),
    ]);
    const folder = mkdtempSync(join(tmpdir(), "guerdon-auditor-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    const fine = await verify(folder, file);
    assert.deepEqual([fine.code, fine.found.failed], [0, 0], JSON.stringify(fine.found));
    assert.equal((await page.goto(`${made.url}/me/settings`)).status(), 403);

    await desk.getByRole("button", { name: "Revoke KPMG 2026" }).click();
    await desk.getByText("revoked on").waitFor();
    await page.goto(`${made.url}/audit`);
    assert.match(page.url(), /\/sign-in\?next=/, "the session ended with the link");
    assert.equal((await page.goto(link)).status(), 400);
  });

  for (const path of ["/audit", "/audit/register", "/audit/contracts", "/audit/bundle", "/audit/links"]) {
    test(`${path} passes the checks of every page`, async (t) => {
      const page = await opened(t, path, path === "/audit/links" ? ADMINISTRATOR : AUDITOR);
      const found = [...(await structure(page)), ...(await keyboard(page)), ...(await accessibility(page))];
      for (const size of SIZES) {
        await page.setViewportSize(size);
        found.push(...(await width(page)));
      }
      assert.deepEqual(found, []);
      assert.equal(await page.locator("main").getByText(/Okafor|@acme\.example/).count(), 0);
    });
  }
});

/** A month before a day. */
function earlier(day) {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - 30);
  return at.toISOString().slice(0, 10);
}
