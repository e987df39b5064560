// The hub's phone: the place where it is, and what was scanned there, over the memory that phones share.
import { newKey } from "@sesame/shared/api/client";
import { factOf, whoOf } from "@sesame/shared/phone/log";
import { Phone } from "@sesame/shared/phone/phone";
import { openShelf } from "@sesame/shared/phone/shelf";
import { askHubs, line } from "./line";
import { KEYS, isEcho, isToSee, load, prune, type Change, type Entry, type Heard, type Kept, type Place, type Rows } from "./log";
import { sendAll } from "./sender";
import type { Hub, HubScan, What } from "./wire";

const NAME = "sesame-hub";

export const phone: Phone<Rows, Kept> = new Phone<Rows, Kept>(
  {
    name: NAME,
    open: () => openShelf<Rows>(NAME, KEYS),
    load,
    prune,
    ask,
    sendAll: (shelf, operator, told) => sendAll(shelf, line, operator, Date.now, told),
    isToSee,
  },
  { entries: [], facts: [] },
);

const kept = (): Kept => phone.current().kept;

/** What this tab read last. */
let heard: Heard | undefined;
/** Scans of this tab whose answers are still to be heard. */
export const unheard = new Set<string>();

async function ask(operator: string): Promise<void> {
  const { hubs } = await askHubs();
  await phone.write([{ table: "facts", put: { name: "hubs", list: { operator, hubs } } }]);
}

/** The places that the server listed last to who is signed in. */
export function hubsOf(kept: Kept): Hub[] | null {
  const list = factOf(kept.facts, "hubs")?.list;
  return list && list.operator === whoOf(kept)?.id ? list.hubs : null;
}

export const placeOf = (kept: Kept): Place | null => factOf(kept.facts, "place")?.place ?? null;

export function choosePlace({ id, name }: Hub): Promise<boolean> {
  return phone.commit([{ table: "facts", put: { name: "place", place: { id, name } } }]);
}

/** Writes a scan down; what was made of it. `echo`: the same label still lies before the scanner. */
export async function scan(place: string, label: string, what: What): Promise<"kept" | "echo" | "lost"> {
  const next: Heard = { label, what, at: Date.now() };
  if (isEcho(heard, next)) return "echo";
  heard = next;
  const key = newKey();
  unheard.add(key);
  const changes: Change[] = [{ add: entryOf(place, { key, at: next.at, label: label.trim(), what }) }, ...prune(kept())];
  if (await phone.commit(changes)) return "kept";
  // It may be scanned again at once.
  heard = undefined;
  return "lost";
}

/** Takes a scan back. */
export function undo({ place, scan: { key, label } }: Entry): Promise<boolean> {
  heard = undefined;
  unheard.delete(key);
  return phone.commit([{ add: entryOf(place, { key: newKey(), at: Date.now(), label, what: "undo", undoes: key }) }]);
}

function entryOf(place: string, scan: HubScan): Omit<Entry, "seq"> {
  return { operator: whoOf(kept())!.id, place, scan, state: "waiting", code: "", message: "", parcel: null, isUnseen: false };
}

/** Takes what was seen to off the list. What the server could not read goes; the rest stays among the last scans. */
export function seeTo(entries: readonly Entry[]): Promise<void> {
  return phone.write(entries.map((entry) => (entry.isUnseen ? { table: "entries", put: { ...entry, isUnseen: false } } : { table: "entries", drop: entry.seq })));
}
