// Sends what waits, in the order in which it happened. What does not arrive waits on; what the server will not have is
// kept with its words. Nothing is ever forgotten here, and the same sent twice is once, by its key.
import { ApiError } from "@sesame/shared/api/client";
import { load, settle, waitingIn, type Entry, type Kept, type Picture, type Shelf } from "./log";
import type { CourierEvent, EventsAnswer } from "./wire";

/** Events in one request, so that one fits through a bad line; the server takes 200. */
export const BATCH = 50;

export interface Line {
  events(round: string, events: CourierEvent[]): Promise<EventsAnswer>;
  proof(round: string, key: string, picture: Blob): Promise<void>;
}

/** `empty`: all is sent. `later`: the line is bad. `signed_out`: somebody has to sign in. `forbidden`: this account may not. */
export type Sent = "empty" | "later" | "signed_out" | "forbidden";

/** Sends all that waits of one operator; `told` hears after each answer. */
export async function sendAll(shelf: Shelf, line: Line, operator: string, now: () => number, told: () => Promise<void>): Promise<Sent> {
  for (;;) {
    // Read anew each time: another tab may have written meanwhile.
    const kept = await load(shelf);
    const waiting = waitingIn(kept.entries).filter((entry) => entry.operator === operator);
    const first = waiting[0];
    if (!first) return "empty";
    const ofRound = waiting.filter(({ round }) => round === first.round);
    const stopped = await sendSome(shelf, line, kept, ofRound, now);
    await told();
    if (stopped) return stopped;
  }
}

async function sendSome(shelf: Shelf, line: Line, kept: Kept, waiting: Entry[], now: () => number): Promise<Sent | undefined> {
  const ready: Entry[] = [];
  for (const entry of waiting.slice(0, BATCH)) {
    const picture = await pictureOf(shelf, entry);
    if (!picture) ready.push(entry);
    // What needs no picture goes first: a photo may take minutes.
    else if (ready.length > 0) break;
    else return sendPicture(shelf, line, picture);
  }
  return sendEvents(shelf, line, kept, ready, now);
}

/** The picture that has to go before the event, if there is one. */
async function pictureOf(shelf: Shelf, { event }: Entry): Promise<Picture | undefined> {
  if (event.what !== "delivered" || !event.proof.picture) return undefined;
  const picture = await shelf.picture(event.proof.picture);
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

async function sendEvents(shelf: Shelf, line: Line, kept: Kept, entries: Entry[], now: () => number): Promise<Sent | undefined> {
  try {
    const answer = await line.events(entries[0]!.round, entries.map(({ event }) => event));
    const changes = settle(kept, entries, answer, now());
    await shelf.write(changes);
    // An answer without a word on what was sent would be asked for again for ever.
    return changes.some((change) => "put" in change && change.table === "entries") ? undefined : "later";
  } catch (error) {
    const stop = stopOf(error);
    if (stop) return stop;
    // One that cannot be read must not hold up the others.
    if (entries.length > 1) return sendEvents(shelf, line, kept, entries.slice(0, 1), now);
    await shelf.write([{ table: "entries", put: { ...entries[0]!, state: "refused", message: (error as ApiError).message } }]);
    return undefined;
  }
}

/** Why sending has to stop; undefined if what was sent is at fault. */
function stopOf(error: unknown): Sent | undefined {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) return "signed_out";
  if (error.status === 403) return "forbidden";
  const isLater = error.status === 0 || error.status >= 500 || error.status === 408 || error.status === 425 || error.status === 429;
  return isLater ? "later" : undefined;
}
