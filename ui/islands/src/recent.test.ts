// What was looked at stays on the device, bounded, and is never trusted.
import { expect, test } from "vitest";
import { forget, isPrivate, KEPT_MAX, note, recent, type Seen, type Shelf } from "./recent";

function shelf(kept: string | null = null): Shelf & { kept: string | null } {
  return {
    kept,
    getItem() {
      return this.kept;
    },
    setItem(_key, value) {
      this.kept = value;
    },
    removeItem() {
      this.kept = null;
    },
  };
}

const seen = (n: number): Seen => ({ id: `p-${n}`, href: `/p/p-${n}`, title: `Cup ${n}`, price: "€1.00", image: "/media/a.webp" });

test("the last comes first, once, and the oldest goes", () => {
  const kept = shelf();
  for (let n = 0; n < KEPT_MAX + 3; n += 1) note(kept, seen(n));
  note(kept, seen(5));
  const ids = recent(kept).map(({ id }) => id);
  expect(ids).toHaveLength(KEPT_MAX);
  expect(ids.slice(0, 2)).toEqual(["p-5", `p-${KEPT_MAX + 2}`]);
  expect(new Set(ids).size).toBe(KEPT_MAX);
  forget(kept);
  expect(recent(kept)).toEqual([]);
});

test("what is not ours counts as nothing", () => {
  const foreign = { ...seen(1), href: "https://elsewhere.example/" };
  const cases = ["", "{", "null", "7", JSON.stringify([1, null, { id: "p" }, foreign, { ...seen(1), image: "//elsewhere" }])];
  for (const text of cases) expect(recent(shelf(text)), text).toEqual([]);
  expect(recent(shelf(JSON.stringify([foreign, seen(2)])))).toEqual([seen(2)]);
  const broken: Shelf = {
    getItem() {
      throw new Error("forbidden");
    },
    setItem() {
      throw new Error("full");
    },
    removeItem() {
      throw new Error("forbidden");
    },
  };
  expect(recent(broken)).toEqual([]);
  note(broken, seen(1));
  forget(broken);
});

test("who does not want to be followed is not", () => {
  expect(isPrivate({ doNotTrack: "1" })).toBe(true);
  expect(isPrivate({ globalPrivacyControl: true })).toBe(true);
  for (const browser of [{}, { doNotTrack: "0" }, { doNotTrack: null }, { globalPrivacyControl: false }]) expect(isPrivate(browser)).toBe(false);
});
