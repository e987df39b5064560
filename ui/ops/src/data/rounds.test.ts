import type { RoundEntry } from "@sesame/shared/api/types";
import { expect, test } from "vitest";
import { dayOf, distinct, othersOf, sumOf } from "./rounds";
import { today } from "./zones";

const entry = (id: string, change: Partial<RoundEntry> = {}): RoundEntry => ({ id, version: 1, day: "2026-11-29", state: "planned", location: { id: "altona", name: "Altona" }, vehicle: "", courier: null, stops: 3, stops_done: 1, parcels: 4, delivered: 1, failed: 1, ...change });

test("a parcel can go with the open rounds of the same place", () => {
  const rounds = [entry("a"), entry("b", { state: "underway" }), entry("c", { state: "closed" }), entry("d", { location: { id: "mitte", name: "Mitte" } })];
  expect(othersOf(rounds, "a", "altona").map(({ id }) => id)).toEqual(["b"]);
});

test("a courier who drives twice is named once, in the order of names", () => {
  expect(distinct([{ id: "2", name: "Zoe" }, { id: "1", name: "Ada" }, { id: "2", name: "Zoe" }]).map(({ id }) => id)).toEqual(["1", "2"]);
});

test("the day of an address is today where it says none", () => {
  expect(dayOf(new URLSearchParams("day=2026-02-28"))).toBe("2026-02-28");
  expect(["", "day=tomorrow", "day=2026-13-01"].map((search) => dayOf(new URLSearchParams(search)))).toEqual([today(), today(), today()]);
});

test("a day in figures", () => {
  expect(sumOf([entry("a"), entry("b", { failed: 0 })])).toEqual({ stops: 6, done: 2, parcels: 8, delivered: 2, failed: 1 });
});
