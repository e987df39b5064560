// What the last look at open parcels came to: what they cost from where they are to leave, what a new plan would cost, and how
// far from the best that is at most.
import { Paper, Stack, Text, Title } from "@mantine/core";
import type { SourcingRun } from "@sesame/shared/api/types";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useSourcing } from "../data/sources";
import { useTexts } from "../i18n";
import { Mark } from "../parts/bits";
import { Loading, NotLoaded } from "../parts/errors";

const MILLION = 1_000_000;

export function SourcingCard() {
  const { t } = useTexts();
  const query = useSourcing();
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" data-sourcing>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("sourcing.title")}
        </Title>
        {query.isPending ? <Loading rows={2} height={40} /> : !query.data ? <NotLoaded error={query.error} retry={() => void query.refetch()} /> : query.data.last ? <Run run={query.data.last} /> : <Text c="dimmed">{t("sourcing.none")}</Text>}
      </Stack>
    </Paper>
  );
}

function Run({ run }: { run: SourcingRun }) {
  const { t, money, number, time } = useTexts();
  const highest = Math.max(run.cost.amount, run.planned.amount, run.bound.amount, 1);
  const saved = { amount: run.cost.amount - run.planned.amount, currency: run.cost.currency };
  const gap = number(Math.round(run.gap_millionths / (MILLION / 10_000)) / 100);
  return (
    <>
      <Text size="sm" c="dimmed">
        {run.parcels === 0 ? t("sourcing.nothing", { time: time(run.at) }) : t("sourcing.looked", { parcels: number(run.parcels), time: time(run.at) })}
      </Text>
      {run.stuck > 0 && <Mark tone="danger" icon={IconAlertTriangle}>{t("sourcing.stuck", { count: run.stuck })}</Mark>}
      {run.repaired > 0 && <Text>{t("sourcing.repaired", { count: run.repaired })}</Text>}
      {run.parcels > 0 && (
        <>
          <Bar name={t("sourcing.cost")} value={money(run.cost)} part={run.cost.amount / highest} />
          <Bar name={t("sourcing.planned")} value={money(run.planned)} part={run.planned.amount / highest} />
          <Bar name={t("sourcing.bound")} value={money(run.bound)} part={run.bound.amount / highest} />
          <Text size="sm">{run.cheaper === 0 ? t("sourcing.best", { gap }) : t("sourcing.cheaper", { count: run.cheaper, saved: money(saved), gap })}</Text>
          {run.cheaper > 0 && <Text size="sm" c="dimmed">{run.saves ? t("sourcing.moved", { moved: number(run.moved), refused: number(run.refused) }) : t("sourcing.off")}</Text>}
        </>
      )}
    </>
  );
}

function Bar({ name, value, part }: { name: string; value: string; part: number }) {
  return (
    <div>
      <Text size="sm" style={{ display: "flex", justifyContent: "space-between", gap: "var(--space-2)" }}>
        <span>{name}</span>
        <b className="figures">{value}</b>
      </Text>
      <div aria-hidden style={{ height: 8, borderRadius: 4, background: "var(--color-line)" }}>
        <div style={{ height: 8, borderRadius: 4, background: "var(--color-accent)", width: `${100 * part}%` }} />
      </div>
    </div>
  );
}
