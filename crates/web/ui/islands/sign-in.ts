// <guerdon-sign-in>: finds wallets (EIP-6963) and signs in with the one that a person chooses. The
// server writes the message (ERC-4361) and every sentence; this asks, and sends a plain form.

type Provider = { request(call: { method: string; params?: unknown[] }): Promise<unknown> };
type Info = { uuid: string; name: string; icon: string; rdns: string };
type Wallet = { info: Info; provider: Provider };
type Failure = { code?: number; message?: string; data?: { originalError?: { code?: number } } };
type Written = { message?: string; error?: string; hint?: string };

const REMEMBERED = "guerdon-wallet";
// Wallets answer at once; one that is still starting announces itself within a moment.
const PATIENCE_MS = 600;

/** Something that has a sentence of its own. */
class Refusal extends Error {
  constructor(
    readonly word: string,
    readonly said = "",
  ) {
    super(word);
  }
}

class SignIn extends HTMLElement {
  private wallets: Wallet[] = [];
  private busy = false;

  connectedCallback() {
    this.say("looking");
    addEventListener("eip6963:announceProvider", this.announced as EventListener);
    dispatchEvent(new Event("eip6963:requestProvider"));
    setTimeout(() => this.lookAgain(), PATIENCE_MS);
  }

  disconnectedCallback() {
    removeEventListener("eip6963:announceProvider", this.announced as EventListener);
  }

  private announced = ({ detail }: CustomEvent<Wallet>) => {
    if (this.wallets.some(({ info }) => info.uuid === detail.info.uuid)) return;
    this.wallets.push(detail);
    this.show();
  };

  /** A wallet's own browser may know only the older way. */
  private lookAgain() {
    const old = (globalThis as { ethereum?: Provider }).ethereum;
    if (this.wallets.length === 0 && old) {
      this.wallets.push({ info: { uuid: "old", name: this.word("old"), icon: "", rdns: "old" }, provider: old });
    }
    if (this.wallets.length > 0) this.show();
    else this.say("none");
  }

  /** A button for each wallet, the one used last first. */
  private show() {
    if (this.busy) return;
    const last = localStorage.getItem(REMEMBERED);
    const wallets = [...this.wallets].sort((a, b) => Number(b.info.rdns === last) - Number(a.info.rdns === last));
    this.place("[data-wallets]").replaceChildren(...wallets.map((wallet, at) => this.button(wallet, at === 0)));
    this.say("ready");
  }

  private button(wallet: Wallet, first: boolean) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: first ? "button" : "button second" });
    // An icon is the wallet's own data: shown as a picture alone, never as markup.
    if (wallet.info.icon.startsWith("data:image/")) {
      button.append(Object.assign(document.createElement("img"), { src: wallet.info.icon, alt: "", width: 18, height: 18 }));
    }
    button.append(this.filled("button", { wallet: wallet.info.name }));
    button.addEventListener("click", () => void this.act(wallet));
    return button;
  }

  private async act(wallet: Wallet) {
    if (this.busy) return;
    this.wait(true);
    const names = { wallet: wallet.info.name, chain: document.body.dataset.chain ?? "" };
    try {
      this.say("connecting", names);
      const [account] = (await wallet.provider.request({ method: "eth_requestAccounts" })) as string[];
      if (!account) throw new Refusal("account");
      await this.network(wallet.provider);
      const message = await this.message(account);
      this.say("confirm", names);
      const signature = await wallet.provider.request({ method: "personal_sign", params: [hex(message), account] });
      localStorage.setItem(REMEMBERED, wallet.info.rdns);
      this.say("signed");
      this.send(message, String(signature));
    } catch (error) {
      this.failed(error as Failure, names);
      this.wait(false);
    }
  }

  /** The message names the chain; an account that is a contract answers on that chain alone. */
  private async network(provider: Provider) {
    const chain = Number(document.body.dataset.chain);
    const chainId = `0x${chain.toString(16)}`;
    const stands = async () => Number(await provider.request({ method: "eth_chainId" }));
    if ((await stands()) === chain) return;
    try {
      await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
    } catch (error) {
      const code = (error as Failure).data?.originalError?.code ?? (error as Failure).code;
      const { network } = document.body.dataset;
      if (code !== 4902 || !network) throw new Refusal("network");
      await provider.request({ method: "wallet_addEthereumChain", params: [JSON.parse(network)] });
    }
    if ((await stands()) !== chain) throw new Refusal("network");
  }

  private async message(address: string) {
    const answer = await fetch("/sign-in/message.json", { method: "POST", body: new URLSearchParams({ address }) });
    const { message, error, hint } = (await answer.json()) as Written;
    if (!message) throw new Refusal("failed", [error, hint].filter(Boolean).join(" "));
    return message;
  }

  private send(message: string, signature: string) {
    const form = this.querySelector("form")!;
    (form.elements.namedItem("message") as HTMLInputElement).value = message;
    (form.elements.namedItem("signature") as HTMLInputElement).value = signature;
    form.requestSubmit();
  }

  private failed(error: Failure | Refusal, names: Record<string, string>) {
    if (error instanceof Refusal) return this.say(error.word, { ...names, said: error.said });
    const moments: Record<number, string> = { 4001: "rejected", [-32002]: "pending" };
    const said = (error.message ?? "").replace(/([^.])$/, "$1.");
    this.say(moments[error.code ?? 0] ?? "failed", { ...names, said });
  }

  private wait(busy: boolean) {
    this.busy = busy;
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-wallets] button")) button.disabled = busy;
  }

  private word(name: string) {
    return (JSON.parse(this.dataset.words ?? "{}") as Record<string, string>)[name] ?? name;
  }

  private filled(name: string, names: Record<string, string>) {
    return this.word(name).replace(/\{(\w+)\}/g, (_, key: string) => names[key] ?? "");
  }

  private say(name: string, names: Record<string, string> = {}) {
    const said = this.place("[data-said]");
    said.dataset.state = name;
    said.textContent = this.filled(name, names);
  }

  private place(selector: string) {
    return this.querySelector<HTMLElement>(selector)!;
  }
}

/** Text as wallets take it whatever it holds: the bytes in hexadecimal. */
function hex(text: string) {
  const bytes = [...new TextEncoder().encode(text)];
  return `0x${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

customElements.define("guerdon-sign-in", SignIn);
