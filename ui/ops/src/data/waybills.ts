// Booking waybills for many parcels. Each is booked or refused by itself, and one that was booked before keeps its number: a
// batch whose answer was lost is sent again as it is.
import type { ErrorInfo, Fulfillment, Money, Named, Parcel, WaybillResult, WaybillResults, WaybillsRequest } from "@sesame/shared/api/types";
import { again } from "./again";
import { offline, write } from "./api";
import * as runs from "./runs";

/** The states of parcels that have not left. */
const HERE = ["open", "picking", "packed"] as const;

export const isHere = ({ state }: Fulfillment) => HERE.some((one) => one === state);

/** Whether a parcel waits for a waybill. */
export const isBookable = (parcel: Fulfillment) => parcel.method === "ship" && !parcel.parcel && isHere(parcel);

/** A parcel by its fulfillment, and the order that it belongs to. */
export type OfOrder = { id: string; order: string };

/** Parcels that are counted at most: more are found when these have waybills. */
export const WAITING_MAX = 10_000;

/** How far the count is: parcels that were looked at, and those of them that wait. */
export type Counted = { seen: number; waiting: number };
export type Found = { parcels: OfOrder[]; hasMore: boolean };

/** The parcels of a place that wait for a waybill, the oldest first; of all places where none is named. */
export async function findWaiting(location: string, hear: (counted: Counted) => void, signal?: AbortSignal): Promise<Found> {
  // While pages are read, parcels move between them: one that comes twice counts once.
  const found = new Map<string, OfOrder>();
  let seen = 0;
  for await (const items of runs.pages({ location, state: HERE.join(",") }, signal)) {
    seen += items.length;
    for (const parcel of items.filter(isBookable)) {
      if (found.size === WAITING_MAX && !found.has(parcel.id)) return { parcels: [...found.values()], hasMore: true };
      found.set(parcel.id, { id: parcel.id, order: parcel.order });
    }
    hear({ seen, waiting: found.size });
  }
  return { parcels: [...found.values()], hasMore: false };
}

/** A carrier's service that takes all of them; `null` for the cheapest for each. */
export type Service = { carrier: string; service: string } | null;

export type Booked = OfOrder & { waybill: Parcel };
/** A parcel that was not booked: with the error that it alone would be refused with. */
export type NotBooked = OfOrder & Pick<ErrorInfo, "code" | "message" | "details">;

/** Waybills that are being booked. */
export type Run = runs.Run & { service: Service; orders: ReadonlyMap<string, string>; booked: Booked[]; refused: NotBooked[] };

export function newRun(parcels: readonly OfOrder[], service: Service): Run {
  const orders = new Map(parcels.map(({ id, order }) => [id, order]));
  return { ...runs.newRun([...orders.keys()]), service, orders, booked: [], refused: [] };
}

type Ask = (ids: string[], key: string) => Promise<WaybillResult[]>;

/** Books the next batch of a run and gives the run as it is then. Never throws. */
export const step = (run: Run, ask: Ask) =>
  runs.step(run, async ({ ids, key }) => {
    const booked = [...run.booked];
    const refused = [...run.refused];
    for (const { fulfillment: id, waybill, error } of await ask(ids, key)) {
      const order = run.orders.get(id) ?? "";
      if (waybill) booked.push({ id, order, waybill });
      else if (error) refused.push({ id, order, ...error });
    }
    return { booked, refused };
  });

/** Books a batch, again under the same key while the server cannot be reached. */
function askForWaybills(service: Service, ids: string[], key: string): Promise<WaybillResult[]> {
  return again(async () => {
    const answer = await write<WaybillResults | null>("POST", "/waybills", { fulfillments: ids, ...service } satisfies WaybillsRequest, key);
    // The connection broke in the middle of the answer.
    if (answer === null) throw offline();
    return answer.results;
  });
}

const bookNext = (run: Run) => step(run, (ids, key) => askForWaybills(run.service, ids, key));
export const useWaybillRun = () => runs.useRun(bookNext);

/** What a carrier takes, and what that costs in each currency. */
export type Taken = { carrier: Named; count: number; costs: Money[] };

/** By carrier, whoever takes the most first; costs in the order of their currencies. */
export function byCarrier(booked: readonly Booked[]): Taken[] {
  const taken = new Map<string, Taken>();
  for (const { waybill } of booked) {
    const { carrier, price } = waybill;
    const sum = taken.get(carrier.id) ?? { carrier, count: 0, costs: [] };
    sum.count += 1;
    const cost = sum.costs.find(({ currency }) => currency === price.currency);
    if (cost) cost.amount += price.amount;
    else sum.costs.push({ ...price });
    taken.set(carrier.id, sum);
  }
  for (const { costs } of taken.values()) costs.sort((a, b) => (a.currency < b.currency ? -1 : 1));
  return [...taken.values()].sort((a, b) => b.count - a.count);
}

export type Reason = { words: string; parcels: NotBooked[] };

/** By the reason in words, the most frequent first. */
export function byReason(refused: readonly NotBooked[], say: (one: NotBooked) => string): Reason[] {
  const reasons = new Map<string, NotBooked[]>();
  for (const one of refused) {
    const words = say(one);
    const alike = reasons.get(words);
    if (alike) alike.push(one);
    else reasons.set(words, [one]);
  }
  return [...reasons].map(([words, parcels]) => ({ words, parcels })).sort((a, b) => b.parcels.length - a.parcels.length);
}
