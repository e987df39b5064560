// The phone's memory in the middle of everything: screens read it and say what happened; it writes that down first, then
// shows it, then sends it. Another tab hears of each change.
import { ApiError } from "../api/client";
import { askSession, signIn, signOut } from "./line";
import { waitingIn, whoOf, type Fact, type Who } from "./log";
import type { Sent } from "./sender";
import { Full, type Change, type Shelf, type Tables } from "./shelf";

/** `asking`: not known yet. `in`: signed in, or was when last heard of. `out`: has to sign in. `forbidden`: may not. */
export type Session = "asking" | "in" | "out" | "forbidden";

/** All that screens read of what is kept. */
export type KeptOf<Rows extends Tables> = { entries: Rows["entries"][]; facts: Rows["facts"][] };

export type State<Kept> = {
  kept: Kept;
  session: Session;
  /** Whether the server was reached when last tried; null while that is not known. */
  isOnline: boolean | null;
  isSending: boolean;
  /** What could not be written down, and how it is tried again. */
  unwritten: { isFull: boolean; again: () => Promise<boolean> } | null;
  /** The phone keeps nothing at all. */
  isBroken: boolean;
  /** Why what the server lists is not there, when it is not. */
  listError: unknown;
};

/** What tells one phone from another. */
export type Parts<Rows extends Tables, Kept extends KeptOf<Rows>> = {
  /** Of the channel between tabs and of the lock of who sends. */
  name: string;
  open: () => Promise<Shelf<Rows>>;
  load: (shelf: Shelf<Rows>) => Promise<Kept>;
  /** Clears away what is long over. */
  prune: (kept: Kept, now: number) => Change<Rows>[];
  /** Asks the server for what is shown to who is signed in, and writes it down. */
  ask: (operator: string) => Promise<void>;
  sendAll: (shelf: Shelf<Rows>, operator: string, told: () => Promise<void>) => Promise<Sent>;
  /** Whether somebody still has to see to it. */
  isToSee: (entry: Rows["entries"]) => boolean;
};

const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;
/** So often a phone that is looked at asks what changed on the server. */
const REFRESH_MS = 90_000;

export class Phone<Rows extends Tables, Kept extends KeptOf<Rows>> {
  private state: State<Kept>;
  private opened: Shelf<Rows> | undefined;
  private retryMs = RETRY_FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAskedAgain = false;
  private readonly channel: BroadcastChannel;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly parts: Parts<Rows, Kept>,
    nothing: Kept,
  ) {
    this.state = { kept: nothing, session: "asking", isOnline: null, isSending: false, unwritten: null, isBroken: false, listError: null };
    this.channel = new BroadcastChannel(parts.name);
  }

  readonly current = (): State<Kept> => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What rows lie on; there once the phone has begun. */
  get shelf(): Shelf<Rows> {
    return this.opened!;
  }

  /** How many entries of who is signed in wait and are to be seen to, and how many of others wait. */
  counts(): { waiting: number; toSee: number; others: number } {
    const { entries } = this.state.kept;
    const who = whoOf(this.state.kept)?.id;
    const mine = entries.filter(({ operator }) => operator === who);
    const waiting = waitingIn(mine).length;
    return { waiting, toSee: mine.filter(this.parts.isToSee).length, others: waitingIn(entries).length - waiting };
  }

  /** Opens the shelf and begins to send; to be called once. */
  async begin(): Promise<void> {
    try {
      this.opened = await this.parts.open();
      await this.reload();
    } catch {
      return this.set({ isBroken: true });
    }
    // What cannot be cleared away now is cleared away another time.
    await this.write(this.parts.prune(this.state.kept, Date.now())).catch(() => undefined);
    // Without that the browser may clear away what it takes for a cache.
    void navigator.storage?.persist?.().catch(() => false);
    this.channel.onmessage = () => void this.reload();
    window.addEventListener("online", () => this.wake());
    window.addEventListener("offline", () => this.set({ isOnline: false }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    setInterval(() => document.visibilityState === "visible" && void this.refresh(), REFRESH_MS);
    if (whoOf(this.state.kept)) this.set({ session: "in" });
    await this.refresh();
    void this.send();
  }

  /** Asks who is signed in, and for what is shown to them. */
  readonly refresh = async (): Promise<void> => {
    try {
      const { me } = await askSession();
      this.set({ isOnline: true });
      if (!me) return this.set({ session: "out" });
      await this.know({ id: me.id, name: me.name });
      await this.parts.ask(me.id);
      this.set({ session: "in", listError: null });
    } catch (error) {
      this.notice(error);
      if (error instanceof ApiError) return this.set({ listError: error });
      const again = async () => {
        this.forgetUnwritten();
        await this.refresh();
        return true;
      };
      this.set({ unwritten: { isFull: error instanceof Full, again } });
    }
  };

  /** Signs in; throws what the server says. */
  readonly enter = async (email: string, password: string): Promise<void> => {
    const me = await signIn(email, password);
    await this.know({ id: me.id, name: me.name });
    this.set({ session: "in", listError: null });
    await this.refresh();
    void this.send();
  };

  /** Signs out. What waits stays on the phone until the same person signs in again. */
  readonly leave = async (): Promise<void> => {
    await signOut();
    await this.write([fact({ name: "who", who: null })]);
    this.set({ session: "out" });
  };

  /** Changes what is kept; throws when the phone cannot. */
  async write(changes: readonly Change<Rows>[]): Promise<void> {
    if (changes.length === 0) return;
    await this.shelf.write(changes);
    await this.reload();
    this.channel.postMessage("changed");
  }

  /** Writes down what happened, then sends it; true when it is on the phone's disk. */
  async commit(changes: readonly Change<Rows>[]): Promise<boolean> {
    try {
      await this.write(changes);
    } catch (error) {
      this.set({ unwritten: { isFull: error instanceof Full, again: () => this.commit(changes) } });
      return false;
    }
    this.set({ unwritten: null });
    void this.send();
    return true;
  }

  readonly forgetUnwritten = (): void => this.set({ unwritten: null });

  /** Sends what waits, now and again until it is gone. */
  readonly send = async (): Promise<void> => {
    clearTimeout(this.timer);
    const who = whoOf(this.state.kept);
    if (!who || !this.opened) return;
    if (this.state.isSending) {
      this.isAskedAgain = true;
      return;
    }
    if (!waitingIn(this.state.kept.entries).some(({ operator }) => operator === who.id)) return;
    this.set({ isSending: true });
    const sent = await this.alone(() => this.parts.sendAll(this.shelf, who.id, this.told)).catch((): Sent => "later");
    this.set({ isSending: false });
    await this.reload();
    if (sent === "empty") {
      this.retryMs = RETRY_FIRST_MS;
      if (this.isAskedAgain) void this.send();
    } else if (sent === "later") {
      this.set({ isOnline: false });
      this.timer = setTimeout(() => void this.send(), this.retryMs);
      this.retryMs = Math.min(RETRY_MAX_MS, this.retryMs * 2);
    } else this.set({ session: sent === "signed_out" ? "out" : "forbidden" });
    this.isAskedAgain = false;
  };

  private readonly told = async (): Promise<void> => {
    await this.reload();
    this.channel.postMessage("changed");
    if (!this.state.isOnline) this.set({ isOnline: true });
  };

  private set(change: Partial<State<Kept>>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.listeners]) listener();
  }

  private wake(): void {
    this.retryMs = RETRY_FIRST_MS;
    void this.refresh();
    void this.send();
  }

  private async reload(): Promise<void> {
    if (this.opened) this.set({ kept: await this.parts.load(this.opened) });
  }

  private async know(who: Who): Promise<void> {
    if (whoOf(this.state.kept)?.id !== who.id) await this.write([fact({ name: "who", who })]);
  }

  /** What an error says about the line and about who is signed in. */
  private notice(error: unknown): void {
    if (!(error instanceof ApiError)) return;
    if (error.status === 0) this.set({ isOnline: false });
    if (error.status === 401) this.set({ session: "out" });
    if (error.status === 403) this.set({ session: "forbidden" });
  }

  /** One tab sends at a time. Where the browser cannot promise that, two may: the same entry twice is one to the server. */
  private alone(work: () => Promise<Sent>): Promise<Sent> {
    return navigator.locks ? navigator.locks.request(`${this.parts.name}-send`, work) : work();
  }
}

/** A fact of those that every phone keeps, as a change of any phone's tables. */
function fact<Rows extends Tables>(put: Fact): Change<Rows> {
  return { table: "facts", put } as unknown as Change<Rows>;
}
