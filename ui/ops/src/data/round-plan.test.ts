// What a dispatcher types becomes a plan, or says at which field it cannot.
import { expect, test } from "vitest";
import { ApiError } from "./api";
import { NEW_LINE, fieldOf, planOf, type Line } from "./round-plan";

const plan = (...lines: Partial<Line>[]) => planOf({ day: "2026-11-29", location: "location_1", lines: lines.map((line) => ({ ...NEW_LINE, ...line })) }, "Europe/Berlin");

test("times are those of the place, room is optional", () => {
  const { request } = plan({ vehicle: " HH-SE 204 ", kilograms: "350,5", parcels: "40" }, { courier: "operator_1", from: "07:30", until: "12:00" });
  expect(request?.couriers).toEqual([
    { courier: null, vehicle: "HH-SE 204", capacity_grams: 350_500, parcels_max: 40, from: Date.UTC(2026, 10, 29, 7), until: Date.UTC(2026, 10, 29, 15) },
    { courier: "operator_1", vehicle: "", capacity_grams: null, parcels_max: null, from: Date.UTC(2026, 10, 29, 6, 30), until: Date.UTC(2026, 10, 29, 11) },
  ]);
});

test("what is wrong is said of its own line and field", () => {
  const { request, faults } = plan({}, { from: "" }, { from: "16:00", until: "08:00" }, { kilograms: "much", parcels: "0" }, { parcels: "2.5" }, { parcels: "301" });
  expect(request).toBeNull();
  expect(faults).toEqual([[], ["from"], ["until"], ["kilograms", "parcels"], ["parcels"], ["parcels"]]);
});

test("an hour that clocks leave out is no time", () => {
  const { faults } = planOf({ day: "2027-03-28", location: "l", lines: [{ ...NEW_LINE, from: "02:30" }] }, "Europe/Berlin");
  expect(faults).toEqual([["from"]]);
});

test("a refusal finds its field", () => {
  const refused = (code: string, details: Record<string, unknown>) => fieldOf(new ApiError(422, code, "", details));
  expect([refused("field_invalid", { field: "location" }), refused("location_cannot", {}), refused("not_found", { what: "location" }), refused("field_invalid", { field: "day" }), refused("field_invalid", { field: "vehicle" }), refused("parcel_in_round", {}), fieldOf(new Error())]).toEqual(["location", "location", "location", "day", null, null, null]);
});
