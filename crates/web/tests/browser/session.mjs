// Signing in as a person does: with a wallet, on the sign-in page.

/** A page that is signed in with the window's wallet. */
export async function signedIn(window, url, path = "/me") {
  const page = await window.newPage();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(path)}`);
  await page.locator("guerdon-sign-in [data-wallets] button").first().click();
  await page.waitForURL((at) => !at.pathname.startsWith("/sign-in"));
  return page;
}
