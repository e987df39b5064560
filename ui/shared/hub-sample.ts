// A parcel that lies at a place, for tests.
import type { Direction, HubParcel } from "./hubs";

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
