// Walking a list with the keyboard: j and k move, enter opens, x chooses, / searches, ? helps.
import { useEffect, useState } from "react";

type Actions = { open: (id: string) => void; toggle: (id: string) => void; help: () => void; isOff: boolean };

/** Where a step leads in a list of `length`: it stays inside. */
export function stepTo(index: number, step: number, length: number): number {
  return Math.min(Math.max(index + step, 0), length - 1);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** The id of the row that the keys point at, if any. */
export function useListKeys(ids: string[], { open, toggle, help, isOff }: Actions): string | undefined {
  const [current, setCurrent] = useState<string>();
  useEffect(() => {
    if (isOff) return undefined;
    const move = (step: number) => {
      const next = ids[stepTo(current === undefined ? -1 : ids.indexOf(current), step, ids.length)];
      setCurrent(next);
      document.querySelector(`[data-row="${next}"]`)?.scrollIntoView({ block: "nearest" });
    };
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const onControl = event.target instanceof HTMLElement && event.target.closest("a,button") !== null;
      if (event.key === "j") move(1);
      else if (event.key === "k") move(-1);
      else if (event.key === "x" && current) toggle(current);
      else if (event.key === "Enter" && current && !onControl) open(current);
      else if (event.key === "/") document.querySelector<HTMLInputElement>("[data-search]")?.focus();
      else if (event.key === "?") help();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
  return current;
}
