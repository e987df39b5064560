// What a campaign came to, beside the one before it or any other time: drawn, and every figure in a table.
import { Button, Group, NativeSelect, Paper, SimpleGrid, Skeleton, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import type { CampaignEntry, CampaignReport, Compared, ReportFigures, ReportRow, ReportSpan } from "@sesame/shared/api/types";
import { IconArrowDownRight, IconArrowUpRight, IconDownload, IconMinus, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { changeText, spanOfDays } from "../data/campaign-units";
import { ApiError } from "../data/api";
import { reportUrl, useCampaignReport, useCampaigns, type Comparison } from "../data/campaigns";
import { useTexts } from "../i18n";
import { Fact } from "../parts/bits";
import { Moment } from "../parts/campaign-bits";
import { NotLoaded } from "../parts/errors";
import { Figures } from "../parts/figures";
import { UnlessShed } from "../parts/shed";
import { Course } from "./campaign-course";

export function ReportPart({ campaign }: { campaign: CampaignEntry }) {
  const { t } = useTexts();
  const [comparison, setComparison] = useState<Comparison>({});
  const query = useCampaignReport(campaign.id, comparison);
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section" aria-label={t("report.title")}>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t("report.title")}
          </Title>
          <Text c="dimmed" size="sm" style={{ maxWidth: "var(--measure)" }}>
            {t("report.hint")}
          </Text>
        </div>
        <Choice campaign={campaign} onChange={setComparison} />
        <UnlessShed work="exports">
          <Group>
            <Button variant="default" h={44} leftSection={<IconRefresh size={18} aria-hidden />} loading={query.isFetching} onClick={() => void query.refetch()}>
              {t("report.again")}
            </Button>
            <Button component="a" href={reportUrl(campaign.id, comparison)} download variant="default" h={44} leftSection={<IconDownload size={18} aria-hidden />}>
              {t("report.csv")}
            </Button>
          </Group>
        </UnlessShed>
        {isRefusedAsShed(query.error) ? null : query.isError && !query.isFetching ? <NotLoaded error={query.error} retry={() => void query.refetch()} /> : query.data ? <Report report={query.data} campaign={campaign} /> : <Skeleton height={240} />}
      </Stack>
    </Paper>
  );
}

/** The note in the place of the buttons says it already. */
const isRefusedAsShed = (error: unknown) => error instanceof ApiError && error.code === "work_shed";

/** What it is compared with. */
function Choice({ campaign, onChange }: { campaign: CampaignEntry; onChange: (comparison: Comparison) => void }) {
  const { t, local } = useTexts();
  const [choice, setChoice] = useState("");
  const [days, setDays] = useState({ from: "", to: "" });
  const others = (useCampaigns().data?.items ?? []).filter((one) => one.id !== campaign.id && one.phase !== "draft");
  const choose = (value: string) => {
    setChoice(value);
    if (value !== "days") onChange(value ? { compare: value } : {});
  };
  const change = (changed: Partial<typeof days>) => {
    const next = { ...days, ...changed };
    setDays(next);
    const span = next.from && next.to ? spanOfDays(next.from, next.to) : null;
    if (span) onChange(span);
  };
  const isWrong = days.from !== "" && days.to !== "" && !spanOfDays(days.from, days.to);
  const options = [
    { value: "", label: t("report.previous") },
    ...others.map((one) => ({ value: one.id, label: `${local(one.title)} (${one.code})` })),
    { value: "days", label: t("report.days") },
    { value: "none", label: t("report.nothing") },
  ];
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <NativeSelect size="md" label={t("report.compare")} data={options} value={choice} onChange={(event) => choose(event.currentTarget.value)} />
      {choice === "days" && (
        <>
          <TextInput size="md" type="date" label={t("report.first_day")} value={days.from} onChange={(event) => change({ from: event.currentTarget.value })} />
          <TextInput size="md" type="date" label={t("report.last_day")} value={days.to} onChange={(event) => change({ to: event.currentTarget.value })} error={isWrong && t("report.days_wrong")} />
        </>
      )}
    </SimpleGrid>
  );
}

function Report({ report, campaign }: { report: CampaignReport; campaign: CampaignEntry }) {
  const { t, number } = useTexts();
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Span name={t(report.is_running ? "report.so_far" : "report.this")} span={report.span} zone={report.time_zone} />
        {report.compared ? <Span name={t("report.compared")} span={report.compared} zone={report.time_zone} /> : <Text c="dimmed">{t("report.no_other")}</Text>}
      </SimpleGrid>
      {(report.span.more || report.compared?.more) && <Text role="alert">{t("report.more")}</Text>}
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t("report.buyers")} value={report.buyers} show={number} />
        <Figure name={t("report.new_buyers")} value={report.new_buyers} show={number} />
      </SimpleGrid>
      {report.figures.map((figures) => (
        <OfCurrency key={figures.currency} figures={figures} report={report} campaign={campaign} />
      ))}
    </Stack>
  );
}

function Span({ name, span, zone }: { name: string; span: ReportSpan; zone: string }) {
  const { t, local } = useTexts();
  return (
    <Fact name={name}>
      <Text fw={600} className="wrap">
        {span.campaign ? local(span.title) : t("report.days")}
      </Text>
      <Moment at={span.from} zone={zone} /> {"– "}
      <Moment at={span.to} zone={zone} />
    </Fact>
  );
}

/** A figure with what it was before and by how much it changed: an arrow and a sign, never a color alone. */
function Figure({ name, value, show }: { name: string; value: Compared; show: (value: number) => string }) {
  const { t } = useTexts();
  return (
    <Fact name={name}>
      <div className="tile-value report-value">{show(value.now)}</div>
      {value.before != null && (
        <Text size="sm" component="div">
          <Change value={value} /> <Text span size="sm" c="dimmed">{t("report.was", { value: show(value.before) })}</Text>
        </Text>
      )}
    </Fact>
  );
}

function Change({ value: { change_permille: change } }: { value: Compared }) {
  const { t, locale } = useTexts();
  if (change == null) return <>{t("report.no_change_known")}</>;
  const Arrow = change > 0 ? IconArrowUpRight : change < 0 ? IconArrowDownRight : IconMinus;
  return (
    <Text span fw={600} size="sm" style={{ whiteSpace: "nowrap" }}>
      <Arrow size={14} aria-hidden style={{ verticalAlign: "-2px" }} /> {changeText(change, locale)}
    </Text>
  );
}

function OfCurrency({ figures, report, campaign }: { figures: ReportFigures; report: CampaignReport; campaign: CampaignEntry }) {
  const { t, money, number, permille } = useTexts();
  const { currency } = figures;
  const amount = (minor: number) => money({ amount: minor, currency });
  return (
    <Stack gap="lg" component="section" aria-label={currency}>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t("report.revenue")} value={figures.revenue} show={amount} />
        <Figure name={t("report.delivery")} value={figures.delivery} show={amount} />
        <Figure name={t("report.orders")} value={figures.orders} show={number} />
        <Figure name={t("report.average")} value={figures.average} show={amount} />
        <Figure name={t("report.phones")} value={figures.phone_permille} show={permille} />
        <Figure name={t("report.pieces")} value={figures.pieces} show={number} />
        <Figure name={t("report.canceled")} value={figures.canceled} show={amount} />
        <Figure name={t("report.returned")} value={figures.returned} show={amount} />
        <Figure name={t("report.kept")} value={figures.kept} show={amount} />
      </SimpleGrid>
      <Course figures={figures} report={report} />
      <GivenByRules figures={figures} campaign={campaign} />
      <Parts title={t("report.categories")} count={t("report.lines")} none={t("report.no_category")} rows={figures.categories} currency={currency} />
      <Parts title={t("report.regions")} count={t("report.orders")} none={t("report.no_region")} rows={figures.regions} currency={currency} />
      <Parts title={t("report.sellers")} count={t("report.orders")} none="" rows={figures.sellers} currency={currency} />
    </Stack>
  );
}

function GivenByRules({ figures, campaign }: { figures: ReportFigures; campaign: CampaignEntry }) {
  const { t, local, number, money, moment } = useTexts();
  const titleOf = (rule: number) => local(campaign.saved.rules.find((one) => one.number === rule)?.title ?? {});
  const at = (time: number | null) => (time == null ? "–" : moment(time, campaign.saved.time_zone));
  return (
    <Figures title={t("report.rules")} hint={t("report.rules_hint")} heads={[t("rehearsal.rule"), t("report.purchases"), t("rehearsal.off"), t("report.first"), t("report.last")]} minWidth={640}>
      {figures.rules.map((one) => (
        <Table.Tr key={one.rule}>
          <Table.Td>
            {one.rule} · {titleOf(one.rule)}
          </Table.Td>
          <Table.Td ta="right">{number(one.purchases)}</Table.Td>
          <Table.Td ta="right">{money({ amount: one.off, currency: figures.currency })}</Table.Td>
          <Table.Td ta="right">{at(one.first_at)}</Table.Td>
          <Table.Td ta="right">{at(one.last_at)}</Table.Td>
        </Table.Tr>
      ))}
    </Figures>
  );
}

const ROWS = 12;

/** Parts of the revenue, each with a bar of its share of the largest. */
function Parts({ title, count, none, rows, currency }: { title: string; count: string; none: string; rows: ReportRow[]; currency: string }) {
  const { t, number, money, local } = useTexts();
  const [isWhole, setWhole] = useState(false);
  if (rows.length === 0) return null;
  const shown = isWhole ? rows : rows.slice(0, ROWS);
  const largest = Math.max(1, ...rows.map((row) => row.revenue.now));
  const nameOf = (row: ReportRow) => (row.is_rest ? t("report.rest") : local(row.title) || none);
  const hasOther = rows.some((row) => row.revenue.before != null);
  const heads = [title, t("report.revenue"), ...(hasOther ? [t("report.before"), t("report.change")] : []), count, t("report.pieces")];
  return (
    <div>
      <Figures title={title} heads={heads} minWidth={hasOther ? 640 : 480}>
        {shown.map((row) => (
          <Table.Tr key={`${row.id}/${row.is_rest}`}>
            <Table.Td>
              {nameOf(row)}
              <div className="bar" aria-hidden>
                <span style={{ width: `${(Math.max(0, row.revenue.now) * 100) / largest}%` }} />
              </div>
            </Table.Td>
            <Table.Td ta="right">{money({ amount: row.revenue.now, currency })}</Table.Td>
            {hasOther && (
              <>
                <Table.Td ta="right">{money({ amount: row.revenue.before ?? 0, currency })}</Table.Td>
                <Table.Td ta="right">
                  <Change value={row.revenue} />
                </Table.Td>
              </>
            )}
            <Table.Td ta="right">{number(row.count.now)}</Table.Td>
            <Table.Td ta="right">{number(row.pieces.now)}</Table.Td>
          </Table.Tr>
        ))}
      </Figures>
      {rows.length > shown.length && (
        <Button variant="default" h={44} mt="xs" onClick={() => setWhole(true)}>
          {t("report.all_rows", { count: rows.length })}
        </Button>
      )}
    </div>
  );
}
