// What was scanned stays, the answer stands beside it, bad news that came late is not lost, and what is over leaves.
import { SAME_MS } from "@sesame/shared/phone/label";
import { describe, expect, test } from "vitest";
import { FRESH_MS, KEEP, before, isEcho, isToSee, isUndoable, prune, recent, settle, undoneIn, type Entry, type Kept } from "./log";
import { made, parcel } from "./sample";
import type { ScanResult } from "./wire";

const kept = (entries: Omit<Entry, "seq">[]): Kept => ({ entries: entries.map((entry, at) => ({ ...entry, seq: at + 1 })), facts: [] });
const undoOf = (label: string, more: Partial<Entry> = {}) => made(label, "arrived", { scan: { key: `u-${label}`, at: 2_000, label, what: "undo", undoes: `k-${label}` }, ...more });
const row = (label: string, more: Partial<ScanResult> = {}): ScanResult => ({ key: `k-${label}`, result: "taken", code: "", message: "", parcel: parcel(label), ...more });

/** What entries become by rows that came so long after they were scanned. */
function told(base: Kept, results: ScanResult[], later = 100): Entry[] {
  return settle(base, base.entries, { results }, 1_000 + later).flatMap((change) => ("put" in change && change.table === "entries" ? [change.put] : []));
}

describe("answers", () => {
  test("each goes to its entry; what has none waits on", () => {
    const base = kept([made("a"), made("b"), made("c"), made("d")]);
    const refused = row("c", { result: "refused", code: "not_found", message: "no such parcel", parcel: null });
    const found = told(base, [row("a"), row("b", { result: "known" }), refused]);
    expect(found.map(({ scan, state, message }) => [scan.key, state, message])).toEqual([["k-a", "taken", ""], ["k-b", "known", ""], ["k-c", "refused", "no such parcel"]]);
    expect(found[0]!.parcel?.direction.to).toBe("Frankfurt");
  });

  test("bad news is to be seen to, unless somebody stood before it", () => {
    const wrong = (label: string) => row(label, { parcel: parcel(label, { kind: "unknown" }) });
    const unseen = (base: Kept, results: ScanResult[], later?: number) => told(base, results, later).filter(isToSee).map(({ scan }) => scan.label);
    expect(unseen(kept([made("a"), made("b")]), [wrong("a"), wrong("b")])).toEqual(["a"]);
    expect(unseen(kept([made("a")]), [wrong("a")], FRESH_MS + 1)).toEqual(["a"]);
    expect(unseen(kept([made("a")]), [row("a")], FRESH_MS + 1)).toEqual([]);
    expect(unseen(kept([made("a"), undoOf("a")]), [wrong("a")], FRESH_MS + 1), "it was taken back").toEqual([]);
    const damaged = row("a", { parcel: parcel("a", { kind: "held" }) });
    expect(unseen(kept([made("a", "damaged")]), [damaged], FRESH_MS + 1), "they said so themselves").toEqual([]);
    const undo = { ...row("a", { result: "refused", code: "not_found", parcel: null }), key: "u-a" };
    expect(unseen(kept([made("a", "arrived", { state: "taken" }), undoOf("a")]), [undo])).toEqual(["a"]);
  });

  test("what the server cannot read is to be seen to", () => {
    expect(isToSee({ ...made("a", "arrived", { state: "refused" }), seq: 1 })).toBe(true);
  });
});

test("a scan is taken back once, and not when it never counted", () => {
  const { entries } = kept([made("a"), made("b"), undoOf("a"), made("c", "arrived", { state: "refused", code: "not_found" }), made("d"), undoOf("d", { state: "refused", code: "not_found" })]);
  const undone = undoneIn(entries);
  expect(entries.filter((entry) => isUndoable(entry, undone)).map(({ scan }) => scan.label)).toEqual(["b", "d"]);
});

test("the last scans of a place and a person, the last first", () => {
  const base = kept([made("a"), made("b", "arrived", { place: "place_2" }), made("c", "arrived", { operator: "other" }), made("d"), undoOf("a")]);
  expect(recent(base, "op", "place_1").map(({ scan }) => scan.label)).toEqual(["d", "a"]);
});

test("the same label so soon is one scan; another one, another act or later is another", () => {
  const last = { label: "RR 1", what: "arrived", at: 5_000 };
  expect(isEcho(last, { label: "rr1", what: "arrived", at: 5_000 + SAME_MS - 1 })).toBe(true);
  expect(isEcho(last, { label: "rr1", what: "arrived", at: 5_000 + SAME_MS })).toBe(false);
  expect(isEcho(last, { label: "rr2", what: "arrived", at: 5_001 })).toBe(false);
  expect(isEcho(last, { label: "rr1", what: "left", at: 5_001 })).toBe(false);
  expect(isEcho(undefined, last)).toBe(false);
});

test("that something was scanned before is known, but for what was taken back or never counted", () => {
  const again = (first: Omit<Entry, "seq">, ...between: Omit<Entry, "seq">[]) => {
    const { entries } = kept([first, ...between, made("A", "arrived", { scan: { key: "again", at: 9_000, label: " a", what: "arrived" } })]);
    return before(entries.at(-1)!, entries, undoneIn(entries));
  };
  expect(again(made("a"))).toBe(1_000);
  expect(again(made("]C1a", "arrived", { state: "taken", parcel: parcel("A") })), "by another label").toBe(1_000);
  expect(again(made("a"), undoOf("a"))).toBeNull();
  expect(again(made("a", "left"))).toBeNull();
  expect(again(made("a", "arrived", { place: "place_2" }))).toBeNull();
  expect(again(made("a", "arrived", { state: "refused", code: "not_found" }))).toBeNull();
});

test("the oldest answered scans leave; what waits or is to be seen to stays", () => {
  const old = [made("waits"), made("unseen", "arrived", { state: "taken", isUnseen: true })];
  const many = Array.from({ length: KEEP + 2 }, (_, at) => made(`n${at}`, "arrived", { state: "taken" }));
  expect(prune(kept([...old, ...many]))).toEqual([{ table: "entries", drop: 3 }, { table: "entries", drop: 4 }]);
  expect(prune(kept(old))).toEqual([]);
});
