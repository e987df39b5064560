// What happened, in the order in which it happened, kept by the phone before anything else: a round, its events with
// their pictures, and who they belong to. It stands on a shelf that puts things down all at once or not at all.
import type * as phone from "@sesame/shared/phone/log";
import type * as shelf from "@sesame/shared/phone/shelf";
import type { Keys } from "@sesame/shared/phone/shelf";
import type { CourierEvent, EventsAnswer, Round, RoundEntry, What } from "./wire";

/** What an event changed of a stop or a parcel, as it was before it. */
export type Before = {
  stop?: { number: number; reached_at: number | null };
  parcel?: { number: string; state: Round["stops"][number]["parcels"][number]["state"]; reason: string; at: number | null };
};

/** `waiting` is to be sent; `taken` the server has; `conflict` it has, and says something about it; `refused` it will not have. */
export type EntryState = "waiting" | "taken" | "conflict" | "refused";

export type Entry = {
  /** Its place in the log, given by the shelf. */
  seq: number;
  round: string;
  operator: string;
  event: CourierEvent;
  /** What was there before the event; in an undo, before the event that it undoes. */
  before: Before;
  /** What was done with one tap is undone with one. */
  tap: string;
  state: EntryState;
  /** What the server said about it, or empty. */
  message: string;
};

/** A picture that waits, and what the server said if it would not have it. */
export type Picture = { key: string; round: string; blob: Blob; refused: string };

/** A round as the server said it last. */
export type KeptRound = { id: string; operator: string; round: Round; at: number };
export type KeptList = { operator: string; rounds: RoundEntry[]; at: number };

/** Small things by name. */
export type Fact = phone.Fact | { name: "list"; list: KeptList };

export type Rows = { rounds: KeptRound; entries: Entry; pictures: Picture; facts: Fact };
export const KEYS: Keys<Rows> = { rounds: "id", entries: "seq", pictures: "key", facts: "name" };
export type Change = shelf.Change<Rows>;
export type Shelf = shelf.Shelf<Rows>;

/** All that screens read; pictures stay where they are. */
export type Kept = { rounds: KeptRound[]; entries: Entry[]; facts: Fact[] };

/** After so many days a round leaves the phone, unless something of it was not sent. */
export const KEEP_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

export async function load(shelf: Shelf): Promise<Kept> {
  const [rounds, entries, facts] = await Promise.all([shelf.all("rounds"), shelf.all("entries"), shelf.all("facts")]);
  return { rounds, entries: entries.sort((a, b) => a.seq - b.seq), facts };
}

/** Keeps a round that the server told, unless a later version of it is there already. */
export function keepRound(kept: Kept, round: Round, operator: string, at: number): Change[] {
  const known = kept.rounds.find(({ id }) => id === round.id);
  // An answer that was long underway may be older than that to the events sent meanwhile.
  if (known && known.operator === operator && known.round.version > round.version) return [];
  return [{ table: "rounds", put: { id: round.id, operator, round, at } }];
}

/** What becomes of entries by the server's answer to them. */
export function settle(kept: Kept, sent: readonly Entry[], answer: EventsAnswer, at: number): Change[] {
  const results = new Map(answer.results.map((row) => [row.key, row]));
  const changes: Change[] = [{ table: "facts", put: { name: "sent", at } }];
  for (const entry of sent) {
    const row = results.get(entry.event.key);
    // Without a row it was not answered and waits on.
    if (!row) continue;
    const state = row.result === "known" ? "taken" : row.result;
    changes.push({ table: "entries", put: { ...entry, state, message: state === "taken" ? "" : row.message } });
  }
  return [...changes, ...keepRound(kept, answer.round, sent[0]!.operator, at)];
}

/** Clears away what is long over. What was not sent or was refused stays until somebody saw to it. */
export function prune(kept: Kept, now: number): Change[] {
  const old = kept.rounds.filter(({ round }) => Date.parse(round.day) < now - KEEP_DAYS * DAY_MS);
  const over = old.filter(({ id }) => !kept.entries.some((entry) => entry.round === id && (entry.state === "waiting" || entry.state === "refused")));
  return over.flatMap(({ id }) => [
    { table: "rounds", drop: id } as const,
    ...kept.entries.filter((entry) => entry.round === id).map(({ seq }) => ({ table: "entries", drop: seq }) as const),
  ]);
}

/** What can be taken back: what was said of a stop or a parcel. That a round began or ended, or in which order, cannot. */
const UNDOABLE: readonly What[] = ["load", "reached", "delivered", "failed", "returned"];

/** The entries of a round that can be taken back: those that were not yet, and were not refused. */
export function undoable(entries: readonly Entry[], round: string): Entry[] {
  const undone = new Set(entries.flatMap(({ event }) => (event.what === "undo" ? [event.undoes] : [])));
  return entries.filter((entry) => entry.round === round && entry.state !== "refused" && UNDOABLE.includes(entry.event.what) && !undone.has(entry.event.key));
}

/** Those of them that were made with the last tap. */
export function ofLastTap(entries: readonly Entry[], round: string): Entry[] {
  const open = undoable(entries, round);
  const tap = open.at(-1)?.tap;
  return open.filter((entry) => entry.tap === tap);
}
