// The browser of these tests keeps sites apart. If it did not, no test about security would count.
import "./ends.mjs";

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { context } from "./browser.mjs";
import { scratch } from "./scratch.mjs";

const OPEN = { "access-control-allow-origin": "*" };
let other;
let ours;
let window;
let page;

before(async () => {
  other = await scratch({
    "/secret": { body: "secret of the other site" },
    "/shared": { body: "meant for all", headers: OPEN },
  });
  ours = await scratch({ "/": { body: "<!doctype html><title>ours</title>" }, "/own": { body: "own" } });
  window = await context();
  page = await window.newPage();
  await page.goto(ours.url);
});

after(async () => {
  await window?.close();
  await ours?.close();
  await other?.close();
});

const read = (url) =>
  page.evaluate(async (address) => {
    try {
      return await (await fetch(address)).text();
    } catch (error) {
      return error.name;
    }
  }, url);

test("a page reads its own site, and another's only where that allows it", async () => {
  assert.equal(await read(`${ours.url}/own`), "own");
  for (const host of ["127.0.0.1", "localhost"]) {
    const url = `http://${host}:${other.port}`;
    assert.equal(await read(`${url}/shared`), "meant for all");
    assert.equal(await read(`${url}/secret`), "TypeError");
  }
});

test("a page cannot look into a frame of another site", async () => {
  const seen = await page.evaluate(async (url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
    try {
      return frame.contentWindow.document.body.textContent;
    } catch (error) {
      return error.name;
    }
  }, `http://localhost:${other.port}/secret`);
  assert.equal(seen, "SecurityError");
});
