// What pages and the service worker agree on.

/** A tap on "put into the cart" or on a number of pieces, as its form would have sent it. */
export interface Tap {
  path: string;
  body: string;
  /** When it was made, in UTC milliseconds. */
  at: number;
}

/** What the worker tells pages. */
export type News =
  | { type: "state"; waiting: number }
  | { type: "sent"; waiting: number; told: { done: boolean; text: string }[]; pieces: number | undefined };

/** The server knows a tap again by its key for a day. */
export const TAP_LIFE_MS = 20 * 60 * 60 * 1000;

const TAPS = ["/cart/add", "/cart/set"];
const SEEN = ["/", "/cart", "/categories", "/search", "/offline"];

/** Whether a form to this path is kept while there is no connection. */
export function isTap(path: string): boolean {
  return TAPS.includes(path);
}

/** Whether a page may be shown as it was seen last: nothing of checkouts, payments, orders and accounts. */
export function isSeen(path: string): boolean {
  return SEEN.includes(path) || /^\/(c|p|events)\/./.test(path);
}
