// What a plan came to: the rounds, what was left over and why, and what goes to places that nobody knows.
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { RoundPlan, RoundPlanLeft, RoundPlanUnknown, StopAddress } from "@sesame/shared/api/types";
import { IconAlertTriangle, IconCircleCheck, IconMapPinOff, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useLink } from "../data/router";
import { useTexts } from "../i18n";
import { Link } from "../parts/bits";
import { Empty } from "../parts/errors";
import { Driver } from "../parts/round-bits";

/** A plan, and the place and day that it was asked for. */
export type Made = { plan: RoundPlan; place: string; day: string };

export function Outcome({ plan, place, day, again }: Made & { again: () => void }) {
  const { t } = useTexts();
  const show = useLink(`/rounds?day=${day}`);
  const { rounds, left, places_unknown: unknown } = plan;
  const isNothing = rounds.length === 0 && left.length === 0;
  return (
    <Stack>
      {isNothing ? <Empty title={t("plan.nothing", { place })} hint={t("plan.nothing_hint")} /> : <MadeRounds plan={plan} />}
      {left.length > 0 && <Left left={left} />}
      {unknown.length > 0 && <Unknown unknown={unknown} plan={plan} />}
      {rounds.length > 0 && <Measured plan={plan} />}
      <Group>
        <Button component="a" {...show} size="md">
          {t("plan.show")}
        </Button>
        <Button variant="default" size="md" onClick={again}>
          {t("plan.again")}
        </Button>
      </Group>
    </Stack>
  );
}

function Part({ icon: Shape, isGood = false, title, hint, children }: { icon: Icon; isGood?: boolean; title: string; hint?: string; children?: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" bg="var(--color-raised)" aria-label={title}>
      <Stack gap="sm">
        <Group gap="xs" wrap="nowrap" align="start">
          <Shape aria-hidden style={{ flex: "none" }} color={isGood ? "var(--color-positive-text)" : "var(--color-warning-text)"} />
          <div>
            <Title order={2} size="h4">
              {title}
            </Title>
            {hint && (
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            )}
          </div>
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}

/** How far it is by what measure, and why not by roads though there is an engine for them. */
function Measured({ plan: { distances, detour_percent, roads_failure: failure } }: { plan: RoundPlan }) {
  const { t } = useTexts();
  const how = t(`round.distances.${distances}`);
  return (
    <Stack gap="xs" style={{ maxWidth: "var(--measure)" }}>
      {failure && (
        <Group gap="xs" wrap="nowrap" align="start" role="status">
          <IconAlertTriangle size={18} aria-hidden style={{ flex: "none" }} color="var(--color-warning-text)" />
          <Text size="sm" className="wrap">
            {[t(`plan.roads.${failure.why}`), failure.detail].filter(Boolean).join(" ")}
          </Text>
        </Group>
      )}
      <Text size="sm" c="dimmed">
        {distances === "beeline" ? `${t("plan.distances", { percent: detour_percent - 100 })} ${how}` : how}
      </Text>
    </Stack>
  );
}

const LIST = { component: "ul", p: 0, m: 0, gap: "xs", style: { listStyle: "none" } } as const;

function MadeRounds({ plan: { rounds } }: { plan: RoundPlan }) {
  const { t } = useTexts();
  if (rounds.length === 0) return <Part icon={IconAlertTriangle} title={t("plan.none_fit")} />;
  return (
    <Part icon={IconCircleCheck} isGood title={t("plan.done", { count: rounds.length })}>
      <Stack {...LIST}>
        {rounds.map((round) => (
          <li key={round.id}>
            <Link to={`/rounds/${round.id}`}>
              <Driver courier={round.courier ?? null} />
            </Link>
            <Text size="sm" className="wrap">
              {[round.vehicle, t("plan.stops", { count: round.stops }), t("plan.parcels_count", { count: round.parcels })].filter(Boolean).join(" · ")}
            </Text>
          </li>
        ))}
      </Stack>
    </Part>
  );
}

function Left({ left }: { left: RoundPlanLeft[] }) {
  const { t } = useTexts();
  const reasons = [...new Set(left.map(({ reason }) => reason))];
  return (
    <Part icon={IconAlertTriangle} title={t("plan.left", { count: left.length })} hint={t("plan.left_hint")}>
      <Stack {...LIST}>
        {reasons.map((reason) => (
          <li key={reason}>
            <Text fw={600}>{t(`plan.reason.${reason}`)}</Text>
            <Text size="sm" className="mono wrap">
              {left.filter((one) => one.reason === reason).map(({ number }) => number).join(", ")}
            </Text>
          </li>
        ))}
      </Stack>
    </Part>
  );
}

export const addressLine = ({ street, street_2, postal_code, city, country }: StopAddress): string => [street, street_2, `${postal_code} ${city}`.trim(), country].filter(Boolean).join(", ");

function Unknown({ unknown, plan }: { unknown: RoundPlanUnknown[]; plan: RoundPlan }) {
  const { t } = useTexts();
  const driver = (id: string) => plan.rounds.find((round) => round.id === id)?.courier?.name ?? t("rounds.nobody");
  return (
    <Part icon={IconMapPinOff} title={t("plan.unknown", { count: unknown.length })} hint={t("plan.unknown_hint")}>
      <Stack {...LIST}>
        {unknown.map((one) => (
          <li key={one.fulfillment}>
            <Text className="wrap">{addressLine(one.address)}</Text>
            <Text size="sm" className="wrap">
              <span className="mono">{one.number}</span>, <Link to={`/rounds/${one.round}`}>{t("plan.unknown_round", { name: driver(one.round) })}</Link>
            </Text>
          </li>
        ))}
      </Stack>
    </Part>
  );
}
