// What is written down stays, what the server says about it is kept beside it, and what is over leaves.
import { MemoryShelf } from "@sesame/shared/phone/memory-shelf";
import { expect, test } from "vitest";
import { KEEP_DAYS, KEYS, keepRound, load, ofLastTap, prune, settle, undoable, type Entry, type Kept, type Rows } from "./log";
import { sample } from "./sample";
import type { CourierEvent } from "./wire";

const load1: CourierEvent = { key: "k1", at: 1, what: "load", parcel: "A1" };
const made = (event: CourierEvent, tap = event.key): Omit<Entry, "seq"> => ({ round: "round_1", operator: "op", event, before: {}, tap, state: "waiting", message: "" });
const kept = (entries: Entry[]): Kept => ({ rounds: [{ id: "round_1", operator: "op", round: sample(), at: 0 }], entries, facts: [] });

test("entries come back in the order in which they were written", async () => {
  const shelf = new MemoryShelf<Rows>(KEYS);
  await shelf.write([{ add: made(load1) }]);
  await shelf.write([{ add: made({ key: "k2", at: 0, what: "start" }) }]);
  expect((await load(shelf)).entries.map(({ event }) => event.key)).toEqual(["k1", "k2"]);
});

test("what could not be written is not there at all", async () => {
  const shelf = new MemoryShelf<Rows>(KEYS);
  shelf.failure = new Error("full");
  const picture = { key: "p", round: "round_1", blob: new Blob(["x"]), refused: "" };
  await expect(shelf.write([{ table: "pictures", put: picture }, { add: made(load1) }])).rejects.toThrow("full");
  expect((await load(shelf)).entries).toEqual([]);
  expect(await shelf.one("pictures", "p")).toBeUndefined();
});

test("an older answer does not replace a newer round", () => {
  const base = kept([]);
  base.rounds[0]!.round.version = 5;
  expect(keepRound(base, { ...sample(), version: 4 }, "op", 9)).toEqual([]);
  expect(keepRound(base, { ...sample(), version: 5 }, "op", 9)).toHaveLength(1);
  expect(keepRound(base, { ...sample(), version: 1 }, "somebody else", 9)).toHaveLength(1);
});

test("each result goes to its entry; what has none waits on", () => {
  const entries = ["a", "b", "c", "d", "e"].map((key, at) => ({ ...made({ key, at, what: "load", parcel: "A1" }), seq: at }));
  const words = (key: string, result: "taken" | "known" | "conflict" | "refused") => ({ key, result, code: "x", message: `about ${key}` });
  const answer = { round: { ...sample(), version: 2 }, results: [words("a", "taken"), words("b", "known"), words("c", "conflict"), words("d", "refused")] };
  const changes = settle(kept(entries), entries, answer, 77);
  const told = changes.flatMap((change) => ("put" in change && change.table === "entries" ? [[change.put.event.key, change.put.state, change.put.message]] : []));
  expect(told).toEqual([["a", "taken", ""], ["b", "taken", ""], ["c", "conflict", "about c"], ["d", "refused", "about d"]]);
  expect(changes).toContainEqual({ table: "facts", put: { name: "sent", at: 77 } });
});

test("an old round leaves, unless something of it was not sent or was refused", () => {
  const now = Date.parse("2026-11-29") + (KEEP_DAYS + 1) * 24 * 60 * 60 * 1000;
  const entry: Entry = { ...made(load1), seq: 1, state: "taken" };
  expect(prune(kept([entry]), now)).toEqual([{ table: "rounds", drop: "round_1" }, { table: "entries", drop: 1 }]);
  expect(prune(kept([{ ...entry, state: "waiting" }]), now)).toEqual([]);
  expect(prune(kept([{ ...entry, state: "refused" }]), now)).toEqual([]);
  expect(prune(kept([entry]), Date.parse("2026-11-30"))).toEqual([]);
});

test("one undo takes back one tap, each tap once", () => {
  const events: CourierEvent[] = ["A1", "A2", "B1"].map((parcel) => ({ key: parcel, at: 1, what: "failed", parcel, reason: "closed" }));
  const entries = events.map((event, seq) => ({ ...made(event, event.key === "A1" ? "first" : "second"), seq }));
  const keys = (all: Entry[]) => ofLastTap(all, "round_1").map(({ event }) => event.key);
  expect(keys(entries)).toEqual(["A2", "B1"]);
  const undone = [...entries, ...["A2", "B1"].map((undoes, at) => ({ ...made({ key: `u${at}`, at: 2, what: "undo", undoes }), seq: 9 + at }))];
  expect(keys(undone)).toEqual(["A1"]);
  expect(undoable(undone, "round_1").map(({ event }) => event.key)).toEqual(["A1"]);
  expect(undoable(undone, "round_2")).toEqual([]);
  expect(keys(entries.map((entry) => ({ ...entry, state: "refused" as const })))).toEqual([]);
  const started = [...entries, { ...made({ key: "s", at: 3, what: "start" }), seq: 12 }, { ...made({ key: "o", at: 4, what: "reorder", order: [1], reason: "traffic" }), seq: 13 }];
  expect(keys(started), "that it began is no slip of a finger").toEqual(["A2", "B1"]);
});
