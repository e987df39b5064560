// Optional work: what is shed and what is served, by whom, until when, and what comes next. Staff see it, owners switch.
import { Button, Collapse, Group, Modal, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { SwitchChange, SwitchEntry, SwitchList, SwitchPlanEntry } from "@sesame/shared/api/types";
import { IconCircleCheck, IconPlayerPause } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useRelease, useSwitches, useThrow } from "../data/switches";
import { localOf, momentOf } from "../data/zones";
import { useTexts } from "../i18n";
import { Mark } from "../parts/bits";
import { zoneName } from "../parts/campaign-bits";
import { Loading, NotLoaded, Refused } from "../parts/errors";
import { untilText } from "../parts/shed";
import { PlansForm } from "./switch-plans";

export function Switches({ isOwner }: { isOwner: boolean }) {
  const { t } = useTexts();
  const query = useSwitches();
  if (query.isPending) return <Loading rows={6} height={64} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return (
    <Stack gap="md">
      <Text c="dimmed">{t("switches.hint")}</Text>
      {query.data.items.map((one) => (
        <OneSwitch key={one.work} one={one} list={query.data} isOwner={isOwner} />
      ))}
    </Stack>
  );
}

type One = { one: SwitchEntry; list: SwitchList };

function OneSwitch({ one, list, isOwner }: One & { isOwner: boolean }) {
  const { t } = useTexts();
  const isShed = one.position === "shed";
  return (
    <section className="article-row" aria-label={t(`work.${one.work}`)}>
      <Group justify="space-between" align="start" gap="xs">
        <div style={{ flex: "1 1 320px", minWidth: 0 }}>
          <Group gap="sm">
            <Title order={3} size="h5">
              {t(`work.${one.work}`)}
            </Title>
            <Mark tone={isShed ? "warning" : "positive"} icon={isShed ? IconPlayerPause : IconCircleCheck}>
              {t(isShed ? "switches.shed" : "switches.served")}
            </Mark>
          </Group>
          <Text size="sm" c="dimmed">
            {t("switches.while", { what: t(`work_hint.${one.work}`) })}
          </Text>
          <Standing one={one} />
          <Plans plans={one.plans} />
        </div>
        {isOwner && <Acts one={one} list={list} />}
      </Group>
      <Changes changes={one.changes} />
    </section>
  );
}

/** Who switched it, since when, until when, and what comes next. */
function Standing({ one }: { one: SwitchEntry }) {
  const texts = useTexts();
  const { t, moment } = texts;
  const isShed = one.position === "shed";
  const facts = [
    one.by_hand ? t(isShed ? "switches.by_hand_shed" : "switches.by_hand_served", { name: one.by ?? t("switches.machine") }) : isShed ? t("switches.by_plan", { name: one.by ?? t("switches.machine") }) : null,
    one.since != null && (one.by_hand || isShed) ? t("switches.since", { time: moment(one.since) }) : null,
    isShed || one.by_hand ? untilText(one, texts) : null,
    one.next ? (one.next.until == null ? t("switches.next_open", { from: moment(one.next.from) }) : t("switches.next", { from: moment(one.next.from), until: moment(one.next.until) })) : null,
  ].filter((fact) => fact !== null);
  if (facts.length === 0) return null;
  return (
    <Text size="sm" mt={4} className="figures">
      {facts.join(" · ")}
    </Text>
  );
}

/** A plan as a sentence. */
export function planText({ plan, campaign_title, span, time_zone }: SwitchPlanEntry, { t, local, moment }: ReturnType<typeof useTexts>): string {
  const time = span && span.until != null ? t("switches.in_zone", { from: moment(span.from, time_zone), until: moment(span.until, time_zone), zone: zoneName(time_zone) }) : null;
  if (plan.type === "between") return time ?? "";
  const around = t("switches.around", { before: plan.before_minutes, after: plan.after_minutes, campaign: campaign_title ? local(campaign_title) : plan.campaign });
  return `${around}: ${time ?? t("switches.not_approved")}`;
}

function Plans({ plans }: { plans: SwitchPlanEntry[] }) {
  const texts = useTexts();
  if (plans.length === 0) return null;
  return (
    <ul style={{ margin: "4px 0 0", paddingInlineStart: 20, fontSize: "var(--text-14)" }} aria-label={texts.t("switches.plans")} className="figures">
      {plans.map((plan, index) => (
        <li key={index}>
          {planText(plan, texts)}
          {plan.by && ` · ${plan.by}`}
        </li>
      ))}
    </ul>
  );
}

function Acts({ one, list }: One) {
  const { t } = useTexts();
  const [isThrowing, throwing] = useDisclosure(false);
  const [isPlanning, planning] = useDisclosure(false);
  const release = useRelease(one.work);
  const target = one.position === "shed" ? "serve" : "shed";
  const label = t(target === "shed" ? "switches.throw_shed" : "switches.throw_serve");
  const named = `${t(`work.${one.work}`)}: ${label}`;
  const close = { "aria-label": t("common.close") };
  return (
    <Stack gap={4} align="end">
      <Group gap="xs">
        {one.by_hand && (
          <Button variant="default" h={44} loading={release.isPending} onClick={() => release.mutate({ version: one.version })}>
            {t("switches.release")}
          </Button>
        )}
        <Button variant="default" h={44} onClick={planning.open} aria-label={`${t(`work.${one.work}`)}: ${t("switches.plan")}`}>
          {t("switches.plan")}
        </Button>
        <Button variant="default" h={44} onClick={throwing.open} aria-label={named}>
          {label}
        </Button>
      </Group>
      <Refused error={release.error} />
      <Modal opened={isThrowing} onClose={throwing.close} title={named} closeButtonProps={close}>
        <ThrowForm one={one} list={list} target={target} onDone={throwing.close} />
      </Modal>
      <Modal opened={isPlanning} onClose={planning.close} size="lg" title={`${t(`work.${one.work}`)}: ${t("switches.plan")}`} closeButtonProps={close}>
        <PlansForm one={one} list={list} onDone={planning.close} />
      </Modal>
    </Stack>
  );
}

/** Throws the switch: until a time on the shop's clock, or until further notice. */
function ThrowForm({ one, list, target, onDone }: One & { target: "shed" | "serve"; onDone: () => void }) {
  const { t } = useTexts();
  const [until, setUntil] = useState("");
  const act = useThrow(one.work);
  const found = until ? momentOf(until, list.time_zone) : null;
  const isOdd = found === "skipped" || found === "twice";
  const isPast = typeof found === "number" && found <= list.now;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isOdd || isPast) return;
    act.mutate({ position: target, until: typeof found === "number" ? found : null, version: one.version }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{target === "shed" ? t("switches.while", { what: t(`work_hint.${one.work}`) }) : t("switches.serve_hint")}</Text>
        <TextInput
          type="datetime-local"
          size="md"
          label={t("switches.until_label")}
          description={t("switches.until_hint", { zone: zoneName(list.time_zone) })}
          min={localOf(list.now, list.time_zone).slice(0, 16)}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={isOdd ? t(`problem.${found}`) : isPast ? t("switches.past") : null}
        />
        <Refused error={act.error} />
        <Button type="submit" size="lg" loading={act.isPending}>
          {t(target === "shed" ? "switches.throw_shed" : "switches.throw_serve")}
        </Button>
      </Stack>
    </form>
  );
}

function Changes({ changes }: { changes: SwitchChange[] }) {
  const { t, moment } = useTexts();
  const [isOpen, { toggle }] = useDisclosure(false);
  if (changes.length === 0) return null;
  const what = (one: SwitchChange) =>
    one.what === "planned" ? t("switches.did_plan", { count: one.plans ?? 0 })
    : one.what === "released" ? t("switches.did_release")
    : `${t(one.what === "shed" ? "switches.did_shed" : "switches.did_serve")}, ${one.until == null ? t("switches.until_further") : t("switches.until", { time: moment(one.until) })}`;
  return (
    <>
      <Button variant="subtle" color="gray" c="var(--color-text)" px={0} h={44} onClick={toggle} aria-expanded={isOpen}>
        {t("switches.changes", { count: changes.length })}
      </Button>
      <Collapse expanded={isOpen}>
        <ol className="timeline figures">
          {changes.map((one, index) => (
            <li key={index}>
              <Text size="sm">
                {what(one)}
                <Text span c="dimmed">
                  {" "}
                  · {one.by ?? t("switches.machine")} · {moment(one.at)}
                </Text>
              </Text>
            </li>
          ))}
        </ol>
      </Collapse>
    </>
  );
}
