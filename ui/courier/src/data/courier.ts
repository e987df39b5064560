// The courier's phone: rounds as they were said last and what happened in them since, over the memory that phones share.
import { ApiError, newKey } from "@sesame/shared/api/client";
import { factOf, waitingIn, whoOf } from "@sesame/shared/phone/log";
import { Phone } from "@sesame/shared/phone/phone";
import { openShelf } from "@sesame/shared/phone/shelf";
import { askCode, askRound, askRounds, line } from "./line";
import { KEYS, keepRound, load, prune, type Change, type Entry, type Kept, type Rows } from "./log";
import { lastFix } from "./position";
import { after, apply, beforeOf } from "./round";
import { sendAll } from "./sender";
import type { CodeChecked, CourierEvent, Parcel, Round, RoundEntry } from "./wire";

/** What is said of an event; its key and its moment are added when it is written down. */
export type Said = CourierEvent extends infer Event ? (Event extends CourierEvent ? Omit<Event, "key" | "at" | "position"> : never) : never;

const NAME = "sesame-courier";

export const phone: Phone<Rows, Kept> = new Phone<Rows, Kept>(
  {
    name: NAME,
    open: () => openShelf<Rows>(NAME, KEYS),
    load,
    prune,
    ask,
    sendAll: (shelf, operator, told) => sendAll(shelf, line, operator, Date.now, told),
    isToSee: ({ state }) => state === "refused",
  },
  { rounds: [], entries: [], facts: [] },
);

const kept = (): Kept => phone.current().kept;

/** The rounds of who is signed in, as the server listed them last. */
export function listOf(kept: Kept): RoundEntry[] | null {
  const list = factOf(kept.facts, "list")?.list;
  return list && list.operator === whoOf(kept)?.id ? list.rounds : null;
}

/** A round as the phone believes it to be. */
export function roundOf(kept: Kept, id: string): Round | null {
  const found = kept.rounds.find((round) => round.id === id && round.operator === whoOf(kept)?.id);
  return found ? after(found.round, waitingIn(kept.entries).filter(({ round }) => round === id)) : null;
}

/** Asks for the list, and for each open round in it. */
async function ask(operator: string): Promise<void> {
  const { rounds } = await askRounds();
  await phone.write([{ table: "facts", put: { name: "list", list: { operator, rounds, at: Date.now() } } }]);
  for (const { id } of rounds) await askFor(id, operator);
}

async function askFor(id: string, operator: string): Promise<void> {
  const round = await askRound(id).catch((error: unknown) => {
    // Given to somebody else since the list was made.
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
  if (round) await phone.write(keepRound(kept(), round, operator, Date.now()));
}

/** Writes down what happened, with the picture that proves it; true when it is on the phone's disk. */
export async function record(round: string, said: readonly Said[], picture?: { key: string; blob: Blob }): Promise<boolean> {
  const tap = newKey();
  const at = Date.now();
  const position = lastFix(at);
  let believed = roundOf(kept(), round);
  if (!believed || said.length === 0) return false;
  const changes: Change[] = picture ? [{ table: "pictures", put: { ...picture, round, refused: "" } }] : [];
  for (const one of said) {
    const event = { ...one, key: newKey(), at, ...(position && { position }) } as CourierEvent;
    const before = beforeOf(believed, event);
    changes.push({ add: entryOf(round, event, before, tap) });
    believed = apply(believed, { event, before });
  }
  return phone.commit(changes);
}

/** For which parcels a receiver's code is wrong, and for which no code is looked at any more. */
export type CodeFaults = { wrong: string[]; locked: string[] };

/** Asks whether a code is right before parcels are handed over by it; null when nobody can say so now. */
export async function checkCode(round: string, code: string, parcels: readonly Parcel[]): Promise<CodeFaults | null> {
  const numbers = parcels.map(({ number }) => number);
  // What happens at the door waits for no network: without an answer the code is kept as it was told, and checked later.
  const answer = await askCode(round, newKey(), code, numbers).catch(() => null);
  return answer && faultsOf(answer);
}

export function faultsOf({ parcels }: CodeChecked): CodeFaults {
  const of = (matched: "no" | "locked") => parcels.filter(({ code_matched }) => code_matched === matched).map(({ number }) => number);
  return { wrong: of("no"), locked: of("locked") };
}

/** Takes back what was done, the last first. */
export function undo(entries: readonly Entry[]): Promise<boolean> {
  const at = Date.now();
  const tap = newKey();
  return phone.commit([...entries].reverse().map(({ round, event, before }) => ({ add: entryOf(round, { key: newKey(), at, what: "undo", undoes: event.key }, before, tap) })));
}

function entryOf(round: string, event: CourierEvent, before: Entry["before"], tap: string): Omit<Entry, "seq"> {
  return { round, operator: whoOf(kept())!.id, event, before, tap, state: "waiting", message: "" };
}

/** Takes refused entries and pictures off the list, once somebody saw to them. */
export async function seeTo(entries: readonly Entry[], pictures: readonly string[]): Promise<void> {
  await phone.write([
    ...entries.map(({ seq }) => ({ table: "entries", drop: seq }) as const),
    ...pictures.map((key) => ({ table: "pictures", drop: key }) as const),
  ]);
}

/** Pictures that the server would not have, each with its words. */
export async function refusedPictures(): Promise<{ key: string; message: string }[]> {
  return (await phone.shelf.all("pictures")).filter(({ refused }) => refused).map(({ key, refused }) => ({ key, message: refused }));
}
