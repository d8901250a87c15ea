// Signing in as a person does: with a wallet, on the sign-in page.

import { Wallet } from "ethers";

/** The cookies of a new session of a key, without a wallet in the page: for reading. */
export async function cookiesOf(url, key) {
  const wallet = new Wallet(key);
  const post = (path, fields) => {
    const headers = { origin: url, "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(fields).toString();
    return fetch(url + path, { method: "POST", headers, body, redirect: "manual" });
  };
  const { message } = await (await post("/sign-in/message.json", { address: wallet.address })).json();
  const signature = await wallet.signMessage(message);
  const answer = await post("/sign-in", { message, signature });
  const [cookie] = answer.headers.getSetCookie();
  const [name, value] = cookie.split(";")[0].split("=");
  return [{ name, value, url }];
}

/** A page that is signed in with the window's wallet. */
export async function signedIn(window, url, path = "/me") {
  const page = await window.newPage();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(path)}`);
  await page.locator("guerdon-sign-in [data-wallets] button").first().click();
  await page.waitForURL((at) => !at.pathname.startsWith("/sign-in"));
  return page;
}
