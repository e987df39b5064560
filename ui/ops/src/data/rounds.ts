// Couriers' rounds, as the screens read and change them.
import type { CourierList, Named, RoundAssignment, RoundDetail, RoundEntry, RoundList, RoundMove, RoundPlan, RoundPlanRequest } from "@sesame/shared/api/types";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { KeptKey } from "./again";
import { queryString, read } from "./api";
import { useCarriers } from "./carriers";
import { useWrite } from "./queries";
import { stopsAtRisk } from "./round-stops";
import { today } from "./zones";

/** How often is asked again: phones say things as they happen. */
const REFRESH_MS = 15_000;
/** A plan takes seconds, and the next one is turned away meanwhile: somebody whose answer was lost waits that long. */
const PLAN_PAUSES_MS = [1_000, 2_000, 4_000];

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day in an address; today where it says none. */
export function dayOf(search: URLSearchParams): string {
  const day = search.get("day") ?? "";
  return DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : today();
}

export const useRounds = (day: string) =>
  useQuery({ queryKey: ["rounds", "day", day], queryFn: ({ signal }) => read<RoundList>(`/rounds${queryString({ day })}`, signal), refetchInterval: REFRESH_MS, enabled: day !== "" });

const one = (id: string) => ({ queryKey: ["rounds", "one", id], queryFn: ({ signal }: { signal: AbortSignal }) => read<RoundDetail>(`/rounds/${id}`, signal), refetchInterval: REFRESH_MS });

export const useRound = (id: string) => useQuery(one(id));

/** How many stops of each round are at risk of being late; rounds that are not known yet are left out. */
export function useRisks(rounds: readonly RoundEntry[], now: number): Map<string, number> {
  const found = useQueries({ queries: rounds.filter(({ state }) => state !== "closed").map(({ id }) => one(id)) });
  return new Map(found.flatMap(({ data }) => (data ? [[data.round.id, stopsAtRisk(data.round, now)] as const] : [])));
}

/** Who can be given a round: couriers, and whoever else drives on that day. */
export function useCouriers(rounds: readonly RoundEntry[]): { couriers: Named[]; isLoading: boolean; error: unknown } {
  const { data, isLoading, error } = useQuery({ queryKey: ["couriers"], queryFn: ({ signal }) => read<CourierList>("/couriers", signal) });
  return { couriers: distinct([...(data?.items ?? []), ...rounds.flatMap(({ courier }) => courier ?? [])]), isLoading, error };
}

/** Where the shop's own fleet is said to fetch parcels, as far as that is said. */
export function useFleetPlaces(): string[] {
  const carriers = useCarriers().data?.items ?? [];
  return carriers.filter(({ terms }) => terms.active && terms.own_fleet).flatMap(({ terms }) => terms.locations ?? []);
}

/** Each once, by name. */
export function distinct(named: readonly Named[]): Named[] {
  return [...new Map(named.map(({ id, name }) => [id, { id, name }])).values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The other rounds that a parcel of this one can go with. */
export const othersOf = (rounds: readonly RoundEntry[], id: string, location: string): RoundEntry[] =>
  rounds.filter((round) => round.id !== id && round.state !== "closed" && round.location.id === location);

/** What was sent before and not answered is sent under the key that it had. */
export function usePlanRounds() {
  const kept = useRef(new KeptKey());
  return useWrite<RoundPlanRequest, RoundPlan>((body) => ({ method: "POST", path: "/rounds/plan", body }), { kept: kept.current, pausesMs: PLAN_PAUSES_MS });
}

export const useAssign = (id: string) => useWrite<RoundAssignment, RoundEntry>((body) => ({ method: "PUT", path: `/rounds/${id}/courier`, body }));

export const useMove = () => useWrite<RoundMove, RoundEntry>((body) => ({ method: "POST", path: "/rounds/moves", body }));

export type Sum = { stops: number; done: number; parcels: number; delivered: number; failed: number };

/** A day in figures. */
export function sumOf(rounds: readonly RoundEntry[]): Sum {
  const all = (of: (round: RoundEntry) => number) => rounds.reduce((sum, round) => sum + of(round), 0);
  return { stops: all(({ stops }) => stops), done: all(({ stops_done }) => stops_done), parcels: all(({ parcels }) => parcels), delivered: all(({ delivered }) => delivered), failed: all(({ failed }) => failed) };
}
