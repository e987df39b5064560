// The service worker of phones: an app opens without a connection, from what was loaded last. What is done with it is
// not the worker's business: that lies in the log and is sent by the page.
//
// The server puts three lines before this file (http/phone.rs): PAGE, SHELL and VERSION.
declare const PAGE: string;
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
interface Scope {
  addEventListener(type: "install" | "activate", listener: (event: Waiting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}
const worker = self as unknown as Scope;

/** All apps of this shop share one store of caches. */
const PREFIX = `${PAGE.replaceAll("/", "")}-`;
const CACHE = PREFIX + VERSION;

worker.addEventListener("install", (event) => {
  const fill = async (): Promise<void> => {
    const cache = await caches.open(CACHE);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  // From the phone first: who is on a bad line does not wait for what is there already.
  if (request.mode === "navigate") event.respondWith(kept(PAGE, request));
  else if (SHELL.includes(url.pathname)) event.respondWith(kept(url.pathname, request));
});

async function kept(path: string, request: Request): Promise<Response> {
  return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}
