// What a dispatcher reads from a round: how each stop stands, what will be late, and where the courier was last heard of.
// Pure, with the time as an input.
import type { CourierParcel, CourierRound, CourierStop, Position, RoundDetail, RoundSaid } from "@sesame/shared/api/types";
import { stopsInOrder } from "@sesame/shared/rounds";

/** A courier who is so much behind the plan will be asked about it. */
export const BEHIND_MS = 10 * 60_000;
/** A phone whose clock is off by more than this is worth a word. */
const CLOCK_OFF_MS = 60_000;

/**
 * `done` when all was handed over, `failed` when something was not, `moved` when nothing of it belongs to the round any
 * more, `stayed` when the round left without it, `next` where the courier goes now, `open` otherwise.
 */
export type StopState = "done" | "failed" | "moved" | "stayed" | "next" | "open";

/** Why a stop is at risk: its window is over, the plan's time is (by minutes), or the plan misses the window. */
export type Risk = { kind: "missed" } | { kind: "behind"; minutes: number } | { kind: "outside" };

export type SeenStop = {
  stop: CourierStop;
  /** Which it is in the order of visits, from 1. */
  place: number;
  state: StopState;
  risk: Risk | null;
};

const isMoved = ({ conflict }: CourierParcel) => conflict === "reassigned";
const isOver = ({ state }: CourierParcel) => state === "delivered" || state === "failed" || state === "returned";

/** Whether it can go with another round: it is in this one, and nobody has it yet. */
export const canMove = (parcel: CourierParcel): boolean => !isMoved(parcel) && parcel.state !== "delivered" && parcel.state !== "returned";

function stateOf(stop: CourierStop, isUnderway: boolean): StopState {
  const held = stop.parcels.filter((parcel) => !isMoved(parcel));
  const open = held.filter((parcel) => !isOver(parcel) && parcel.conflict === "");
  if (open.length > 0) return isUnderway && open.every(({ state }) => state === "planned") ? "stayed" : "open";
  const over = held.filter(isOver);
  if (over.length === 0) return "moved";
  return over.every(({ state }) => state === "delivered") ? "done" : "failed";
}

/** What speaks against a stop's being in time; of several the gravest. */
export function riskOf({ reached_at, arrival, window }: CourierStop, now: number): Risk | null {
  if (reached_at != null) return null;
  if (window && now > window.until) return { kind: "missed" };
  if (arrival == null) return null;
  if (now - arrival > BEHIND_MS) return { kind: "behind", minutes: Math.floor((now - arrival) / 60_000) };
  return window && (arrival > window.until || arrival < window.from) ? { kind: "outside" } : null;
}

/** Whether the courier came when the window was over. */
export const cameLate = ({ reached_at, window }: CourierStop): boolean => reached_at != null && window != null && reached_at > window.until;

/** All stops of a round in the order of visits, as they stand now. */
export function seenStops(round: CourierRound, now: number): SeenStop[] {
  const isUnderway = round.state === "underway";
  const seen = stopsInOrder(round).map((stop, at): SeenStop => {
    const state = stateOf(stop, isUnderway || round.state === "closed");
    const risk = state === "open" && round.state !== "closed" ? riskOf(stop, now) : null;
    return { stop, place: at + 1, state, risk };
  });
  const next = isUnderway ? seen.find(({ state }) => state === "open") : undefined;
  if (next) next.state = "next";
  return seen;
}

/** How many stops are at risk. */
export const stopsAtRisk = (round: CourierRound, now: number): number => seenStops(round, now).filter(({ risk }) => risk !== null).length;

/** What was said: that a parcel is planned nobody says. */
export type Told = RoundSaid & { what: Exclude<RoundSaid["what"], "planned"> };
const isTold = (said: RoundSaid): said is Told => said.what !== "planned";

export type Heard = {
  at: number;
  what: Told["what"] | "reached";
  /** The stop it was said of. */
  stop: CourierStop;
  /** Where the phone was, else the place that it was said of. */
  position: Position | null;
  /** Whether the phone said where it was. */
  isExact: boolean;
};

/** The latest thing that was said and still stands; null while nothing was. */
export function lastHeard({ round, said }: RoundDetail): Heard | null {
  const stopWith = (number: string) => round.stops.find(({ parcels }) => parcels.some((parcel) => parcel.number === number));
  const ofParcels = said.filter(isTold).flatMap((one): Heard[] => {
    const stop = stopWith(one.number);
    if (one.taken_back || !stop) return [];
    const isAtHub = one.what === "loaded" || one.what === "returned";
    const phone = one.proof?.position ?? null;
    const place = (isAtHub ? round.location.position : stop.position) ?? null;
    return [{ at: one.at, what: one.what, stop, position: phone ?? place, isExact: phone !== null }];
  });
  const reached = round.stops.flatMap((stop): Heard[] => (stop.reached_at == null ? [] : [{ at: stop.reached_at, what: "reached", stop, position: stop.position ?? null, isExact: false }]));
  return [...reached, ...ofParcels].reduce<Heard | null>((last, one) => (last === null || one.at >= last.at ? one : last), null);
}

/** All that was said of a parcel, in the order in which it happened. */
export const saidOf = ({ said }: RoundDetail, number: string): Told[] => said.filter(isTold).filter((one) => one.number === number).sort((a, b) => a.at - b.at);

/** What the phone's clock showed where that is not the moment that counts; null where both agree. */
export const otherClock = ({ at, clock }: RoundSaid): number | null => (Math.abs(clock - at) > CLOCK_OFF_MS ? clock : null);
