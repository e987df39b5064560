// What courier and dispatcher must see alike in a round: the order of its stops, and where something is left to do.
import type { CourierParcel, CourierStop, FailReason } from "./api/types";

type Parcel = Pick<CourierParcel, "state" | "conflict">;
type Stop = Pick<CourierStop, "number"> & { parcels: Parcel[] };
type Round<Known extends Pick<CourierStop, "number">> = { order: readonly number[]; stops: Known[] };

/** Why a parcel could not be handed over, in the order in which it is offered. */
export const FAILURES = ["nobody_home", "refused", "address_wrong", "no_access", "damaged", "closed"] as const satisfies readonly FailReason[];
/** Why a stop comes next that was not planned to, as phones offer it; other reasons are said in words. */
export const REORDER_REASONS = ["on_the_way", "traffic", "asked", "hours"] as const;

/** The wanted order, with the stops that it does not know at its end: none is ever lost. */
export function ordered(wanted: readonly number[], known: readonly number[]): number[] {
  return [...wanted.filter((number) => known.includes(number)), ...known.filter((number) => !wanted.includes(number))];
}

/** All stops in the order in which they are visited. */
export function stopsInOrder<Known extends Pick<CourierStop, "number">>({ order, stops }: Round<Known>): Known[] {
  return ordered(order, stops.map(({ number }) => number)).flatMap((number) => stops.find((stop) => stop.number === number) ?? []);
}

/** Whether the courier has it and is to hand it over. */
export const isOpen = (parcel: Parcel): boolean => parcel.state === "loaded" && parcel.conflict === "";

/** A stop is open while something for it is in the vehicle; without parcels that came along there is nothing to do. */
export const isOpenStop = (stop: Stop): boolean => stop.parcels.some(isOpen);
/** Whether anything for the stop came along. */
export const wasLoaded = (stop: Stop): boolean => stop.parcels.some(({ state }) => state !== "planned");

export function openStops<Known extends Stop>(round: Round<Known>): Known[] {
  return stopsInOrder(round).filter(isOpenStop);
}
