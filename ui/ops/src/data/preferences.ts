// What this browser remembers: small values by name. A browser that refuses storage forgets them, nothing more.
import { useCallback, useState } from "react";

const PREFIX = "sesame.ops.";

export function recall<Value>(name: string, fallback: Value): Value {
  try {
    const stored = window.localStorage.getItem(PREFIX + name);
    return stored === null ? fallback : (JSON.parse(stored) as Value);
  } catch {
    return fallback;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    window.localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private windows may refuse; the value then lasts as long as the page.
  }
}

export function usePreference<Value>(name: string, fallback: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => recall(name, fallback));
  const set = useCallback(
    (next: Value) => {
      setValue(next);
      remember(name, next);
    },
    [name],
  );
  return [value, set];
}
