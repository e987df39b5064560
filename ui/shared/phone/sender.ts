// Sends what waits, in the order in which it happened. What does not arrive waits on; what the server will not have is
// kept with its words. Nothing is ever forgotten here, and the same sent twice is once, by its key.
import { ApiError } from "../api/client";
import type { Change, Logged, Shelf, Tables } from "./shelf";

/** Entries in one request, so that one fits through a bad line; the server takes 200. */
export const BATCH = 50;

/** `empty`: all is sent. `later`: the line is bad. `signed_out`: somebody has to sign in. `forbidden`: this account may not. */
export type Sent = "empty" | "later" | "signed_out" | "forbidden";

/** Sends until nothing waits or something stops it; `told` hears after each answer. */
export async function sendAll<Entry extends Logged>(waiting: () => Promise<Entry[]>, sendSome: (waiting: Entry[]) => Promise<Sent | undefined>, told: () => Promise<void>): Promise<Sent> {
  for (;;) {
    // Read anew each time: another tab may have written meanwhile.
    const found = await waiting();
    if (found.length === 0) return "empty";
    const stopped = await sendSome(found);
    await told();
    if (stopped) return stopped;
  }
}

/** Sends entries in one request; `ask` says what the answer makes of them. */
export async function sendBatch<Rows extends Tables>(shelf: Shelf<Rows>, entries: readonly Rows["entries"][], ask: (entries: readonly Rows["entries"][]) => Promise<Change<Rows>[]>): Promise<Sent | undefined> {
  try {
    const changes = await ask(entries);
    await shelf.write(changes);
    // An answer without a word on what was sent would be asked for again for ever.
    return changes.some((change) => "put" in change && change.table === "entries") ? undefined : "later";
  } catch (error) {
    const stop = stopOf(error);
    if (stop) return stop;
    // One that cannot be read must not hold up the others.
    if (entries.length > 1) return sendBatch(shelf, entries.slice(0, 1), ask);
    const refused = { table: "entries", put: { ...entries[0]!, state: "refused", message: (error as ApiError).message } };
    await shelf.write([refused as unknown as Change<Rows>]);
    return undefined;
  }
}

/** Why sending has to stop; undefined if what was sent is at fault. */
export function stopOf(error: unknown): Sent | undefined {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) return "signed_out";
  if (error.status === 403) return "forbidden";
  const isLater = error.status === 0 || error.status >= 500 || error.status === 408 || error.status === 425 || error.status === 429;
  return isLater ? "later" : undefined;
}
