// What people type about campaigns, as the server wants it: shares, numbers of pieces, pasted lists; and countdowns.
import { parseMoney } from "@sesame/shared/i18n/format";

const PPM_PER_CENT = 10_000;

/** Parts per million from per cent as typed, `12.5` or `12,5 %`; null unless it is above 0 and at most 100. */
export function parsePercent(typed: string): number | null {
  const text = typed.replace(/[\s\u00a0%％]/g, "").replace(",", ".");
  const found = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(text);
  if (!found) return null;
  const ppm = Number(found[1]) * PPM_PER_CENT + Number((found[2] ?? "").padEnd(4, "0"));
  return ppm > 0 && ppm <= 100 * PPM_PER_CENT ? ppm : null;
}

/** `12.5` for 125000 parts per million. */
export function percentOf(ppm: number): string {
  const fraction = (ppm % PPM_PER_CENT).toString().padStart(4, "0").replace(/0+$/, "");
  const whole = Math.floor(ppm / PPM_PER_CENT).toString();
  return fraction ? `${whole}.${fraction}` : whole;
}

/** A whole number of at least one; null when it is none or above `most`. */
export function parseCount(typed: string, most = 4_294_967_295): number | null {
  const text = typed.replace(/[\s\u00a0\u202f']/g, "");
  const plain = /^\d{1,3}([.,]\d{3})+$/.test(text) ? text.replace(/[.,]/g, "") : text;
  if (!/^\d{1,10}$/.test(plain)) return null;
  const count = Number(plain);
  return count >= 1 && count <= most ? count : null;
}

export type PastedLine = { sku: string; amount: number; total: number | null };
export type PasteProblem = { line: number; text: string; why: "price" | "quantity" | "twice" | "parts" };

/**
 * Lines of `SKU price quantity`, as they come out of a spreadsheet or are typed: parts between tabs, semicolons or
 * spaces; the quantity may be left out.
 */
export function parseLines(text: string, currency: string): { lines: PastedLine[]; problems: PasteProblem[] } {
  const lines: PastedLine[] = [];
  const problems: PasteProblem[] = [];
  const seen = new Set<string>();
  text.split(/\r?\n/).forEach((raw, index) => {
    if (!raw.trim()) return;
    const wrong = (why: PasteProblem["why"]) => problems.push({ line: index + 1, text: raw.trim(), why });
    const separator = raw.includes("\t") ? "\t" : raw.includes(";") ? ";" : /\s+/;
    const [sku = "", price, quantity, ...more] = raw.trim().split(separator).map((part) => part.trim());
    if (!sku || price === undefined || more.some(Boolean)) return wrong("parts");
    const money = parseMoney(price, currency);
    if (!money) return wrong("price");
    const total = quantity ? parseCount(quantity) : null;
    if (quantity && total === null) return wrong("quantity");
    if (seen.has(sku.toLowerCase())) return wrong("twice");
    seen.add(sku.toLowerCase());
    lines.push({ sku, amount: money.amount, total });
  });
  return { lines, problems };
}

/** Time that is left, in whole days and a clock of `hh:mm:ss`; a second that has begun counts. */
export function countdown(ms: number): { days: number; clock: string } {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => value.toString().padStart(2, "0");
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return { days: Math.floor(seconds / 86_400), clock };
}

/** The server's clock now: what it said, and what has passed here since then. The clock of this device may be wrong. */
export function serverNow(said: number, saidAt: number, here: number): number {
  return said + Math.max(0, here - saidAt);
}

/** What was taken of a limit, in thousandths, at most 1000. */
export function takenPermille(taken: number, total: number): number {
  if (total <= 0) return 1000;
  return Math.min(1000, Math.max(0, Math.floor((taken * 1000) / total)));
}

const CODES_PER_FILE = 1_000_000;

/** Which parts of a list of single-use codes are downloaded one by one. */
export function codeFiles(count: number): { from: number; count: number }[] {
  const files = Math.ceil(count / CODES_PER_FILE);
  return Array.from({ length: files }, (_, index) => ({
    from: index * CODES_PER_FILE,
    count: Math.min(CODES_PER_FILE, count - index * CODES_PER_FILE),
  }));
}

/** `+39%`, `−5%`: a change in thousandths with its sign, in whole per cent from ten on. */
export function changeText(permille: number, locale: string): string {
  const digits = Math.abs(permille) < 100 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: digits }).format(permille / 1000);
}

/** The days from one to another, both with, on the reader's calendar, as a span of time; null when that is none. */
export function spanOfDays(from: string, to: string): { from: number; to: number } | null {
  const start = new Date(`${from}T00:00:00`);
  const end = new Date(`${to}T00:00:00`);
  end.setDate(end.getDate() + 1);
  const span = { from: start.getTime(), to: end.getTime() };
  return span.from < span.to ? span : null;
}
