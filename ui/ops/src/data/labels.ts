// Printing labels: one at once, or many in batches that can be stopped and go on. What cannot be printed is taken out and said;
// a batch whose answer was lost is asked for again under its key, so that its labels count once.
import type { Fulfillment, FulfillmentList, LabelFormat, LabelsRequest } from "@sesame/shared/api/types";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { again } from "./again";
import { ApiError, newKey, queryString, read, writeFile } from "./api";
import { usePreference } from "./preferences";

export const LABEL_FORMATS: readonly LabelFormat[] = ["pdf", "zpl"];

/** The form of labels that this device prints. */
export const useLabelFormat = () => usePreference<LabelFormat>("label-format", "pdf");

/** Labels of one request: few enough that the bar moves, many enough that a file is worth printing. */
export const BATCH = 100;
const PAGE = 200;

export const WHYS = ["unknown", "no_waybill", "canceled", "delivered", "of_carrier"] as const;
export type Refused = { fulfillment: string; why: (typeof WHYS)[number] };

/** A file with labels: which of the run they are, from 1. */
export type Printed = { first: number; last: number; file: Blob };

/** Labels that are being printed. */
export type Run = {
  format: LabelFormat;
  total: number;
  /** What is left, in batches with the keys that they are asked for under. */
  batches: { ids: string[]; key: string }[];
  printed: Printed[];
  refused: Refused[];
  /** Why it stands still, if that is a fault. */
  error: unknown;
};

export function newRun(ids: string[], format: LabelFormat): Run {
  const batches = [];
  for (let from = 0; from < ids.length; from += BATCH) batches.push({ ids: ids.slice(from, from + BATCH), key: newKey() });
  return { format, total: ids.length, batches, printed: [], refused: [], error: null };
}

export const labelsPrinted = (run: Run) => run.printed.at(-1)?.last ?? 0;
export const labelsDone = (run: Run) => labelsPrinted(run) + run.refused.length;

type Ask = (ids: string[], key: string) => Promise<Blob>;

/** Prints the next batch of a run and gives the run as it is then. Never throws. */
export async function step(run: Run, ask: Ask): Promise<Run> {
  const [batch, ...rest] = run.batches;
  if (!batch) return run;
  try {
    const file = await ask(batch.ids, batch.key);
    const first = labelsPrinted(run) + 1;
    return { ...run, batches: rest, printed: [...run.printed, { first, last: first + batch.ids.length - 1, file }], error: null };
  } catch (error) {
    const refused = error instanceof ApiError && error.code === "labels_refused" ? (error.details.refused as Refused[]) : [];
    if (refused.length === 0) return { ...run, error };
    // Nothing of the batch was printed: the others are asked for without them.
    const gone = new Set(refused.map(({ fulfillment }) => fulfillment));
    const ids = batch.ids.filter((id) => !gone.has(id));
    const again = ids.length > 0 ? [{ ids, key: newKey() }] : [];
    return { ...run, batches: [...again, ...rest], refused: [...run.refused, ...refused], error: null };
  }
}

/** Labels as a file, asked for again under the same key while the server cannot be reached. */
export function askForLabels(format: LabelFormat, ids: string[], key: string): Promise<Blob> {
  return again(() => writeFile("/labels", { fulfillments: ids, format } satisfies LabelsRequest, key));
}

/** A run of labels that lasts as long as the screen: what a closed dialog printed is not lost. */
export function useLabelRun() {
  const client = useQueryClient();
  const [run, setRun] = useState<Run | null>(null);
  const [isRunning, setRunning] = useState(false);
  const stopped = useRef(false);
  const go = useCallback(
    async (from: Run) => {
      stopped.current = false;
      setRunning(true);
      let now = { ...from, error: null as unknown };
      setRun(now);
      while (now.batches.length > 0 && now.error === null && !stopped.current) {
        now = await step(now, (ids, key) => askForLabels(now.format, ids, key));
        setRun(now);
      }
      setRunning(false);
      await Promise.all(["fulfillments", "orders"].map((name) => client.invalidateQueries({ queryKey: [name] })));
    },
    [client],
  );
  const stop = useCallback(() => {
    stopped.current = true;
  }, []);
  useEffect(() => stop, [stop]);
  return { run, isRunning, go, stop, forget: () => setRun(null) };
}

export type Wanted = { carrier: string; booked_on: string; labeled?: boolean | undefined };

/** All parcels with such waybills that have not left, in the order of the list. */
export async function findParcels(wanted: Wanted, location: string, signal?: AbortSignal): Promise<Fulfillment[]> {
  const found: Fulfillment[] = [];
  let cursor: string | null = null;
  do {
    const { carrier, booked_on, labeled } = wanted;
    const query: string = queryString({ carrier, booked_on, labeled: labeled === undefined ? "" : String(labeled), location, limit: PAGE, cursor });
    const page: FulfillmentList = await read<FulfillmentList>(`/fulfillments${query}`, signal);
    found.push(...page.items.filter(({ parcel }) => parcel !== null));
    cursor = page.next;
  } while (cursor !== null);
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
