// Which orders are listed: read from the address and written to it; the ones people keep under a name.
import type { Filters } from "./queries";

export const FILTER_NAMES = ["state", "channel", "location", "query", "from", "to"] as const;
export type OrderFilters = Partial<Record<(typeof FILTER_NAMES)[number], string>>;
export type SavedFilter = { name: string; filters: OrderFilters };

export const PRESETS: { key: "filter.all" | "filter.to_do" | "filter.unpaid" | "filter.done" | "filter.canceled"; filters: OrderFilters }[] = [
  { key: "filter.all", filters: {} },
  { key: "filter.to_do", filters: { state: "confirmed,partly_fulfilled" } },
  { key: "filter.unpaid", filters: { state: "pending" } },
  { key: "filter.done", filters: { state: "fulfilled" } },
  { key: "filter.canceled", filters: { state: "canceled" } },
];

export function filtersOf(search: URLSearchParams): OrderFilters {
  const filters: OrderFilters = {};
  for (const name of FILTER_NAMES) {
    const value = search.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

/** The address's query for `filters`, in a fixed order, so that the same filters are the same address. */
export function searchOf(filters: OrderFilters): string {
  const search = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filters[name];
    if (value) search.set(name, value);
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

export const sameFilters = (a: OrderFilters, b: OrderFilters) => searchOf(a) === searchOf(b);

/** Keeps `filter` under its name, replacing one of the same name. */
export function withSaved(saved: SavedFilter[], filter: SavedFilter): SavedFilter[] {
  return [...saved.filter(({ name }) => name !== filter.name), filter].sort((a, b) => a.name.localeCompare(b.name));
}

export const asQuery = (filters: OrderFilters): Filters => ({ ...filters });

/** `2026-11-22` in the reader's time zone as UTC milliseconds of its beginning; undefined when empty or no date. */
export function dayStart(day: string, daysLater = 0): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return undefined;
  return String(new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + daysLater).getTime());
}

/** The day of a time in UTC milliseconds, for a date field. */
export function dayOf(at: string | undefined, daysEarlier = 0): string {
  if (!at || !Number.isFinite(Number(at))) return "";
  const date = new Date(Number(at));
  date.setDate(date.getDate() - daysEarlier);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
