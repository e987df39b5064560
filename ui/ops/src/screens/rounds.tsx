// The rounds of a day: who drives with what, how far they are, what failed and what will be late.
import { ActionIcon, Button, Group, Paper, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import type { RoundEntry } from "@sesame/shared/api/types";
import { IconAlertTriangle, IconChevronLeft, IconChevronRight, IconClockExclamation, IconPlus } from "@tabler/icons-react";
import { navigate, useLink, useRoute } from "../data/router";
import { dayOf, sumOf, useRisks, useRounds } from "../data/rounds";
import { dayAfter, today } from "../data/zones";
import { useTexts } from "../i18n";
import { Mark, RoundMark } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { useListKeys } from "../parts/keys";
import { Driver, NOW_EVERY_MS, StopsDone, useDayName, useNow } from "../parts/round-bits";
import { useIsWide } from "../parts/shell";

export function Rounds() {
  const { t } = useTexts();
  const day = dayOf(useRoute().search);
  const query = useRounds(day);
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <Title order={1} size="h2">
          {t("nav.rounds")}
        </Title>
        <PlanButton day={day} />
      </Group>
      <DaySwitch day={day} />
      {query.isPending ? (
        <Loading rows={4} height={96} />
      ) : !query.data ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.data.rounds.length === 0 ? (
        <Empty title={t("rounds.none")} hint={t("rounds.none_hint")} />
      ) : (
        <>
          {query.isError && (
            <Text role="status" c="var(--color-warning-text)">
              {t("rounds.stale")}
            </Text>
          )}
          <Day rounds={query.data.rounds} />
        </>
      )}
    </Stack>
  );
}

function PlanButton({ day }: { day: string }) {
  const { t } = useTexts();
  return (
    <Button component="a" {...useLink(`/rounds/plan?day=${day}`)} h={44} leftSection={<IconPlus size={18} aria-hidden />}>
      {t("rounds.plan")}
    </Button>
  );
}

function DaySwitch({ day }: { day: string }) {
  const { t } = useTexts();
  const name = useDayName();
  const show = (next: string) => navigate(next === today() ? "/rounds" : `/rounds?day=${next}`, "replace");
  return (
    <Group gap="xs">
      <ActionIcon variant="default" size={44} aria-label={t("rounds.before")} onClick={() => show(dayAfter(day, -1))}>
        <IconChevronLeft size={20} aria-hidden />
      </ActionIcon>
      {/* A day that is being typed is none yet. */}
      <TextInput key={day} type="date" size="md" aria-label={t("rounds.day")} defaultValue={day} onChange={(event) => event.currentTarget.value && show(event.currentTarget.value)} />
      <ActionIcon variant="default" size={44} aria-label={t("rounds.after")} onClick={() => show(dayAfter(day))}>
        <IconChevronRight size={20} aria-hidden />
      </ActionIcon>
      {day !== today() && (
        <Button variant="default" h={44} onClick={() => show(today())}>
          {t("calendar.today")}
        </Button>
      )}
      <Text fw={600}>{name(day)}</Text>
    </Group>
  );
}

function Day({ rounds }: { rounds: RoundEntry[] }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const risks = useRisks(rounds, useNow(NOW_EVERY_MS));
  const sum = sumOf(rounds);
  const late = [...risks.values()].reduce((all, count) => all + count, 0);
  const open = (id: string) => navigate(`/rounds/${id}`);
  const current = useListKeys(rounds.map(({ id }) => id), { open, toggle: () => undefined, help: () => undefined, isOff: false });
  const lateOf = ({ id }: RoundEntry) => risks.get(id) ?? 0;
  return (
    <>
      <Group gap="sm" role="status">
        <Text>{t("rounds.sum", sum)}</Text>
        <Failed count={sum.failed} />
        <Late count={late} />
      </Group>
      {isWide ? <RoundsTable rounds={rounds} lateOf={lateOf} current={current} open={open} /> : <Cards rounds={rounds} lateOf={lateOf} />}
    </>
  );
}

function Failed({ count }: { count: number }) {
  const { t } = useTexts();
  return count > 0 && <Mark tone="danger" icon={IconAlertTriangle}>{t("rounds.failed_count", { count })}</Mark>;
}

function Late({ count }: { count: number }) {
  const { t } = useTexts();
  return count > 0 && <Mark tone="warning" icon={IconClockExclamation}>{t("rounds.late_stops", { count })}</Mark>;
}

type Risky = { lateOf: (round: RoundEntry) => number };

function RoundsTable({ rounds, lateOf, current, open }: Risky & { rounds: RoundEntry[]; current: string | undefined; open: (id: string) => void }) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={860} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-label": t("rounds.all") } }}>
      <Table verticalSpacing="sm" className="figures" aria-label={t("rounds.all")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("rounds.courier")}</Table.Th>
            <Table.Th>{t("orders.state")}</Table.Th>
            <Table.Th>{t("rounds.place")}</Table.Th>
            <Table.Th>{t("rounds.stops")}</Table.Th>
            <Table.Th ta="right">{t("rounds.delivered")}</Table.Th>
            <Table.Th>{t("rounds.failed")}</Table.Th>
            <Table.Th>{t("rounds.late")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rounds.map((round) => (
            <Row key={round.id} round={round} late={lateOf(round)} isCurrent={round.id === current} open={open} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ round, late, isCurrent, open }: { round: RoundEntry; late: number; isCurrent: boolean; open: (id: string) => void }) {
  const { t } = useTexts();
  const link = useLink(`/rounds/${round.id}`);
  return (
    <Table.Tr className="row" data-row={round.id} data-current={isCurrent || undefined} onClick={() => open(round.id)}>
      <Table.Td style={{ maxWidth: 260 }}>
        <a {...link} style={{ color: "inherit" }}>
          <Driver courier={round.courier ?? null} />
        </a>
        <Text size="sm" c="dimmed" className="wrap">
          {round.vehicle}
        </Text>
      </Table.Td>
      <Table.Td>
        <RoundMark state={round.state} />
      </Table.Td>
      <Table.Td className="wrap">{round.location.name}</Table.Td>
      <Table.Td>
        <StopsDone done={round.stops_done} stops={round.stops} />
      </Table.Td>
      <Table.Td ta="right">{t("rounds.delivered_of", round)}</Table.Td>
      <Table.Td>{round.failed > 0 ? <Mark tone="danger" icon={IconAlertTriangle}>{round.failed}</Mark> : "–"}</Table.Td>
      <Table.Td>{late > 0 ? <Mark tone="warning" icon={IconClockExclamation}>{late}</Mark> : "–"}</Table.Td>
    </Table.Tr>
  );
}

function Cards({ rounds, lateOf }: Risky & { rounds: RoundEntry[] }) {
  const { t } = useTexts();
  return (
    <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("rounds.all")}>
      {rounds.map((round) => (
        <li key={round.id}>
          <Card round={round} late={lateOf(round)} />
        </li>
      ))}
    </Stack>
  );
}

function Card({ round, late }: { round: RoundEntry; late: number }) {
  const { t } = useTexts();
  return (
    <Paper {...useLink(`/rounds/${round.id}`)} component="a" withBorder p="md" bg="var(--color-raised)" style={{ display: "block", color: "inherit", textDecoration: "none" }}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="start">
          <div style={{ minWidth: 0 }}>
            <Driver courier={round.courier ?? null} />
            <Text size="sm" c="dimmed" className="wrap">
              {[round.vehicle, round.location.name].filter(Boolean).join(" · ")}
            </Text>
          </div>
          <span style={{ flex: "none" }}>
            <RoundMark state={round.state} />
          </span>
        </Group>
        <StopsDone done={round.stops_done} stops={round.stops} />
        <Text size="sm">
          {t("rounds.delivered")}: {t("rounds.delivered_of", round)}
        </Text>
        {(round.failed > 0 || late > 0) && (
          <Group gap="xs">
            <Failed count={round.failed} />
            <Late count={late} />
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
