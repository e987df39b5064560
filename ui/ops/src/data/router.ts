// Addresses below /ops: the screen and its filters live in the URL, so that a link leads where it was copied.
import { useCallback, useSyncExternalStore, type MouseEvent } from "react";

export const BASE = "/ops";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

const current = () => window.location.pathname + window.location.search;

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
  if (how === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
  for (const listener of [...listeners]) listener();
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
