// The course of a campaign: what was sold in each step of its time, with the same step of the other time as a line.
import { Table, Text, Title } from "@mantine/core";
import type { CampaignReport, ReportFigures, ReportStep } from "@sesame/shared/api/types";
import { useTexts } from "../i18n";
import { Figures } from "../parts/figures";

const WIDTH = 600;
const HEIGHT = 160;

/** Points of a line through the middles of the steps, in a box of `WIDTH` by `HEIGHT`. */
export function linePoints(values: number[], top: number): string {
  const step = WIDTH / Math.max(1, values.length);
  return values.map((value, index) => `${((index + 0.5) * step).toFixed(1)},${(HEIGHT - (HEIGHT * value) / Math.max(1, top)).toFixed(1)}`).join(" ");
}

export function Course({ figures, report }: { figures: ReportFigures; report: CampaignReport }) {
  const { t, money, moment, number } = useTexts();
  const { course, currency } = figures;
  if (course.length === 0) return null;
  const amount = (minor: number) => money({ amount: minor, currency });
  const best = course.reduce((a, b) => (b.revenue.now > a.revenue.now ? b : a));
  const at = (step: ReportStep) => moment(step.at, report.time_zone);
  const hasOther = course.some((step) => step.revenue.before != null);
  const title = t(report.step_minutes === 1 ? "report.by_minute" : report.step_minutes === 60 ? "report.by_hour" : "report.by_day");
  const heads = [t("report.time"), t("report.revenue"), ...(hasOther ? [t("report.before")] : []), t("report.orders"), t("report.pieces")];
  return (
    <div>
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {t("report.busiest", { time: at(best), amount: amount(best.revenue.now) })}
      </Text>
      <Drawing course={course} label={title} />
      <Text size="sm" c="dimmed" component="div" mt={4}>
        <span className="course-key" aria-hidden /> {t("report.this")}
        {hasOther && (
          <>
            {" "}
            <span className="course-key other" aria-hidden /> {t("report.compared")}
          </>
        )}
      </Text>
      <details>
        <summary style={{ minHeight: 44, display: "flex", alignItems: "center", cursor: "pointer" }}>{t("report.as_table")}</summary>
        <Figures title={title} heads={heads} minWidth={480}>
          {course.map((step) => (
            <Table.Tr key={step.at}>
              <Table.Td>{at(step)}</Table.Td>
              <Table.Td ta="right">{amount(step.revenue.now)}</Table.Td>
              {hasOther && <Table.Td ta="right">{amount(step.revenue.before ?? 0)}</Table.Td>}
              <Table.Td ta="right">{number(step.orders.now)}</Table.Td>
              <Table.Td ta="right">{number(step.pieces.now)}</Table.Td>
            </Table.Tr>
          ))}
        </Figures>
      </details>
    </div>
  );
}

function Drawing({ course, label }: { course: ReportStep[]; label: string }) {
  const now = course.map((step) => Math.max(0, step.revenue.now));
  const before = course.map((step) => Math.max(0, step.revenue.before ?? 0));
  const hasOther = course.some((step) => step.revenue.before != null);
  const top = Math.max(1, ...now, ...before);
  const step = WIDTH / course.length;
  return (
    <svg className="course" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" width="100%" height={HEIGHT} role="img" aria-label={label}>
      {now.map((value, index) => (
        <rect key={course[index]!.at} x={index * step + step * 0.1} width={step * 0.8} y={HEIGHT - (HEIGHT * value) / top} height={(HEIGHT * value) / top} />
      ))}
      {hasOther && <polyline points={linePoints(before, top)} vectorEffect="non-scaling-stroke" />}
    </svg>
  );
}
