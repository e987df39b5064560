// Where parcels can leave from, as the screens read and change it.
import type { FulfillmentList, RelocationRequest, Sources, SourcingReport } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { read } from "./api";
import { useWrite } from "./queries";

export const useSources = (fulfillment: string) =>
  useQuery({ queryKey: ["fulfillments", "sources", fulfillment], queryFn: ({ signal }) => read<Sources>(`/fulfillments/${fulfillment}/sources`, signal) });

export const useRelocate = (fulfillment: string) =>
  useWrite<RelocationRequest, FulfillmentList>((body) => ({ method: "POST", path: `/fulfillments/${fulfillment}/relocate`, body }));

/** How often the server is asked for its last look at open parcels. */
const LOOK_EVERY_MS = 15_000;

export const useSourcing = () =>
  useQuery({ queryKey: ["sourcing"], queryFn: ({ signal }) => read<SourcingReport>("/sourcing", signal), refetchInterval: LOOK_EVERY_MS });
