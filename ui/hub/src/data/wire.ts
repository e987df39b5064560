// What the server and a hub's phone say to each other: /api/v1/hubs, under the phone's own words.
import type { Answered } from "@sesame/shared/api/answered";
import type * as api from "@sesame/shared/api/types";

export type { Hub, HubParcel, ParcelPage } from "@sesame/shared/hubs";

/** What happened to a parcel at a place. */
export type What = Exclude<api.HubScanKind, "undo">;
/** A scan as it is sent. `key` makes the same scan sent twice one. */
export type HubScan = Pick<api.HubScan, "key" | "at" | "label"> & ({ what: What } | { what: "undo"; undoes: string });

export type ScanResult = Answered<api.HubScanResult>;
export type ScansAnswer = Answered<api.HubScanResults>;
