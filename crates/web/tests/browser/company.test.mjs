// The company's desk as its people use it: a sheet with mistakes becomes a round on the chain, a
// person comes, is exported and is erased.
import "./ends.mjs";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";

import { Wallet } from "ethers";

import { context } from "./browser.mjs";
import { COLOURS, accessibility, keyboard, structure, width } from "./checks.mjs";
import { signedIn } from "./session.mjs";
import { ask, site, waitFor } from "./site.mjs";
import { AT_ONCE, PHONE, SIZES, THEMES } from "./views.mjs";
import { TestWallet, embeddedKey } from "./wallet.mjs";

const CHAIN = 31_337;
const HEADER = "Grant ID,Employee,Employee Number,Wallet Address,Shares,Start Date,Time Zone,Cliff,Duration,Frequency";
const ADA = Wallet.createRandom().address;
const BO = Wallet.createRandom().address;
const CY = Wallet.createRandom().address;
const ROWS = [
  `G-7001,Ada Byron,E701,${ADA},1200.5,2028-01-31,Europe/London,12,48,1`,
  `G-7002,Bo Diaz,E702,${BO},"1,000",2028-01-31,Europe/Madrid,12,48,1`,
  `G-7003,Cy Young,E703,${CY},300,2028-01-31,,12,48,1`,
  `G-7004,Di Rossi,E704,${ADA},40,2028-01-31,UTC,12,48,1`,
];

let made;

before(async () => {
  made = await site();
});

/** A window of the company's first wallet, which has every role on the chain. */
async function opened(t, path) {
  const wallet = new TestWallet({ key: embeddedKey(0), chains: { [CHAIN]: made.rpc } });
  const window = await context();
  t.after(async () => {
    await window.close();
    wallet.close();
  });
  await wallet.attach(window);
  return { wallet, window, page: await signedIn(window, made.url, path) };
}

/** What every page must hold, for a page that only its session can open. */
async function holds(page) {
  const found = [...(await structure(page)), ...(await keyboard(page))];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    if (size === PHONE) found.push(...(await width(page)));
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const broken = await accessibility(page, colorScheme === "dark" ? COLOURS : undefined);
      found.push(...broken.map((words) => `${size.width} px, ${colorScheme}: ${words}`));
    }
  }
  await page.setViewportSize(SIZES[0]);
  assert.deepEqual(found, [], page.url());
}

const text = (page) => page.locator("main").innerText();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

function file(rows) {
  return { name: "acme-2028-h2.csv", mimeType: "text/csv", buffer: Buffer.from([HEADER, ...rows].join("\n")) };
}

describe("the company's desk", { concurrency: AT_ONCE }, () => {
  test("a sheet with three mistakes is corrected and becomes a round", async (t) => {
    const { wallet, page } = await opened(t, "/company/imports");
    await holds(page);
    await page.locator("#sheet").setInputFiles(file(ROWS));
    await press(page, "Upload the sheet");
    await page.waitForURL(/\/map$/);
    await holds(page);
    await press(page, "Check the rows");
    await page.waitForURL(/\/check$/);
    const said = await text(page);
    for (const words of [
      /1 row is good, 3 are wrong\./,
      /Row 2, column Shares: `1,000` is not a plain number/,
      /Row 3, column Time Zone: the dates of this row have no time zone/,
      /Row 4, column Wallet Address: the wallet is also in row 1/,
    ]) {
      assert.match(said, words);
    }
    await holds(page);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download what is wrong" }).click(),
    ]);
    const annotated = readFileSync(await download.path(), "utf8");
    assert.match(annotated.split("\n")[0], /,error\r?$/);
    assert.match(annotated, /Time Zone: the dates of this row have no time zone/);
    const corrected = annotated
      .replace('"1,000"', "1000")
      .replace("2028-01-31,,12", "2028-01-31,Europe/Rome,12");
    const upload = { name: "acme-2028-h2.csv", mimeType: "text/csv", buffer: Buffer.from(corrected) };
    await page.locator("#sheet").setInputFiles(upload);
    await press(page, "Upload it again");
    await page.waitForURL(/\/check$/);
    assert.match(await text(page), /3 rows are good, 1 is wrong\./);
    await page.getByLabel("Leave row 4 out").check();
    await press(page, "Leave out the ticked rows");
    await page.waitForURL(/\/check$/);
    assert.match(await text(page), /3 rows are good, none is wrong, 1 left out on purpose\./);

    await page.getByRole("link", { name: "Read each grant" }).last().click();
    await page.waitForURL(/\/preview$/);
    const words = await text(page);
    assert.match(words, /G-7001, Ada Byron, E701: 1,200\.50 ACC to 0x/);
    assert.match(words, /25% after a one-year cliff, then 36 monthly steps, from 31 Jan 2028 to 31 Jan 2032 \(Europe\/London\)/);
    assert.match(words, /Good, to be granted\s+3\s+2,500\.5 ACC/);
    await holds(page);

    await page.getByRole("link", { name: "Go on to import and sign" }).click();
    await page.waitForURL(/\/commit$/);
    await holds(page);
    await press(page, "Import the round");
    await page.waitForURL(/\/company\/rounds\/0x[0-9a-f]{64}\/commit\?binding=/);
    const root = page.url().match(/0x[0-9a-f]{64}/)[0];
    await page.locator("input[name=confirm]").fill(await typed(page));
    await press(page, "Commit this round");
    await page.waitForURL(/\/sign\/\d+$/);
    await page.locator("guerdon-sign [data-sign]").click();
    const live = page.locator("guerdon-sign [data-said]").filter({ hasText: /Confirmed in block/ });
    await live.waitFor({ timeout: 20_000 });
    const sent = wallet.log.find(({ method }) => method === "eth_sendTransaction");
    assert.ok(sent.params[0].data.includes(root.slice(2)), "the root is what was signed");
    await waitFor(made.url, Number(await ask(made.rpc, "eth_blockNumber")));

    const round = await page.goto(`${made.url}/rounds/${root}`);
    assert.equal(round.status(), 200);
    assert.match(await text(page), /acme-2028-h2/);
    await page.goto(`${made.url}/company/rounds`);
    assert.match(await text(page), /acme-2028-h2[\s\S]*committed, can be taken back/);
    await holds(page);
    await page.goto(`${made.url}/company/people?find=E702`);
    assert.match(await text(page), /Bo Diaz/);
    await page.goto(`${made.url}/company`);
    assert.match(await text(page), /The round acme-2028-h2 over 2,500\.50 ACC becomes binding on/);
    await holds(page);
  });

  test("a few grants are typed in, and what is wrong stands beside its field", async (t) => {
    const { page } = await opened(t, "/company/imports/small");
    await holds(page);
    await page.getByLabel("Vesting starts on").fill("2028-03-01");
    await page.locator("#wallet-1").fill("0x12");
    await page.locator("#external_id-1").fill("G-7101");
    await press(page, "Check them");
    assert.match(await page.locator("#wallet-1-wrong").innerText(), /`0x12` is not an address/);
    assert.equal(await page.locator("#external_id-1").inputValue(), "G-7101");
    await holds(page);
  });

  test("a person is added, exported and erased", async (t) => {
    const { page } = await opened(t, "/company/people");
    await holds(page);
    await page.getByRole("link", { name: "Add a person" }).click();
    await page.waitForURL(/\/people\/new$/);
    await holds(page);
    await page.getByLabel("Number", { exact: true }).fill("E790");
    await page.getByLabel("Name", { exact: true }).fill("Zoë Quill");
    await page.getByLabel("E-mail").fill("zoe@acme.example");
    await page.getByLabel("Auditor: reads the auditor's pages").check();
    await press(page, "Keep it");
    await page.waitForURL(/\/people\/P\d+$/);
    assert.match(await text(page), /Zoë Quill/);
    await holds(page);
    const person = new URL(page.url()).pathname;
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export all data" }).click(),
    ]);
    const exported = JSON.parse(readFileSync(await download.path(), "utf8"));
    assert.deepEqual([exported.number, exported.roles], ["E790", ["auditor"]]);
    await page.getByRole("link", { name: "Erase", exact: true }).click();
    await page.waitForURL(/\/erase$/);
    await holds(page);
    await page.getByLabel("Type the person's number to erase").fill("E79");
    await press(page, "Erase for good");
    assert.match(await text(page), /Type E790 exactly\./);
    await page.getByLabel("Type the person's number to erase").fill("E790");
    await press(page, "Erase for good");
    await page.waitForURL(/\/company\/people$/);
    const gone = await page.goto(made.url + person);
    assert.equal(gone.status(), 404);
    await page.goto(`${made.url}/company/audit`);
    const log = await text(page);
    assert.match(log, /Person erased/);
    assert.ok(!log.includes("Quill") && !log.includes("E790"), "the log names nobody who is erased");
    await holds(page);
  });

  test("a template is made, and the pages stand without script", async (t) => {
    const { page, window } = await opened(t, "/company/templates/new");
    await holds(page);
    await page.getByLabel("Name", { exact: true }).fill("senior-4y");
    await page.getByLabel("Months until the cliff").fill("12");
    await page.getByLabel("Months until all has vested").fill("48");
    await page.getByLabel("Months between dates").fill("1");
    await press(page, "Keep it");
    await page.waitForURL(/\/company\/templates$/);
    assert.match(await text(page), /25% after a one-year cliff, then 36 monthly steps\./);
    await holds(page);
    const cookies = await window.cookies();
    const plain = await context({ javaScriptEnabled: false });
    t.after(() => plain.close());
    await plain.addCookies(cookies);
    const still = await plain.newPage();
    for (const path of ["/company", "/company/people", "/company/rounds", "/company/imports", "/company/templates"]) {
      assert.equal((await still.goto(made.url + path)).status(), 200);
      assert.ok((await still.locator("main").innerText()).length > 80, path);
    }
  });
});

/** What the page asks to be typed. */
async function typed(page) {
  const input = page.locator("input[name=confirm]");
  const label = await input.evaluate((each) => each.labels[0].innerText);
  return label.match(/0x[0-9a-f]+/)[0];
}
