// Recently viewed: kept on the shopper's own device and nowhere else, and not at all when the browser asks not to be
// followed. The server reserves the room in the page (`.recent`), so that nothing moves when the goods appear.

/** What is kept of a product. */
export interface Seen {
  /** Its handle. */
  id: string;
  /** Its page. */
  href: string;
  /** Its name in the language of the page. */
  title: string;
  /** Its price as it was shown. */
  price: string;
  /** A small picture. */
  image: string;
}

const KEY = "sesame-recent";
/** Products that are kept. */
export const KEPT_MAX = 12;

/** Where they are kept: a `Storage`, or what acts like one. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Whether the browser asks not to be followed (Do Not Track, Global Privacy Control). */
export function isPrivate(browser: { doNotTrack?: string | null; globalPrivacyControl?: boolean }): boolean {
  return browser.doNotTrack === "1" || browser.globalPrivacyControl === true;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 500;
}

/** A path of this shop: what somebody else wrote into the storage leads nowhere. */
function isOurs(path: unknown): path is string {
  return isText(path) && path.startsWith("/") && !path.startsWith("//") && !path.includes("\\");
}

function isSeen(value: unknown): value is Seen {
  if (typeof value !== "object" || value === null) return false;
  const { id, href, title, price, image } = value as Record<string, unknown>;
  return isText(id) && isOurs(href) && isText(title) && isText(price) && isOurs(image);
}

/** What was looked at, the last first. Anything unreadable counts as nothing. */
export function recent(shelf: Shelf): Seen[] {
  try {
    const found: unknown = JSON.parse(shelf.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isSeen).slice(0, KEPT_MAX) : [];
  } catch {
    return [];
  }
}

/** Notes that a product was looked at. */
export function note(shelf: Shelf, seen: Seen): void {
  const others = recent(shelf).filter(({ id }) => id !== seen.id);
  try {
    shelf.setItem(KEY, JSON.stringify([seen, ...others].slice(0, KEPT_MAX)));
  } catch {
    // Full or forbidden: then nothing is kept.
  }
}

/** Forgets everything. */
export function forget(shelf: Shelf): void {
  try {
    shelf.removeItem(KEY);
  } catch {
    // Forbidden: then nothing was kept.
  }
}

function shelfOf(): Shelf | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function card(seen: Seen): HTMLLIElement {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.className = "card";
  link.href = seen.href;
  const picture = document.createElement("span");
  picture.className = "picture";
  const image = document.createElement("img");
  image.src = seen.image;
  image.alt = "";
  image.width = 400;
  image.height = 400;
  image.loading = "lazy";
  picture.append(image);
  const title = document.createElement("span");
  title.className = "card-title";
  title.textContent = seen.title;
  const price = document.createElement("span");
  price.className = "price";
  price.textContent = seen.price;
  link.append(picture, title, price);
  item.append(link);
  return item;
}

/** Shows what was looked at before, and notes the product of this page. */
export function recentlyViewed(section: HTMLElement): void {
  const shelf = shelfOf();
  if (!shelf || isPrivate(navigator as unknown as { doNotTrack?: string | null; globalPrivacyControl?: boolean })) {
    if (shelf) forget(shelf);
    return;
  }
  const here: unknown = JSON.parse(section.dataset.here ?? "null");
  const before = recent(shelf).filter(({ id }) => !isSeen(here) || id !== here.id);
  const list = section.querySelector("ul");
  if (list && before.length > 0) {
    list.replaceChildren(...before.map(card));
    section.dataset.filled = "";
  }
  section.querySelector("button")?.addEventListener("click", () => {
    forget(shelf);
    list?.replaceChildren();
    delete section.dataset.filled;
    section.querySelector<HTMLElement>("[data-empty]")?.focus();
  });
  if (isSeen(here)) note(shelf, here);
}
