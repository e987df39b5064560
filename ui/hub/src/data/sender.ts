// Sends scans in the order in which they were made, those of one place together.
import { waitingIn } from "@sesame/shared/phone/log";
import { BATCH, sendAll as sendAllOf, sendBatch, type Sent } from "@sesame/shared/phone/sender";
import { load, settle, type Entry, type Shelf } from "./log";
import type { HubScan, ScansAnswer } from "./wire";

export interface Line {
  scans(place: string, scans: HubScan[]): Promise<ScansAnswer>;
}

/** Sends all that waits of one operator; `told` hears after each answer. */
export function sendAll(shelf: Shelf, line: Line, operator: string, now: () => number, told: () => Promise<void>): Promise<Sent> {
  const waiting = async () => waitingIn((await load(shelf)).entries).filter((entry) => entry.operator === operator);
  const some = (found: Entry[]) => {
    const other = found.findIndex(({ place }) => place !== found[0]!.place);
    const ofPlace = other < 0 ? found : found.slice(0, other);
    return sendBatch(shelf, ofPlace.slice(0, BATCH), async (entries) => {
      const answer = await line.scans(entries[0]!.place, entries.map(({ scan }) => scan));
      return settle(await load(shelf), entries, answer, now());
    });
  };
  return sendAllOf(waiting, some, told);
}
