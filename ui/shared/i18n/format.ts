// Money, dates and numbers in the reader's format. Money stays an integer of minor units up to the moment it is shown.

export type Amount = { amount: number; currency: string };

/** Digits of a currency's minor unit: 2 for EUR, 0 for JPY. */
export function exponentOf(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** `29.95` for 2995 cents: exact, without a detour through a binary fraction. */
export function decimalOf({ amount, currency }: Amount): string {
  const exponent = exponentOf(currency);
  const digits = Math.abs(amount).toString().padStart(exponent + 1, "0");
  const sign = amount < 0 ? "-" : "";
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** `29,95 €` for a German reader. */
export function formatMoney(money: Amount, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: money.currency });
  // A decimal string is formatted exactly; TypeScript's library knows it as StringNumericLiteral.
  return format.format(decimalOf(money) as Intl.StringNumericLiteral);
}

/**
 * Minor units from what a person typed: `29.95`, `29,95`, `1.234,50`, `1,234.50`; null when it is no amount, negative
 * or has more digits than the currency.
 */
export function parseMoney(typed: string, currency: string): Amount | null {
  const exponent = exponentOf(currency);
  const text = typed.replace(/[\s\u00a0\u202f']/g, "");
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  const behind = last < 0 ? 0 : text.length - last - 1;
  const grouped = /^\d{1,3}([.,]\d{3})+$/.test(text);
  // A last group of three is thousands where the currency has no such fraction.
  const isFraction = last >= 0 && !(grouped && behind === 3 && exponent !== 3);
  const whole = (isFraction ? text.slice(0, last) : text).replace(/[.,]/g, "");
  const fraction = isFraction ? text.slice(last + 1) : "";
  if (!/^\d{1,13}$/.test(whole) || !/^\d*$/.test(fraction) || fraction.length > exponent) return null;
  const amount = Number(whole + fraction.padEnd(exponent, "0"));
  return Number.isSafeInteger(amount) ? { amount, currency } : null;
}

/** `Nov 22, 2026, 8:05 PM`; today without its date. */
export function formatTime(at: number, locale: string, now: number = Date.now()): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const options: Intl.DateTimeFormatOptions = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(locale, options).format(at);
}

/** A day on the reader's calendar, or on that of a place. */
export function formatDate(at: number, locale: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone }).format(at);
}

/** `Nov 11, 2026, 12:00 AM`, on the reader's clock or on that of a place; with seconds where they are not zero. */
export function formatMoment(at: number, locale: string, timeZone?: string): string {
  const timeStyle = at % 60_000 === 0 ? "short" : "medium";
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle, timeZone }).format(at);
}

/** `Austria` for AT; the code itself where the browser knows no name. */
export function formatCountry(code: string, locale: string): string {
  return new Intl.DisplayNames(locale, { type: "region", fallback: "code" }).of(code) ?? code;
}

/** `31.5%` for 315 of a thousand. */
export function formatPermille(permille: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(permille / 1000);
}

/** `19%` for 190000 parts per million. */
export function formatPpm(ppm: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 3 }).format(ppm / 1_000_000);
}
