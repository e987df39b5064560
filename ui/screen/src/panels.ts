// The parts of the screen: each is built once and filled again and again.
import type { Texts as Titles } from "@sesame/shared/api/types";
import { formatMoney } from "@sesame/shared/i18n/format";
import type { Language } from "@sesame/shared/i18n";
import type { T } from "./i18n";

export type Reader = { t: T; language: Language };

export function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

export const numberOf = (value: number, language: Language) => new Intl.NumberFormat(language).format(value);

/** `€1.2M`: for rankings, where the order counts. */
export function shortMoney(amount: number, currency: string, language: Language): string {
  const exponent = new Intl.NumberFormat(language, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const whole = amount / 10 ** exponent;
  if (Math.abs(whole) < 10_000) return formatMoney({ amount: Math.round(whole) * 10 ** exponent, currency }, language).replace(/[.,]0+(?=\D*$)/, "");
  return new Intl.NumberFormat(language, { style: "currency", currency, notation: "compact", maximumSignificantDigits: 4 }).format(whole);
}

/** `€1 million`: for milestones, which are round. */
export function roundMoney(amount: number, currency: string, language: Language): string {
  const exponent = new Intl.NumberFormat(language, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const whole = amount / 10 ** exponent;
  if (whole < 1_000_000 && language !== "zh") return new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 0 }).format(whole);
  return new Intl.NumberFormat(language, { style: "currency", currency, notation: "compact", compactDisplay: "long", maximumFractionDigits: 0, minimumFractionDigits: 0 }).format(whole);
}

/** `0:03:01` of a day. */
export function sinceMidnight(at: number, from: number): string {
  const seconds = Math.max(0, Math.floor((at - from) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A time of day at the shop, to the second. */
export function clock(at: number, timeZone: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at);
}

export function titleOf(titles: Titles, language: Language): string {
  return titles[language] ?? titles.en ?? titles.de ?? titles.zh ?? "";
}

export type Row = { key: string; name: string; value: string; share: number };

/** A ranking. */
export class Ranking {
  readonly root: HTMLElement;
  private readonly list = element("ol", "ranking");
  private rows = new Map<string, HTMLElement>();

  constructor(title: string) {
    this.root = element("section", "panel", element("h2", "", title), this.list);
  }

  show(rows: Row[], limit: number): void {
    this.root.hidden = rows.length === 0;
    const shown = new Map<string, HTMLElement>();
    rows.slice(0, limit).forEach((row) => {
      const known = this.rows.get(row.key) ?? this.make(row);
      const [name, value] = known.querySelectorAll("span");
      if (name!.textContent !== row.name) name!.textContent = row.name;
      if (value!.textContent !== row.value) value!.textContent = row.value;
      known.style.setProperty("--share", row.share.toFixed(4));
      shown.set(row.key, known);
    });
    for (const [key, gone] of this.rows) if (!shown.has(key)) gone.remove();
    const ordered = [...shown.values()];
    if (ordered.some((row, at) => this.list.children[at] !== row)) this.list.append(...ordered);
    this.rows = shown;
  }

  private make(row: Row): HTMLElement {
    return element("li", "", element("span", "name", row.name), element("span", "value", row.value), element("i", ""));
  }
}

/** Bars of the last seconds. */
export class Pulse {
  readonly root = element("div", "pulse");
  private readonly canvas = document.createElement("canvas");
  private seconds: number[] = [];

  constructor() {
    this.root.append(this.canvas);
    this.root.setAttribute("aria-hidden", "true");
  }

  all(seconds: number[]): void {
    this.seconds = seconds.slice(-90);
    this.paint();
  }

  next(count: number): void {
    this.seconds = [...this.seconds.slice(-89), count];
    this.paint();
  }

  private paint(): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [this.root.clientWidth * ratio, this.root.clientHeight * ratio];
    if (!width) return;
    if (this.canvas.width !== Math.round(width)) this.canvas.width = Math.round(width);
    if (this.canvas.height !== Math.round(height)) this.canvas.height = Math.round(height);
    const context = this.canvas.getContext("2d")!;
    context.clearRect(0, 0, width, height);
    const most = Math.max(1, ...this.seconds);
    const step = width / 90;
    this.seconds.forEach((count, at) => {
      const place = at + 90 - this.seconds.length;
      const bar = count > 0 ? Math.max(2 * ratio, (count / most) * height) : ratio;
      context.fillStyle = count > 0 ? `rgb(255 ${120 + Math.round(80 * (count / most))} 90 / ${0.35 + 0.65 * (place / 90)})` : "#3a2f28";
      context.fillRect(place * step, height - bar, step * 0.62, bar);
    });
  }
}
