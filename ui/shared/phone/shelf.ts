// The shelf on the phone's disk: IndexedDB. A transaction is on the disk when it has ended ("strict"), so that a battery
// that dies in the middle of writing leaves all of it or nothing.

/** What somebody did on the phone: to be sent while its state is `waiting`. */
export type Logged = {
  /** Its place in the log, given by the shelf. */
  seq: number;
  operator: string;
  state: string;
  /** What the server said about it, or empty. */
  message: string;
};

/** What lies in the tables of any phone: entries by their place in the log, small things by their names. */
export type Tables = { entries: Logged; facts: { name: string } };

export type Change<Rows extends Tables> =
  | { add: Omit<Rows["entries"], "seq"> }
  | { [T in keyof Rows]: { table: T; put: Rows[T] } | { table: T; drop: T extends "entries" ? number : string } }[keyof Rows];

/** Where rows lie. `write` does all changes or none, and has them on the disk when it answers. */
export interface Shelf<Rows extends Tables> {
  all<T extends keyof Rows & string>(table: T): Promise<Rows[T][]>;
  one<T extends keyof Rows & string>(table: T, key: string): Promise<Rows[T] | undefined>;
  write(changes: readonly Change<Rows>[]): Promise<void>;
}

/** Of each table, the field that names a row. */
export type Keys<Rows extends Tables> = { [T in keyof Rows & string]: keyof Rows[T] & string };

const VERSION = 1;

/** Nothing more fits on the phone. */
export class Full extends Error {}

export async function openShelf<Rows extends Tables>(name: string, keys: Keys<Rows>): Promise<Shelf<Rows>> {
  const base = await opened(name, keys);
  const tables = Object.keys(keys);
  return {
    all: (table) => answered(base.transaction(table).objectStore(table).getAll()),
    one: (table, key) => answered(base.transaction(table).objectStore(table).get(key)),
    write: (changes) => write(base, tables, changes),
  };
}

function opened(name: string, keys: Record<string, string>): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const opening = indexedDB.open(name, VERSION);
    opening.onupgradeneeded = () => {
      for (const [table, keyPath] of Object.entries(keys)) opening.result.createObjectStore(table, { keyPath, autoIncrement: table === "entries" });
    };
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => done(opening.result);
  });
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function write<Rows extends Tables>(base: IDBDatabase, tables: readonly string[], changes: readonly Change<Rows>[]): Promise<void> {
  return new Promise((done, failed) => {
    const transaction = base.transaction(tables, "readwrite", { durability: "strict" });
    for (const change of changes) {
      if ("add" in change) transaction.objectStore("entries").add(change.add);
      else if ("put" in change) transaction.objectStore(String(change.table)).put(change.put);
      else transaction.objectStore(String(change.table)).delete(change.drop);
    }
    transaction.oncomplete = () => done();
    transaction.onabort = () => failed(transaction.error?.name === "QuotaExceededError" ? new Full() : transaction.error);
  });
}
