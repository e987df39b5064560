// A shelf that lasts as long as the test: what the log and the sender are tested against.
import type { Change, Entry, Fact, KeptRound, Picture, Rows, Shelf, Table } from "./log";

export class MemoryShelf implements Shelf {
  /** The next write fails with this. */
  failure: Error | undefined;
  private readonly rounds = new Map<string, KeptRound>();
  private readonly entries = new Map<number, Entry>();
  private readonly pictures = new Map<string, Picture>();
  private readonly facts = new Map<string, Fact>();
  private last = 0;

  async all<T extends Table>(table: T): Promise<Rows[T][]> {
    return structuredClone([...this[table].values()]) as Rows[T][];
  }

  async picture(key: string): Promise<Picture | undefined> {
    return this.pictures.get(key);
  }

  async write(changes: readonly Change[]): Promise<Entry[]> {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
    const added: Entry[] = [];
    for (const change of changes) {
      if ("add" in change) {
        const entry = { ...change.add, seq: ++this.last };
        this.entries.set(entry.seq, entry);
        added.push(entry);
      } else if ("drop" in change) (this[change.table] as Map<unknown, unknown>).delete(change.drop);
      else if (change.table === "rounds") this.rounds.set(change.put.id, change.put);
      else if (change.table === "entries") this.entries.set(change.put.seq, change.put);
      else if (change.table === "pictures") this.pictures.set(change.put.key, change.put);
      else this.facts.set(change.put.name, change.put);
    }
    return added;
  }
}
