// What a scanned label means in a round.
import { plain } from "@sesame/shared/phone/label";
import { parcelsOf, stopWith } from "./round";
import type { Parcel, Round, Stop } from "./wire";

export type Scanned =
  | { kind: "taken" | "already"; parcel: Parcel; stop: Stop }
  /** In the round, but called back or given to another one. */
  | { kind: "conflict"; parcel: Parcel; stop: Stop }
  /** In another round of this courier. */
  | { kind: "other_round"; text: string; vehicle: string }
  | { kind: "foreign"; text: string };

function find(round: Round, text: string): Parcel | undefined {
  const wanted = plain(text);
  return parcelsOf(round).find(({ number }) => plain(number) === wanted);
}

/** A label read while loading. */
export function scanIn(round: Round, text: string, others: readonly Round[]): Scanned {
  const parcel = find(round, text);
  if (!parcel) {
    const other = others.find((one) => one.id !== round.id && find(one, text));
    return other ? { kind: "other_round", text: text.trim(), vehicle: other.vehicle || other.day } : { kind: "foreign", text: text.trim() };
  }
  const stop = stopWith(round, parcel.number)!;
  if (parcel.conflict && parcel.state === "planned") return { kind: "conflict", parcel, stop };
  return { kind: parcel.state === "planned" ? "taken" : "already", parcel, stop };
}

/** A label read while parcels are brought back. */
export function scanBack(round: Round, text: string): Scanned {
  const parcel = find(round, text);
  if (!parcel) return { kind: "foreign", text: text.trim() };
  const stop = stopWith(round, parcel.number)!;
  return { kind: parcel.state === "returned" ? "already" : "taken", parcel, stop };
}
