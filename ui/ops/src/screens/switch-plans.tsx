// When a kind of work is shed by itself: times on the shop's clock, and times around a campaign's beginning.
import { Button, Group, NativeSelect, NumberInput, Paper, Stack, Text, TextInput } from "@mantine/core";
import type { SwitchEntry, SwitchList, SwitchPlan } from "@sesame/shared/api/types";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useCampaigns } from "../data/campaigns";
import { faultOf, usePlan, type Fault } from "../data/switches";
import { dayAfter, localOf, toSecond } from "../data/zones";
import { useTexts } from "../i18n";
import { zoneName } from "../parts/campaign-bits";
import { Refused } from "../parts/errors";

const PLANS_MAX = 16;
const AROUND_MINUTES_MAX = 7 * 24 * 60;

export function PlansForm({ one, list, onDone }: { one: SwitchEntry; list: SwitchList; onDone: () => void }) {
  const { t } = useTexts();
  const [plans, setPlans] = useState<SwitchPlan[]>(() => one.plans.map(({ plan }) => plan));
  const [isAsked, setAsked] = useState(false);
  const campaigns = useCampaigns();
  const save = usePlan(one.work);
  const coming = campaigns.data?.items.filter(({ phase }) => phase === "draft" || phase === "planned" || phase === "running") ?? [];
  const set = (index: number, plan: SwitchPlan) => setPlans(plans.map((known, at) => (at === index ? plan : known)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (plans.some((plan) => faultOf(plan, list.now))) return;
    save.mutate({ plans, version: one.version }, { onSuccess: onDone });
  };
  const day = dayAfter(localOf(list.now, list.time_zone).slice(0, 10));
  const between: SwitchPlan = { type: "between", time_zone: list.time_zone, from: `${day}T00:00:00`, until: `${day}T02:00:00` };
  const isFull = plans.length >= PLANS_MAX;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{t("switches.while", { what: t(`work_hint.${one.work}`) })}</Text>
        {plans.length === 0 && <Text c="dimmed">{t("switches.no_plans")}</Text>}
        {plans.map((plan, index) => (
          <Paper key={index} withBorder p="sm" bg="var(--color-raised)" component="fieldset" m={0} aria-label={t("switches.plan_number", { number: index + 1 })}>
            {plan.type === "between" ? <Between plan={plan} set={(next) => set(index, next)} /> : <Around plan={plan} campaigns={coming.map(({ id, title, code }) => ({ id, title, code }))} set={(next) => set(index, next)} />}
            {isAsked && faultOf(plan, list.now) && (
              <Text size="sm" c="var(--color-danger-text)" role="alert">
                {faultText(faultOf(plan, list.now), t)}
              </Text>
            )}
            <Button variant="subtle" color="gray" c="var(--color-text)" h={44} px={0} leftSection={<IconTrash size={18} aria-hidden />} onClick={() => setPlans(plans.filter((_, at) => at !== index))}>
              {t("switches.remove_plan", { number: index + 1 })}
            </Button>
          </Paper>
        ))}
        <Group gap="xs">
          <Button variant="default" h={44} disabled={isFull} leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setPlans([...plans, between])}>
            {t("switches.add_time")}
          </Button>
          {coming[0] && (
            <Button variant="default" h={44} disabled={isFull} leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setPlans([...plans, { type: "around", campaign: coming[0]!.id, before_minutes: 30, after_minutes: 120 }])}>
              {t("switches.add_campaign")}
            </Button>
          )}
        </Group>
        <Refused error={save.error} />
        <Button type="submit" size="lg" loading={save.isPending}>
          {t("switches.save_plans")}
        </Button>
      </Stack>
    </form>
  );
}

function faultText(fault: Fault, t: ReturnType<typeof useTexts>["t"]): string {
  switch (fault) {
    case "skipped":
    case "twice":
      return t(`problem.${fault}`);
    case "time":
      return t("switches.fault_time");
    case "nothing":
      return t("switches.fault_nothing");
    default:
      return t("switches.fault_order");
  }
}

type BetweenPlan = Extract<SwitchPlan, { type: "between" }>;
type AroundPlan = Extract<SwitchPlan, { type: "around" }>;

function Between({ plan, set }: { plan: BetweenPlan; set: (plan: BetweenPlan) => void }) {
  const { t } = useTexts();
  const field = (name: "from" | "until", label: string) => (
    <TextInput
      type="datetime-local"
      step={1}
      size="md"
      label={label}
      style={{ flex: "1 1 220px" }}
      value={plan[name]}
      onChange={(event) => set({ ...plan, [name]: toSecond(event.currentTarget.value) ?? "" })}
    />
  );
  return (
    <>
      <Group align="start">
        {field("from", t("switches.from"))}
        {field("until", t("switches.until_label"))}
      </Group>
      <Text size="sm" c="dimmed">
        {t("switches.zone", { zone: zoneName(plan.time_zone) })}
      </Text>
    </>
  );
}

type Choice = { id: string; title: Parameters<ReturnType<typeof useTexts>["local"]>[0]; code: string };

function Around({ plan, campaigns, set }: { plan: AroundPlan; campaigns: Choice[]; set: (plan: AroundPlan) => void }) {
  const { t, local } = useTexts();
  const choices = campaigns.map(({ id, title, code }) => ({ value: id, label: `${local(title)} (${code})` }));
  // One that is over stays named until its plan goes.
  const known = choices.some(({ value }) => value === plan.campaign) ? choices : [{ value: plan.campaign, label: plan.campaign }, ...choices];
  const minutes = (name: "before_minutes" | "after_minutes", label: string) => (
    <NumberInput size="md" label={label} style={{ flex: "1 1 160px" }} min={0} max={AROUND_MINUTES_MAX} clampBehavior="strict" allowDecimal={false} allowNegative={false} value={plan[name]} onChange={(value) => set({ ...plan, [name]: Number(value) || 0 })} />
  );
  return (
    <>
      <NativeSelect size="md" label={t("switches.campaign")} data={known} value={plan.campaign} onChange={(event) => set({ ...plan, campaign: event.currentTarget.value })} />
      <Group align="start">
        {minutes("before_minutes", t("switches.before"))}
        {minutes("after_minutes", t("switches.after"))}
      </Group>
    </>
  );
}
