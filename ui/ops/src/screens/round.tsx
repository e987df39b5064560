// One round: where it goes and how far it is, what was said of each parcel, and who drives it.
import { Box, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { RoundDetail, RoundReordered } from "@sesame/shared/api/types";
import { REORDER_REASONS } from "@sesame/shared/rounds";
import { IconRuler2, IconUserEdit } from "@tabler/icons-react";
import { useState } from "react";
import { ApiError } from "../data/api";
import { lastHeard, seenStops, type Heard, type SeenStop } from "../data/round-stops";
import { useRound } from "../data/rounds";
import { useTexts } from "../i18n";
import { Fact, Link, RoundMark } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { NOW_EVERY_MS, StopsDone, noonOf, useDayName, useNow } from "../parts/round-bits";
import { Assign } from "./round-acts";
import { Stops } from "./round-list";
import { RoundMap } from "./round-map";

export function RoundScreen({ id }: { id: string }) {
  const { t } = useTexts();
  const query = useRound(id);
  if (query.isPending) return <Loading rows={5} height={80} />;
  if (!query.data) {
    if (query.error instanceof ApiError && query.error.status === 404) return <Empty title={t("round.missing")} />;
    return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <Stack>
      {query.isError && (
        <Text role="status" c="var(--color-warning-text)">
          {t("rounds.stale")}
        </Text>
      )}
      <Sections found={query.data} />
    </Stack>
  );
}

type Props = { found: RoundDetail };

function Sections({ found }: Props) {
  const { t } = useTexts();
  const { round } = found;
  const [chosen, setChosen] = useState<number | null>(null);
  const seen = seenStops(round, useNow(NOW_EVERY_MS));
  const heard = lastHeard(found);
  const choose = (number: number) => {
    setChosen(number);
    document.querySelector(`[data-stop="${number}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  };
  return (
    <>
      <Head found={found} seen={seen} />
      <Box className="round">
        <Stack className="round-side" gap="sm">
          <RoundMap round={round} seen={seen} heard={heard} chosen={chosen} choose={choose} />
          <LastHeard heard={heard} day={round.day} />
          <Group gap="xs" wrap="nowrap" align="start">
            <IconRuler2 size={18} aria-hidden style={{ flex: "none" }} color="var(--color-text-quiet)" />
            <Text size="sm" c="dimmed">
              {t(`round.distances.${round.distances}`)}
            </Text>
          </Group>
          {found.reordered.length > 0 && <Reordered changes={found.reordered} day={round.day} />}
        </Stack>
        <Stops found={found} seen={seen} chosen={chosen} />
      </Box>
    </>
  );
}

function Head({ found: { round, courier, couriers }, seen }: Props & { seen: SeenStop[] }) {
  const { t, number } = useTexts();
  const [isAssigning, assigning] = useDisclosure(false);
  const name = useDayName();
  const duration = useDuration();
  const held = seen.filter(({ state }) => state !== "moved");
  const over = held.filter(({ state }) => state === "done" || state === "failed");
  return (
    <Stack gap="sm">
      <Link to={`/rounds?day=${round.day}`}>{t("rounds.all")}</Link>
      <Group justify="space-between" align="start">
        <div style={{ minWidth: 0 }}>
          <Title order={1} size="h2" className="wrap">
            {courier?.name ?? t("rounds.nobody")}
          </Title>
          <Text c="dimmed" className="wrap">
            {[round.vehicle, name(round.day)].filter(Boolean).join(" · ")}
          </Text>
        </div>
        {round.state !== "closed" && (
          <Button variant="default" h={44} leftSection={<IconUserEdit size={18} aria-hidden />} onClick={assigning.open}>
            {t("round.assign")}
          </Button>
        )}
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
        <Fact name={t("orders.state")}>
          <RoundMark state={round.state} />
        </Fact>
        <Fact name={t("rounds.stops")}>
          <StopsDone done={over.length} stops={held.length} />
        </Fact>
        <Fact name={t("rounds.place")}>{round.location.name}</Fact>
        <Fact name={t("round.length")}>{t("round.length_value", { kilometers: number(Math.round(round.meters / 100) / 10), duration: duration(round.seconds) })}</Fact>
        {couriers.length > 1 && <Fact name={t("round.couriers")}>{couriers.map((one) => one.name).join(", ")}</Fact>}
      </SimpleGrid>
      <Assign found={{ round, courier }} isOpen={isAssigning} close={assigning.close} />
    </Stack>
  );
}

/** Hours and minutes, as the reader writes them. */
function useDuration(): (seconds: number) => string {
  const { locale } = useTexts();
  const unit = (name: "hour" | "minute") => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" });
  return (seconds) => {
    const minutes = Math.round(seconds / 60);
    const hours = Math.floor(minutes / 60);
    return [...(hours > 0 ? [unit("hour").format(hours)] : []), unit("minute").format(minutes % 60)].join(" ");
  };
}

function LastHeard({ heard, day }: { heard: Heard | null; day: string }) {
  const { t, time } = useTexts();
  if (!heard) return <Text c="dimmed">{t("round.heard_none")}</Text>;
  return (
    <div data-heard>
      <Text className="wrap">
        <b>{t("round.heard")}</b> {t(`round.heard.${heard.what}`, { time: time(heard.at, noonOf(day)), name: heard.stop.name })}
      </Text>
      <Text size="sm" c="dimmed">
        {t(heard.position === null ? "round.heard_nowhere" : heard.isExact ? "round.heard_exact" : "round.heard_door")}
      </Text>
    </div>
  );
}

function Reordered({ changes, day }: { changes: RoundReordered[]; day: string }) {
  const { t, time } = useTexts();
  const why = (reason: string) => {
    const known = REORDER_REASONS.find((one) => one === reason);
    return known ? t(`round.why.${known}`) : reason || t("round.reordered_no_reason");
  };
  return (
    <Paper withBorder p="sm" bg="var(--color-raised)" component="section" aria-label={t("round.reordered")}>
      <Title order={2} size="h5">
        {t("round.reordered")}
      </Title>
      <ul className="plain-list">
        {changes.map(({ at, reason }, index) => (
          <li key={index} className="wrap">
            {time(at, noonOf(day))}: {why(reason)}
          </li>
        ))}
      </ul>
    </Paper>
  );
}
