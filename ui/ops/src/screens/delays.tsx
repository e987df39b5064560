// What makes parcels late: one card for each cause, with what can be done about it. Nothing to see where nothing is late.
import { Alert, Group, Stack, Text } from "@mantine/core";
import type { Delay, DelayIncident } from "@sesame/shared/api/types";
import { IconClockExclamation } from "@tabler/icons-react";
import { useDelays } from "../data/delays";
import { useTexts } from "../i18n";
import { Link, OrderNumber } from "../parts/bits";

/** A warning with the text in its usual color. */
const WARNING = { variant: "outline", color: "yellow", styles: { title: { color: "var(--color-text)" }, message: { color: "var(--color-text)" }, icon: { color: "var(--color-warning-text)" } } } as const;
/** Orders that a card names; the others are found by their parcels. */
const SHOWN = 5;

export function Delays() {
  const { t, time } = useTexts();
  const query = useDelays();
  const incidents = query.data?.incidents ?? [];
  if (incidents.length === 0) return null;
  return (
    <Stack component="section" aria-label={t("delays.title")} gap="sm">
      {incidents.map((incident) => (
        <One key={`${incident.reason} ${incident.carrier.id} ${incident.place}`} incident={incident} />
      ))}
      {query.data?.looked_at && (
        <Text size="sm" c="dimmed">
          {t("delays.looked", { time: time(query.data.looked_at) })}
        </Text>
      )}
    </Stack>
  );
}

function One({ incident }: { incident: DelayIncident }) {
  const { t, time } = useTexts();
  const { reason, place, parcels, waiting, rescuable, until, latest } = incident;
  const orders = [...new Set(incident.first.map(({ order }) => order))];
  return (
    <Alert {...WARNING} icon={<IconClockExclamation aria-hidden />} title={t(`delays.cause.${reason}`, { place, carrier: incident.carrier.name })} data-incident={reason}>
      <Stack gap="xs">
        <Text>
          {t("delays.parcels", { count: parcels })} {t("delays.latest", { time: time(latest) })}
          {until !== null && ` ${t("delays.until", { time: time(until) })}`}
        </Text>
        <Text fw={600}>{waiting === 0 ? t("delays.do.wait") : rescuable > 0 ? t("delays.do.other", { count: rescuable }) : reason === "missed" ? t("delays.do.send", { count: waiting }) : t("delays.do.nothing", { count: waiting })}</Text>
        <Group gap="sm">
          {orders.slice(0, SHOWN).map((order) => (
            <Link key={order} to={`/orders/${order}`}>
              <OrderNumber id={order} />
            </Link>
          ))}
          {parcels > SHOWN && (
            <Text size="sm" c="dimmed">
              …
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** On a parcel's card: by when it is expected, and why it is late. */
export function Late({ delay }: { delay: Delay }) {
  const { t, time } = useTexts();
  return (
    <Alert {...WARNING} icon={<IconClockExclamation aria-hidden />} p="sm">
      {t(`delays.late.${delay.reason}`, { place: delay.place })} {t("delays.latest", { time: time(delay.expected) })}
    </Alert>
  );
}
