// Who drives when and with what, as a dispatcher types it, and the plan that is asked for.
import type { RoundPlanCourier, RoundPlanRequest } from "@sesame/shared/api/types";
import { ApiError } from "./api";
import { gramsOf } from "./carriers";
import { momentOf } from "./zones";

/** Couriers of one plan, and parcels of one round, as the server takes them. */
export const LINES_MAX = 50;
export const PARCELS_MAX = 300;

/** A courier's line: the courier's id or nothing for nobody yet, times such as `08:00` on clocks of the place. */
export type Line = { courier: string; vehicle: string; from: string; until: string; kilograms: string; parcels: string };
export const NEW_LINE: Line = { courier: "", vehicle: "", from: "08:00", until: "16:00", kilograms: "", parcels: "" };

export type LineField = "from" | "until" | "kilograms" | "parcels";
/** What is wrong with each line; an empty list of fields where nothing is. */
export type Faults = LineField[][];

type Typed = { day: string; location: string; lines: readonly Line[] };

/** The plan that is asked for, or what is wrong with it. */
export function planOf({ day, location, lines }: Typed, zone: string): { request: RoundPlanRequest; faults: null } | { request: null; faults: Faults } {
  const read = lines.map((line) => lineOf(line, day, zone));
  if (read.some(({ faults }) => faults.length > 0)) return { request: null, faults: read.map(({ faults }) => faults) };
  return { request: { day, location, couriers: read.map(({ courier }) => courier) }, faults: null };
}

function lineOf(line: Line, day: string, zone: string): { courier: RoundPlanCourier; faults: LineField[] } {
  const faults: LineField[] = [];
  const [from, until] = [line.from, line.until].map((time) => momentOf(`${day}T${time}`, zone));
  const grams = line.kilograms.trim() === "" ? null : gramsOf(line.kilograms);
  const parcels = line.parcels.trim() === "" ? null : Number(line.parcels);
  if (typeof from !== "number") faults.push("from");
  if (typeof until !== "number" || (typeof from === "number" && until <= from)) faults.push("until");
  if (line.kilograms.trim() !== "" && grams === null) faults.push("kilograms");
  if (parcels !== null && !(Number.isInteger(parcels) && parcels >= 1 && parcels <= PARCELS_MAX)) faults.push("parcels");
  const courier: RoundPlanCourier = {
    courier: line.courier || null,
    vehicle: line.vehicle.trim(),
    capacity_grams: grams,
    parcels_max: parcels,
    from: Number(from),
    until: Number(until),
  };
  return { courier, faults };
}

/** The field of the whole plan that a refusal is about; null when it is about none. */
export function fieldOf(error: unknown): "day" | "location" | null {
  if (!(error instanceof ApiError)) return null;
  const { field, what } = error.details;
  if (error.code === "location_cannot" || (error.code === "not_found" && what === "location")) return "location";
  return error.code === "field_invalid" && (field === "day" || field === "location") ? field : null;
}
