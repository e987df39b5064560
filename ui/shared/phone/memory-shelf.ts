// A shelf that lasts as long as the test: what logs and senders are tested against.
import type { Change, Keys, Shelf, Tables } from "./shelf";

export class MemoryShelf<Rows extends Tables> implements Shelf<Rows> {
  /** The next write fails with this. */
  failure: Error | undefined;
  private readonly rows = new Map<string, Map<unknown, unknown>>();
  private last = 0;

  constructor(private readonly keys: Keys<Rows>) {
    for (const table of Object.keys(keys)) this.rows.set(table, new Map());
  }

  async all<T extends keyof Rows & string>(table: T): Promise<Rows[T][]> {
    return structuredClone([...this.rows.get(table)!.values()]) as Rows[T][];
  }

  async one<T extends keyof Rows & string>(table: T, key: string): Promise<Rows[T] | undefined> {
    return this.rows.get(table)!.get(key) as Rows[T] | undefined;
  }

  async write(changes: readonly Change<Rows>[]): Promise<void> {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
    for (const change of changes) {
      if ("add" in change) this.put("entries", { ...change.add, seq: ++this.last });
      else if ("put" in change) this.put(String(change.table), change.put as object);
      else this.rows.get(String(change.table))!.delete(change.drop);
    }
  }

  private put(table: string, row: object): void {
    const key = (this.keys as Record<string, string>)[table]!;
    this.rows.get(table)!.set((row as Record<string, unknown>)[key], row);
  }
}
