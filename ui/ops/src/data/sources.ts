// Where parcels can leave from, as the screens read and change it.
import type { FulfillmentList, RelocationRequest, Sources } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { read } from "./api";
import { useWrite } from "./queries";

export const useSources = (fulfillment: string) =>
  useQuery({ queryKey: ["fulfillments", "sources", fulfillment], queryFn: ({ signal }) => read<Sources>(`/fulfillments/${fulfillment}/sources`, signal) });

export const useRelocate = (fulfillment: string) =>
  useWrite<RelocationRequest, FulfillmentList>((body) => ({ method: "POST", path: `/fulfillments/${fulfillment}/relocate`, body }));
