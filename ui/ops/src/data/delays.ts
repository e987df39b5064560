// Parcels that will be late, as the screens read them.
import type { DelayIncidents } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { read } from "./api";

/** How often is asked again: looks are some minutes apart, but for changes of timetables. */
const AGAIN_MS = 15_000;

export const useDelays = () => useQuery({ queryKey: ["carriers", "delays"], queryFn: ({ signal }) => read<DelayIncidents>("/delays", signal), refetchInterval: AGAIN_MS });
