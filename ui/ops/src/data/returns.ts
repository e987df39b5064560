// Returns as the screens read and change them, and how a receipt is put together.
import type { Return, ReturnLine, ReturnList } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { read } from "./api";
import { usePages, useWrite, type Filters } from "./queries";

const REFRESH_MS = 15_000;

export const useReturns = (filters: Filters) => usePages<ReturnList>("returns", "/returns", filters, { refreshMs: REFRESH_MS });

export const useReturn = (id: string) =>
  useQuery({ queryKey: ["returns", "one", id], queryFn: ({ signal }) => read<Return>(`/returns/${id}`, signal) });

/** What is done with a return, with what is said. */
export type ReturnAct =
  | { act: "approve"; body: { how: string; location?: string } }
  | { act: "refuse"; body: { why: string } }
  | { act: "withdraw"; body: Record<string, never> }
  | { act: "receive"; body: Receipt };

export const useReturnAct = (id: string) =>
  useWrite<ReturnAct, Return>(({ act, body }) => ({ method: "POST", path: `/returns/${id}/${act}`, body }));

/** Pieces of a line as somebody counts them. */
export type Counted = { came: number; sound: number };

export type Receipt = {
  lines: { number: number; quantity: number; restock: number }[];
  location?: string;
  delivery: "as_the_shop_says" | "yes" | "no";
  note: string;
};

/** All that was asked for came, and is as good as new unless the shopper says otherwise. */
export function expected(lines: ReturnLine[]): Record<number, Counted> {
  const broken = new Set(["damaged"]);
  return Object.fromEntries(lines.map((line) => [line.number, { came: line.quantity, sound: broken.has(line.reason) ? 0 : line.quantity }]));
}

/** What is sent for what was counted. */
export function receipt(counted: Record<number, Counted>, location: string, delivery: Receipt["delivery"], note: string): Receipt {
  const lines = Object.entries(counted).map(([number, { came, sound }]) => ({ number: Number(number), quantity: came, restock: Math.min(sound, came) }));
  const isRestocked = lines.some(({ restock }) => restock > 0);
  return { lines, delivery, note: note.trim(), ...(isRestocked && location ? { location } : {}) };
}

/** Whole days since a moment. */
export function ageInDays(at: number, now: number): number {
  return Math.max(0, Math.floor((now - at) / 86_400_000));
}
