// What was scanned, in the order in which it was, kept by the phone before anything else, with the answer beside it once
// there is one. It stands on a shelf that puts things down all at once or not at all.
import { SAME_MS, plain } from "@sesame/shared/phone/label";
import type * as phone from "@sesame/shared/phone/log";
import type * as shelf from "@sesame/shared/phone/shelf";
import type { Keys } from "@sesame/shared/phone/shelf";
import { isBadNews } from "./verdict";
import type { Hub, HubParcel, HubScan, ScansAnswer } from "./wire";

/** `waiting` is to be sent; `taken` counts; `known` counted before under its key; `refused` the server will not have. */
export type EntryState = "waiting" | "taken" | "known" | "refused";

export type Entry = {
  /** Its place in the log, given by the shelf. */
  seq: number;
  operator: string;
  /** The id of the place where it was scanned. */
  place: string;
  scan: HubScan;
  state: EntryState;
  /** Why it was refused: an error's code, and the server's words. Both empty otherwise. */
  code: string;
  message: string;
  /** The parcel as the server answered; null before that, and where no parcel has this label. */
  parcel: HubParcel | null;
  /** The answer needs somebody to do something, and nobody stood before it when it came. */
  isUnseen: boolean;
};

export type Place = Pick<Hub, "id" | "name">;
export type KeptHubs = { operator: string; hubs: Hub[] };

/** Small things by name. */
export type Fact = phone.Fact | { name: "place"; place: Place } | { name: "hubs"; list: KeptHubs };

export type Rows = { entries: Entry; facts: Fact };
export const KEYS: Keys<Rows> = { entries: "seq", facts: "name" };
export type Change = shelf.Change<Rows>;
export type Shelf = shelf.Shelf<Rows>;
export type Kept = { entries: Entry[]; facts: Fact[] };

/** So many answered scans stay on the phone. */
export const KEEP = 200;
/** So long somebody still looks at what was scanned. */
export const FRESH_MS = 10_000;

export async function load(shelf: Shelf): Promise<Kept> {
  const [entries, facts] = await Promise.all([shelf.all("entries"), shelf.all("facts")]);
  return { entries: entries.sort((a, b) => a.seq - b.seq), facts };
}

export const isScan = ({ scan }: Entry): boolean => scan.what !== "undo";

/** The keys of scans that were taken back, whether the server knows it yet or not. */
export function undoneIn(entries: readonly Entry[]): Set<string> {
  return new Set(entries.flatMap(({ scan, state }) => (scan.what === "undo" && state !== "refused" ? [scan.undoes] : [])));
}

/** Whether it counts, or will, so that there is something to take back. */
export const isUndoable = (entry: Entry, undone: ReadonlySet<string>): boolean => isScan(entry) && entry.state !== "refused" && !undone.has(entry.scan.key);

/** One's own scans at a place, the last first. */
export function recent(kept: Kept, operator: string, place: string): Entry[] {
  return kept.entries.filter((entry) => isScan(entry) && entry.operator === operator && entry.place === place).reverse();
}

/** Whether somebody still has to see to it: bad news that came late, or what the server could not even read. */
export const isToSee = ({ isUnseen, state, code }: Entry): boolean => isUnseen || (state === "refused" && code === "");

export type Heard = { label: string; what: string; at: number };

export function isEcho(last: Heard | undefined, next: Heard): boolean {
  return last !== undefined && last.what === next.what && plain(last.label) === plain(next.label) && next.at - last.at < SAME_MS;
}

/** When the same was scanned here before, if it was, and was not taken back. */
export function before(entry: Entry, entries: readonly Entry[], undone: ReadonlySet<string>): number | null {
  const isSame = ({ seq, place, scan }: Entry) => seq < entry.seq && place === entry.place && scan.what === entry.scan.what;
  const same = entries.findLast((other) => isSame(other) && numberOf(other) === numberOf(entry) && isUndoable(other, undone));
  return same?.scan.at ?? null;
}

/** One parcel may have several labels; which one it is, the server says. */
const numberOf = ({ parcel, scan }: Entry): string => plain(parcel?.number ?? scan.label);

/** What becomes of entries by the server's answer to them. */
export function settle(kept: Kept, sent: readonly Entry[], answer: ScansAnswer, at: number): Change[] {
  const results = new Map(answer.results.map((row) => [row.key, row]));
  const undone = undoneIn(kept.entries);
  const last = kept.entries.findLast(isScan)?.seq;
  const changes: Change[] = [{ table: "facts", put: { name: "sent", at } }];
  for (const entry of sent) {
    const row = results.get(entry.scan.key);
    // Without a row it was not answered and waits on.
    if (!row) continue;
    const state = row.result;
    const told: Entry = { ...entry, state, code: row.code, message: row.message, parcel: row.parcel };
    const isWatched = entry.seq === last && at - entry.scan.at <= FRESH_MS;
    const isUnseen = isBadNews(told) && !isWatched && !undone.has(entry.scan.key) && (isScan(entry) || state === "refused");
    changes.push({ table: "entries", put: { ...told, isUnseen } });
  }
  return changes;
}

/** Clears away what is long over. What was not sent or not seen to stays. */
export function prune(kept: Kept): Change[] {
  const over = kept.entries.filter((entry) => entry.state !== "waiting" && !isToSee(entry));
  return over.slice(0, Math.max(0, over.length - KEEP)).map(({ seq }) => ({ table: "entries", drop: seq }));
}
