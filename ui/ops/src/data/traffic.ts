// What the traffic screen reads, how its question stands in the address, and links that tell where their visitors come from.
import type { TouchChoice, TrafficDimension, TrafficReport } from "@sesame/shared/api/types";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { API, queryString, read } from "./api";

export const DIMENSIONS: TrafficDimension[] = ["source", "medium", "campaign", "referral", "channel", "device", "landing"];
export const PERIODS = ["1", "7", "28", "custom"] as const;
export type Period = (typeof PERIODS)[number];

/** A question: a number of days up to today, or the first and the last day. */
export type TrafficQuestion = { days?: string; from?: string; to?: string; touch: TouchChoice; by: TrafficDimension };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The question in an address; what makes no sense there is left out. */
export function questionOf(search: URLSearchParams): TrafficQuestion {
  const [from, to] = [search.get("from") ?? "", search.get("to") ?? ""];
  const days = search.get("days") ?? "";
  const by = DIMENSIONS.find((one) => one === search.get("by")) ?? "source";
  const touch: TouchChoice = search.get("touch") === "first" ? "first" : "last";
  if (DAY.test(from) && DAY.test(to) && from <= to) return { from, to, touch, by };
  return { days: PERIODS.find((one) => one === days && one !== "custom") ?? "7", touch, by };
}

/** The address's query for a question. */
export const searchOfQuestion = (question: TrafficQuestion): string => queryString(question);

export const useTraffic = (question: TrafficQuestion) =>
  useQuery({ queryKey: ["traffic", question], queryFn: ({ signal }) => read<TrafficReport>(`/traffic${queryString(question)}`, signal), placeholderData: keepPreviousData });

/** Where the same figures are downloaded for a spreadsheet. */
export const trafficUrl = (question: TrafficQuestion) => `${API}/traffic.csv${queryString(question)}`;

/** What a link can tell of where its visitors come from. */
export type LinkTags = { source: string; medium: string; campaign: string; content: string; referral: string };
export const NO_TAGS: LinkTags = { source: "", medium: "", campaign: "", content: "", referral: "" };

const PARAMETERS: Record<keyof LinkTags, string> = { source: "utm_source", medium: "utm_medium", campaign: "utm_campaign", content: "utm_content", referral: "ref" };

/** A page of the shop with tags; null when the page is none of the shop's. */
export function taggedLink(page: string, tags: LinkTags, shop: string): string | null {
  let url: URL;
  try {
    url = new URL(page.trim() || "/", shop);
  } catch {
    return null;
  }
  if (url.origin !== new URL(shop).origin) return null;
  for (const [name, parameter] of Object.entries(PARAMETERS) as [keyof LinkTags, string][]) {
    const value = tags[name].trim();
    if (value) url.searchParams.set(parameter, value);
  }
  return url.href;
}

/** Where a link is drawn as a code for a camera. */
export const codeUrl = (link: string) => `${API}/traffic/code.svg${queryString({ link })}`;
