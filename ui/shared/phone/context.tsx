// The phone that the shared screens belong to.
import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import type { State } from "./phone";
import type { Logged } from "./shelf";

/** What the shared screens ask of any phone. */
export interface AnyPhone {
  current(): State<{ entries: Logged[]; facts: { name: string }[] }>;
  subscribe(listener: () => void): () => void;
  counts(): { waiting: number; toSee: number; others: number };
  enter(email: string, password: string): Promise<void>;
  leave(): Promise<void>;
  send(): Promise<void>;
  forgetUnwritten(): void;
}

const Context = createContext<AnyPhone | null>(null);

export function PhoneProvider({ phone, children }: { phone: AnyPhone; children: ReactNode }) {
  return <Context.Provider value={phone}>{children}</Context.Provider>;
}

/** The phone and its state now. */
export function usePhone(): { phone: AnyPhone; state: ReturnType<AnyPhone["current"]> } {
  const phone = useContext(Context);
  if (!phone) throw new Error("usePhone is called outside PhoneProvider");
  return { phone, state: useSyncExternalStore(phone.subscribe, phone.current) };
}

