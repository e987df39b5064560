// What the server and a courier's phone say to each other: /api/v1/courier. Moments are UTC milliseconds, points are
// degrees.
export type Point = { latitude: number; longitude: number };
export type Fix = Point & { accuracy_meters: number };

export type RoundState = "planned" | "loading" | "underway" | "closed";
export type ParcelState = "planned" | "loaded" | "delivered" | "failed" | "returned";
export const FAILURES = ["nobody_home", "refused", "address_wrong", "no_access", "damaged", "closed"] as const;
export type Failure = (typeof FAILURES)[number];

export type RoundEntry = {
  id: string;
  version: number;
  /** As `2026-11-29`. */
  day: string;
  state: RoundState;
  location: { id: string; name: string };
  vehicle: string;
  stops: number;
  stops_done: number;
};

export type Parcel = {
  fulfillment: string;
  /** What is on the label. */
  number: string;
  weight_grams: number;
  state: ParcelState;
  /** Why it failed, or empty. */
  reason: string;
  /** When it came into its state. */
  at: number | null;
  /** Not this courier's any more: given to another round, or called back. */
  conflict: "" | "reassigned" | "recalled";
  /** Handed over against the receiver's code alone. */
  code_needed: boolean;
};

export type Stop = {
  number: number;
  reached_at: number | null;
  name: string;
  phone: string;
  address: { street: string; street_2: string; postal_code: string; city: string; region: string; country: string };
  position: Point | null;
  window: { from: number; until: number } | null;
  /** When the plan expects the courier. */
  arrival: number | null;
  note: string;
  parcels: Parcel[];
};

export type Round = {
  id: string;
  version: number;
  day: string;
  state: RoundState;
  vehicle: string;
  location: { id: string; name: string; position: Point | null };
  distances: "road" | "beeline";
  meters: number;
  seconds: number;
  /** Numbers of stops in the order in which they are visited. */
  order: number[];
  stops: Stop[];
};

export type Proof = {
  by: "signature" | "photo" | "code" | "neighbor" | "safe_place";
  /** Who signed or took it, or where it lies. */
  name?: string;
  code?: string;
  /** The key of an uploaded picture. */
  picture?: string;
};

/** What a courier says happened. `key` makes the same event sent twice one. */
export type CourierEvent = { key: string; at: number; position?: Fix } & (
  | { what: "load" | "returned"; parcel: string }
  | { what: "delivered"; parcel: string; proof: Proof }
  | { what: "failed"; parcel: string; reason: Failure }
  | { what: "reached"; stop: number }
  | { what: "reorder"; order: number[]; reason: string }
  | { what: "undo"; undoes: string }
  | { what: "start" | "close" }
);
export type What = CourierEvent["what"];

export type EventResult = { key: string; result: "taken" | "known" | "conflict" | "refused"; code: string; message: string };
export type EventsAnswer = { round: Round; results: EventResult[] };
