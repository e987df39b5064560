// Carriers and waybills, as the screens read and change them.
import type { Carrier, CarrierChange, CarrierList, CarrierOffers, CarrierTerms, Fulfillment, NumberBlock, WaybillRequest } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { queryString, read } from "./api";
import { useWrite } from "./queries";

export const useCarriers = () => useQuery({ queryKey: ["carriers", "list"], queryFn: ({ signal }) => read<CarrierList>("/carriers", signal) });

export const useCarrier = (id: string | null) =>
  useQuery({ queryKey: ["carriers", "one", id], queryFn: ({ signal }) => read<Carrier>(`/carriers/${id}`, signal), enabled: id !== null });

export const useSaveCarrier = (id: string | null) =>
  useWrite<CarrierChange, Carrier>((body) => (id ? { method: "PUT", path: `/carriers/${id}`, body } : { method: "POST", path: "/carriers", body }));

export type Table = "areas" | "rates";
export const useSaveTable = (id: string, table: Table) =>
  useWrite<{ csv: string; version: number }, Carrier>((body) => ({ method: "PUT", path: `/carriers/${id}/${table}`, body }));

export const useOffers = (fulfillment: string, asked: { weight_grams?: number; length_mm?: number; width_mm?: number; height_mm?: number }) =>
  useQuery({ queryKey: ["fulfillments", "offers", fulfillment, asked], queryFn: ({ signal }) => read<CarrierOffers>(`/fulfillments/${fulfillment}/offers${queryString(asked)}`, signal) });

export const useBook = (fulfillment: string) =>
  useWrite<WaybillRequest, Fulfillment>((body) => ({ method: "POST", path: `/fulfillments/${fulfillment}/waybill`, body }));

export const useUnbook = (fulfillment: string) => useWrite<void, Fulfillment>(() => ({ method: "POST", path: `/fulfillments/${fulfillment}/waybill/cancel`, body: {} }));

/** A carrier nobody has filled in yet, with numbers of its own. */
export function newTerms(currency: string): CarrierTerms {
  return {
    code: "",
    name: "",
    active: true,
    own_fleet: false,
    numbering: { kind: "plain", prefix: "", digits: 9, check: "mod10" },
    connector: "",
    tracking_url: "",
    locations: [],
    daily_quota: null,
    currency,
    volume_divisor: 5_000,
    services: [{ code: "parcel", name: "Parcel", levels: ["standard"], weight_max_grams: 31_500, side_max_mm: 1_200, girth_max_mm: 3_000 }],
    surcharges: [],
  };
}

/** Kilograms as people type them, in grams; null for what is no weight. */
export function gramsOf(typed: string): number | null {
  const text = typed.trim().replace(",", ".");
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) return null;
  const grams = Math.round(Number(text) * 1_000);
  return grams > 0 ? grams : null;
}

/** Grams as kilograms to be typed. */
export const kilograms = (grams: number) => String(grams / 1_000);

/** Centimeters as people type them, in millimeters; null for what is no length. */
export function millimetersOf(typed: string): number | null {
  const text = typed.trim().replace(",", ".");
  if (!/^\d{1,4}(\.\d)?$/.test(text)) return null;
  const mm = Math.round(Number(text) * 10);
  return mm > 0 ? mm : null;
}

/** Blocks as they are typed, one a line: `1000-1999`. */
export const blocksText = (blocks: NumberBlock[]) => blocks.map(({ first, last }) => `${first}-${last}`).join("\n");

export function blocksOf(typed: string): NumberBlock[] | null {
  const lines = typed.split("\n").map((line) => line.trim()).filter(Boolean);
  const blocks = lines.map((line) => /^(\d{1,15})\s*[-–]\s*(\d{1,15})$/.exec(line));
  if (blocks.some((block) => block === null)) return null;
  return blocks.map((block) => ({ first: Number(block?.[1]), last: Number(block?.[2]) }));
}

/** Service levels as they are typed, with commas. */
export const levelsOf = (typed: string) => typed.split(",").map((level) => level.trim()).filter(Boolean);
