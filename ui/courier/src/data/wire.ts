// What the server and a courier's phone say to each other: /api/v1/courier, under the phone's own words.
import type { Answered } from "@sesame/shared/api/answered";
import type * as api from "@sesame/shared/api/types";

export type Point = api.Position;
export type Fix = Answered<api.PhonePosition>;

export type RoundEntry = Answered<api.RoundEntry>;
export type Round = Answered<api.CourierRound>;
export type Stop = Round["stops"][number];
export type Parcel = Stop["parcels"][number];
export type ParcelState = Parcel["state"];

export type Failure = api.FailReason;

export type Proof = { [Key in keyof api.CourierProof]: NonNullable<api.CourierProof[Key]> };

/** The fields of an event that are said with some of them alone. */
type Of<Key extends keyof api.CourierEvent> = { [K in Key]-?: NonNullable<api.CourierEvent[K]> };
/** What a courier says happened. `key` makes the same event sent twice one. */
export type CourierEvent = Of<"key" | "at"> & { position?: Fix } & (
    | ({ what: "load" | "returned" } & Of<"parcel">)
    | ({ what: "delivered"; proof: Proof } & Of<"parcel">)
    | ({ what: "failed"; reason: Failure } & Of<"parcel">)
    | ({ what: "reached" } & Of<"stop">)
    | ({ what: "reorder" } & Of<"order" | "reason">)
    | ({ what: "undo" } & Of<"undoes">)
    | { what: "start" | "close" }
  );
export type What = CourierEvent["what"];

export type CodeChecked = Answered<api.CodeChecked>;

export type EventResult = Answered<api.CourierEventResult>;
export type EventsAnswer = Answered<api.CourierEventResults>;
