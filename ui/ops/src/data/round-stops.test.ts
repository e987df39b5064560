// How stops stand, what is late, and where the courier was heard of last.
import type { CourierParcel, CourierRound, CourierStop, RoundDetail, RoundSaid } from "@sesame/shared/api/types";
import { describe, expect, test } from "vitest";
import { BEHIND_MS, cameLate, canMove, lastHeard, otherClock, riskOf, saidOf, seenStops, stopsAtRisk } from "./round-stops";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 29, 12);
const HUB = { latitude: 53.55, longitude: 9.94 };
const DOOR = { latitude: 53.57, longitude: 10 };

const parcel = (number: string, change: Partial<CourierParcel> = {}): CourierParcel => ({ fulfillment: `f-${number}`, number, weight_grams: 1_200, state: "loaded", reason: "", at: null, conflict: "", ...change });
const stop = (number: number, change: Partial<CourierStop> = {}): CourierStop => ({
  number, name: `Receiver ${number}`, phone: "", reached_at: null, arrival: NOON, window: null, position: DOOR,
  address: { street: "Weg 1", street_2: "", postal_code: "22765", city: "Hamburg", region: "", country: "DE" },
  parcels: [parcel(`P${number}`)],
  ...change,
});
const round = (stops: CourierStop[], change: Partial<CourierRound> = {}): CourierRound => ({
  id: "round_1", version: 1, day: "2026-11-29", state: "underway", vehicle: "Van", location: { id: "l", name: "Altona", position: HUB },
  distances: "beeline", meters: 9_000, seconds: 3_600, order: stops.map(({ number }) => number), stops, ...change,
});
const said = (number: string, what: RoundSaid["what"], at: number, change: Partial<RoundSaid> = {}): RoundSaid => ({ number, what, at, clock: at, reason: null, by: null, taken_back: false, proof: null, ...change });
const detail = (of: CourierRound, all: RoundSaid[]): RoundDetail => ({ round: of, courier: null, couriers: [], reordered: [], said: all });

describe("a stop's state", () => {
  const cases: [string, CourierParcel[]][] = [
    ["done", [parcel("A", { state: "delivered" })]],
    ["failed", [parcel("A", { state: "delivered" }), parcel("B", { state: "failed" })]],
    ["failed", [parcel("A", { state: "returned" })]],
    ["moved", [parcel("A", { conflict: "reassigned" })]],
    ["moved", [parcel("A", { conflict: "recalled" })]],
    ["done", [parcel("A", { state: "delivered" }), parcel("B", { conflict: "reassigned" })]],
    ["stayed", [parcel("A", { state: "planned" })]],
    ["open", [parcel("A"), parcel("B", { state: "failed" })]],
  ];
  test.each(cases)("%s: %j", (state, parcels) => {
    // The first stop is the next one: what is looked at comes behind it.
    expect(seenStops(round([stop(1), stop(2, { parcels })]), NOON).map((one) => one.state)).toEqual(["next", state]);
  });
  test("before the round starts, nothing is next and nothing stayed", () => {
    const planned = [stop(1, { parcels: [parcel("A", { state: "planned" })] }), stop(2)];
    expect(seenStops(round(planned, { state: "loading" }), NOON).map(({ state }) => state)).toEqual(["open", "open"]);
  });
  test("stops are numbered in the order of visits", () => {
    expect(seenStops(round([stop(1), stop(2), stop(3)], { order: [3, 1, 2] }), NOON).map(({ stop: { number }, place }) => [number, place])).toEqual([[3, 1], [1, 2], [2, 3]]);
  });
});

describe("what is late", () => {
  const window = { from: NOON - 60 * MINUTE, until: NOON + 60 * MINUTE };
  test.each([
    [{}, NOON + BEHIND_MS, null],
    [{}, NOON + BEHIND_MS + MINUTE, { kind: "behind", minutes: 11 }],
    [{ reached_at: NOON }, NOON + 120 * MINUTE, null],
    [{ window }, NOON, null],
    [{ window }, NOON + 61 * MINUTE, { kind: "missed" }],
    [{ window, arrival: NOON + 90 * MINUTE }, NOON, { kind: "outside" }],
    [{ window, arrival: NOON - 90 * MINUTE }, NOON - 100 * MINUTE, { kind: "outside" }],
    [{ arrival: null }, NOON + 120 * MINUTE, null],
  ])("%j at %d", (change, now, risk) => {
    expect(riskOf(stop(1, change), now)).toEqual(risk);
  });
  test("nothing of what is over or closed", () => {
    const late = NOON + 120 * MINUTE;
    const stops = [stop(1), stop(2, { parcels: [parcel("A", { state: "failed" })] })];
    expect(stopsAtRisk(round(stops), late)).toBe(1);
    expect(stopsAtRisk(round(stops, { state: "closed" }), late)).toBe(0);
  });
  test("coming after the window is told", () => {
    expect([window.until, window.until + 1].map((reached_at) => cameLate(stop(1, { window, reached_at })))).toEqual([false, true]);
  });
});

describe("last heard", () => {
  const stops = [stop(1), stop(2, { reached_at: NOON + 5 * MINUTE })];
  test("nothing was said", () => expect(lastHeard(detail(round([stop(1)]), []))).toBeNull());
  test("at the hub, at a door, at the phone's own place", () => {
    expect(lastHeard(detail(round([stop(1)]), [said("P1", "loaded", NOON)]))).toMatchObject({ what: "loaded", position: HUB, isExact: false });
    expect(lastHeard(detail(round(stops), [said("P1", "loaded", NOON)]))).toMatchObject({ at: NOON + 5 * MINUTE, what: "reached", position: DOOR });
    const position = { latitude: 53.571, longitude: 10.001 };
    const proof = { by: "photo", name: "", code: "", picture: null, position } as const;
    expect(lastHeard(detail(round(stops), [said("P2", "delivered", NOON + 5 * MINUTE, { proof })]))).toMatchObject({ what: "delivered", position, isExact: true });
  });
  test("what was taken back does not count", () => {
    const all = [said("P1", "loaded", NOON), said("P1", "failed", NOON + 9 * MINUTE, { taken_back: true })];
    expect(lastHeard(detail(round([stop(1)]), all))).toMatchObject({ what: "loaded" });
  });
});

test("what was said of a parcel, with another clock where it is off by more than a minute", () => {
  const all = [said("P1", "delivered", NOON + MINUTE, { clock: NOON + 2 * MINUTE }), said("P2", "loaded", NOON), said("P1", "loaded", NOON, { clock: NOON - 2 * MINUTE })];
  const own = saidOf(detail(round([stop(1)]), all), "P1");
  expect(own.map(({ what }) => what)).toEqual(["loaded", "delivered"]);
  expect(own.map(otherClock)).toEqual([NOON - 2 * MINUTE, null]);
});

test("a parcel can go with another round until somebody has it", () => {
  const states = ["planned", "loaded", "failed", "returned", "delivered"] as const;
  expect(states.filter((state) => canMove(parcel("A", { state })))).toEqual(["planned", "loaded", "failed"]);
  expect(canMove(parcel("A", { conflict: "reassigned" }))).toBe(false);
});
