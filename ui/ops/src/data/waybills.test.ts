// Waybills for many: each parcel is booked or refused once, a lost answer books nothing twice, and the sums are right.
import type { Fulfillment, WaybillResult } from "@sesame/shared/api/types";
import { afterEach, expect, test, vi } from "vitest";
import { ApiError } from "./api";
import { BATCH, settled } from "./runs";
import { WAITING_MAX, byCarrier, byReason, findWaiting, newRun, step, type Booked, type OfOrder, type Run } from "./waybills";

afterEach(() => vi.unstubAllGlobals());

const parcels = (count: number): OfOrder[] => Array.from({ length: count }, (_, n) => ({ id: `fulfillment_${n}`, order: `order_${n}` }));
const waybill = (carrier: string, amount: number, currency = "EUR") => ({ carrier: { id: carrier, name: carrier }, price: { amount, currency } }) as Booked["waybill"];

async function all(run: Run, ask: Parameters<typeof step>[1]): Promise<Run> {
  let now = run;
  while (now.batches.length > 0 && now.error === null) now = await step(now, ask);
  return now;
}

test("many are booked in batches, and those that are refused say why, with their orders", async () => {
  const asked: string[] = [];
  const run = await all(newRun(parcels(BATCH + 5), null), async (ids) => {
    asked.push(...ids);
    return ids.map((id): WaybillResult => (id.endsWith("_3") ? { fulfillment: id, waybill: null, error: { code: "no_carrier", message: "nobody", details: {} } } : { fulfillment: id, waybill: waybill("post", 500), error: null }));
  });
  expect(asked).toEqual(parcels(BATCH + 5).map(({ id }) => id));
  expect([run.booked.length, settled(run), run.error]).toEqual([BATCH + 4, run.total, null]);
  expect(run.refused).toEqual([{ id: "fulfillment_3", order: "order_3", code: "no_carrier", message: "nobody", details: {} }]);
  expect(run.booked.at(-1)).toMatchObject({ id: `fulfillment_${BATCH + 4}`, order: `order_${BATCH + 4}` });
});

test("a batch whose answer was lost is sent again as it was, and counts once", async () => {
  const sent: string[] = [];
  const book = async (ids: string[], key: string) => {
    sent.push(`${key} ${ids.join()}`);
    return ids.map((fulfillment) => ({ fulfillment, waybill: waybill("post", 500) }));
  };
  const broken = await all(newRun(parcels(2), null), async (ids, key) => {
    await book(ids, key);
    throw new ApiError(0, "offline", "");
  });
  expect([settled(broken), broken.booked.length]).toEqual([0, 0]);
  const run = await all({ ...broken, error: null }, book);
  expect([settled(run), run.booked.length, new Set(sent).size, sent.length]).toEqual([2, 2, 1, 2]);
});

test("a parcel that was chosen twice is booked once", () => {
  const run = newRun([...parcels(2), ...parcels(1)], { carrier: "carrier_1", service: "parcel" });
  expect([run.total, run.batches.map(({ ids }) => ids)]).toEqual([2, [["fulfillment_0", "fulfillment_1"]]]);
});

test("what carriers cost is summed in each currency, whoever takes the most first", () => {
  const booked = [waybill("post", 500), waybill("bikes", 300), waybill("bikes", 350), waybill("bikes", 400, "CHF")].map((one, n) => ({ ...parcels(4)[n]!, waybill: one }));
  expect(byCarrier(booked)).toEqual([
    { carrier: { id: "bikes", name: "bikes" }, count: 3, costs: [{ amount: 400, currency: "CHF" }, { amount: 650, currency: "EUR" }] },
    { carrier: { id: "post", name: "post" }, count: 1, costs: [{ amount: 500, currency: "EUR" }] },
  ]);
  expect(booked[1]?.waybill.price.amount).toBe(300);
});

test("reasons that read alike are one, the most frequent first", () => {
  const refused = ["no_carrier", "field_invalid", "field_invalid"].map((code, n) => ({ ...parcels(3)[n]!, code, message: "", details: {} }));
  const found = byReason(refused, ({ code }) => `because of ${code}`);
  expect(found.map(({ words, parcels }) => [words, parcels.map(({ id }) => id)])).toEqual([
    ["because of field_invalid", ["fulfillment_1", "fulfillment_2"]],
    ["because of no_carrier", ["fulfillment_0"]],
  ]);
});

/** Answers the list of fulfillments with these pages, one after the other. */
function listed(...pages: Partial<Fulfillment>[][]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    const next = asked.length < pages.length ? `page_${asked.length}` : null;
    return new Response(JSON.stringify({ items: pages[asked.length - 1], next }));
  });
  return asked;
}

const waiting = (n: number): Partial<Fulfillment> => ({ id: `fulfillment_${n}`, order: `order_${n}`, method: "ship", state: "open", parcel: null });

test("those that wait are found page by page: no collections, none that have a waybill or have left, none twice", async () => {
  const asked = listed([waiting(0), { ...waiting(1), method: "pickup" }, { ...waiting(2), parcel: waybill("post", 500) }], [], [waiting(0), { ...waiting(3), state: "packed" }, { ...waiting(4), state: "shipped" }]);
  const heard: unknown[] = [];
  const found = await findWaiting("location_1", (counted) => heard.push(counted));
  expect(found).toEqual({ parcels: [parcels(1)[0], { id: "fulfillment_3", order: "order_3" }], hasMore: false });
  expect(heard).toEqual([{ seen: 3, waiting: 1 }, { seen: 3, waiting: 1 }, { seen: 6, waiting: 2 }]);
  expect(asked.map((url) => Object.fromEntries(new URL(url, "http://shop").searchParams))).toEqual([
    { location: "location_1", state: "open,picking,packed", limit: "200" },
    { location: "location_1", state: "open,picking,packed", limit: "200", cursor: "page_1" },
    { location: "location_1", state: "open,picking,packed", limit: "200", cursor: "page_2" },
  ]);
});

test("counting ends where it would be too many", async () => {
  const asked = listed(Array.from({ length: WAITING_MAX }, (_, n) => waiting(n)), [waiting(WAITING_MAX)], [waiting(WAITING_MAX + 1)]);
  const found = await findWaiting("", () => undefined);
  expect([found.parcels.length, found.hasMore, asked.length]).toEqual([WAITING_MAX, true, 2]);
});
