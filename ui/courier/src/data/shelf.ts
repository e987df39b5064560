// The shelf on the phone's disk: IndexedDB. A transaction is on the disk when it has ended ("strict"), so that a battery
// that dies in the middle of writing leaves all of it or nothing.
import type { Change, Entry, Picture, Rows, Shelf, Table } from "./log";

const NAME = "sesame-courier";
const VERSION = 1;
const KEYS: Record<Table, IDBObjectStoreParameters> = {
  rounds: { keyPath: "id" },
  entries: { keyPath: "seq", autoIncrement: true },
  pictures: { keyPath: "key" },
  facts: { keyPath: "name" },
};
const TABLES = Object.keys(KEYS) as Table[];

/** Nothing more fits on the phone. */
export class Full extends Error {}

export async function openShelf(): Promise<Shelf> {
  const base = await opened();
  return {
    all: (table) => answered(base.transaction(table).objectStore(table).getAll()) as Promise<Rows[typeof table][]>,
    picture: (key) => answered(base.transaction("pictures").objectStore("pictures").get(key)) as Promise<Picture | undefined>,
    write: (changes) => write(base, changes),
  };
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const opening = indexedDB.open(NAME, VERSION);
    opening.onupgradeneeded = () => TABLES.forEach((table) => opening.result.createObjectStore(table, KEYS[table]));
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

function write(base: IDBDatabase, changes: readonly Change[]): Promise<Entry[]> {
  return new Promise((done, failed) => {
    const transaction = base.transaction(TABLES, "readwrite", { durability: "strict" });
    const added: Entry[] = [];
    for (const change of changes) {
      if ("add" in change) {
        const request = transaction.objectStore("entries").add(change.add);
        request.onsuccess = () => added.push({ ...change.add, seq: request.result as number });
      } else {
        const table = transaction.objectStore(change.table);
        if ("put" in change) table.put(change.put);
        else table.delete(change.drop);
      }
    }
    transaction.oncomplete = () => done(added);
    transaction.onabort = () => failed(transaction.error?.name === "QuotaExceededError" ? new Full() : transaction.error);
  });
}
