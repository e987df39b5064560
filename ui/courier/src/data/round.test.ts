// What the phone believes after events, in order, and after they are taken back.
import { openStops } from "@sesame/shared/rounds";
import { describe, expect, test } from "vitest";
import type { Entry } from "./log";
import { after, apply, asNext, beforeOf, geoLink, parcelOf, stopOf, tally, parcelsOf } from "./round";
import { sample } from "./sample";
import { scanBack, scanIn } from "./scan";
import type { CourierEvent, Round } from "./wire";

let last = 0;
type Said = CourierEvent extends infer Event ? (Event extends CourierEvent ? Omit<Event, "key" | "at"> : never) : never;
const event = (said: Said): CourierEvent => ({ ...said, key: `k${++last}`, at: 1_000 + last }) as CourierEvent;
const entry = (round: Round, said: CourierEvent): Entry => ({ seq: ++last, round: round.id, operator: "op", event: said, before: beforeOf(round, said), tap: "t", state: "waiting", message: "" });

/** The round after what is said, and each event with what it changed. */
function play(said: Said[]): { round: Round; entries: Entry[] } {
  let round = sample();
  const entries: Entry[] = [];
  for (const one of said) {
    const made = entry(round, event(one));
    entries.push(made);
    round = apply(round, made);
  }
  return { round, entries };
}

const LOADED: Said[] = ["A1", "A2", "B1"].map((parcel) => ({ what: "load", parcel }) as const);
const UNDERWAY: Said[] = [...LOADED, { what: "start" }];
const numbers = (round: Round) => openStops(round).map(({ number }) => number);

test("a day from loading to the end", () => {
  const { round } = play([
    ...UNDERWAY,
    { what: "reached", stop: 1 },
    { what: "delivered", parcel: "A1", proof: { by: "signature" } },
    { what: "failed", parcel: "A2", reason: "damaged" },
    { what: "delivered", parcel: "B1", proof: { by: "code", code: "1" } },
    { what: "returned", parcel: "A2" },
    { what: "close" },
  ]);
  expect(round.state).toBe("closed");
  expect(stopOf(round, 1)!.reached_at).not.toBeNull();
  expect(parcelOf(round, "A2")).toMatchObject({ state: "returned", reason: "damaged" });
  expect(tally(parcelsOf(round))).toEqual({ planned: 1, loaded: 0, delivered: 2, failed: 0, returned: 1, all: 4 });
});

test("the same events twice give the same round", () => {
  const { entries } = play([...UNDERWAY, { what: "reached", stop: 1 }, { what: "delivered", parcel: "A1", proof: { by: "photo", picture: "p" } }]);
  const once = after(sample(), entries);
  expect(after(once, entries)).toEqual(once);
});

test("a stop without a parcel in the vehicle is left out", () => {
  expect(numbers(play(UNDERWAY).round)).toEqual([1, 2]);
});

test("a parcel that was called back is not to be handed over", () => {
  const { round } = play(UNDERWAY);
  parcelOf(round, "B1")!.conflict = "recalled";
  expect(numbers(round)).toEqual([1]);
});

describe("taken back", () => {
  const cases: Said[] = [
    { what: "load", parcel: "C1" },
    { what: "reached", stop: 2 },
    { what: "delivered", parcel: "B1", proof: { by: "neighbor", name: "Ott" } },
    { what: "failed", parcel: "B1", reason: "refused" },
    { what: "returned", parcel: "B1" },
  ];
  test.each(cases)("$what", (said) => {
    const { round } = play(UNDERWAY);
    const made = entry(round, event(said));
    const undo = { event: event({ what: "undo", undoes: made.event.key }), before: made.before };
    expect(apply(round, made)).not.toEqual(round);
    expect(apply(apply(round, made), undo)).toEqual(round);
    // The server did both already: its round stays as it is.
    expect(apply(round, undo)).toEqual(round);
  });
  test("an early load after the start leaves the round underway", () => {
    const { round, entries } = play(UNDERWAY);
    const undone = apply(round, { event: event({ what: "undo", undoes: entries[0]!.event.key }), before: entries[0]!.before });
    expect(undone.state).toBe("underway");
    expect(parcelOf(undone, "A1")!.state).toBe("planned");
  });
});

test("a stop comes next behind what is done, and none is lost", () => {
  const { round } = play([...UNDERWAY, { what: "load", parcel: "C1" }, { what: "delivered", parcel: "A1", proof: { by: "photo" } }, { what: "failed", parcel: "A2", reason: "closed" }]);
  const order = asNext(round, 3);
  expect(order).toEqual([1, 3, 2]);
  const short = apply(round, { event: event({ what: "reorder", order: [3], reason: "traffic" }), before: {} });
  expect(short.order).toEqual([3, 1, 2]);
});

test("what is not in the round changes nothing", () => {
  const round = sample();
  expect(apply(round, { event: event({ what: "delivered", parcel: "ZZ", proof: { by: "photo" } }), before: {} })).toEqual(round);
});

test("labels: read in any writing, taken once, others told apart", () => {
  const { round } = play([{ what: "load", parcel: "A1" }]);
  parcelOf(round, "C1")!.conflict = "reassigned";
  const other: Round = { ...sample(), id: "round_2", vehicle: "Bike", stops: [{ ...sample().stops[0]!, parcels: [{ ...sample().stops[0]!.parcels[0]!, number: "X9" }] }] };
  const kinds = [" a2 ", "A1", "C1", "x 9", "Q"].map((text) => scanIn(round, text, [round, other]).kind);
  expect(kinds).toEqual(["taken", "already", "conflict", "other_round", "foreign"]);
  expect(scanBack(round, "A1").kind).toBe("taken");
  expect(scanBack(round, "Q").kind).toBe("foreign");
});

test("the phone's navigation gets the address, and the point where one is known", () => {
  const stop = sample().stops[0]!;
  expect(geoLink(stop)).toBe("geo:0,0?q=Street%201%2C%2022765%20Hamburg%2C%20DE");
  expect(geoLink({ ...stop, position: { latitude: 53.55, longitude: 9.94 } })).toBe("geo:53.55,9.94?q=Street%201%2C%2022765%20Hamburg%2C%20DE");
});
