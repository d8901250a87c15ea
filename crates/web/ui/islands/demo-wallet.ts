// A wallet in the page, in demonstrations alone. It announces itself as any wallet does (EIP-6963)
// and forwards each question (EIP-1193) to the server of this page, which holds the play keys and
// answers for the person who is signed in.

type Call = { method: string; params?: unknown[] };
type Reply = { result?: unknown; error?: { code: number; message: string } };

const PATH = "/demo/wallet";
const FAILED = -32_603;

async function request({ method, params = [] }: Call): Promise<unknown> {
  const answer = await fetch(PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method, params }),
  });
  if (!answer.ok) throw failure(FAILED, `The demonstration answered ${answer.status}.`);
  const { result, error } = (await answer.json()) as Reply;
  if (error) throw failure(error.code, error.message);
  return result;
}

function failure(code: number, message: string) {
  return Object.assign(new Error(message), { code });
}

const icon =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32"><path fill="#0b5d4e" d="M16 4 29 27H3z"/></svg>',
  );
const detail = Object.freeze({
  info: Object.freeze({
    uuid: "6f1d2c0a-8a53-4d0e-9f3b-2f0f4c3b7a10",
    name: "Demonstration wallet",
    icon,
    rdns: "dev.guerdon.demonstration",
  }),
  // Accounts change with a new page, never under one: there is nothing to tell.
  provider: Object.freeze({ request, on: () => undefined, removeListener: () => undefined }),
});

function announce() {
  dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
}

addEventListener("eip6963:requestProvider", announce);
announce();
