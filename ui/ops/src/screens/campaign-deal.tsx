// What a rule does: one form per kind.
import { Group, NativeSelect, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CODES_MAX, PACKETS_EACH_MAX, type RuleDraft } from "../data/campaign-draft";
import { useTexts } from "../i18n";
import { AmountField, LocalTime, NameFields, ruleField, Typed, useFormState, type RuleProps } from "../parts/campaign-form";
import { PresaleLines, PriceLines, Problem, SetParts } from "./campaign-articles";

export function DealForm(props: RuleProps) {
  switch (props.rule.kind) {
    case "prices":
      return <PriceLines {...props} />;
    case "presale":
      return <Presale {...props} />;
    case "percent":
      return <Percent {...props} hint="editor.percent_hint" />;
    case "buy_get":
      return <BuyGet {...props} />;
    case "bundle":
      return <SetParts {...props} />;
    case "threshold":
      return <Threshold {...props} />;
    case "coupon":
      return <Coupon {...props} />;
    case "red_packets":
      return <RedPackets {...props} />;
    case "free_shipping":
      return <FreeShipping {...props} />;
  }
}

function Presale({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const { timeZone } = useFormState();
  return (
    <Stack gap="md">
      <PresaleLines rule={rule} set={set} />
      <NameFields at={ruleField(rule, "countsTitle")} names={rule.countsTitle} label={(language) => t("presale.counts_title", { language })} description={t("presale.counts_title_hint")} set={(countsTitle) => set({ countsTitle })} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <LocalTime at={ruleField(rule, "balanceFrom")} label={t("presale.from")} local={rule.balanceFrom} zone={timeZone} set={(balanceFrom) => set({ balanceFrom })} />
        <LocalTime at={ruleField(rule, "balanceUntil")} label={t("presale.until")} hint={t("presale.until_hint")} local={rule.balanceUntil} zone={timeZone} set={(balanceUntil) => set({ balanceUntil })} />
      </SimpleGrid>
      <Choice<"kept" | "back"> label={t("presale.without")} value={rule.forfeit ? "kept" : "back"} set={(value) => set({ forfeit: value === "kept" })} data={[{ value: "kept", label: t("presale.kept") }, { value: "back", label: t("presale.back") }]} />
      <Text size="sm" c="dimmed">
        {t("presale.hint")}
      </Text>
    </Stack>
  );
}

function Percent({ rule, set, hint }: RuleProps & { hint: "editor.percent_hint" | "editor.percent_free_hint" }) {
  const { t } = useTexts();
  return <Typed at={ruleField(rule, "percent")} label={t("editor.percent")} description={t(hint)} value={rule.percent} set={(percent) => set({ percent })} rightSection={<span aria-hidden>%</span>} />;
}

function BuyGet({ rule, set }: RuleProps) {
  const { t } = useTexts();
  return (
    <Group align="start">
      <Typed at={ruleField(rule, "buy")} label={t("editor.buy")} value={rule.buy} set={(buy) => set({ buy })} />
      <Typed at={ruleField(rule, "get")} label={t("editor.get")} value={rule.get} set={(get) => set({ get })} />
      <Percent rule={rule} set={set} hint="editor.percent_free_hint" />
    </Group>
  );
}

function Threshold({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const { currencies, problemAt } = useFormState();
  const problem = problemAt(ruleField(rule, "steps"));
  return (
    <Stack gap="sm">
      {problem && <Problem text={problem} />}
      {currencies.map((currency) => (
        <Group key={currency} align="start">
          <Typed at={ruleField(rule, `steps.${currency}`)} label={t("editor.threshold_spend", { currency })} value={rule.spends[currency] ?? ""} set={(typed) => set({ spends: { ...rule.spends, [currency]: typed } })} />
          <Typed at={ruleField(rule, `steps.${currency}.off`)} label={t("editor.threshold_off", { currency })} value={rule.offs[currency] ?? ""} set={(typed) => set({ offs: { ...rule.offs, [currency]: typed } })} />
        </Group>
      ))}
      <Typed at={ruleField(rule, "times")} label={t("editor.times")} description={t("editor.times_hint")} value={rule.times} set={(times) => set({ times })} />
    </Stack>
  );
}

/** A choice of two, with its name above it. */
function Choice<Value extends string>({ label, value, set, data }: { label: string; value: Value; set: (value: Value) => void; data: { value: Value; label: string }[] }): ReactNode {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <SegmentedControl size="md" aria-label={label} value={value} onChange={(next) => set(next as Value)} data={data} />
    </div>
  );
}

function Coupon({ rule, set }: RuleProps) {
  const { t, number } = useTexts();
  const isShared = rule.codes === "shared";
  return (
    <Stack gap="md">
      <Group align="start">
        <Choice<RuleDraft["codes"]> label={t("editor.codes")} value={rule.codes} set={(codes) => set({ codes })} data={[{ value: "shared", label: t("editor.codes_shared") }, { value: "single", label: t("editor.codes_single") }]} />
        {isShared ? (
          <Typed isWord at={ruleField(rule, "code")} label={t("editor.coupon_code")} description={t("editor.coupon_code_hint")} value={rule.code} set={(code) => set({ code })} />
        ) : (
          <>
            <Typed isWord at={ruleField(rule, "prefix")} label={t("editor.prefix")} value={rule.prefix} set={(prefix) => set({ prefix })} />
            <Typed at={ruleField(rule, "count")} label={t("editor.count")} description={t("editor.count_hint", { count: number(CODES_MAX) })} value={rule.count} set={(count) => set({ count })} />
          </>
        )}
      </Group>
      {!isShared && (
        <Text size="sm" c="dimmed">
          {t("editor.codes_after_saving")}
        </Text>
      )}
      <Group align="start">
        <Choice<RuleDraft["takes"]> label={t("editor.takes")} value={rule.takes} set={(takes) => set({ takes })} data={[{ value: "percent", label: t("editor.takes_percent") }, { value: "fixed", label: t("editor.takes_fixed") }]} />
        {rule.takes === "percent" ? <Percent rule={rule} set={set} hint="editor.percent_hint" /> : <AmountField at={ruleField(rule, "fixed")} label={t("editor.amount")} currencyLabel={t("editor.currency")} value={rule.fixed} set={(fixed) => set({ fixed })} />}
      </Group>
      <Spend rule={rule} set={set} />
    </Stack>
  );
}

function RedPackets({ rule, set }: RuleProps) {
  const { t, number } = useTexts();
  const { timeZone } = useFormState();
  const { currency } = rule.budget;
  return (
    <Stack gap="md">
      <Group align="start">
        <Typed at={ruleField(rule, "count")} label={t("packets.count")} description={t("editor.count_hint", { count: number(CODES_MAX) })} value={rule.count} set={(count) => set({ count })} />
        <AmountField at={ruleField(rule, "budget")} label={t("packets.budget")} description={t("packets.budget_hint")} currencyLabel={t("editor.currency")} value={rule.budget} set={(budget) => set({ budget, spend: { ...rule.spend, currency: budget.currency } })} />
      </Group>
      <Group align="start">
        <Typed at={ruleField(rule, "low")} label={t("packets.low", { currency })} value={rule.low} set={(low) => set({ low })} />
        <Typed at={ruleField(rule, "high")} label={t("packets.high", { currency })} value={rule.high} set={(high) => set({ high })} />
        <Typed at={ruleField(rule, "perBuyer")} label={t("packets.each")} description={t("packets.each_hint", { count: number(PACKETS_EACH_MAX) })} value={rule.perBuyer} set={(perBuyer) => set({ perBuyer })} />
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <LocalTime at={ruleField(rule, "drawFrom")} label={t("packets.from")} hint={t("packets.from_hint")} local={rule.drawFrom} zone={timeZone} set={(drawFrom) => set({ drawFrom })} />
        <LocalTime at={ruleField(rule, "spendUntil")} label={t("packets.until")} hint={t("packets.until_hint")} local={rule.spendUntil} zone={timeZone} set={(spendUntil) => set({ spendUntil })} />
      </SimpleGrid>
      <Spend rule={rule} set={set} />
      <Text size="sm" c="dimmed">
        {t("packets.hint")}
      </Text>
    </Stack>
  );
}

function Spend({ rule, set }: RuleProps) {
  const { t } = useTexts();
  return <AmountField at={ruleField(rule, "spend")} label={t("editor.spend")} description={t("editor.spend_hint")} currencyLabel={t("editor.currency")} value={rule.spend} set={(spend) => set({ spend })} />;
}

function FreeShipping({ rule, set }: RuleProps) {
  const { t, local } = useTexts();
  const { settings, problemAt } = useFormState();
  // Rates of one level differ by country; the first of a level names it.
  const levels = new Map([...settings.shipping_rates].reverse().map(({ service_level, title }) => [service_level, local(title)]));
  const data = [{ value: "", label: t("editor.choose") }, ...[...levels].reverse().map(([value, label]) => ({ value, label: label === value ? value : `${label} (${value})` }))];
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <NativeSelect size="md" label={t("editor.service")} data={data} value={rule.serviceLevel} onChange={(event) => set({ serviceLevel: event.currentTarget.value })} error={problemAt(ruleField(rule, "serviceLevel"))} />
      <Spend rule={rule} set={set} />
    </SimpleGrid>
  );
}
