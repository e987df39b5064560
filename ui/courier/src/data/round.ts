// A round as the phone believes it to be: what the server said last, and over it what happened since. Pure, so that the
// same events give the same round on every screen, in every tab and after every reload.
import { openStops, ordered, stopsInOrder } from "@sesame/shared/rounds";
import type { Before, Entry } from "./log";
import type { Parcel, ParcelState, Point, Round, Stop } from "./wire";

/** The round after all that waits, in the order in which it happened. */
export function after(round: Round, waiting: readonly Entry[]): Round {
  return waiting.reduce(apply, round);
}

/** The round after one event. What names nothing of this round changes nothing. */
export function apply(round: Round, { event, before }: Pick<Entry, "event" | "before">): Round {
  switch (event.what) {
    case "load":
      return into(round.state === "planned" ? { ...round, state: "loading" } : round, event.parcel, "loaded", "", event.at);
    case "start":
      return { ...round, state: "underway" };
    case "reached":
      return withStop(round, event.stop, (stop) => ({ ...stop, reached_at: stop.reached_at ?? event.at }));
    case "delivered":
      return into(round, event.parcel, "delivered", "", event.at);
    case "failed":
      return into(round, event.parcel, "failed", event.reason, event.at);
    case "returned":
      return into(round, event.parcel, "returned", parcelOf(round, event.parcel)?.reason ?? "", event.at);
    case "reorder":
      return { ...round, order: ordered(event.order, round.order) };
    case "close":
      return { ...round, state: "closed" };
    case "undo":
      return before ? restore(round, before) : round;
  }
}

/** What an event is about to change, as it is now: its undoing puts this back. */
export function beforeOf(round: Round, event: Entry["event"]): Before {
  const before: Before = {};
  if ("stop" in event) before.stop = { number: event.stop, reached_at: stopOf(round, event.stop)?.reached_at ?? null };
  if ("parcel" in event) {
    const parcel = parcelOf(round, event.parcel);
    if (parcel) before.parcel = { number: parcel.number, state: parcel.state, reason: parcel.reason, at: parcel.at };
  }
  return before;
}

function restore(round: Round, { stop, parcel }: Before): Round {
  const restored = stop ? withStop(round, stop.number, (found) => ({ ...found, reached_at: stop.reached_at })) : round;
  return parcel ? into(restored, parcel.number, parcel.state, parcel.reason, parcel.at) : restored;
}

function withStop(round: Round, number: number, change: (stop: Stop) => Stop): Round {
  return { ...round, stops: round.stops.map((stop) => (stop.number === number ? change(stop) : stop)) };
}

function into(round: Round, number: string, state: ParcelState, reason: string, at: number | null): Round {
  const moved = (parcel: Parcel) => (parcel.number === number ? { ...parcel, state, reason, at } : parcel);
  return { ...round, stops: round.stops.map((stop) => (stop.parcels.some((parcel) => parcel.number === number) ? { ...stop, parcels: stop.parcels.map(moved) } : stop)) };
}

export function parcelsOf(round: Round): Parcel[] {
  return round.stops.flatMap((stop) => stop.parcels);
}

export function parcelOf(round: Round, number: string): Parcel | undefined {
  return parcelsOf(round).find((parcel) => parcel.number === number);
}

export function stopOf(round: Round, number: number): Stop | undefined {
  return round.stops.find((stop) => stop.number === number);
}

export function stopWith(round: Round, parcel: string): Stop | undefined {
  return round.stops.find((stop) => stop.parcels.some(({ number }) => number === parcel));
}

/** Whether it still belongs into the vehicle before the round begins, or did. */
export const isOurs = (parcel: Parcel): boolean => parcel.conflict === "" || parcel.state !== "planned";
/** Whether it is in the vehicle and will not be handed over any more, or not on this round. */
export const isLeft = (parcel: Parcel): boolean => parcel.state === "loaded" || parcel.state === "failed";
/** Whether it should have come along and did not: before the round is closed, somebody says where it is. */
export const stayed = (parcel: Parcel): boolean => parcel.state === "planned" && parcel.conflict === "";

/** The order in which a stop comes next: before all that are open, behind all that are done. */
export function asNext(round: Round, number: number): number[] {
  const open = new Set(openStops(round).map((stop) => stop.number));
  const others = stopsInOrder(round).map((stop) => stop.number).filter((other) => other !== number);
  const first = others.findIndex((other) => open.has(other));
  return first < 0 ? [...others, number] : [...others.slice(0, first), number, ...others.slice(first)];
}

export type Tally = Record<ParcelState, number> & { all: number };

/** Parcels by their state, without those that went to another round before they were loaded. */
export function tally(parcels: readonly Parcel[]): Tally {
  const counted: Tally = { planned: 0, loaded: 0, delivered: 0, failed: 0, returned: 0, all: 0 };
  for (const parcel of parcels.filter(isOurs)) {
    counted[parcel.state] += 1;
    counted.all += 1;
  }
  return counted;
}

/** The address for the phone's own navigation (RFC 5870, with the query that Android reads); null without any place. */
export function geoLink(stop: Stop): string | null {
  const { street, postal_code, city, country } = stop.address;
  const query = encodeURIComponent([street, `${postal_code} ${city}`.trim(), country].filter(Boolean).join(", "));
  if (!query && !stop.position) return null;
  const { latitude, longitude }: Point = stop.position ?? { latitude: 0, longitude: 0 };
  return `geo:${latitude},${longitude}?q=${query || `${latitude},${longitude}`}`;
}
