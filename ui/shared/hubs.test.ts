// What lies at a place: where it goes next, what of it is late, and how it is read.
import { expect, test } from "vitest";
import { parcel } from "./hub-sample";
import { grouped, isLate, readLying, type ParcelPage } from "./hubs";

test("groups by direction, what leaves soonest first, in each what lies there longest first", () => {
  const groups = grouped([
    parcel("held", { kind: "held", to: "", line: "" }),
    parcel("berlin", { to: "Berlin", leaves: 900 }),
    parcel("new", { leaves: 700 }, { since: 50 }),
    parcel("old", { leaves: 500 }, { since: 10, promised: 1, expected: 2 }),
    parcel("unseen", { leaves: 700 }),
  ]);
  expect(groups.map(({ direction, parcels, late }) => [direction.to, direction.leaves, late, ...parcels.map(({ number }) => number)])).toEqual([
    ["Frankfurt", 500, 1, "old", "new", "unseen"],
    ["Berlin", 900, 0, "berlin"],
    ["", null, 0, "held"],
  ]);
});

test("another line to the same place is another group, and nothing is none", () => {
  expect(grouped([parcel("a", { line: "L2" }), parcel("b", { line: "L3" })])).toHaveLength(2);
  expect(grouped([])).toEqual([]);
});

/** What is known after each page, where pages come in this order. */
async function read(pages: string[][], most?: number): Promise<[string, boolean][]> {
  const ask = (cursor: string | null): Promise<ParcelPage> => {
    const at = Number(cursor ?? 0);
    return Promise.resolve({ items: pages[at]!.map((number) => parcel(number)), next: at + 1 < pages.length ? String(at + 1) : null });
  };
  const known: [string, boolean][] = [];
  for await (const { parcels, isWhole } of readLying(ask, most)) known.push([parcels.map(({ number }) => number).join(""), isWhole]);
  return known;
}

test("pages are read until the last, and what moved between them stands there once", async () => {
  expect(await read([["a", "b"], ["b", "c"], []])).toEqual([["ab", false], ["abc", false], ["abc", true]]);
  expect(await read([[]])).toEqual([["", true]]);
});

test("no more is read than is wanted, and what was left out is known", async () => {
  expect(await read([["a", "b"], ["c", "d"], ["e"]], 3)).toEqual([["ab", false], ["abc", false]]);
  expect(await read([["a", "b"], ["c"]], 3)).toEqual([["ab", false], ["abc", true]]);
});

test("late is what is there after it was promised, where both are known", () => {
  const late = (promised: number | null, expected: number | null) => isLate(parcel("a", {}, { promised, expected }));
  expect([late(5, 6), late(5, 5), late(null, 6), late(5, null)]).toEqual([true, false, false, false]);
});
