// Sends what happened in rounds, and each picture before the event that it proves.
import type { ApiError } from "@sesame/shared/api/client";
import { waitingIn } from "@sesame/shared/phone/log";
import { BATCH, sendAll as sendAllOf, sendBatch, stopOf, type Sent } from "@sesame/shared/phone/sender";
import { load, settle, type Entry, type Picture, type Shelf } from "./log";
import type { CourierEvent, EventsAnswer } from "./wire";

export interface Line {
  events(round: string, events: CourierEvent[]): Promise<EventsAnswer>;
  proof(round: string, key: string, picture: Blob): Promise<void>;
}

/** Sends all that waits of one operator; `told` hears after each answer. */
export function sendAll(shelf: Shelf, line: Line, operator: string, now: () => number, told: () => Promise<void>): Promise<Sent> {
  const waiting = async () => waitingIn((await load(shelf)).entries).filter((entry) => entry.operator === operator);
  const some = (found: Entry[]) => sendSome(shelf, line, found.filter(({ round }) => round === found[0]!.round), now);
  return sendAllOf(waiting, some, told);
}

async function sendSome(shelf: Shelf, line: Line, waiting: Entry[], now: () => number): Promise<Sent | undefined> {
  const ready: Entry[] = [];
  for (const entry of waiting.slice(0, BATCH)) {
    const picture = await pictureOf(shelf, entry);
    if (!picture) ready.push(entry);
    // What needs no picture goes first: a photo may take minutes.
    else if (ready.length > 0) break;
    else return sendPicture(shelf, line, picture);
  }
  return sendBatch(shelf, ready, async (entries) => {
    const answer = await line.events(entries[0]!.round, entries.map(({ event }) => event));
    return settle(await load(shelf), entries, answer, now());
  });
}

/** The picture that has to go before the event, if there is one. */
async function pictureOf(shelf: Shelf, { event }: Entry): Promise<Picture | undefined> {
  if (event.what !== "delivered" || !event.proof.picture) return undefined;
  const picture = await shelf.one("pictures", event.proof.picture);
  return picture?.refused === "" ? picture : undefined;
}

async function sendPicture(shelf: Shelf, line: Line, picture: Picture): Promise<Sent | undefined> {
  try {
    await line.proof(picture.round, picture.key, picture.blob);
    await shelf.write([{ table: "pictures", drop: picture.key }]);
    return undefined;
  } catch (error) {
    const stop = stopOf(error);
    if (stop) return stop;
    // The delivery counts without it; the picture stays on the phone.
    await shelf.write([{ table: "pictures", put: { ...picture, refused: (error as ApiError).message } }]);
    return undefined;
  }
}
