// Moments and what clocks in a time zone show for them. Campaigns begin by the clock of a place, wherever the reader is.

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  const clock = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", ...parts });
  clocks.set(zone, clock);
  return clock;
}

export function isZone(zone: string): boolean {
  try {
    return clockOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** `2026-11-11T00:00:00`, as clocks in the zone show the moment. */
export function localOf(at: number, zone: string): string {
  const parts = Object.fromEntries(clockOf(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
}

/** A local time to the second: browsers leave seconds out when they are zero. Null when it is none. */
export function toSecond(local: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) return null;
  return local.length === 16 ? `${local}:00` : local;
}

/**
 * The moment at which clocks in the zone show a local time; `skipped` or `twice` where they are put forward or back
 * around it; null when it is no time at all.
 */
export function momentOf(local: string, zone: string): number | "skipped" | "twice" | null {
  const exact = toSecond(local);
  if (exact === null || !isZone(zone)) return null;
  const asUtc = Date.parse(`${exact}Z`);
  if (Number.isNaN(asUtc)) return null;
  // The offsets in force a day before and after: clocks are never put twice within two days.
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((at) => Date.parse(`${localOf(at, zone)}Z`) - at);
  const fitting = [...new Set(offsets)].map((offset) => asUtc - offset).filter((at) => localOf(at, zone) === exact);
  const [first, second] = fitting;
  if (first === undefined) return "skipped";
  return second === undefined ? first : "twice";
}

/** The time zone of this device. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Today on this device, `2026-11-29`. */
export const today = () => localOf(Date.now(), ownZone()).slice(0, 10);

/** The names of all time zones that the browser knows, with UTC. */
export function allZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone");
  return zones.includes("UTC") ? zones : ["UTC", ...zones];
}

/** A day on a calendar, `2026-11-11`, so many days later. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The weeks of a month (`2026-11`), whole, as days. `firstDay` is 1 for Monday to 7 for Sunday. */
export function weeksOf(month: string, firstDay: number): string[][] {
  const first = `${month}-01`;
  const weekday = new Date(`${first}T00:00:00Z`).getUTCDay() || 7;
  let day = dayAfter(first, -((weekday - firstDay + 7) % 7));
  const weeks: string[][] = [];
  do {
    weeks.push(Array.from({ length: 7 }, (_, index) => dayAfter(day, index)));
    day = dayAfter(day, 7);
  } while (day.slice(0, 7) === month);
  return weeks;
}

/** The month so many months later. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}
