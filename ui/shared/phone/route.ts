// Where one is, behind the address's #: the phone's own back button leads back, and without a connection it is one page.
import { useSyncExternalStore } from "react";

const subscribe = (listener: () => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

export function useRoute(): string[] {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return hash.replace(/^#\/?/, "").split("/").filter(Boolean);
}

export function go(...parts: (string | number)[]): void {
  location.hash = `/${parts.join("/")}`;
}

/** Goes on without a step back to here. */
export function goInstead(...parts: (string | number)[]): void {
  location.replace(`#/${parts.join("/")}`);
}
