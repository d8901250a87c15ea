// <guerdon-sign>: finds wallets (EIP-6963), asks one to send or to sign (EIP-1193), and says what
// became of it. It encodes nothing: call data and messages stand in the page, every sentence does.

type Provider = { request(call: { method: string; params?: unknown[] }): Promise<unknown> };
type Info = { uuid: string; name: string; icon: string; rdns: string };
type Wallet = { info: Info; provider: Provider };
type Failure = { code?: number; message?: string; data?: { originalError?: { code?: number } } };
type Added = { ethereum?: Provider };

const REMEMBERED = "guerdon-wallet";
// Wallets answer at once; one that is still starting announces itself within a moment.
const PATIENCE_MS = 600;

class Refusal extends Error {
  constructor(readonly word: string, readonly have = "") {
    super(word);
  }
}

class Sign extends HTMLElement {
  private wallets: Wallet[] = [];
  private chosen = localStorage.getItem(REMEMBERED);
  private busy = false;

  connectedCallback() {
    addEventListener("eip6963:announceProvider", this.announced as EventListener);
    dispatchEvent(new Event("eip6963:requestProvider"));
    this.button.addEventListener("click", () => void this.act());
    this.show();
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
    if (this.wallets.length > 0) return;
    const old = (globalThis as Added).ethereum;
    if (old) {
      const info = { uuid: "old", name: this.word("old"), icon: "", rdns: "old" };
      this.wallets.push({ info, provider: old });
    }
    this.show(true);
  }

  private get button() {
    return this.querySelector<HTMLButtonElement>("[data-sign]")!;
  }

  private get wallet() {
    return this.wallets.find(({ info }) => info.rdns === this.chosen) ?? this.wallets[0];
  }

  private show(late = false) {
    if (this.busy) return;
    const { wallet } = this;
    this.button.disabled = !wallet;
    if (wallet) this.say("ready");
    else if (late) this.say("none");
    const list = this.querySelector<HTMLElement>("[data-wallets]")!;
    list.hidden = this.wallets.length < 2;
    const legend = Object.assign(document.createElement("legend"), { textContent: this.word("choose") });
    const field = document.createElement("fieldset");
    field.append(legend, ...this.wallets.map((each) => this.option(each, each === wallet)));
    list.replaceChildren(field);
  }

  private option({ info }: Wallet, checked: boolean) {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "wallet", value: info.rdns, checked });
    input.addEventListener("change", () => {
      this.chosen = info.rdns;
      localStorage.setItem(REMEMBERED, info.rdns);
      this.say("ready");
    });
    const label = document.createElement("label");
    label.append(input, ` ${info.name}`);
    return label;
  }

  private word(name: string): string {
    return (JSON.parse(this.dataset.words ?? "{}") as Record<string, string>)[name] ?? name;
  }

  private say(name: string, more: Record<string, string> = {}) {
    const known: Record<string, string> = {
      wallet: this.wallet?.info.name ?? "",
      want: this.dataset.from ?? "",
      chain: this.dataset.chain ?? "",
      ...more,
    };
    const text = this.word(name).replace(/\{(\w+)\}/g, (_, key: string) => known[key] ?? "");
    const said = this.querySelector<HTMLElement>("[data-said]")!;
    said.dataset.state = name;
    said.textContent = text;
    return said;
  }

  private async act() {
    const { wallet } = this;
    if (!wallet || this.busy) return;
    this.busy = this.button.disabled = true;
    try {
      this.guard();
      const account = await this.account(wallet.provider);
      await this.network(wallet.provider);
      this.say("confirm");
      if (this.dataset.typed) await this.sign(wallet.provider, account, this.dataset.typed);
      else await this.send(wallet.provider, account);
    } catch (error) {
      this.failed(error as Failure);
      this.busy = this.button.disabled = false;
    }
  }

  /** The page's frame and its request must speak of the same chain and contracts. */
  private guard() {
    const { chain, contracts = "" } = document.body.dataset;
    const known = contracts.toLowerCase().split(/\s+/);
    const contract = (this.dataset.contract ?? "").toLowerCase();
    const typed = this.dataset.typed ? JSON.parse(this.dataset.typed).domain : undefined;
    const same = !typed || (String(typed.chainId) === chain && typed.verifyingContract.toLowerCase() === contract);
    if (chain !== this.dataset.chain || !known.includes(contract) || !same) throw new Refusal("deployment");
  }

  private async account(provider: Provider) {
    this.say("connecting");
    const accounts = (await provider.request({ method: "eth_requestAccounts" })) as string[];
    const want = this.dataset.from;
    const found = want ? accounts.find((each) => each.toLowerCase() === want.toLowerCase()) : accounts[0];
    if (!found) throw new Refusal("account", accounts[0]);
    return found;
  }

  private async network(provider: Provider) {
    const chainId = `0x${Number(this.dataset.chain).toString(16)}`;
    const stands = async () => Number(await provider.request({ method: "eth_chainId" }));
    if ((await stands()) === Number(chainId)) return;
    try {
      await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
    } catch (error) {
      const code = (error as Failure).data?.originalError?.code ?? (error as Failure).code;
      if (code !== 4902) throw code === 4001 ? new Refusal("network") : error;
      const { network } = document.body.dataset;
      if (!network) throw new Refusal("unknown");
      const adding = { method: "wallet_addEthereumChain", params: [JSON.parse(network)] };
      await provider.request(adding).catch(() => Promise.reject(new Refusal("unknown")));
    }
    if ((await stands()) !== Number(chainId)) throw new Refusal("network");
  }

  private async send(provider: Provider, from: string) {
    const { contract: to, call: data, chain, done } = this.dataset;
    const chainId = `0x${Number(chain).toString(16)}`;
    const params = [{ from, to, data, value: "0x0", chainId }];
    const tx = (await provider.request({ method: "eth_sendTransaction", params })) as string;
    const known = await provider.request({ method: "eth_getTransactionByHash", params: [tx] }).catch(() => null);
    const nonce = (known as { nonce?: string } | null)?.nonce;
    const said = this.say("sent");
    const detail = { tx, provider, href: "" };
    if (done !== undefined) {
      const query = new URLSearchParams({ from, done, ...(nonce && { nonce: String(Number(nonce)) }) });
      detail.href = `/sent/${tx}?${query}`;
      const link = Object.assign(document.createElement("a"), { href: detail.href });
      link.textContent = this.word("follow");
      said.append(" ", link);
    }
    this.dispatchEvent(new CustomEvent("guerdon:sent", { bubbles: true, detail }));
  }

  private async sign(provider: Provider, account: string, document_: string) {
    const params = [account, document_];
    const signature = (await provider.request({ method: "eth_signTypedData_v4", params })) as string;
    this.say("signed");
    const form = this.querySelector("form")!;
    (form.elements.namedItem("signature") as HTMLInputElement).value = signature;
    form.requestSubmit();
  }

  private failed(error: Failure) {
    if (error instanceof Refusal) return void this.say(error.word, { have: error.have });
    const said = error.message ?? "";
    const names: Record<number, string> = {
      4001: "rejected", 4100: "locked", 4200: "unsupported", 4900: "disconnected", 4901: "disconnected",
      4902: "unknown", [-32002]: "pending", [-32601]: "unsupported", 3: "reverted",
    };
    const byText = /insufficient funds/i.test(said) ? "gas" : /revert/i.test(said) ? "reverted" : undefined;
    this.say(byText ?? names[error.code ?? 0] ?? "failed", { said: said.replace(/([^.])$/, "$1.") });
  }
}

customElements.define("guerdon-sign", Sign);
