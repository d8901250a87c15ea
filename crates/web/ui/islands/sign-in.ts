// <guerdon-sign-in>: finds wallets (EIP-6963) and signs in with the one that a person chooses. The
// server writes the message (ERC-4361) and every sentence; this asks, and sends a plain form. Where
// a wallet is added to a person (data-present), that one signs second, under the same text.

type Provider = { request(call: { method: string; params?: unknown[] }): Promise<unknown> };
type Info = { uuid: string; name: string; icon: string; rdns: string };
type Wallet = { info: Info; provider: Provider };
type Failure = { code?: number; message?: string; data?: { originalError?: { code?: number } } };
type Written = { message: string; confirmation?: string; error?: string; hint?: string };

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
  /** What the new wallet signed, while the present one has not confirmed it. */
  private first: (Written & { signature: string }) | undefined;

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
    if (this.wallets.length === 0) this.say("none");
    else if (this.place("[data-wallets]").childElementCount === 0) this.show();
  }

  /** A button for each wallet, the one used last first. */
  private show() {
    if (this.busy) return;
    const last = localStorage.getItem(REMEMBERED);
    const wallets = [...this.wallets].sort((a, b) => Number(b.info.rdns === last) - Number(a.info.rdns === last));
    this.place("[data-wallets]").replaceChildren(...wallets.map((wallet, at) => this.button(wallet, at === 0)));
    // What was said of a try stays until the next one.
    if (["looking", "none"].includes(this.place("[data-said]").dataset.state ?? "")) this.say("ready");
  }

  private button(wallet: Wallet, first: boolean) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: first ? "button" : "button second" });
    // An icon is the wallet's own data: shown as a picture alone, never as markup.
    if (wallet.info.icon.startsWith("data:image/")) {
      button.append(Object.assign(document.createElement("img"), { src: wallet.info.icon, alt: "", width: 18, height: 18 }));
    }
    button.append(this.filled(this.first ? "second" : "button", { wallet: wallet.info.name }));
    button.addEventListener("click", () => void this.act(wallet));
    return button;
  }

  private async act(wallet: Wallet) {
    if (this.busy) return;
    this.wait(true);
    const { chain = "" } = document.body.dataset;
    const { present = "" } = this.dataset;
    const names = { wallet: wallet.info.name, chain, present };
    try {
      this.say("connecting", names);
      const account = this.account((await wallet.provider.request({ method: "eth_requestAccounts" })) as string[]);
      await this.network(wallet.provider);
      const written = this.first ?? (await this.message(account));
      const text = this.first?.confirmation ?? written.message;
      this.say("confirm", names);
      const signature = String(await wallet.provider.request({ method: "personal_sign", params: [hex(text), account] }));
      if (written.confirmation && !this.first) {
        this.first = { ...written, signature };
        this.wait(false);
        this.show();
        return this.say("present", names);
      }
      localStorage.setItem(REMEMBERED, wallet.info.rdns);
      this.say("signed");
      this.send({ message: written.message, signature, ...(this.first && { signature: this.first.signature, confirmation: signature }) });
    } catch (error) {
      this.failed(error as Failure, names);
      this.wait(false);
    }
  }

  /** Who signs: the account that the wallet shows first, or, to confirm, the present one. */
  private account(accounts: string[]) {
    const present = (account?: string) => account?.toLowerCase() === this.dataset.present?.toLowerCase();
    const account = this.first ? accounts.find(present) : accounts[0];
    if (!account) throw new Refusal(this.first ? "absent" : "account");
    if (!this.first && present(account)) throw new Refusal("same");
    return account;
  }

  /** The message names the chain; an account that is a contract answers on that chain alone. */
  private async network(provider: Provider) {
    const chain = Number(document.body.dataset.chain);
    const chainId = `0x${chain.toString(16)}`;
    const stands = async () => Number(await provider.request({ method: "eth_chainId" }));
    if ((await stands()) === chain) return;
    const { network } = document.body.dataset;
    const refused = (error: Failure) => error.data?.originalError?.code ?? error.code ?? 0;
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] }).catch(async (error: Failure) => {
      if (refused(error) !== 4902 || !network) return;
      // Whatever it answers, where it stands then decides.
      await provider.request({ method: "wallet_addEthereumChain", params: [JSON.parse(network)] }).catch(() => null);
    });
    if ((await stands()) !== chain) throw new Refusal("network");
  }

  private async message(address: string) {
    const path = this.dataset.message ?? "/sign-in/message.json";
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams({ address }) });
    const written = (await answer.json()) as Written;
    if (!written.message) throw new Refusal("failed", [written.error, written.hint].filter(Boolean).join(" "));
    return written;
  }

  private send(fields: Record<string, string>) {
    const form = this.querySelector("form")!;
    for (const [name, value] of Object.entries(fields)) {
      (form.elements.namedItem(name) as HTMLInputElement).value = value;
    }
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
