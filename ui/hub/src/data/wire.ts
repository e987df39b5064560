// What the server and a hub's phone say to each other: /api/v1/hubs, under the phone's own words.

/** How a parcel goes on from a place. */
export type DirectionKind = "line" | "tour" | "round" | "carrier" | "back" | "held" | "done" | "unknown";

export type Direction = { kind: DirectionKind; to: string; line: string; leaves: number | null };

export type Hub = { id: string; code: string; name: string; parcels: number };

export type HubParcel = {
  fulfillment: string;
  number: string;
  carrier: { id: string; name: string };
  weight_grams: number;
  country: string;
  postal_code: string;
  city: string;
  sorting: string;
  status: string;
  since: number | null;
  promised: number | null;
  expected: number | null;
  direction: Direction;
};

/** What happened to a parcel at a place. */
export type What = "arrived" | "left" | "damaged";
/** A scan as it is sent. `key` makes the same scan sent twice one. */
export type HubScan = { key: string; at: number; label: string } & ({ what: What } | { what: "undo"; undoes: string });

export type ScanResult = { key: string; result: "taken" | "known" | "conflict" | "refused"; code: string; message: string; parcel: HubParcel | null };
export type ScansAnswer = { results: ScanResult[] };
export type ParcelPage = { items: HubParcel[]; next: string | null };
