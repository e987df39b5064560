// What the campaign screens read: campaigns, what is rehearsed, and articles by their variants.
import type { CampaignBody, CampaignEntry, CampaignList, CampaignMove, CampaignReport, Money, Product, ProductList, Rehearsal, Texts, Variant, VariantStock } from "@sesame/shared/api/types";
import { keepPreviousData, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { API, queryString, read } from "./api";
import { serverNow } from "./campaign-units";
import { useWrite } from "./queries";

const LIST_REFRESH_MS = 15_000;
const CLOSE_REFRESH_MS = 3_000;
/** So long before and after a campaign begins or ends it is looked at as often as one that runs. */
const CLOSE_MS = 60_000;

/** Whether something may change any moment: it runs, begins or ends soon. */
export function isClose({ phase, starts_at, ends_at }: Pick<CampaignEntry, "phase" | "starts_at" | "ends_at">, now: number): boolean {
  const isNear = (at: number) => Math.abs(at - now) < CLOSE_MS;
  return phase === "running" || ((phase === "planned" || phase === "over") && (isNear(starts_at) || isNear(ends_at)));
}

export const useCampaigns = () =>
  useQuery({
    queryKey: ["campaigns", "list"],
    queryFn: ({ signal }) => read<CampaignList>("/campaigns", signal),
    refetchInterval: ({ state: { data } }) => (data?.items.some((item) => isClose(item, data.now)) ? CLOSE_REFRESH_MS : LIST_REFRESH_MS),
  });

export const useCampaign = (id: string) =>
  useQuery({
    queryKey: ["campaigns", "one", id],
    queryFn: ({ signal }) => read<CampaignEntry>(`/campaigns/${id}`, signal),
    refetchInterval: ({ state: { data } }) => (data && isClose(data, data.now) ? CLOSE_REFRESH_MS : LIST_REFRESH_MS),
  });

/** Prices yesterday's orders again; begun by `refetch`. */
export const useRehearsal = (id: string) =>
  useQuery({ queryKey: ["rehearsal", id], queryFn: ({ signal }) => read<Rehearsal>(`/campaigns/${id}/rehearsal`, signal), enabled: false, retry: false, gcTime: 0 });

/** What a campaign is compared with; nothing set: the one before it. */
export type Comparison = { compare?: string; from?: number; to?: number };

/** Counts all orders of a campaign's time: read once, and again when it is asked for. */
export const useCampaignReport = (id: string, comparison: Comparison) =>
  useQuery({
    queryKey: ["campaign-report", id, comparison],
    queryFn: ({ signal }) => read<CampaignReport>(`/campaigns/${id}/report${queryString(comparison)}`, signal),
    staleTime: Infinity,
    retry: 2,
  });

/** Where the report is downloaded for a spreadsheet. */
export const reportUrl = (id: string, comparison: Comparison) => `${API}/campaigns/${id}/report.csv${queryString(comparison)}`;

export const useSaveCampaign = (id: string | null) =>
  useWrite<CampaignBody, CampaignEntry>((body) => (id ? { method: "PUT", path: `/campaigns/${id}`, body } : { method: "POST", path: "/campaigns", body }));

export const useMoveCampaign = (id: string, step: "approve" | "stop") => useWrite<CampaignMove, CampaignEntry>((body) => ({ method: "POST", path: `/campaigns/${id}/${step}`, body }));

/** Where a list of single-use codes is downloaded. */
export const codesUrl = (id: string, rule: number, part: { from: number; count: number }) => `${API}/campaigns/${id}/codes${queryString({ rule, ...part })}`;

/** The server's clock, going on every second from what the last answer said. */
export function useServerNow(said: number, saidAt: number): number {
  const [here, setHere] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setHere(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return serverNow(said, saidAt, here);
}

const NAMES_STALE_MS = 5 * 60_000;

/** What is shown of an article. */
export type Article = { variant: string; product: string; sku: string; title: Texts; options: string; image: string; offers: { seller: string; prices: Money[] }[] };

function articleOf(product: Product, variant: Variant): Article {
  const offers = variant.offers.map(({ seller, prices }) => ({ seller: seller.id, prices }));
  return { variant: variant.id, product: product.id, sku: variant.sku, title: product.title, options: variant.options, image: variant.image, offers };
}

export const articlesOf = (product: Product): Article[] => product.variants.map((variant) => articleOf(product, variant));

const productOptions = (id: string) => ({ queryKey: ["products", "one", id], queryFn: () => read<Product>(`/products/${id}`), staleTime: NAMES_STALE_MS });

/** A product with the names and prices of its variants; read once for all that name it. */
export const useNamedProduct = (id: string) => useQuery(productOptions(id));

/** An article by its variant's id; null when there is none. */
export function useArticle(variant: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["article", variant],
    staleTime: NAMES_STALE_MS,
    queryFn: async ({ signal }): Promise<Article | null> => {
      const { items } = await read<VariantStock>(`/stock/${variant}`, signal);
      const product = items[0] && (await client.fetchQuery(productOptions(items[0].product)));
      return (product && articlesOf(product).find((one) => one.variant === variant)) ?? null;
    },
  });
}

/** Keeps what is known of articles, so that it need not be read again. */
export function keepArticles(client: QueryClient, articles: Article[]): void {
  for (const article of articles) client.setQueryData(["article", article.variant], article);
}

/** Products whose name, brand, SKU or GTIN fits. */
export const useFoundProducts = (text: string) =>
  useQuery({
    queryKey: ["products", "found", text],
    queryFn: ({ signal }) => read<ProductList>(`/products${queryString({ query: text, limit: 8 })}`, signal),
    enabled: text.length > 0,
    staleTime: NAMES_STALE_MS,
    placeholderData: keepPreviousData,
  });

/** The article with exactly this SKU; null when there is none. */
export async function articleBySku(client: QueryClient, sku: string): Promise<Article | null> {
  const wanted = sku.toLowerCase();
  const found = await read<ProductList>(`/products${queryString({ query: sku, limit: 20 })}`);
  for (const { id } of found.items) {
    const product = await client.fetchQuery(productOptions(id));
    const article = articlesOf(product).find((one) => one.sku.toLowerCase() === wanted);
    if (article) return article;
  }
  return null;
}

/** The articles of many SKUs, a few at a time; `progress` hears how many were looked up. */
export async function articlesBySku(client: QueryClient, skus: string[], progress: (done: number) => void): Promise<Map<string, Article>> {
  const found = new Map<string, Article>();
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let sku = skus[next++]; sku !== undefined; sku = skus[next++]) {
      const article = await articleBySku(client, sku);
      if (article) found.set(sku, article);
      progress((done += 1));
    }
  };
  const AT_ONCE = 4;
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  keepArticles(client, [...found.values()]);
  return found;
}
