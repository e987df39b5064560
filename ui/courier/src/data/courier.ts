// The phone's memory in the middle of everything: screens read it and say what happened; it writes that down first, then
// shows it, then sends it. Another tab hears of each change.
import { ApiError, newKey } from "@sesame/shared/api/client";
import { askRound, askRounds, askSession, line, signIn, signOut } from "./line";
import { factOf, keepRound, load, prune, waitingIn, type Change, type Entry, type Kept, type Shelf, type Who } from "./log";
import { lastFix } from "./position";
import { after, apply, beforeOf } from "./round";
import { sendAll, type Sent } from "./sender";
import { Full, openShelf } from "./shelf";
import type { CourierEvent, Round, RoundEntry } from "./wire";

/** What is said of an event; its key and its moment are added when it is written down. */
export type Said = CourierEvent extends infer Event ? (Event extends CourierEvent ? Omit<Event, "key" | "at" | "position"> : never) : never;

/** `asking`: not known yet. `in`: signed in, or was when last heard of. `out`: has to sign in. `forbidden`: may not. */
export type Session = "asking" | "in" | "out" | "forbidden";
export type State = {
  kept: Kept;
  session: Session;
  /** Whether the server was reached when last tried; null while that is not known. */
  isOnline: boolean | null;
  isSending: boolean;
  /** What could not be written down, and how it is tried again. */
  unwritten: { isFull: boolean; again: () => Promise<boolean> } | null;
  /** The phone keeps nothing at all. */
  isBroken: boolean;
  /** Why the list of rounds is not there, when it is not. */
  listError: unknown;
};

const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;
/** So often a phone that is looked at asks what the dispatcher changed. */
const REFRESH_MS = 90_000;
const NEWS = "sesame-courier";

let state: State = { kept: { rounds: [], entries: [], facts: [] }, session: "asking", isOnline: null, isSending: false, unwritten: null, isBroken: false, listError: null };
let shelf: Shelf | undefined;
let retryMs = RETRY_FIRST_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
let isAskedAgain = false;
const channel = new BroadcastChannel(NEWS);
const listeners = new Set<() => void>();

export const current = (): State => state;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of [...listeners]) listener();
}

export const whoOf = (kept: Kept): Who | null => factOf(kept, "who")?.who ?? null;
export const sentAt = (kept: Kept): number | null => factOf(kept, "sent")?.at ?? null;

/** The rounds of who is signed in, as the server listed them last. */
export function listOf(kept: Kept): RoundEntry[] | null {
  const list = factOf(kept, "list")?.list;
  return list && list.operator === whoOf(kept)?.id ? list.rounds : null;
}

/** A round as the phone believes it to be. */
export function roundOf(kept: Kept, id: string): Round | null {
  const found = kept.rounds.find((round) => round.id === id && round.operator === whoOf(kept)?.id);
  return found ? after(found.round, waitingIn(kept.entries).filter(({ round }) => round === id)) : null;
}

/** Opens the shelf and begins to send; to be called once. */
export async function begin(): Promise<void> {
  try {
    shelf = await openShelf();
    await reload();
  } catch {
    return set({ isBroken: true });
  }
  // What cannot be cleared away now is cleared away another time.
  await write(prune(state.kept, Date.now())).catch(() => undefined);
  // Without that the browser may clear away what it takes for a cache.
  void navigator.storage?.persist?.().catch(() => false);
  channel.onmessage = () => void reload();
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => set({ isOnline: false }));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  setInterval(() => document.visibilityState === "visible" && void refresh(), REFRESH_MS);
  if (whoOf(state.kept)) set({ session: "in" });
  await refresh();
  void send();
}

function wake(): void {
  retryMs = RETRY_FIRST_MS;
  void refresh();
  void send();
}

async function reload(): Promise<void> {
  if (shelf) set({ kept: await load(shelf) });
}

async function write(changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await shelf!.write(changes);
  await reload();
  channel.postMessage("changed");
}

/** Asks who is signed in, for the list, and for each open round in it. */
export async function refresh(): Promise<void> {
  try {
    const { me } = await askSession();
    set({ isOnline: true });
    if (!me) return set({ session: "out" });
    await know({ id: me.id, name: me.name });
    const { rounds } = await askRounds();
    await write([{ table: "facts", put: { name: "list", list: { operator: me.id, rounds, at: Date.now() } } }]);
    set({ session: "in", listError: null });
    for (const { id } of rounds) await refreshRound(id, me.id);
  } catch (error) {
    notice(error);
    if (error instanceof ApiError) return set({ listError: error });
    const again = async () => {
      forgetUnwritten();
      await refresh();
      return true;
    };
    set({ unwritten: { isFull: error instanceof Full, again } });
  }
}

async function refreshRound(id: string, operator: string): Promise<void> {
  const round = await askRound(id).catch((error: unknown) => {
    // Given to somebody else since the list was made.
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
  if (round) await write(keepRound(state.kept, round, operator, Date.now()));
}

async function know(who: Who): Promise<void> {
  if (whoOf(state.kept)?.id !== who.id) await write([{ table: "facts", put: { name: "who", who } }]);
}

/** What an error says about the line and about who is signed in. */
function notice(error: unknown): void {
  if (!(error instanceof ApiError)) return;
  if (error.status === 0) set({ isOnline: false });
  if (error.status === 401) set({ session: "out" });
  if (error.status === 403) set({ session: "forbidden" });
}

/** Signs in; throws what the server says. */
export async function enter(email: string, password: string): Promise<void> {
  const me = await signIn(email, password);
  await know({ id: me.id, name: me.name });
  set({ session: "in", listError: null });
  await refresh();
  void send();
}

/** Signs out. What waits stays on the phone until the same courier signs in again. */
export async function leave(): Promise<void> {
  await signOut();
  await write([{ table: "facts", put: { name: "who", who: null } }]);
  set({ session: "out" });
}

/** Writes down what happened, with the picture that proves it; true when it is on the phone's disk. */
export async function record(round: string, said: readonly Said[], picture?: { key: string; blob: Blob }): Promise<boolean> {
  const tap = newKey();
  const at = Date.now();
  const position = lastFix(at);
  let believed = roundOf(state.kept, round);
  if (!believed || said.length === 0) return false;
  const changes: Change[] = picture ? [{ table: "pictures", put: { ...picture, round, refused: "" } }] : [];
  for (const one of said) {
    const event = { ...one, key: newKey(), at, ...(position && { position }) } as CourierEvent;
    const before = beforeOf(believed, event);
    changes.push({ add: entryOf(round, event, before, tap) });
    believed = apply(believed, { event, before });
  }
  return commit(changes);
}

/** Takes back what was done, the last first. */
export function undo(entries: readonly Entry[]): Promise<boolean> {
  const at = Date.now();
  const tap = newKey();
  return commit([...entries].reverse().map(({ round, event, before }) => ({ add: entryOf(round, { key: newKey(), at, what: "undo", undoes: event.key }, before, tap) })));
}

function entryOf(round: string, event: CourierEvent, before: Entry["before"], tap: string): Omit<Entry, "seq"> {
  return { round, operator: whoOf(state.kept)!.id, event, before, tap, state: "waiting", message: "" };
}

async function commit(changes: readonly Change[]): Promise<boolean> {
  try {
    await write(changes);
  } catch (error) {
    set({ unwritten: { isFull: error instanceof Full, again: () => commit(changes) } });
    return false;
  }
  set({ unwritten: null });
  void send();
  return true;
}

export const forgetUnwritten = (): void => set({ unwritten: null });

/** Takes refused entries and pictures off the list, once somebody saw to them. */
export async function seeTo(entries: readonly Entry[], pictures: readonly string[]): Promise<void> {
  await write([
    ...entries.map(({ seq }) => ({ table: "entries", drop: seq }) as const),
    ...pictures.map((key) => ({ table: "pictures", drop: key }) as const),
  ]);
}

/** Pictures that the server would not have, each with its words. */
export async function refusedPictures(): Promise<{ key: string; message: string }[]> {
  return (await shelf!.all("pictures")).filter(({ refused }) => refused).map(({ key, refused }) => ({ key, message: refused }));
}

/** Sends what waits, now and again until it is gone. */
export async function send(): Promise<void> {
  clearTimeout(timer);
  const who = whoOf(state.kept);
  if (!who || !shelf) return;
  if (state.isSending) {
    isAskedAgain = true;
    return;
  }
  if (!waitingIn(state.kept.entries).some(({ operator }) => operator === who.id)) return;
  set({ isSending: true });
  const sent = await alone(() => sendAll(shelf!, line, who.id, Date.now, told)).catch((): Sent => "later");
  set({ isSending: false });
  await reload();
  if (sent === "empty") {
    retryMs = RETRY_FIRST_MS;
    if (isAskedAgain) void send();
  } else if (sent === "later") {
    set({ isOnline: false });
    timer = setTimeout(() => void send(), retryMs);
    retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
  } else set({ session: sent === "signed_out" ? "out" : "forbidden" });
  isAskedAgain = false;
}

async function told(): Promise<void> {
  await reload();
  channel.postMessage("changed");
  if (!state.isOnline) set({ isOnline: true });
}

/** One tab sends at a time. Where the browser cannot promise that, two may: the same event twice is one to the server. */
function alone(work: () => Promise<Sent>): Promise<Sent> {
  return navigator.locks ? navigator.locks.request("sesame-courier-send", work) : work();
}
