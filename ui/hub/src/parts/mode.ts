// What happens to what is scanned: chosen in this tab, and still so after it was loaded again.
import { useState } from "react";
import type { What } from "../data/wire";

export const MODES = ["arrived", "left", "damaged"] as const satisfies readonly What[];

const STORED = "sesame.hub.mode";

export function useMode(): [What, (mode: What) => void] {
  const [mode, setMode] = useState(kept);
  const choose = (next: What) => {
    setMode(next);
    try {
      sessionStorage.setItem(STORED, next);
    } catch {
      // A browser that keeps nothing begins with what arrives.
    }
  };
  return [mode, choose];
}

function kept(): What {
  try {
    const stored = sessionStorage.getItem(STORED);
    return MODES.find((mode) => mode === stored) ?? "arrived";
  } catch {
    return "arrived";
  }
}
