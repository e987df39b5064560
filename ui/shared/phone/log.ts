// What every phone's log has: entries that wait, who they belong to, and when something was sent last.
import type { Logged } from "./shelf";

export type Who = { id: string; name: string };

/** Small things by name that every phone keeps. */
export type Fact = { name: "who"; who: Who | null } | { name: "sent"; at: number };

type Facts = { facts: readonly { name: string }[] };

export const waitingIn = <Entry extends Logged>(entries: readonly Entry[]): Entry[] => entries.filter(({ state }) => state === "waiting");

export function factOf<F extends { name: string }, Name extends F["name"]>(facts: readonly F[], name: Name): Extract<F, { name: Name }> | undefined {
  return facts.find((fact): fact is Extract<F, { name: Name }> => fact.name === name);
}

export const whoOf = ({ facts }: Facts): Who | null => factOf(facts as readonly Fact[], "who")?.who ?? null;
export const sentAt = ({ facts }: Facts): number | null => factOf(facts as readonly Fact[], "sent")?.at ?? null;
