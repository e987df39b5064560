// What lies at places on parcels' way, as the screens read it.
import { readLying, type Hub, type Lying, type ParcelPage } from "@sesame/shared/hubs";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { offline, queryString, read } from "./api";

/** How often is asked again: parcels are scanned one after another. */
const REFRESH_MS = 15_000;
/** The same for the parcels of a place, which are many requests. */
const LYING_REFRESH_MS = 30_000;
/** Parcels of one request, and of a place at most: whoever has more looks at the sum. */
const PAGE = 200;
export const LYING_MAX = 2_000;

export const useHubs = () => useQuery({ queryKey: ["hubs", "list"], queryFn: ({ signal }) => read<{ hubs: Hub[] }>("/hubs", signal), refetchInterval: REFRESH_MS });

/** The fullest first, those with as many by their names. */
export const byLoad = (hubs: readonly Hub[]): Hub[] => [...hubs].sort((a, b) => b.parcels - a.parcels || a.name.localeCompare(b.name));

/** How many lie at all places. */
export const lyingAt = (hubs: readonly Hub[]): number => hubs.reduce((sum, { parcels }) => sum + parcels, 0);

/** How long a bar is beside the longest, in percent: what is there at all is to be seen. */
export function barOf(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1, (100 * count) / most);
}

/** All that lies at a place, or the first of it; `hear` is told how many were read so far. */
export async function findLying(ask: (cursor: string | null) => Promise<ParcelPage>, hear: (count: number) => void, most = LYING_MAX): Promise<Lying> {
  let known: Lying = { parcels: [], isWhole: false };
  for await (known of readLying(ask, most)) hear(known.parcels.length);
  return known;
}

async function askLying(place: string, cursor: string | null, signal: AbortSignal): Promise<ParcelPage> {
  const page = await read<ParcelPage | null>(`/hubs/${encodeURIComponent(place)}/parcels${queryString({ limit: PAGE, cursor })}`, signal);
  // The connection broke in the middle of the answer.
  if (page === null) throw offline();
  return page;
}

/** What lies at a place, and how many parcels of it were read while it is not known yet. */
export function useLying(place: string) {
  const [count, setCount] = useState(0);
  const query = useQuery({
    queryKey: ["hubs", "lying", place],
    queryFn: ({ signal }) => findLying((cursor) => askLying(place, cursor, signal), setCount),
    refetchInterval: LYING_REFRESH_MS,
  });
  return { ...query, count };
}
