// Work on many parcels: they are found page by page, then it is done in batches that can be stopped and go on. A batch whose
// answer was lost is sent again under its key, so that nothing is done twice.
import type { Fulfillment, FulfillmentList } from "@sesame/shared/api/types";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { newKey, queryString, read } from "./api";

/** Parcels of one request: few enough that the bar moves, many enough that it is worth a request. */
export const BATCH = 100;
const PAGE = 200;
/** Which lists a run may change. */
const TOUCHED = ["fulfillments", "orders", "carriers", "rounds"];

/** Parcels that are worked on together, by their ids, and the key that they are sent under. */
export type Batch = { ids: string[]; key: string };

/** Work that is done in batches. */
export type Run = {
  total: number;
  /** What is left. */
  batches: Batch[];
  /** Why it stands still, if that is a fault. */
  error: unknown;
};

export function newRun(ids: readonly string[]): Run {
  const batches = [];
  for (let from = 0; from < ids.length; from += BATCH) batches.push({ ids: ids.slice(from, from + BATCH), key: newKey() });
  return { total: ids.length, batches, error: null };
}

/** How many parcels were settled, whatever came of it. */
export const settled = (run: Run) => run.batches.reduce((left, { ids }) => left - ids.length, run.total);

/** A run that is shown: one that is over makes room for what was chosen since. */
export const shown = <Kind extends Run>(run: Kind | null, isOtherChosen: boolean) => (run?.batches.length === 0 && isOtherChosen ? null : run);

/** Does the next batch and gives the run as it is then; after a fault it stands still before that batch. Never throws. */
export async function step<Kind extends Run>(run: Kind, work: (batch: Batch, rest: Batch[]) => Promise<Partial<Kind>>): Promise<Kind> {
  const [batch, ...rest] = run.batches;
  if (!batch) return run;
  try {
    return { ...run, batches: rest, error: null, ...(await work(batch, rest)) };
  } catch (error) {
    return { ...run, error };
  }
}

type Watch<Kind> = { isStopped: () => boolean; hear: (run: Kind) => void };

/** Does batch after batch, until it is over, stands still or is stopped. `hear` is told the run at first and after each. */
export async function drive<Kind extends Run>(from: Kind, next: (run: Kind) => Promise<Kind>, { isStopped, hear }: Watch<Kind>): Promise<void> {
  let now: Kind = { ...from, error: null };
  hear(now);
  while (now.batches.length > 0 && now.error === null && !isStopped()) {
    now = await next(now);
    hear(now);
  }
}

/** A run that lasts as long as the screen: what was done behind a closed dialog is not lost. */
export function useRun<Kind extends Run>(next: (run: Kind) => Promise<Kind>) {
  const client = useQueryClient();
  const [run, setRun] = useState<Kind | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [isStopping, setStopping] = useState(false);
  const stopped = useRef(false);
  const go = useCallback(
    async (from: Kind) => {
      stopped.current = false;
      setStopping(false);
      setRunning(true);
      await drive(from, next, { isStopped: () => stopped.current, hear: setRun });
      setRunning(false);
      await Promise.all(TOUCHED.map((name) => client.invalidateQueries({ queryKey: [name] })));
    },
    [client, next],
  );
  const stop = useCallback(() => {
    stopped.current = true;
    setStopping(true);
  }, []);
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );
  return { run, isRunning, isStopping, go, stop, forget: () => setRun(null) };
}

/** All fulfillments that are asked for, page by page, in the order of the list. */
export async function* pages(asked: Record<string, string>, signal?: AbortSignal): AsyncGenerator<Fulfillment[]> {
  let cursor: string | null = null;
  do {
    const page: FulfillmentList = await read<FulfillmentList>(`/fulfillments${queryString({ ...asked, limit: PAGE, cursor })}`, signal);
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}
