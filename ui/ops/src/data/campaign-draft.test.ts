import type { CampaignBody, Deal } from "@sesame/shared/api/types";
import { describe, expect, test } from "vitest";
import { bodyOf, draftOf, moved, newDraft, newRule, nextNumber, placeOf, type CampaignDraft, type PresaleLine, type RuleDraft } from "./campaign-draft";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const jpy = (amount: number) => ({ amount, currency: "JPY" });

const DEALS: Deal[] = [
  { type: "prices", prices: [{ variant: "variant_1", seller: "seller_1", prices: [eur(295), jpy(480)], total: 10 }, { variant: "variant_2", seller: null, prices: [eur(5)], total: null }] },
  {
    type: "presale", counts_title: { en: "Counts double", de: "Zählt doppelt" }, balance_from: "2026-11-11T20:00:00", balance_until: "2026-11-12T20:00:00", forfeit: false,
    offers: [{ variant: "variant_1", seller: "seller_1", terms: [{ price: eur(10_000), deposit: 1_000, counts_as: 2_000 }, { price: jpy(16_000), deposit: 500, counts_as: 500 }], total: 20 }],
  },
  { type: "percent", percent: 125_000 },
  { type: "buy_get", buy: 2, get: 1, percent: 1_000_000 },
  { type: "bundle", parts: [{ variant: "variant_1", quantity: 1 }, { variant: "variant_2", quantity: 3 }], prices: [eur(4_990)] },
  { type: "threshold", steps: [{ spend: eur(10_000), off: 1_500 }, { spend: jpy(16_000), off: 2_000 }], times: 3 },
  { type: "coupon", codes: { type: "shared", code: "FEST" }, value: { percent: 100_000 }, spend: eur(5_000) },
  { type: "coupon", codes: { type: "single", prefix: "VIP", count: 2_000_000 }, value: { fixed: jpy(500) }, spend: null },
  { type: "red_packets", count: 100, low: 50, high: 5_000, draw_from: "2026-11-10T20:00:00", spend: eur(3_000), spend_until: "2026-11-11T20:00:00" },
  { type: "free_shipping", service_level: "standard", spend: eur(0) },
];

const NO_GOODS = { products: [], categories: [], sellers: [], except: [] };
const NO_LIMITS = { total: null, per_buyer: null, budget: null };

const saved: CampaignBody = {
  version: 4, code: "1111", title: { en: "Festival", zh: "双十一" }, time_zone: "Asia/Shanghai", starts: "2026-11-11T00:00:00", ends: "2026-11-11T23:59:59",
  rules: DEALS.map((deal, index) => ({
    number: index + 1, title: { en: "Rule" }, deal, goods: NO_GOODS, members_only: index % 2 === 0, exclusive: deal.type === "bundle", only_full_price: deal.type === "coupon",
    limits: deal.type === "free_shipping" ? {} : deal.type === "red_packets" ? { total: null, per_buyer: 2, budget: eur(20_000) } : NO_LIMITS,
  })),
};

test("what was saved is sent as it was", () => {
  expect(bodyOf(draftOf({ saved }, "EUR"), 4)).toEqual({ body: saved, problems: [] });
});

test("limits and goods are sent as typed", () => {
  const rule: RuleDraft = { ...newRule(7, "percent", "JPY"), title: { en: "All" }, percent: "20", total: "1.000", perBuyer: "2", budget: { amount: "500000", currency: "JPY" }, goods: { ...NO_GOODS, categories: ["category_1"], except: ["product_1"] }, exclusive: true };
  const sent = bodyOf({ ...newDraft("2026-11-11", "UTC"), code: " x ", title: { en: "X" }, rules: [rule] }, null).body;
  expect(sent?.code).toBe("x");
  expect(sent?.rules[0]).toMatchObject({ limits: { total: 1000, per_buyer: 2, budget: jpy(500_000) }, goods: { categories: ["category_1"], except: ["product_1"] }, exclusive: false });
});

describe("what is wrong is said at its field", () => {
  const good: CampaignDraft = { ...newDraft("2026-11-11", "Europe/Berlin"), code: "x", title: { en: "X" } };
  const of = (rule: Partial<RuleDraft>): CampaignDraft => ({ ...good, rules: [{ ...newRule(3, "percent", "EUR"), title: { en: "R" }, percent: "5", ...rule }] });
  const line: PresaleLine = { variant: "v", seller: null, prices: { EUR: "100" }, deposits: { EUR: "10" }, countsAs: { EUR: "20" }, total: "" };
  const early = (rule: Partial<RuleDraft>, one: Partial<PresaleLine> = {}) =>
    of({ kind: "presale", presale: [{ ...line, ...one }], countsTitle: { en: "Counts double" }, balanceFrom: "2026-11-12T00:00:00", balanceUntil: "2026-11-13T00:00:00", ...rule });
  const packets = (rule: Partial<RuleDraft>) =>
    of({ kind: "red_packets", count: "10", low: "1", high: "5", perBuyer: "2", budget: { amount: "20", currency: "EUR" }, drawFrom: "2026-11-10T20:00:00", spendUntil: "2026-11-11T20:00:00", ...rule });
  test.each<[CampaignDraft, string]>([
    [{ ...good, code: " " }, "code missing"],
    [{ ...good, title: { en: " " } }, "title missing"],
    [{ ...good, starts: "" }, "starts local_time"],
    [{ ...good, starts: "2026-03-29T02:30:00" }, "starts skipped"],
    [{ ...good, ends: "2027-10-31T02:30:00" }, "ends twice"],
    [{ ...good, ends: good.starts }, "ends order"],
    [of({ title: {} }), "rules.3.title missing"],
    [of({ percent: "101" }), "rules.3.percent percent"],
    [of({ total: "0" }), "rules.3.total count"],
    [of({ budget: { amount: "0", currency: "EUR" } }), "rules.3.budget amount"],
    [of({ kind: "prices" }), "rules.3.prices no_prices"],
    [of({ kind: "prices", prices: [{ variant: "v", seller: null, prices: {}, total: "" }] }), "rules.3.prices.v price_missing"],
    [of({ kind: "prices", prices: [{ variant: "v", seller: null, prices: { JPY: "1.5" }, total: "" }] }), "rules.3.prices.v.JPY amount"],
    [of({ kind: "buy_get", get: "" }), "rules.3.get count"],
    [early({ presale: [] }), "rules.3.presale no_prices"],
    [early({ countsTitle: {} }), "rules.3.countsTitle missing"],
    [early({ balanceFrom: "2026-11-11T20:00:00", balanceUntil: "2026-11-11T23:59:59" }), "rules.3.balanceUntil balance_early"],
    [early({ balanceFrom: "2026-11-10T23:59:59" }), "rules.3.balanceFrom balance_early"],
    [early({ balanceFrom: "2026-11-13T00:00:00" }), "rules.3.balanceUntil order"],
    [early({}, { deposits: { EUR: "0" } }), "rules.3.presale.v.deposit.EUR amount"],
    [early({}, { deposits: { EUR: "21" } }), "rules.3.presale.v.counts.EUR deposit_more"],
    [early({}, { countsAs: { EUR: "101" } }), "rules.3.presale.v.counts.EUR deposit_more"],
    [early({}, { prices: {} }), "rules.3.presale.v price_missing"],
    [of({ kind: "bundle", parts: [{ variant: "v", quantity: "1" }], setPrices: { EUR: "1" } }), "rules.3.parts two_parts"],
    [of({ kind: "threshold" }), "rules.3.steps no_steps"],
    [of({ kind: "threshold", spends: { EUR: "100" } }), "rules.3.steps.EUR step_half"],
    [of({ kind: "threshold", spends: { EUR: "10" }, offs: { EUR: "11" } }), "rules.3.steps.EUR off_more"],
    [of({ kind: "coupon", code: "" }), "rules.3.code missing"],
    [of({ kind: "coupon", codes: "single", prefix: "a", count: "33554433" }), "rules.3.count count"],
    [of({ kind: "coupon", code: "a", takes: "fixed", fixed: { amount: "0", currency: "EUR" } }), "rules.3.fixed amount"],
    [packets({ count: "0" }), "rules.3.count count"],
    [packets({ low: "x" }), "rules.3.low amount"],
    [packets({ high: "0.50" }), "rules.3.high high_below"],
    [packets({ budget: { amount: "", currency: "EUR" } }), "rules.3.budget amount"],
    [packets({ budget: { amount: "9.99", currency: "EUR" } }), "rules.3.budget no_division"],
    [packets({ budget: { amount: "50.01", currency: "EUR" } }), "rules.3.budget no_division"],
    [packets({ perBuyer: "21" }), "rules.3.perBuyer count_each"],
    [packets({ drawFrom: "2026-11-11T20:00:00" }), "rules.3.spendUntil order"],
    [packets({ spendUntil: "2026-11-12T00:00:01" }), "rules.3.spendUntil too_late"],
    [packets({ drawFrom: "2026-11-10T00:00:00", spendUntil: "2026-11-11T00:00:00" }), "rules.3.spendUntil balance_early"],
    [packets({ spend: { amount: "5", currency: "JPY" } }), "rules.3.spend amount"],
    [of({ kind: "free_shipping" }), "rules.3.serviceLevel missing"],
  ])("%#: %s", (draft, expected) => {
    expect(bodyOf(draft, null).problems.map(({ at, why }) => `${at} ${why}`)).toEqual([expected]);
  });
  test("and nothing is wrong with what is good", () => expect(bodyOf(of({}), null).problems).toEqual([]));
});

test("rules keep their numbers, and new ones come after all others", () => {
  expect([nextNumber([]), nextNumber([1, 5, 3]), nextNumber([255, 1]), nextNumber(Array.from({ length: 255 }, (_, n) => n + 1))]).toEqual([1, 6, 2, null]);
  expect([moved([1, 2, 3], 0, 2), moved([1, 2, 3], 2, 1), moved([1, 2, 3], 0, -1)]).toEqual([[2, 3, 1], [1, 3, 2], [1, 2, 3]]);
});

test("a refusal is shown at the field it names", () => {
  expect(["code", "ends_at", "rules.deal", "time_zone"].map(placeOf)).toEqual(["code", "ends", "rules", "time_zone"]);
});
