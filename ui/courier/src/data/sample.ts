// A round for tests: three stops, four parcels, none loaded yet.
import type { Parcel, Round, Stop } from "./wire";

const parcel = (number: string): Parcel => ({ fulfillment: `f-${number}`, number, weight_grams: 1_200, state: "planned", reason: "", at: null, conflict: "", code_matched: null });

const stop = (number: number, parcels: string[]): Stop => ({
  number,
  reached_at: null,
  name: `Receiver ${number}`,
  phone: "",
  address: { street: `Street ${number}`, street_2: "", postal_code: "22765", city: "Hamburg", region: "", country: "DE" },
  position: null,
  window: null,
  arrival: null,
  parcels: parcels.map(parcel),
});

export const sample = (): Round => ({
  id: "round_1",
  version: 1,
  day: "2026-11-29",
  state: "planned",
  vehicle: "HH-SE 204",
  location: { id: "location_1", name: "Altona", position: null },
  distances: "beeline",
  meters: 9_000,
  seconds: 3_600,
  order: [1, 2, 3],
  stops: [stop(1, ["A1", "A2"]), stop(2, ["B1"]), stop(3, ["C1"])],
});
