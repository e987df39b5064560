// The screen as a whole: the counter across the top, the map in the middle, figures and rankings at the sides,
// milestones below.
import type { ScreenFigures, ScreenLocation, ScreenState, ScreenTick, Sums } from "@sesame/shared/api/types";
import type { Language } from "@sesame/shared/i18n";
import { formatCountry, formatDate, formatMoney, formatPermille } from "@sesame/shared/i18n/format";
import { Counter } from "./counter";
import type { Country } from "./land";
import { CountryMap } from "./map";
import { clock, element, numberOf, Pulse, Ranking, roundMoney, shortMoney, sinceMidnight, titleOf, type Reader } from "./panels";

/** Rows of regions, categories, sellers and locations, with one seller and with several; and of methods. */
const ROWS = { alone: [6, 5, 0, 4], several: [5, 4, 3, 2] } as const;
const METHODS_SHOWN = 3;
/** How long a milestone is cheered. */
const CHEER_MS = 8_000;
const MILESTONES_SHOWN = 6;
/** Between a change and the next frame; a device that takes longer does not roll. */
const SLOW_MS = 50;

/** A figure with its rate: orders, payments. */
class Rate {
  readonly root: HTMLElement;
  readonly pulse = new Pulse();
  private readonly total: Counter;
  private readonly rate = element("b", "rate", "0");
  private readonly best = element("p", "note");
  private readonly unit = element("span", "");

  constructor(
    title: string,
    private readonly perSecond: string,
    private readonly lastMinute: string,
  ) {
    const total = element("b", "figure");
    this.total = new Counter(total);
    this.root = element("section", "panel rate-panel", element("h2", "", title), total, element("p", "per", this.rate, this.unit), this.pulse.root, this.best);
  }

  /** A quiet shop is told by the minute: by the second it would say nothing most of the time. */
  showRate(second: number, minute: number, language: Language): void {
    const [rate, unit] = second > 0 || minute === 0 ? [second, this.perSecond] : [minute, this.lastMinute];
    this.rate.textContent = numberOf(rate, language);
    this.unit.textContent = unit;
  }

  show(total: string): void {
    this.total.show(total);
  }

  showBest(text: string): void {
    this.best.textContent = text;
  }
}

export class View {
  private readonly sold: Counter;
  private readonly soldLabel = element("h1", "");
  private readonly others = element("p", "others");
  private readonly mode = element("span", "mode");
  private readonly day = element("span", "day");
  private readonly time = element("span", "time");
  private readonly shop = element("strong", "shop");
  private readonly orders: Rate;
  private readonly payments: Rate;
  private readonly phones = element("b", "figure");
  private readonly phoneBar = element("i", "bar");
  private readonly shipped = element("b", "figure");
  private readonly delivered = element("b", "figure");
  private readonly regions: Ranking;
  private readonly categories: Ranking;
  private readonly sellers: Ranking;
  private readonly locations: Ranking;
  private readonly methods: Ranking;
  private readonly facts = element("dl", "facts");
  private readonly timeline = element("ol", "timeline");
  private readonly progress = element("div", "progress", element("i", ""));
  private readonly next = element("span", "next");
  private readonly empty = element("p", "empty");
  private readonly cheer = element("div", "cheer");
  private readonly map: CountryMap;
  private readonly canvas = document.createElement("canvas");
  private state: ScreenState | null = null;
  private lastSecond = 0;
  private cheered = -1;

  constructor(
    private readonly root: HTMLElement,
    private readonly reader: Reader,
    countries: Country[],
    isStill: boolean,
  ) {
    const { t } = reader;
    const sold = element("div", "sold");
    this.sold = new Counter(sold);
    this.orders = new Rate(t("orders"), t("orders_per_second"), t("last_minute"));
    this.payments = new Rate(t("payments"), t("payments_per_second"), t("last_minute"));
    this.regions = new Ranking(t("regions"));
    this.categories = new Ranking(t("categories"));
    this.sellers = new Ranking(t("sellers"));
    this.locations = new Ranking(t("locations"));
    this.methods = new Ranking(t("methods"));
    this.canvas.setAttribute("role", "img");
    this.map = new CountryMap(this.canvas, countries, isStill);
    this.cheer.setAttribute("role", "status");
    const pair = (name: string, figure: HTMLElement, ...more: Node[]) => element("section", "panel", element("h2", "", name), figure, ...more);
    root.replaceChildren(
      element("header", "top", element("div", "head", this.shop, this.mode), element("div", "head when", this.day, this.time), this.soldLabel, sold, this.others),
      element("div", "left", this.orders.root, this.payments.root, pair(t("phones"), this.phones, this.phoneBar), element("div", "pair", pair(t("shipped"), this.shipped), pair(t("delivered"), this.delivered)), this.methods.root),
      element("main", "map", this.canvas, this.empty, this.cheer),
      element("div", "right", this.regions.root, this.categories.root, this.locations.root, this.sellers.root),
      element("footer", "bottom", element("h2", "", t("milestones")), this.timeline, element("div", "ahead", this.next, this.progress), this.facts),
    );
    this.empty.textContent = t("empty");
  }

  whole(state: ScreenState): void {
    const { t, language } = this.reader;
    const isNew = this.state?.day !== state.day;
    this.state = state;
    const figures = state.figures[0];
    if (!figures) return;
    this.shop.textContent = state.shop;
    this.soldLabel.textContent = t(state.speed == null ? "sold" : "sold_day");
    this.mode.textContent = state.speed == null ? t("live") : t("replay", { speed: state.speed });
    this.mode.classList.toggle("is-replay", state.speed != null);
    this.day.textContent = formatDate(state.day_from, language, state.time_zone);
    this.canvas.setAttribute("aria-label", t("map", { country: formatCountry(state.country, language) }));
    this.map.whole(state);
    this.orders.pulse.all(state.orders_per_second);
    this.payments.pulse.all(state.payments_per_second);
    const best = (most: { at: number; count: number } | null) => (most ? t("best", { count: numberOf(most.count, language), time: clock(most.at, state.time_zone, language) }) : "");
    this.orders.showBest(best(state.best_orders));
    this.payments.showBest(best(state.best_payments));
    this.rank(state, figures);
    this.showMilestones(state, figures, isNew);
    this.sums(state.figures.map((one) => one.sums));
    this.moved(state.shipped, state.delivered);
  }

  tick(tick: ScreenTick): void {
    if (!this.state) return;
    const { language } = this.reader;
    this.time.textContent = clock(tick.at, this.state.time_zone, language);
    this.time.dataset.at = String(tick.at);
    this.sums(tick.sums);
    this.moved(tick.shipped, tick.delivered);
    this.map.tick(tick);
    this.watchPace();
    this.orders.showRate(tick.orders_last_second, tick.orders_last_minute, language);
    this.payments.showRate(tick.payments_last_second, tick.payments_last_minute, language);
    const second = Math.floor(tick.at / 1000);
    if (second !== this.lastSecond && this.lastSecond > 0) {
      this.orders.pulse.next(tick.orders_last_second);
      this.payments.pulse.next(tick.payments_last_second);
    }
    this.lastSecond = second;
  }

  /** A device that draws slowly shows figures at once: rolling late, they would be wrong for long. */
  private watchPace(): void {
    const told = performance.now();
    requestAnimationFrame(() => this.root.classList.toggle("is-slow", performance.now() - told > SLOW_MS));
  }

  private sums(all: Sums[]): void {
    const { t, language } = this.reader;
    const number = (value: number) => numberOf(value, language);
    const currency = this.state!.figures[0]!.sums.currency;
    const own = all.find((one) => one.currency === currency) ?? this.state!.figures[0]!.sums;
    const money = (amount: number) => formatMoney({ amount, currency }, language);
    this.sold.show(money(own.sold));
    const others = all.filter((one) => one.currency !== currency && one.sold > 0);
    this.others.textContent = others.map((one) => formatMoney({ amount: one.sold, currency: one.currency }, language)).join("  ·  ");
    const total = (part: (sums: Sums) => number) => all.reduce((sum, one) => sum + part(one), 0);
    const [orders, phones] = [total((one) => one.orders), total((one) => one.phone_orders)];
    this.orders.show(number(orders));
    this.payments.show(number(total((one) => one.payments)));
    const permille = orders > 0 ? Math.floor((phones * 1000) / orders) : null;
    this.phones.textContent = permille === null ? "–" : formatPermille(permille, language);
    this.phoneBar.style.setProperty("--share", String((permille ?? 0) / 1000));
    this.empty.hidden = orders > 0;
    const facts: [string, string][] = [
      [t("standing"), money(own.standing)],
      [t("canceled"), money(own.canceled)],
      [t("kept"), money(own.kept)],
      [t("given_back"), money(own.given_back)],
    ];
    if (this.facts.children.length === 0) this.facts.append(...facts.map(([name]) => element("div", "", element("dt", "", name), element("dd", ""))));
    facts.forEach(([, value], at) => {
      const shown = this.facts.children[at]!.lastElementChild!;
      if (shown.textContent !== value) shown.textContent = value;
    });
    this.ahead(own.sold);
  }

  private moved(shipped: number, delivered: number): void {
    const { language } = this.reader;
    this.shipped.textContent = numberOf(shipped, language);
    this.delivered.textContent = numberOf(delivered, language);
  }

  private rank(state: ScreenState, figures: ScreenFigures): void {
    const { t, language } = this.reader;
    const { currency } = figures.sums;
    const rows = (all: { name: string; amount: number }[], nameless: string) => {
      const most = Math.max(1, ...all.map((one) => one.amount));
      return all.map(({ name, amount }) => ({ key: name, name: name || nameless, value: shortMoney(amount, currency, language), share: amount / most }));
    };
    // One seller alone is no ranking.
    const [regions, categories, sellers, locations] = figures.sellers.length > 1 ? ROWS.several : ROWS.alone;
    this.regions.show(rows(figures.regions, t("elsewhere")), regions);
    this.categories.show(rows(figures.categories.map((one) => ({ name: titleOf(one.title, language), amount: one.amount })), t("uncategorized")), categories);
    this.sellers.show(sellers > 0 ? rows(figures.sellers, "") : [], sellers);
    this.methods.show(rows(figures.methods.map((one) => ({ ...one, name: one.name === "on_account" ? t("on_account") : one.name })), ""), METHODS_SHOWN);
    const busy = state.locations.filter((one) => one.handed_over + one.came_in > 0);
    const most = Math.max(1, ...busy.map((one) => one.handed_over));
    const named = ({ name, came_in }: ScreenLocation) => (came_in > 0 ? t("came_in", { name, count: numberOf(came_in, language) }) : name);
    this.locations.show(busy.map((one) => ({ key: one.name, name: named(one), value: numberOf(one.handed_over, language), share: one.handed_over / most })), locations);
  }

  private showMilestones(state: ScreenState, figures: ScreenFigures, isNew: boolean): void {
    const { t, language } = this.reader;
    const { currency } = figures.sums;
    const items = figures.reached.slice(-MILESTONES_SHOWN).map((one) => {
      const amount = roundMoney(one.amount, currency, language);
      const item = element("li", "", element("b", "", amount), element("span", "", sinceMidnight(one.at, state.day_from)));
      item.setAttribute("aria-label", t("milestone", { amount, time: sinceMidnight(one.at, state.day_from) }));
      return item;
    });
    this.timeline.replaceChildren(...items);
    const reached = figures.reached.length;
    const last = figures.reached.at(-1);
    // Those that were reached before this screen was opened are not news.
    if (!isNew && last && reached > this.cheered) this.celebrate(t("milestone", { amount: roundMoney(last.amount, currency, language), time: sinceMidnight(last.at, state.day_from) }));
    this.cheered = reached;
  }

  private ahead(sold: number): void {
    const { t, language } = this.reader;
    const figures = this.state!.figures[0]!;
    const next = figures.next_milestone;
    this.progress.hidden = next == null;
    if (next == null) return void (this.next.textContent = "");
    const amount = roundMoney(next, figures.sums.currency, language);
    this.next.textContent = t(figures.reached.length ? "next" : "no_milestones", { amount });
    const from = figures.reached.at(-1)?.amount ?? 0;
    this.progress.style.setProperty("--share", String(Math.max(0, Math.min(1, (sold - from) / (next - from)))));
  }

  private celebrate(text: string): void {
    this.cheer.textContent = text;
    this.cheer.classList.remove("is-on");
    void this.cheer.offsetWidth;
    this.cheer.classList.add("is-on");
    setTimeout(() => {
      if (this.cheer.textContent !== text) return;
      this.cheer.classList.remove("is-on");
      this.cheer.textContent = "";
    }, CHEER_MS);
  }
}
