// Printing labels: one at once, or many in a run. What cannot be printed is taken out and said; a batch whose answer was lost
// is asked for again under its key, so that its labels count once.
import type { Fulfillment, LabelFormat, LabelsRequest } from "@sesame/shared/api/types";
import { useEffect, useMemo } from "react";
import { again } from "./again";
import { ApiError, newKey, writeFile } from "./api";
import { usePreference } from "./preferences";
import * as runs from "./runs";

export const LABEL_FORMATS: readonly LabelFormat[] = ["pdf", "zpl"];

/** The form of labels that this device prints. */
export const useLabelFormat = () => usePreference<LabelFormat>("label-format", "pdf");

export const WHYS = ["unknown", "no_waybill", "canceled", "delivered", "of_carrier"] as const;
export type Refused = { fulfillment: string; why: (typeof WHYS)[number] };

/** A file with labels: which of the run they are, from 1. */
export type Printed = { first: number; last: number; file: Blob };

/** Labels that are being printed. */
export type Run = runs.Run & { format: LabelFormat; printed: Printed[]; refused: Refused[] };

export const newRun = (ids: readonly string[], format: LabelFormat): Run => ({ ...runs.newRun(ids), format, printed: [], refused: [] });

export const labelsPrinted = (run: Run) => run.printed.at(-1)?.last ?? 0;

type Ask = (ids: string[], key: string) => Promise<Blob>;

/** Prints the next batch of a run and gives the run as it is then. Never throws. */
export const step = (run: Run, ask: Ask) =>
  runs.step(run, async ({ ids, key }, rest) => {
    try {
      const file = await ask(ids, key);
      const first = labelsPrinted(run) + 1;
      return { printed: [...run.printed, { first, last: first + ids.length - 1, file }] };
    } catch (error) {
      const refused = error instanceof ApiError && error.code === "labels_refused" ? (error.details.refused as Refused[]) : [];
      if (refused.length === 0) throw error;
      // Nothing of the batch was printed: the others are asked for without them.
      const gone = new Set(refused.map(({ fulfillment }) => fulfillment));
      const others = ids.filter((id) => !gone.has(id));
      const anew = others.length > 0 ? [{ ids: others, key: newKey() }] : [];
      return { batches: [...anew, ...rest], refused: [...run.refused, ...refused] };
    }
  });

/** Labels as a file, asked for again under the same key while the server cannot be reached. */
export function askForLabels(format: LabelFormat, ids: string[], key: string): Promise<Blob> {
  return again(() => writeFile("/labels", { fulfillments: ids, format } satisfies LabelsRequest, key));
}

const printNext = (run: Run) => step(run, (ids, key) => askForLabels(run.format, ids, key));
export const useLabelRun = () => runs.useRun(printNext);

export type Wanted = { carrier: string; booked_on: string; labeled?: boolean | undefined };

/** All parcels with such waybills that have not left, in the order of the list. */
export async function findParcels({ carrier, booked_on, labeled }: Wanted, location: string, signal?: AbortSignal): Promise<Fulfillment[]> {
  const found: Fulfillment[] = [];
  const asked = { carrier, booked_on, labeled: labeled === undefined ? "" : String(labeled), location };
  for await (const items of runs.pages(asked, signal)) found.push(...items.filter(({ parcel }) => parcel !== null));
  return found;
}

/** The address of a file in this browser, for as long as it is shown. */
export function useFileUrl(file: Blob | null): string {
  const url = useMemo(() => (file ? URL.createObjectURL(file) : ""), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}

/** Hands a file out under a name. */
export function save(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
