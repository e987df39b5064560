// What lies at one place, by where it goes next: how much of it, when that leaves, and what of it will be late.
import { Box, Button, Group, Progress, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { DIRECTION_SIGNS } from "@sesame/shared/hub-signs";
import { grouped, isLate, whereTo, type DirectionKind, type Group as Way, type HubParcel, type Lying } from "@sesame/shared/hubs";
import { IconChevronRight, IconClockExclamation } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { ApiError } from "../data/api";
import { useHubs, useLying } from "../data/hubs";
import { useTexts } from "../i18n";
import { Fact, Link, Mark } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { Load } from "../parts/load";
import { useIsWide } from "../parts/shell";

/** So many parcels of a way are shown, and as many more each time that somebody asks for more. */
const ROWS = 100;

/** Ways that somebody has to do something about. */
const SIGN_COLORS: Partial<Record<DirectionKind, string>> = {
  back: "var(--color-warning-text)",
  held: "var(--color-warning-text)",
  done: "var(--color-danger-text)",
  unknown: "var(--color-danger-text)",
};

export function HubScreen({ id }: { id: string }) {
  const { t } = useTexts();
  const hub = useHubs().data?.hubs.find((one) => one.id === id);
  const query = useLying(id);
  const isMissing = query.error instanceof ApiError && query.error.status === 404;
  return (
    <Stack>
      <Link to="/hubs">{t("hubs.back")}</Link>
      <Title order={1} size="h2" className="wrap">
        {hub?.name ?? t("nav.hubs")}
      </Title>
      {query.isPending ? (
        <Reading count={query.count} of={hub?.parcels ?? 0} />
      ) : isMissing ? (
        <Empty title={t("hubs.missing")} />
      ) : !query.data ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : (
        <>
          {query.isError && (
            <Text role="status" c="var(--color-warning-text)">
              {t("rounds.stale")}
            </Text>
          )}
          <Ways lying={query.data} known={hub?.parcels ?? 0} />
        </>
      )}
    </Stack>
  );
}

/** How far the reading is; of how many is not known before the places are. */
function Reading({ count, of }: { count: number; of: number }) {
  const { t } = useTexts();
  const parcels = Math.max(count, of);
  return (
    <Stack gap="sm">
      {count > 0 && (
        <>
          <Text role="status">{t("hubs.reading", { read: count, parcels })}</Text>
          <Progress value={(100 * count) / parcels} aria-label={t("common.loading")} />
        </>
      )}
      <Loading rows={3} height={88} />
    </Stack>
  );
}

/** `known` is how many lie there as the list of places says: more than were read, where that was cut off. */
function Ways({ lying: { parcels, isWhole }, known }: { lying: Lying; known: number }) {
  const { t } = useTexts();
  const ways = useMemo(() => grouped(parcels), [parcels]);
  if (ways.length === 0) return <Empty title={t("hubs.here_none")} hint={t("hubs.here_none_hint")} />;
  const most = Math.max(...ways.map((way) => way.parcels.length));
  const late = ways.reduce((sum, way) => sum + way.late, 0);
  return (
    <>
      <Group gap="sm" role="status">
        <Text>{t("hubs.here", { count: isWhole ? parcels.length : Math.max(known, parcels.length) })}</Text>
        <Late count={late} />
      </Group>
      {!isWhole && <Text c="var(--color-warning-text)">{t("hubs.cut", { count: parcels.length })}</Text>}
      <div>
        <Title order={2} size="h4">
          {t("hubs.ways")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("hubs.ways_hint")}
        </Text>
      </div>
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("hubs.ways")}>
        {ways.map((way) => (
          <li key={way.key}>
            <OneWay way={way} most={most} />
          </li>
        ))}
      </Stack>
    </>
  );
}

function Late({ count }: { count: number }) {
  const { t } = useTexts();
  return count > 0 && <Mark tone="warning" icon={IconClockExclamation}>{t("hubs.late", { count })}</Mark>;
}

/** A way on, and behind it the parcels that take it. */
function OneWay({ way, most }: { way: Way; most: number }) {
  const { t, time } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const { direction, parcels, late } = way;
  const { kind, line, leaves } = direction;
  const Sign = DIRECTION_SIGNS[kind];
  const how = t(`hubs.way.${kind}`);
  // Nobody drives the round yet: that is a name, too.
  const to = whereTo(parcels[0]!) || (kind === "round" ? t("rounds.nobody") : "");
  const facts = [to && how, line && line !== to && t("hubs.line", { line }), leaves !== null && t("hubs.leaves", { time: time(leaves) })].filter(Boolean);
  return (
    <details className="card way" data-way={kind} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <IconChevronRight className="way-open" size={20} aria-hidden />
        <Sign size={24} stroke={1.6} aria-hidden color={SIGN_COLORS[kind]} />
        <Load name={to || how} count={parcels.length} late={late} most={most}>
          {facts.length > 0 && (
            <Text component="span" size="sm" c="dimmed" className="wrap">
              {facts.join(" · ")}
            </Text>
          )}
          <Late count={late} />
        </Load>
      </summary>
      {isOpen && <Parcels name={to || how} parcels={parcels} />}
    </details>
  );
}

function Parcels({ name, parcels }: { name: string; parcels: readonly HubParcel[] }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const [rows, setRows] = useState(ROWS);
  const shown = parcels.slice(0, rows);
  return (
    <Box mt="sm">
      {isWide ? <Rows name={name} parcels={shown} /> : <Cards name={name} parcels={shown} />}
      {parcels.length > rows && (
        <Group justify="center" py="sm">
          <Button variant="default" h={44} onClick={() => setRows(rows + ROWS)}>
            {t("common.more")}
          </Button>
        </Group>
      )}
    </Box>
  );
}

type ListProps = { name: string; parcels: readonly HubParcel[] };

const goal = ({ postal_code, city, country }: HubParcel) => [postal_code, city, country].filter(Boolean).join(" ");

function Rows({ name, parcels }: ListProps) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={760} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-label": name } }}>
      <Table className="figures" aria-label={name}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("orders.number")}</Table.Th>
            <Table.Th>{t("hubs.to")}</Table.Th>
            <Table.Th>{t("hubs.since")}</Table.Th>
            <Table.Th>{t("hubs.promised")}</Table.Th>
            <Table.Th>{t("hubs.expected")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parcels.map((parcel) => (
            <Table.Tr key={parcel.fulfillment} data-number={parcel.number}>
              <Table.Td className="mono">{parcel.number}</Table.Td>
              <Table.Td className="wrap">{goal(parcel)}</Table.Td>
              <Table.Td>
                <Moment at={parcel.since} />
              </Table.Td>
              <Table.Td>
                <Moment at={parcel.promised} />
              </Table.Td>
              <Table.Td>
                <Expected parcel={parcel} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cards({ name, parcels }: ListProps) {
  const { t } = useTexts();
  return (
    <ul className="plain-list" aria-label={name}>
      {parcels.map((parcel) => (
        <li key={parcel.fulfillment} className="way-row" data-number={parcel.number}>
          <Text className="mono wrap">{parcel.number}</Text>
          <Text size="sm" c="dimmed" className="wrap">
            {goal(parcel)}
          </Text>
          <SimpleGrid cols={2} spacing="xs" verticalSpacing={4} mt={4}>
            <Fact name={t("hubs.since")}>
              <Moment at={parcel.since} />
            </Fact>
            <Fact name={t("hubs.promised")}>
              <Moment at={parcel.promised} />
            </Fact>
          </SimpleGrid>
          <Fact name={t("hubs.expected")}>
            <Expected parcel={parcel} />
          </Fact>
        </li>
      ))}
    </ul>
  );
}

function Moment({ at }: { at: number | null }) {
  const { time } = useTexts();
  return at === null ? "–" : time(at);
}

function Expected({ parcel }: { parcel: HubParcel }) {
  const { t } = useTexts();
  return (
    <Group component="span" gap="xs">
      <Moment at={parcel.expected} />
      {isLate(parcel) && <Mark tone="warning" icon={IconClockExclamation}>{t("hubs.is_late")}</Mark>}
    </Group>
  );
}
