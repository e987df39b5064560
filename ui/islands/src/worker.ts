// The shop's service worker: what was seen stays readable without a connection, and what was tapped is kept and sent,
// each once, when the connection is back; and what the shop sends to this device is shown. It never answers for checkout, payment, orders or anything of the consoles:
// what is not named here goes to the network as if there were no worker.
//
// The server puts two lines before this file (handlers/machine.rs): SHELL and VERSION.
import { addressOf, noteOf } from "./notes";
import { isSeen, isTap, type News, type Tap, TAP_LIFE_MS } from "./taps";

declare const SHELL: readonly string[];
declare const VERSION: string;

// What of the worker's own world is used here; TypeScript's library for it does not go together with that of pages.
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Telling extends Waiting {
  readonly data: { type: "keep"; tap: Tap } | { type: "send" } | { type: "state" };
}
interface Pushed extends Waiting {
  readonly data: { text(): string } | null;
}
interface Tapped extends Waiting {
  readonly notification: Notification;
}
interface Tab {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: News): void;
}
interface Scope {
  addEventListener(type: "install" | "activate" | "sync", listener: (event: Waiting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Telling) => void): void;
  addEventListener(type: "push", listener: (event: Pushed) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Tapped) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(which?: { type: "window"; includeUncontrolled: true }): Promise<Tab[]>;
    openWindow(address: string): Promise<unknown>;
  };
  readonly registration: {
    sync?: { register(tag: string): Promise<void> };
    pushManager?: { getSubscription(): Promise<{ unsubscribe(): Promise<boolean> } | null> };
    showNotification(title: string, options: NotificationOptions): Promise<void>;
  };
}
const worker = self as unknown as Scope;

const SHELL_CACHE = `shell-${VERSION}`;
const PAGES = "pages";
const PICTURES = "pictures";
const OFFLINE = "/offline";
/** Forms after which this device is told nothing any more. */
const LEAVES: readonly string[] = ["/account/sign-out", "/account/devices/off"];
const ICON = "/static-shop/icon-192.png";
/** Pages and pictures that are kept: what was seen last. */
const PAGES_MAX = 60;
const PICTURES_MAX = 300;
/** After so long a page that was seen before is shown as it was. */
const PATIENCE_MS = 8_000;

worker.addEventListener("install", (event) => {
  const fill = async (): Promise<void> => {
    const cache = await caches.open(SHELL_CACHE);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    for (const name of await caches.keys()) {
      if (name.startsWith("shell-") && name !== SHELL_CACHE) await caches.delete(name);
    }
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate") {
    if (isTap(url.pathname)) event.respondWith(tapped(request, url));
    // Another currency, or somebody signed in or out: what was kept shows what was before.
    else if (url.pathname === "/preferences" || url.pathname.startsWith("/account/")) event.waitUntil(caches.delete(PAGES));
    if (LEAVES.includes(url.pathname)) event.waitUntil(unsubscribe());
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate") {
    if (isSeen(url.pathname)) event.respondWith(page(event, url));
  } else if (SHELL.includes(url.pathname)) {
    event.respondWith(shell(request));
  } else if (request.destination === "image" && url.pathname.startsWith("/media/")) {
    event.respondWith(picture(event));
  }
});

/** A page from the network; as it was seen last if the network fails or keeps us waiting; else the page that says so. */
async function page(event: Fetching, url: URL): Promise<Response> {
  const key = url.pathname + url.search;
  const cache = await caches.open(PAGES);
  const seen = await cache.match(key);
  const fresh = fetch(event.request).then((answer) => {
    event.waitUntil(remember(url, answer.clone()));
    return answer;
  });
  const late = new Promise<undefined>((done) => setTimeout(done, PATIENCE_MS, undefined));
  const first = seen ? Promise.race([fresh, late]) : fresh;
  const answer = await first.catch(() => undefined);
  if (answer) return answer;
  if (!seen) return (await caches.match(OFFLINE)) ?? Response.error();
  const html = (await seen.text()).replace("<body>", "<body data-stale>");
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function remember(url: URL, answer: Response): Promise<void> {
  const isPage = answer.ok && !answer.redirected && (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
  if (!isPage) return;
  if (url.searchParams.has("lang")) {
    // Another language: what was kept is in the old one.
    await caches.delete(PAGES);
    await (await caches.open(SHELL_CACHE)).add(new Request(OFFLINE, { cache: "reload" }));
    return;
  }
  await keepLast(PAGES, PAGES_MAX, url.pathname + url.search, answer);
}

async function keepLast(name: string, most: number, key: string, answer: Response): Promise<void> {
  const cache = await caches.open(name);
  // What is put in again goes to the end.
  await cache.delete(key);
  await cache.put(key, answer);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
}

async function shell(request: Request): Promise<Response> {
  return (await caches.match(request.url, { cacheName: SHELL_CACHE })) ?? fetch(request);
}

async function picture(event: Fetching): Promise<Response> {
  const { url } = event.request;
  const kept = await caches.match(url, { cacheName: PICTURES });
  // A picture's variant never changes; others are asked for again while there is a connection.
  if (kept && new URL(url).pathname.startsWith("/media/v/")) return kept;
  try {
    const answer = await fetch(event.request);
    if (answer.ok && !answer.redirected) event.waitUntil(keepLast(PICTURES, PICTURES_MAX, url, answer.clone()));
    return answer;
  } catch {
    return kept ?? Response.error();
  }
}

/** A tap whose answer may never come: then it is kept and sent again under its key, which the server knows it by. */
async function tapped(request: Request, url: URL): Promise<Response> {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    await keep({ path: url.pathname, body: await copy.text(), at: Date.now() });
    return Response.redirect(`${OFFLINE}?kept`, 303);
  }
}

// Taps that wait, in the order they were made.

function store<T>(mode: IDBTransactionMode, work: (taps: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("sesame", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("taps", { autoIncrement: true });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("taps", mode);
      const request = work(transaction.objectStore("taps"));
      transaction.oncomplete = () => {
        opening.result.close();
        done(request.result);
      };
      transaction.onabort = () => failed(transaction.error);
    };
  });
}

async function keep(tap: Tap): Promise<void> {
  await store("readwrite", (taps) => taps.add(tap));
  // Where the browser can, it wakes us when the connection is back, even if the shop is closed by then.
  await worker.registration.sync?.register("taps").catch(() => undefined);
  await tell({ type: "state", waiting: await waiting() });
}

function waiting(): Promise<number> {
  return store("readonly", (taps) => taps.count());
}

async function tell(news: News): Promise<void> {
  for (const client of await worker.clients.matchAll()) client.postMessage(news);
}

let sending: Promise<void> | undefined;

/** Sends what waits, one after the other; two calls at once are one. */
function send(): Promise<void> {
  sending ??= sendAll().finally(() => (sending = undefined));
  return sending;
}

async function sendAll(): Promise<void> {
  const keys = await store("readonly", (taps) => taps.getAllKeys());
  const news: News = { type: "sent", told: [], pieces: undefined, waiting: 0 };
  for (const key of keys) {
    const tap = (await store("readonly", (taps) => taps.get(key))) as Tap | undefined;
    if (!tap) continue;
    // The server knows a tap again for a day; an older one might be done twice.
    const answer = Date.now() - tap.at > TAP_LIFE_MS ? "expired" : await sendOne(tap);
    if (answer === "later") break;
    await store("readwrite", (taps) => taps.delete(key));
    if (answer === "expired" || answer === "refused") news.told.push({ done: false, text: "" });
    else {
      news.told.push({ done: answer.done, text: answer.text });
      news.pieces = answer.pieces;
    }
  }
  // The pages that were kept show the cart as it was.
  if (news.told.length > 0) await (await caches.open(PAGES)).delete("/cart");
  news.waiting = await waiting();
  await tell(news);
}

async function sendOne(tap: Tap): Promise<{ done: boolean; text: string; pieces: number } | "later" | "refused"> {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-Sesame-Tap": "1" };
  const answer = await fetch(tap.path, { method: "POST", headers, body: tap.body, credentials: "same-origin" }).catch(() => undefined);
  if (!answer || answer.status === 429 || answer.status >= 500) return "later";
  const said = await answer.json().catch(() => undefined);
  return answer.ok && said ? said : "refused";
}

worker.addEventListener("sync", (event) => event.waitUntil(send()));
worker.addEventListener("message", (event) => {
  const { data } = event;
  const work = data.type === "keep" ? keep(data.tap) : data.type === "send" ? send() : waiting().then((n) => tell({ type: "state", waiting: n }));
  event.waitUntil(work);
});

// What the shop sends to this device.

worker.addEventListener("push", (event) => {
  const { title, body, path, tag } = noteOf(event.data?.text(), location.host, navigator.language);
  event.waitUntil(worker.registration.showNotification(title, { body, tag, icon: ICON, data: { path } }));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(look((event.notification.data as { path?: unknown } | null)?.path));
});

/** Shows what a message is about: in a tab that has it open already, else in one of its own, so that no tab is led away
 * from what somebody is in the middle of. */
async function look(path: unknown): Promise<void> {
  const address = addressOf(path, location.origin);
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = tabs.find((tab) => tab.url === address);
  await (open ? open.focus() : worker.clients.openWindow(address));
}

/** The next person at this device gets nothing of the last one's: the push service hears of it, too. */
async function unsubscribe(): Promise<void> {
  const subscription = await worker.registration.pushManager?.getSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => false);
}
