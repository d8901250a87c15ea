// One stream of events a page (/events). It tells a sent transaction's fate in the words of the
// server, leads to the receipt once the index has read it, and says when a watched grant moved.
// Without it the links on the page do the same.

type Told = { says: string; link?: string; href?: string; over?: boolean };

let stream: EventSource | undefined;

function open(path: string, places: Record<string, () => Element | null>) {
  stream?.close();
  const source = (stream = new EventSource(path));
  for (const [name, place] of Object.entries(places)) {
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      const told = JSON.parse(data) as Told;
      tell(place(), told);
      if (told.over) source.close();
    });
  }
  source.addEventListener("block", ({ data }: MessageEvent<string>) => {
    const pill = document.querySelector(".asof");
    if (pill) pill.textContent = (JSON.parse(data) as { pill: string }).pill;
  });
}

function tell(place: Element | null, { says, link, href, over }: Told) {
  if (!place) return;
  // What the page showed as ahead has happened: the receipt says what came of it.
  if (over && href) for (const part of document.querySelectorAll<HTMLElement>("[data-ahead]")) part.hidden = true;
  const shown = place.querySelector("a");
  place.textContent = says;
  if (href && link) place.append(" ", Object.assign(document.createElement("a"), { href, textContent: link }));
  else if (shown) place.append(" ", shown);
}

/** A part of a page that waits for news of a grant. */
class Live extends HTMLElement {
  connectedCallback() {
    open(this.dataset.events ?? "/events", { news: () => this.querySelector("[data-said]") });
  }

  disconnectedCallback() {
    stream?.close();
  }
}

// What <guerdon-sign> sent: the link that it shows names the transaction.
addEventListener("guerdon:sent", (event) => {
  const { target, detail } = event as CustomEvent<{ href: string }>;
  const { pathname, searchParams } = new URL(detail.href, location.href);
  searchParams.set("tx", pathname.slice(pathname.lastIndexOf("/") + 1));
  const place = () => (target as Element).querySelector("[data-said]");
  open(`/events?${searchParams}`, { sent: place });
});

addEventListener("pagehide", () => stream?.close());
customElements.define("guerdon-live", Live);
