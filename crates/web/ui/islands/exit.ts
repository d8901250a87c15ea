// The page of a grant file, from disk or any static server: there is no server of ours to ask, so
// the wallet's own node says when a transaction is in a block.

type Provider = { request(call: { method: string; params?: unknown[] }): Promise<unknown> };
type Sent = { tx: string; provider: Provider };
type Receipt = { blockNumber: string; status: string } | null;

const LOOK_MS = 1_000;

addEventListener("guerdon:sent", (event) => {
  const { target, detail } = event as CustomEvent<Sent>;
  void follow(target as HTMLElement, detail);
});

async function follow(element: HTMLElement, { tx, provider }: Sent) {
  const words = JSON.parse(element.dataset.words ?? "{}") as Record<string, string>;
  const said = element.querySelector<HTMLElement>("[data-said]")!;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const asked = provider.request({ method: "eth_getTransactionReceipt", params: [tx] });
    const receipt = (await asked.catch(() => null)) as Receipt;
    if (!receipt) continue;
    const name = receipt.status === "0x1" ? "confirmed" : "fell";
    const block = String(Number(receipt.blockNumber));
    said.dataset.state = name;
    said.textContent = (words[name] ?? name).replace("{block}", block).replace("{tx}", tx);
    return;
  }
}
