// A campaign while it is being edited: everything as it was typed. `bodyOf` makes of it what is sent, or says at which
// field it cannot; the checks are the server's own, so that what it would refuse is said at its field.
import type { CampaignBody, CampaignEntry, Codes, CouponValue, Deal, Money, PresaleOffer, PresaleTerms, Rule, SalePrice, Texts, ThresholdStep } from "@sesame/shared/api/types";
import { decimalOf, parseMoney } from "@sesame/shared/i18n/format";
import { parseCount, parsePercent, percentOf } from "./campaign-units";
import { dayAfter, momentOf, toSecond } from "./zones";

export type Kind = Deal["type"];
export const KINDS = ["prices", "presale", "percent", "buy_get", "bundle", "threshold", "coupon", "red_packets", "free_shipping"] as const satisfies Kind[];

/** In which of the five steps a rule applies. */
export const STEP_OF = { prices: 1, presale: 1, percent: 1, buy_get: 2, bundle: 2, threshold: 3, coupon: 4, red_packets: 4, free_shipping: 5 } as const satisfies Record<Kind, number>;

/** Amounts as typed, by currency. */
export type Amounts = Record<string, string>;
/** An amount as typed, in a currency that is chosen. */
export type OneAmount = { amount: string; currency: string };
export type PriceLine = { variant: string; seller: string | null; prices: Amounts; total: string };
/** An article on presale: `prices` is what it costs, of which the deposit takes off what it counts as. */
export type PresaleLine = PriceLine & { deposits: Amounts; countsAs: Amounts };
export type PartLine = { variant: string; quantity: string };

/** A rule as typed. What another kind would need stays when the kind is changed, so that nothing is lost. */
export type RuleDraft = {
  number: number;
  title: Texts;
  kind: Kind;
  prices: PriceLine[];
  presale: PresaleLine[];
  countsTitle: Texts;
  balanceFrom: string;
  balanceUntil: string;
  forfeit: boolean;
  percent: string;
  buy: string;
  get: string;
  parts: PartLine[];
  setPrices: Amounts;
  spends: Amounts;
  offs: Amounts;
  times: string;
  codes: Codes["type"];
  code: string;
  prefix: string;
  count: string;
  low: string;
  high: string;
  drawFrom: string;
  spendUntil: string;
  takes: "percent" | "fixed";
  fixed: OneAmount;
  spend: OneAmount;
  serviceLevel: string;
  goods: { products: string[]; categories: string[]; sellers: string[]; except: string[] };
  membersOnly: boolean;
  exclusive: boolean;
  onlyFullPrice: boolean;
  total: string;
  perBuyer: string;
  budget: OneAmount;
};

export type CampaignDraft = { code: string; title: Texts; timeZone: string; starts: string; ends: string; rules: RuleDraft[] };

/** What is wrong at a field; `at` is `code` or `rules.3.percent`, where 3 is the rule's number. */
export type Problem = { at: string; why: Why };
export type Why = "missing" | "percent" | "amount" | "count" | "local_time" | "skipped" | "twice" | "order" | "too_long" | "no_prices" | "price_missing" | "two_parts" | "no_steps" | "step_half" | "off_more" | "deposit_more" | "balance_early" | "high_below" | "no_division" | "count_each" | "too_late";

const RULES_MAX = 255;

/** A campaign of one day in a zone. */
export function newDraft(day: string, timeZone: string): CampaignDraft {
  return { code: "", title: {}, timeZone, starts: `${day}T00:00:00`, ends: `${dayAfter(day)}T00:00:00`, rules: [] };
}

/** The number of the next rule: above all others, so that one that was removed does not come back as another. */
export function nextNumber(numbers: number[]): number | null {
  const above = Math.max(0, ...numbers) + 1;
  if (above <= RULES_MAX) return above;
  const used = new Set(numbers);
  for (let number = 1; number <= RULES_MAX; number += 1) if (!used.has(number)) return number;
  return null;
}

export function newRule(number: number, kind: Kind, currency: string): RuleDraft {
  const none: OneAmount = { amount: "", currency };
  return {
    number, title: {}, kind, prices: [], presale: [], countsTitle: {}, balanceFrom: "", balanceUntil: "", forfeit: true, percent: "", buy: "2", get: "1", parts: [], setPrices: {}, spends: {}, offs: {}, times: "1",
    codes: "shared", code: "", prefix: "", count: "", low: "", high: "", drawFrom: "", spendUntil: "", takes: "percent", fixed: none, spend: none, serviceLevel: "",
    goods: { products: [], categories: [], sellers: [], except: [] }, membersOnly: false, exclusive: false, onlyFullPrice: false,
    total: "", perBuyer: "", budget: none,
  };
}

const amountsOf = (all: Money[]): Amounts => Object.fromEntries(all.map((money) => [money.currency, decimalOf(money)]));
const countOf = (count: number | null | undefined) => (count == null ? "" : String(count));

/** What was saved, as it would have been typed. */
export function draftOf({ saved }: Pick<CampaignEntry, "saved">, currency: string): CampaignDraft {
  const rules = saved.rules.map((rule) => ruleDraftOf(rule, currency));
  return { code: saved.code, title: saved.title, timeZone: saved.time_zone, starts: toSecond(saved.starts) ?? "", ends: toSecond(saved.ends) ?? "", rules };
}

function ruleDraftOf(rule: Rule, currency: string): RuleDraft {
  const one = (money: Money | null | undefined): OneAmount => (money ? { amount: decimalOf(money), currency: money.currency } : { amount: "", currency });
  const { goods, limits } = rule;
  const common: RuleDraft = {
    ...newRule(rule.number, rule.deal.type, currency),
    title: rule.title,
    goods: { products: goods?.products ?? [], categories: goods?.categories ?? [], sellers: goods?.sellers ?? [], except: goods?.except ?? [] },
    membersOnly: rule.members_only ?? false,
    exclusive: rule.exclusive ?? false,
    onlyFullPrice: rule.only_full_price ?? false,
    total: countOf(limits?.total),
    perBuyer: countOf(limits?.per_buyer),
    budget: one(limits?.budget),
  };
  return { ...common, ...dealDraftOf(rule.deal, limits?.budget, one) };
}

function dealDraftOf(deal: Deal, budget: Money | null | undefined, one: (money: Money | null | undefined) => OneAmount): Partial<RuleDraft> {
  switch (deal.type) {
    case "prices":
      return { prices: deal.prices.map(({ variant, seller, prices, total }) => ({ variant, seller: seller ?? null, prices: amountsOf(prices), total: countOf(total) })) };
    case "presale": {
      const line = ({ variant, seller, terms, total }: PresaleOffer): PresaleLine => {
        const all = (pick: (one: PresaleTerms) => number) => amountsOf(terms.map((one) => ({ amount: pick(one), currency: one.price.currency })));
        return { variant, seller: seller ?? null, prices: all(({ price }) => price.amount), deposits: all(({ deposit }) => deposit), countsAs: all(({ counts_as }) => counts_as), total: countOf(total) };
      };
      const { offers, counts_title, balance_from, balance_until, forfeit } = deal;
      return { presale: offers.map(line), countsTitle: counts_title, balanceFrom: toSecond(balance_from) ?? "", balanceUntil: toSecond(balance_until) ?? "", forfeit };
    }
    case "percent":
      return { percent: percentOf(deal.percent) };
    case "buy_get":
      return { buy: String(deal.buy), get: String(deal.get), percent: percentOf(deal.percent) };
    case "bundle":
      return { parts: deal.parts.map(({ variant, quantity }) => ({ variant, quantity: String(quantity) })), setPrices: amountsOf(deal.prices) };
    case "threshold":
      return { spends: amountsOf(deal.steps.map(({ spend }) => spend)), offs: amountsOf(deal.steps.map(({ spend, off }) => ({ amount: off, currency: spend.currency }))), times: String(deal.times) };
    case "coupon": {
      const codes = deal.codes.type === "shared" ? { code: deal.codes.code } : { prefix: deal.codes.prefix, count: String(deal.codes.count) };
      const value: Partial<RuleDraft> = "percent" in deal.value ? { takes: "percent", percent: percentOf(deal.value.percent) } : { takes: "fixed", fixed: one(deal.value.fixed) };
      return { codes: deal.codes.type, ...codes, ...value, spend: one(deal.spend) };
    }
    case "red_packets": {
      const inBudget = (amount: number) => one(budget && { amount, currency: budget.currency }).amount;
      return { count: String(deal.count), low: inBudget(deal.low), high: inBudget(deal.high), drawFrom: toSecond(deal.draw_from) ?? "", spendUntil: toSecond(deal.spend_until) ?? "", spend: one(deal.spend) };
    }
    case "free_shipping":
      return { serviceLevel: deal.service_level, spend: one(deal.spend) };
  }
}

/** What is sent, or what is wrong; never both. */
export function bodyOf(draft: CampaignDraft, version: number | null): { body: CampaignBody; problems: [] } | { body: null; problems: Problem[] } {
  const problems: Problem[] = [];
  const wrong = (at: string, why: Why) => void problems.push({ at, why });
  if (!draft.code.trim()) wrong("code", "missing");
  const title = titleOf(draft.title, "title", wrong);
  const starts = timeOf(draft.starts, draft.timeZone, "starts", wrong);
  const ends = timeOf(draft.ends, draft.timeZone, "ends", wrong);
  if (starts !== null && ends !== null && ends <= starts) wrong("ends", "order");
  const times = { zone: draft.timeZone, starts, ends };
  const rules = draft.rules.map((rule) => ruleOf(rule, times, (at, why) => wrong(`rules.${rule.number}.${at}`, why)));
  if (problems.length > 0) return { body: null, problems };
  const body: CampaignBody = {
    version, code: draft.code.trim(), title, time_zone: draft.timeZone, starts: toSecond(draft.starts)!, ends: toSecond(draft.ends)!, rules,
  };
  return { body, problems: [] };
}

type Wrong = (at: string, why: Why) => void;

const NAME_CHARS_MAX = 200;

function titleOf(title: Texts, at: string, wrong: Wrong): Texts {
  const texts = Object.entries(title).map(([language, text]) => [language, (text ?? "").trim()] as const);
  const filled = texts.filter(([, text]) => text);
  if (filled.length === 0) wrong(at, "missing");
  if (filled.some(([, text]) => [...text].length > NAME_CHARS_MAX)) wrong(at, "too_long");
  return Object.fromEntries(filled);
}

function timeOf(local: string, zone: string, at: string, wrong: Wrong): number | null {
  const moment = momentOf(local, zone);
  if (typeof moment === "number") return moment;
  wrong(at, moment ?? "local_time");
  return null;
}

/** The campaign's own times, which a balance must fit. */
type Times = { zone: string; starts: number | null; ends: number | null };

function ruleOf(rule: RuleDraft, times: Times, wrong: Wrong): Rule {
  const hasStep = STEP_OF[rule.kind] > 1;
  const { products, categories, sellers, except } = rule.goods;
  return {
    number: rule.number,
    title: titleOf(rule.title, "title", wrong),
    deal: dealOf(rule, times, wrong),
    goods: { products, categories, sellers, except },
    members_only: rule.membersOnly,
    // In the first step the lowest price counts; what excludes others there says nothing.
    exclusive: hasStep && rule.exclusive,
    only_full_price: hasStep && rule.onlyFullPrice,
    // Delivery for nothing takes nothing off the goods: it has no limits.
    limits: rule.kind === "free_shipping" ? {} : rule.kind === "red_packets" ? packetLimits(rule) : {
      total: optionalCount(rule.total, "total", wrong),
      per_buyer: optionalCount(rule.perBuyer, "perBuyer", wrong),
      budget: optionalMoney(rule.budget, "budget", wrong, 1),
    },
  };
}

function dealOf(rule: RuleDraft, times: Times, wrong: Wrong): Deal {
  switch (rule.kind) {
    case "prices":
      if (rule.prices.length === 0) wrong("prices", "no_prices");
      return { type: "prices", prices: rule.prices.map((line) => salePriceOf(line, wrong)) };
    case "presale":
      return presaleOf(rule, times, wrong);
    case "percent":
      return { type: "percent", percent: shareOf(rule.percent, wrong) };
    case "buy_get":
      return { type: "buy_get", buy: countIn(rule.buy, "buy", wrong), get: countIn(rule.get, "get", wrong), percent: shareOf(rule.percent, wrong) };
    case "bundle": {
      if (rule.parts.length < 2) wrong("parts", "two_parts");
      const parts = rule.parts.map(({ variant, quantity }) => ({ variant, quantity: countIn(quantity, `parts.${variant}`, wrong) }));
      return { type: "bundle", parts, prices: moneyOf(rule.setPrices, "setPrices", wrong) };
    }
    case "threshold":
      return { type: "threshold", steps: stepsOf(rule, wrong), times: countIn(rule.times, "times", wrong) };
    case "coupon":
      return { type: "coupon", codes: codesOf(rule, wrong), value: valueOf(rule, wrong), spend: optionalMoney(rule.spend, "spend", wrong, 0) };
    case "red_packets":
      return packetsOf(rule, times, wrong);
    case "free_shipping":
      if (!rule.serviceLevel) wrong("serviceLevel", "missing");
      return { type: "free_shipping", service_level: rule.serviceLevel, spend: optionalMoney(rule.spend, "spend", wrong, 0) };
  }
}

/** The limits of red packets, which say themselves how many there are. What is wrong with them is said with the deal. */
function packetLimits({ perBuyer, budget }: RuleDraft): Rule["limits"] {
  return { total: null, per_buyer: parseCount(perBuyer, PACKETS_EACH_MAX), budget: parseMoney(budget.amount, budget.currency) };
}

function presaleOf(rule: RuleDraft, { zone, starts, ends }: Times, wrong: Wrong): Deal {
  if (rule.presale.length === 0) wrong("presale", "no_prices");
  const from = timeOf(rule.balanceFrom, zone, "balanceFrom", wrong);
  const until = timeOf(rule.balanceUntil, zone, "balanceUntil", wrong);
  if (from !== null && until !== null && until <= from) wrong("balanceUntil", "order");
  else if (until !== null && ends !== null && until < ends) wrong("balanceUntil", "balance_early");
  if (from !== null && starts !== null && from < starts) wrong("balanceFrom", "balance_early");
  return {
    type: "presale",
    offers: rule.presale.map((line) => offerOf(line, wrong)),
    counts_title: titleOf(rule.countsTitle, "countsTitle", wrong),
    balance_from: toSecond(rule.balanceFrom) ?? "",
    balance_until: toSecond(rule.balanceUntil) ?? "",
    forfeit: rule.forfeit,
  };
}

/** The budget is divided among the packets; what they hold and what is spent on them is in its currency. */
function packetsOf(rule: RuleDraft, { zone, starts, ends }: Times, wrong: Wrong): Deal {
  const { currency } = rule.budget;
  const budget = parseMoney(rule.budget.amount, currency);
  const amountIn = (typed: string, at: string): number => {
    const money = parseMoney(typed, currency);
    if (!money || money.amount === 0) wrong(at, "amount");
    return money?.amount ?? 0;
  };
  const count = countIn(rule.count, "count", wrong, CODES_MAX);
  const [low, high] = [amountIn(rule.low, "low"), amountIn(rule.high, "high")];
  if (low > high) wrong("high", "high_below");
  else if (!budget || budget.amount === 0) wrong("budget", "amount");
  else if (count > 0 && high > 0 && (budget.amount < count * low || budget.amount > count * high)) wrong("budget", "no_division");
  const perMember = parseCount(rule.perBuyer, PACKETS_EACH_MAX);
  if (perMember === null) wrong("perBuyer", "count_each");
  const from = timeOf(rule.drawFrom, zone, "drawFrom", wrong);
  const until = timeOf(rule.spendUntil, zone, "spendUntil", wrong);
  if (from !== null && until !== null && until <= from) wrong("spendUntil", "order");
  else if (until !== null && ends !== null && until > ends) wrong("spendUntil", "too_late");
  else if (until !== null && starts !== null && until <= starts) wrong("spendUntil", "balance_early");
  if (rule.spend.amount.trim() && rule.spend.currency !== currency) wrong("spend", "amount");
  return { type: "red_packets", count, low, high, draw_from: toSecond(rule.drawFrom) ?? "", spend: optionalMoney(rule.spend, "spend", wrong, 0), spend_until: toSecond(rule.spendUntil) ?? "" };
}

/** As many packets of a rule as a member can draw. */
export const PACKETS_EACH_MAX = 20;

function offerOf({ variant, seller, prices, deposits, countsAs, total }: PresaleLine, wrong: Wrong): PresaleOffer {
  const at = `presale.${variant}`;
  const terms = moneyOf(prices, at, wrong).flatMap((price): PresaleTerms[] => {
    const { currency } = price;
    const typed = deposits[currency]?.trim() ?? "";
    const deposit = parseMoney(typed, currency);
    // Left empty, it counts as what it is.
    const counts = parseMoney(countsAs[currency]?.trim() || typed, currency);
    if (!deposit || deposit.amount === 0) wrong(`${at}.deposit.${currency}`, "amount");
    else if (!counts) wrong(`${at}.counts.${currency}`, "amount");
    else if (deposit.amount > counts.amount || counts.amount > price.amount) wrong(`${at}.counts.${currency}`, "deposit_more");
    else return [{ price, deposit: deposit.amount, counts_as: counts.amount }];
    return [];
  });
  return { variant, seller, terms, total: optionalCount(total, `${at}.total`, wrong) };
}

function salePriceOf({ variant, seller, prices, total }: PriceLine, wrong: Wrong): SalePrice {
  return { variant, seller, prices: moneyOf(prices, `prices.${variant}`, wrong), total: optionalCount(total, `prices.${variant}.total`, wrong) };
}

function stepsOf({ spends, offs }: RuleDraft, wrong: Wrong): ThresholdStep[] {
  const steps: ThresholdStep[] = [];
  for (const currency of new Set([...Object.keys(spends), ...Object.keys(offs)])) {
    const [typedSpend, typedOff] = [spends[currency]?.trim() ?? "", offs[currency]?.trim() ?? ""];
    if (!typedSpend && !typedOff) continue;
    const [spend, off] = [parseMoney(typedSpend, currency), parseMoney(typedOff, currency)];
    if (!typedSpend || !typedOff) wrong(`steps.${currency}`, "step_half");
    else if (!spend || !off || off.amount === 0) wrong(`steps.${currency}`, "amount");
    else if (off.amount > spend.amount) wrong(`steps.${currency}`, "off_more");
    else steps.push({ spend, off: off.amount });
  }
  if (Object.values({ ...spends, ...offs }).every((typed) => !typed.trim())) wrong("steps", "no_steps");
  return steps;
}

function codesOf(rule: RuleDraft, wrong: Wrong): Codes {
  const isShared = rule.codes === "shared";
  const word = (isShared ? rule.code : rule.prefix).trim();
  if (!word) wrong(isShared ? "code" : "prefix", "missing");
  return isShared ? { type: "shared", code: word } : { type: "single", prefix: word, count: countIn(rule.count, "count", wrong, CODES_MAX) };
}

/** As many single-use codes as a rule can have. */
export const CODES_MAX = 33_554_432;

function valueOf(rule: RuleDraft, wrong: Wrong): CouponValue {
  if (rule.takes === "percent") return { percent: shareOf(rule.percent, wrong) };
  const fixed = parseMoney(rule.fixed.amount, rule.fixed.currency);
  if (!fixed || fixed.amount === 0) wrong("fixed", "amount");
  return { fixed: fixed ?? { amount: 0, currency: rule.fixed.currency } };
}

function shareOf(typed: string, wrong: Wrong): number {
  const ppm = parsePercent(typed);
  if (ppm === null) wrong("percent", "percent");
  return ppm ?? 0;
}

function countIn(typed: string, at: string, wrong: Wrong, most = 1_000_000): number {
  const count = parseCount(typed, most);
  if (count === null) wrong(at, "count");
  return count ?? 0;
}

function optionalCount(typed: string, at: string, wrong: Wrong): number | null {
  if (!typed.trim()) return null;
  const count = parseCount(typed);
  if (count === null) wrong(at, "count");
  return count;
}

function optionalMoney({ amount, currency }: OneAmount, at: string, wrong: Wrong, least: number): Money | null {
  if (!amount.trim()) return null;
  const money = parseMoney(amount, currency);
  if (!money || money.amount < least) wrong(at, "amount");
  return money;
}

function moneyOf(amounts: Amounts, at: string, wrong: Wrong): Money[] {
  const filled = Object.entries(amounts).filter(([, typed]) => typed.trim());
  if (filled.length === 0) wrong(at, "price_missing");
  return filled.flatMap(([currency, typed]) => {
    const money = parseMoney(typed, currency);
    if (!money) wrong(`${at}.${currency}`, "amount");
    return money ? [money] : [];
  });
}

const PLACES: Record<string, string> = { starts_at: "starts", ends_at: "ends" };

/** The field of the editor that a field of a refusal means: of rules it names no number, so it is the list as a whole. */
export function placeOf(field: string): string {
  if (field.startsWith("rules")) return "rules";
  return PLACES[field] ?? field;
}

export function moved<Item>(items: Item[], from: number, to: number): Item[] {
  if (to < 0 || to >= items.length) return items;
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
