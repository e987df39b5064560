// What the campaign screens show alike: where a campaign is, its moments, how long until the next one, what a rule does.
import { Text } from "@mantine/core";
import type { Money, Phase, Rule } from "@sesame/shared/api/types";
import { IconCalendarTime, IconCircleCheck, IconHandStop, IconPencil, IconPlayerPlay, type Icon } from "@tabler/icons-react";
import { countdown } from "../data/campaign-units";
import { ownZone } from "../data/zones";
import { useTexts, type Texts } from "../i18n";
import { Mark } from "./bits";

const PHASES: Record<Phase, ["plain" | "positive" | "warning" | "danger", Icon]> = {
  draft: ["warning", IconPencil],
  planned: ["plain", IconCalendarTime],
  running: ["positive", IconPlayerPlay],
  over: ["plain", IconCircleCheck],
  stopped: ["danger", IconHandStop],
};

export const phaseIcon = (phase: Phase): Icon => PHASES[phase][1];

export function PhaseMark({ phase }: { phase: Phase }) {
  const { t } = useTexts();
  const [tone, icon] = PHASES[phase];
  return (
    <Mark tone={tone} icon={icon}>
      {t(`phase.${phase}`)}
    </Mark>
  );
}

export const zoneName = (zone: string) => zone.replaceAll("_", " ");

/** A moment on clocks of the campaign's place, and on the reader's where they show something else. */
export function Moment({ at, zone }: { at: number; zone: string }) {
  const { t, moment } = useTexts();
  const own = moment(at);
  const there = moment(at, zone);
  return (
    <span className="figures">
      {t("campaigns.in_zone", { time: there, zone: zoneName(zone) })}
      {zone !== ownZone() && there !== own && (
        <Text span display="block" size="sm" c="dimmed">
          {t("campaigns.your_time", { time: own })}
        </Text>
      )}
    </span>
  );
}

type Times = { phase: Phase; starts_at: number; ends_at: number };

/** How long until the campaign begins or ends, by the server's clock; nothing when both are past. */
export function Countdown({ campaign: { phase, starts_at, ends_at }, now }: { campaign: Times; now: number }) {
  const { t } = useTexts();
  const left = (at: number) => {
    const { days, clock } = countdown(at - now);
    return days > 0 ? `${t("campaigns.days", { count: days })} ${clock}` : clock;
  };
  const text =
    phase === "planned" ? t("campaigns.begins_in", { time: left(starts_at) })
    : phase === "running" ? t("campaigns.ends_in", { time: left(ends_at) })
    : phase !== "draft" ? null
    : starts_at > now ? t("campaigns.not_approved", { time: left(starts_at) })
    : t("campaigns.not_approved_late");
  if (!text) return null;
  return (
    <Text size="sm" c="dimmed" className="figures" role="timer" aria-live="off">
      {text}
    </Text>
  );
}

type Words = Pick<Texts, "t" | "money" | "ppm">;

/** What a rule does, as one sentence. */
export function dealText(rule: Pick<Rule, "deal" | "limits">, { t, money, ppm }: Words): string {
  const { deal } = rule;
  const all = (amounts: Money[]) => amounts.map(money).join(" · ");
  const from = (text: string, spend: Money | null | undefined) => (spend && spend.amount > 0 ? `${text}, ${t("deal.from", { spend: money(spend) })}` : text);
  switch (deal.type) {
    case "prices":
      return t("deal.prices", { count: deal.prices.length });
    case "presale":
      return t(deal.forfeit ? "deal.presale_kept" : "deal.presale_back", { count: deal.offers.length });
    case "percent":
      return t("deal.percent", { share: ppm(deal.percent) });
    case "buy_get": {
      const pieces = { all: deal.buy + deal.get, get: deal.get };
      return deal.percent === 1_000_000 ? t("deal.buy_get_free", pieces) : t("deal.buy_get", { ...pieces, share: ppm(deal.percent) });
    }
    case "bundle":
      return t("deal.bundle", { count: deal.parts.length, price: all(deal.prices) });
    case "threshold":
      return deal.steps.map(({ spend, off }) => t("deal.threshold", { spend: money(spend), off: money({ amount: off, currency: spend.currency }), count: deal.times })).join(" · ");
    case "coupon": {
      const value = "percent" in deal.value ? ppm(deal.value.percent) : money(deal.value.fixed);
      const { codes } = deal;
      return from(codes.type === "shared" ? t("deal.coupon_shared", { value, code: codes.code }) : t("deal.coupon_single", { value, count: codes.count, prefix: codes.prefix }), deal.spend);
    }
    case "red_packets": {
      const currency = rule.limits?.budget?.currency ?? "";
      const bound = (amount: number) => money({ amount, currency });
      const budget = rule.limits?.budget;
      return from(t("deal.red_packets", { count: deal.count, budget: budget ? money(budget) : "", low: bound(deal.low), high: bound(deal.high) }), deal.spend);
    }
    case "free_shipping":
      return from(t("deal.free_shipping", { service: deal.service_level }), deal.spend);
  }
}

/** For which goods and whom a rule is, and what else it asks; one short text each. */
export function scopeTexts(rule: Rule, { t }: Words): string[] {
  const { products = [], categories = [], sellers = [], except = [] } = rule.goods ?? {};
  const lists = [
    products.length > 0 && t("scope.products", { count: products.length }),
    categories.length > 0 && t("scope.categories", { count: categories.length }),
    sellers.length > 0 && t("scope.sellers", { count: sellers.length }),
  ].filter((text) => text !== false);
  const namesGoods = rule.deal.type === "prices" || rule.deal.type === "presale" || rule.deal.type === "bundle";
  return [
    ...(lists.length === 0 && !namesGoods ? [t("scope.all")] : lists),
    except.length > 0 && t("scope.except", { count: except.length }),
    rule.members_only && t("scope.members"),
    rule.exclusive && t("scope.exclusive"),
    rule.only_full_price && t("scope.full_price"),
    rule.limits?.per_buyer != null && t("scope.per_buyer", { count: rule.limits.per_buyer }),
  ].filter((text): text is string => typeof text === "string");
}
