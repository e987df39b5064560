// What lies at a place, by where it goes next.
import { expect, test } from "vitest";
import { grouped } from "./groups";
import { parcel } from "./sample";

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
