// Addresses below /ops: the screen and its filters live in the URL, so that a link leads where it was copied.
import { useCallback, useSyncExternalStore, type MouseEvent } from "react";

export const BASE = "/ops";

const listeners = new Set<() => void>();

function notify(): void {
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("popstate", onPop);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("popstate", onPop);
  };
}

const current = () => window.location.pathname + window.location.search;

/** Asks before one leaves a screen with unsaved changes; `go` leaves after all. */
export type Guard = (go: () => void) => void;
let guarded: { guard: Guard; address: string } | null = null;

/** Until the returned function is called, whoever leaves the present address is asked first. */
export function guardLeaving(guard: Guard): () => void {
  const mine = { guard, address: current() };
  guarded = mine;
  return () => {
    if (guarded === mine) guarded = null;
  };
}

/** Back and forward have moved already when one hears of them: a guarded screen gets its address back, then asks. */
function onPop(): void {
  const target = current();
  if (!guarded || target === guarded.address) return notify();
  const { guard, address } = guarded;
  window.history.pushState(null, "", address);
  guard(() => move(target, "push"));
}

export type Route = { segments: string[]; search: URLSearchParams };

/** The path below /ops in parts, and the query. */
export function parseRoute(address: string): Route {
  const [path = "", query = ""] = address.split("?");
  const below = path.startsWith(BASE) ? path.slice(BASE.length) : path;
  return { segments: below.split("/").filter(Boolean).map(decodeURIComponent), search: new URLSearchParams(query) };
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, current));
}

/** Goes to an address below /ops; `replace` leaves no entry in the history. */
export function navigate(to: string, how: "push" | "replace" = "push"): void {
  const address = BASE + to;
  if (address === current()) return;
  if (guarded) guarded.guard(() => move(address, how));
  else move(address, how);
}

function move(address: string, how: "push" | "replace"): void {
  guarded = null;
  if (how === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
  notify();
}

/** What an anchor needs to lead below /ops without loading the page anew; modified clicks open a tab as usual. */
export function useLink(to: string): { href: string; onClick: (event: MouseEvent) => void } {
  const onClick = useCallback(
    (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      navigate(to);
    },
    [to],
  );
  return { href: BASE + to, onClick };
}
