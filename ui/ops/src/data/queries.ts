// What the screens read and what they do, each with the keys under which it is kept fresh.
import type {
  AdmissionState, FulfillmentList, LocationList, MovementList, OperatorList, Order, OrderList, Product, ProductList, ScreenLinkList, SessionState, Settings, StockList, Tiles, VariantStock,
} from "@sesame/shared/api/types";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { PAUSES_MS, again, type KeptKey } from "./again";
import { API, newKey, queryString, read, write, type ApiError, type WriteMethod } from "./api";

export type Filters = Record<string, string | undefined>;

/** Who is signed in, if anybody. */
export const useSession = () => useQuery({ queryKey: ["session"], queryFn: ({ signal }) => read<SessionState>("/session", signal), staleTime: 60_000 });

export const useOrder = (id: string) =>
  useQuery({ queryKey: ["orders", "one", id], queryFn: ({ signal }) => read<Order>(`/orders/${id}`, signal) });

export const useLocations = () =>
  useQuery({ queryKey: ["locations"], queryFn: ({ signal }) => read<LocationList>("/locations", signal), staleTime: 60_000 });

export const useSettings = () => useQuery({ queryKey: ["settings"], queryFn: ({ signal }) => read<Settings>("/settings", signal) });

const ADMISSION_REFRESH_MS = 3_000;

/** Who waits and who was turned away. */
export const useAdmission = () =>
  useQuery({ queryKey: ["admission"], queryFn: ({ signal }) => read<AdmissionState>("/admission", signal), refetchInterval: ADMISSION_REFRESH_MS });

/** Links for walls. */
export const useScreenLinks = () => useQuery({ queryKey: ["screen"], queryFn: ({ signal }) => read<ScreenLinkList>("/screen/links", signal) });

export const useOperators = (isOwner: boolean) =>
  useQuery({ queryKey: ["operators"], queryFn: ({ signal }) => read<OperatorList>("/operators", signal), enabled: isOwner });

export const useProduct = (id: string) =>
  useQuery({ queryKey: ["products", "one", id], queryFn: ({ signal }) => read<Product>(`/products/${id}`, signal) });

export const useVariantStock = (variant: string) =>
  useQuery({ queryKey: ["stock", "variant", variant], queryFn: ({ signal }) => read<VariantStock>(`/stock/${variant}`, signal) });

type Page = { items: unknown[]; next: string | null };

/** A list in pages; `more` adds the next one. */
export function usePages<List extends Page>(name: string, path: string, filters: Filters, options: { enabled?: boolean; refreshMs?: number } = {}) {
  const query = useInfiniteQuery({
    queryKey: [name, "list", path, filters],
    queryFn: ({ signal, pageParam }) => read<List>(path + queryString({ ...filters, cursor: pageParam }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: options.refreshMs ?? false,
  });
  const items = (query.data?.pages.flatMap((page) => page.items) ?? []) as List["items"];
  return { ...query, items };
}

const LIST_REFRESH_MS = 15_000;

export const useOrders = (filters: Filters) => usePages<OrderList>("orders", "/orders", filters, { refreshMs: LIST_REFRESH_MS });
export const useFulfillments = (filters: Filters, enabled: boolean) =>
  usePages<FulfillmentList>("fulfillments", "/fulfillments", filters, { enabled, refreshMs: LIST_REFRESH_MS });
export const useStock = (filters: Filters, enabled: boolean) => usePages<StockList>("stock", "/stock", filters, { enabled });
export const useMovements = (variant: string, location: string) =>
  usePages<MovementList>("stock", "/stock/movements", { variant, location });
export const useProducts = (filters: Filters) => usePages<ProductList>("products", "/products", filters);

/** Which lists a write may change. */
const TOUCHED = [["admission"], ["campaigns"], ["carriers"], ["hubs"], ["members"], ["orders"], ["points"], ["returns"], ["reviews"], ["rounds"], ["fulfillments"], ["stock"], ["products"], ["operators"], ["screen"], ["session"], ["settings"], ["switches"], ["traffic"]];

/**
 * A write with its own idempotency key: repeated by itself while the server cannot be reached, done once. Afterwards all
 * that it may have changed is read anew. With `kept`, it is also done once when somebody sends it anew after it failed.
 */
export function useWrite<Input, Answer>(send: (input: Input) => { method: WriteMethod; path: string; body?: unknown }, { kept, pausesMs = PAUSES_MS }: { kept?: KeptKey; pausesMs?: readonly number[] } = {}) {
  const client = useQueryClient();
  return useMutation<Answer, ApiError, Input>({
    mutationFn: async (input) => {
      const key = kept?.of(input) ?? newKey();
      const { method, path, body } = send(input);
      return again(() => write<Answer>(method, path, body, key), pausesMs);
    },
    onSettled: (_, error) => {
      kept?.answered(error);
      return Promise.all(TOUCHED.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}

export type Step = "pick" | "pack" | "ship" | "deliver";
export const useStep = () =>
  useWrite<{ fulfillment: string; step: Step; shipping?: { carrier: string; tracking_number: string; tracking_url: string } }, unknown>(
    ({ fulfillment, step, shipping }) => ({ method: "POST", path: `/fulfillments/${fulfillment}/${step}`, body: shipping }),
  );

/** The tiles as the server pushes them; `isLive` is false while the stream is broken. */
export function useTiles(): { tiles: Tiles | null; isLive: boolean } {
  const [state, setState] = useState<{ tiles: Tiles | null; isLive: boolean }>({ tiles: null, isLive: true });
  useEffect(() => {
    const source = new EventSource(`${API}/live`);
    source.addEventListener("tiles", (event) => setState({ tiles: JSON.parse((event as MessageEvent<string>).data) as Tiles, isLive: true }));
    source.addEventListener("error", () => setState((before) => ({ ...before, isLive: false })));
    return () => source.close();
  }, []);
  return state;
}
