// While the device has no connection a line says so. Links lead on to what was seen before; taps on the cart are kept by
// the service worker and sent when the connection is back; everything else stays where it is, so that nothing typed is
// lost to the browser's own error page.
import { isTap, type News, type Tap } from "./taps";

/** How long it is shown what became of taps, in milliseconds. */
const SAID_MS = 8_000;
/** How often what waits is tried again while the device believes that it has a connection. */
const AGAIN_MS = 15_000;

export function offline(line: HTMLElement): void {
  const words = line.dataset;
  const text = line.querySelector("span");
  const normal = text?.textContent ?? "";
  const worker = (): ServiceWorker | null => navigator.serviceWorker?.controller ?? null;
  let waiting = 0;
  let said = "";
  let quiet = 0;

  const show = (): void => {
    const stale = document.body.dataset.stale === undefined ? "" : (words.stale ?? "");
    const state = !navigator.onLine || stale ? (waiting > 0 ? (words.waiting ?? "") : navigator.onLine ? stale : normal) : waiting > 0 ? (words.waiting ?? "") : "";
    const now = said || state;
    if (text && now) text.textContent = now;
    line.hidden = !now;
  };
  const say = (words: string): void => {
    said = words;
    window.clearTimeout(quiet);
    quiet = window.setTimeout(() => {
      said = "";
      show();
    }, SAID_MS);
    show();
  };

  const stay = (event: Event): void => {
    // A tap is known again by its key, whatever way it takes: each press has its own.
    const form = event.type === "submit" ? (event.target as HTMLFormElement) : null;
    const isOnCart = form !== null && form.method === "post" && isTap(new URL(form.action).pathname);
    if (isOnCart) mark(form);
    if (navigator.onLine) return;
    const link = event.type === "click" && event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]:not([href^='#'])") : null;
    if (!form && !link) return;
    event.preventDefault();
    if (form && isOnCart && worker()) {
      event.stopImmediatePropagation();
      const tap: Tap = { path: new URL(form.action).pathname, body: body(form, (event as SubmitEvent).submitter), at: Date.now() };
      worker()?.postMessage({ type: "keep", tap });
      say(words.kept ?? "");
    } else if (link) {
      void follow(link.href);
    } else show();
  };
  const follow = async (to: string): Promise<void> => {
    const url = new URL(to);
    const seen = "caches" in window && url.origin === window.location.origin ? await caches.match(url.pathname + url.search) : undefined;
    if (seen && worker()) window.location.assign(to);
    else say(words.unseen ?? "");
  };

  const back = (): void => {
    show();
    if (navigator.onLine) worker()?.postMessage({ type: "send" });
  };
  navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<News>) => {
    const news = event.data;
    waiting = news.waiting;
    if (news.type === "sent" && news.told.length > 0) {
      const last = news.told.find((one) => !one.done) ?? news.told.at(-1);
      // The cart's page itself shows best what is in it now.
      if (window.location.pathname === "/cart" && waiting === 0 && last?.done) return window.location.replace("/cart");
      if (news.pieces !== undefined) badges(news.pieces);
      say(last?.text || (words.failed ?? ""));
    }
    show();
  });
  navigator.serviceWorker?.startMessages();
  window.setInterval(() => {
    if (waiting > 0 && navigator.onLine) worker()?.postMessage({ type: "send" });
  }, AGAIN_MS);
  window.addEventListener("online", back);
  window.addEventListener("offline", show);
  navigator.serviceWorker?.addEventListener("controllerchange", back);
  // Before the other islands, which would begin to wait for an answer.
  document.addEventListener("submit", stay, { capture: true });
  document.addEventListener("click", stay, { capture: true });
  if (navigator.onLine) back();
  else {
    worker()?.postMessage({ type: "state" });
    show();
  }
}

function mark(form: HTMLFormElement): void {
  let field = form.querySelector<HTMLInputElement>("input[name=key]");
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "key";
    form.append(field);
  }
  field.value = key();
}

/** 128 random bits. `crypto.randomUUID` is not there over plain HTTP. */
function key(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function body(form: HTMLFormElement, submitter: HTMLElement | null): string {
  const pairs = [...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(pairs).toString();
}

/** The number at the cart's links. */
function badges(pieces: number): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[href='/cart']:has(.icon)")) {
    let badge = link.querySelector(".badge");
    if (!badge) {
      badge = document.createElement("span");
      badge.className = "badge";
      badge.setAttribute("aria-hidden", "true");
      link.append(badge);
    }
    badge.textContent = pieces > 99 ? "99+" : String(pieces);
    badge.toggleAttribute("hidden", pieces === 0);
  }
}

/** On the page that says that there is no connection: links to what was seen before. */
export function seen(list: HTMLElement): void {
  const fill = async (): Promise<void> => {
    if (!("caches" in window)) return;
    const cache = await caches.open("pages");
    const keys = [...(await cache.keys())].reverse().slice(0, SEEN_MAX);
    for (const key of keys) {
      const html = await (await cache.match(key))?.text();
      const title = html && new DOMParser().parseFromString(html, "text/html").title;
      if (!title) continue;
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = key.url;
      link.textContent = title;
      item.append(link);
      list.append(item);
    }
    const section = list.closest("section");
    if (section) section.hidden = list.childElementCount === 0;
  };
  void fill();
}

/** Pages on that list. */
const SEEN_MAX = 12;
