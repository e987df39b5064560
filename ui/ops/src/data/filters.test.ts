import { expect, test } from "vitest";
import { dayOf, dayStart, filtersOf, sameFilters, searchOf, withSaved } from "./filters";
import { parseRoute } from "./router";
import { sparkPoints } from "../parts/tiles";

test("filters survive the way through the address", () => {
  const filters = { query: "lamp & co", state: "confirmed,partly_fulfilled", from: "1700000000000" };
  expect(filtersOf(new URLSearchParams(searchOf(filters)))).toEqual(filters);
  expect(searchOf({})).toBe("");
  expect(filtersOf(new URLSearchParams("?state=&nonsense=1"))).toEqual({});
  expect(sameFilters({ query: "a", state: "b" }, { state: "b", query: "a" })).toBe(true);
});

test("a kept filter replaces the one of the same name", () => {
  const saved = withSaved([{ name: "b", filters: {} }], { name: "a", filters: { query: "x" } });
  expect(saved.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(withSaved(saved, { name: "a", filters: {} })).toHaveLength(2);
});

test("days go to times and back", () => {
  expect(dayOf(dayStart("2026-11-22"))).toBe("2026-11-22");
  expect(dayOf(dayStart("2026-02-28", 1), 1)).toBe("2026-02-28");
  expect(dayStart("")).toBeUndefined();
  expect(dayOf("x")).toBe("");
});

test("addresses below /ops", () => {
  expect(parseRoute("/ops/orders/order_1?state=open")).toMatchObject({ segments: ["orders", "order_1"] });
  expect(parseRoute("/ops").segments).toEqual([]);
  expect(parseRoute("/ops/orders?query=a%20b").search.get("query")).toBe("a b");
});

test("a line through nothing is flat at the bottom", () => {
  expect(sparkPoints([0, 0])).toBe("0.0,23.0 100.0,23.0");
  expect(sparkPoints([0, 4, 2])).toBe("0.0,23.0 50.0,1.0 100.0,12.0");
});
