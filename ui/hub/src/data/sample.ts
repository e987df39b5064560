// A parcel and a scan for tests.
import type { Entry } from "./log";
import type { Direction, HubParcel, What } from "./wire";

export const parcel = (number: string, direction: Partial<Direction> = {}, more: Partial<HubParcel> = {}): HubParcel => ({
  fulfillment: `f-${number}`,
  number,
  carrier: { id: "carrier_1", name: "Our couriers" },
  weight_grams: 1_200,
  country: "DE",
  postal_code: "60311",
  city: "Frankfurt",
  sorting: "FRA",
  status: "in_transit",
  since: null,
  promised: null,
  expected: null,
  direction: { kind: "line", to: "Frankfurt", line: "L2", leaves: null, ...direction },
  ...more,
});

export const made = (label: string, what: What = "arrived", more: Partial<Entry> = {}): Omit<Entry, "seq"> => ({
  operator: "op",
  place: "place_1",
  scan: { key: `k-${label}`, at: 1_000, label, what },
  state: "waiting",
  code: "",
  message: "",
  parcel: null,
  isUnseen: false,
  ...more,
});
