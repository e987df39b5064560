// Where visits and orders come from: a table of shares for a span of days, and links that say it of themselves.
import { Button, Group, NativeSelect, Paper, SegmentedControl, SimpleGrid, Skeleton, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import type { TouchChoice, TrafficDimension, TrafficReport, TrafficRow } from "@sesame/shared/api/types";
import { IconDownload, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { ApiError } from "../data/api";
import { navigate, useRoute } from "../data/router";
import { DIMENSIONS, PERIODS, questionOf, searchOfQuestion, trafficUrl, useTraffic, type Period, type TrafficQuestion } from "../data/traffic";
import { TABLES, useTexts, type Key, type Texts } from "../i18n";
import { Fact } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { Figures } from "../parts/figures";
import { UnlessShed } from "../parts/shed";
import { LinkBuilder } from "./traffic-link";

export function Traffic() {
  const { t } = useTexts();
  const question = questionOf(useRoute().search);
  const query = useTraffic(question);
  const show = (change: Partial<TrafficQuestion>) => navigate(`/traffic${searchOfQuestion({ ...question, ...change })}`, "replace");
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t("nav.traffic")}
        </Title>
        <Text c="dimmed" style={{ maxWidth: "var(--measure)" }}>
          {t("traffic.hint")}
        </Text>
      </div>
      <Choice question={question} report={query.data} show={show} />
      <UnlessShed work="exports">
        <Group>
          <Button variant="default" h={44} leftSection={<IconRefresh size={18} aria-hidden />} loading={query.isFetching} onClick={() => void query.refetch()}>
            {t("report.again")}
          </Button>
          <Button component="a" href={trafficUrl(question)} download variant="default" h={44} leftSection={<IconDownload size={18} aria-hidden />}>
            {t("report.csv")}
          </Button>
        </Group>
      </UnlessShed>
      {query.isPending ? (
        <Loading rows={6} height={52} />
      ) : query.data && !query.isError ? (
        <Report report={query.data} />
      ) : query.error instanceof ApiError && query.error.code === "work_shed" ? null : query.isFetching ? (
        <Skeleton height={240} />
      ) : (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      )}
      <LinkBuilder />
    </Stack>
  );
}

type ChoiceProps = { question: TrafficQuestion; report: TrafficReport | undefined; show: (change: Partial<TrafficQuestion>) => void };

/** Which days, which touch, and what the rows are. */
function Choice({ question, report, show }: ChoiceProps) {
  const { t } = useTexts();
  const [isCustom, setCustom] = useState(question.from !== undefined);
  const period: Period = isCustom ? "custom" : (PERIODS.find((one) => one === question.days) ?? "7");
  const choose = (value: Period) => {
    setCustom(value === "custom");
    if (value !== "custom") show({ days: value, from: undefined, to: undefined });
  };
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        <NativeSelect size="md" label={t("traffic.period")} value={period} onChange={(event) => choose(event.currentTarget.value as Period)} data={PERIODS.map((value) => ({ value, label: t(`traffic_period.${value}`) }))} />
        <NativeSelect size="md" label={t("traffic.by")} value={question.by} onChange={(event) => show({ by: event.currentTarget.value as TrafficDimension })} data={DIMENSIONS.map((value) => ({ value, label: t(`traffic_by.${value}`) }))} />
        <div>
          <Text size="md" fw={500} id="touch">
            {t("traffic.touch")}
          </Text>
          <SegmentedControl fullWidth size="md" aria-labelledby="touch" value={question.touch} onChange={(value) => show({ touch: value as TouchChoice })} data={(["last", "first"] as const).map((value) => ({ value, label: t(`traffic_touch.${value}`) }))} />
        </div>
      </SimpleGrid>
      {isCustom && <Days question={question} report={report} show={show} />}
    </Stack>
  );
}

/** The first and the last day; they begin as the days that are shown. */
function Days({ question, report, show }: ChoiceProps) {
  const { t } = useTexts();
  const [days, setDays] = useState({ from: question.from ?? report?.from ?? "", to: question.to ?? report?.to ?? "" });
  const change = (changed: Partial<typeof days>) => {
    const next = { ...days, ...changed };
    setDays(next);
    if (next.from && next.to && next.from <= next.to) show({ ...next, days: undefined });
  };
  const isWrong = days.from !== "" && days.to !== "" && days.from > days.to;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      <TextInput size="md" type="date" label={t("report.first_day")} value={days.from} onChange={(event) => change({ from: event.currentTarget.value })} />
      <TextInput size="md" type="date" label={t("report.last_day")} value={days.to} onChange={(event) => change({ to: event.currentTarget.value })} error={isWrong && t("report.days_wrong")} />
    </SimpleGrid>
  );
}

/** Millionths as far as they say something: hundredths of a per cent. */
const rounded = (ppm: number) => Math.round(ppm / 100) * 100;

/** What a row is called: a word of ours where the value is one, else the value. */
export function nameOfRow(by: TrafficDimension, { value, is_rest }: Pick<TrafficRow, "value" | "is_rest">, { t, language }: Pick<Texts, "t" | "language">): string {
  if (is_rest) return t("report.rest");
  if (value === "") return t(by === "source" ? "traffic.direct" : "traffic.none");
  const words: Partial<Record<TrafficDimension, string>> = { medium: `medium.${value}`, channel: `channel.${value}`, device: `device.${value}`, landing: `landing.${value}` };
  const key = words[by];
  return key && Object.hasOwn(TABLES[language], key) ? (t as (key: string) => string)(key satisfies string as Key) : value;
}

function Report({ report }: { report: TrafficReport }) {
  const texts = useTexts();
  const { t, number, ppm, money, date } = texts;
  const [currency, setCurrency] = useState(0);
  const place = Math.min(currency, report.currencies.length - 1);
  const { total } = report;
  const all = total.sales[place]!;
  const day = (text: string) => date(Date.parse(`${text}T12:00:00Z`), "UTC");
  if (report.rows.length === 0) return <Empty title={t("traffic.nothing")} hint={t("traffic.nothing_hint")} />;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)">
      <Stack>
        <Group justify="space-between" align="end">
          <Text c="dimmed" size="sm">
            {report.from === report.to ? day(report.from) : `${day(report.from)} – ${day(report.to)}`} · {report.time_zone}
          </Text>
          {report.currencies.length > 1 && (
            <NativeSelect label={t("traffic.currency")} value={String(place)} onChange={(event) => setCurrency(Number(event.currentTarget.value))} data={report.currencies.map((label, index) => ({ value: String(index), label }))} />
          )}
        </Group>
        <SimpleGrid cols={{ base: 2, md: 4 }}>
          <Total name={t("traffic.visits")} value={number(total.visits)} />
          <Total name={t("report.orders")} value={number(all.orders)} />
          <Total name={t("traffic.conversion")} value={total.conversion_ppm == null ? "–" : ppm(rounded(total.conversion_ppm))} />
          <Total name={t("report.revenue")} value={money(all.revenue)} />
        </SimpleGrid>
        <Figures order={2} title={t(`traffic_by.${report.by}`)} heads={[t("traffic.name"), t("report.revenue"), t("traffic.share"), t("report.orders"), t("report.average"), t("traffic.visits"), t("traffic.conversion")]} minWidth={720}>
          {report.rows.map((row) => (
            <Row key={`${row.value}/${row.is_rest}`} row={row} place={place} name={nameOfRow(report.by, row, texts)} />
          ))}
        </Figures>
        <Text c="dimmed" size="sm" style={{ maxWidth: "var(--measure)" }}>
          {t(report.window_days === 0 ? "traffic.no_window" : "traffic.window", { days: report.window_days })}
        </Text>
      </Stack>
    </Paper>
  );
}

function Total({ name, value }: { name: string; value: string }) {
  return (
    <Fact name={name}>
      <div className="tile-value report-value">{value}</div>
    </Fact>
  );
}

function Row({ row, place, name }: { row: TrafficRow; place: number; name: string }) {
  const { number, permille, ppm, money } = useTexts();
  const sales = row.sales[place]!;
  return (
    <Table.Tr>
      <Table.Td className="wrap" style={{ minWidth: 160 }}>
        {name}
        <div className="bar" aria-hidden>
          <span style={{ width: `${sales.share_permille / 10}%` }} />
        </div>
      </Table.Td>
      <Table.Td ta="right">{money(sales.revenue)}</Table.Td>
      <Table.Td ta="right">{permille(sales.share_permille)}</Table.Td>
      <Table.Td ta="right">{number(sales.orders)}</Table.Td>
      <Table.Td ta="right">{sales.average ? money(sales.average) : "–"}</Table.Td>
      <Table.Td ta="right">{number(row.visits)}</Table.Td>
      <Table.Td ta="right">{row.conversion_ppm == null ? "–" : ppm(rounded(row.conversion_ppm))}</Table.Td>
    </Table.Tr>
  );
}
