// Who brings parcels: one card per carrier, with what it offers and how many numbers are left.
import { Button, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { Carrier } from "@sesame/shared/api/types";
import { IconAlertTriangle, IconCircleCheck, IconPlayerPause, IconPlus } from "@tabler/icons-react";
import { useCarriers } from "../data/carriers";
import { useLink } from "../data/router";
import { useTexts } from "../i18n";
import { Fact, Link, Mark } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { Delays } from "./delays";
import { SourcingCard } from "./sourcing";

/** With fewer numbers than these, somebody should order a block. */
const FEW_NUMBERS = 1_000;

export function Carriers({ isOwner }: { isOwner: boolean }) {
  const { t } = useTexts();
  const query = useCarriers();
  const add = useLink("/carriers/new");
  const button = isOwner && (
    <Button component="a" {...add} h={44} leftSection={<IconPlus size={18} aria-hidden />}>
      {t("carriers.add")}
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <Title order={1} size="h2">
          {t("nav.carriers")}
        </Title>
        {button}
      </Group>
      <Delays />
      {query.isPending ? (
        <Loading rows={3} height={140} />
      ) : !query.data ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <Empty title={t("carriers.none")} hint={t("carriers.none_hint")} />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          {query.data.items.map((carrier) => (
            <One key={carrier.id} carrier={carrier} />
          ))}
        </SimpleGrid>
      )}
      <SourcingCard />
    </Stack>
  );
}

function One({ carrier }: { carrier: Carrier }) {
  const { t, number } = useTexts();
  const { terms, numbers } = carrier;
  const quota = terms.daily_quota;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" data-carrier={terms.code}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <div>
            <Link to={`/carriers/${carrier.id}`}>
              <Text fw={600} span className="wrap">
                {terms.name}
              </Text>
            </Link>
            <Text size="sm" c="dimmed" className="mono">
              {terms.code}
            </Text>
          </div>
          <State carrier={carrier} />
        </Group>
        <Text size="sm" className="wrap">
          {terms.services.map(({ name }) => name).join(" · ")}
        </Text>
        <SimpleGrid cols={2}>
          <Fact name={t("carriers.numbers_left")}>{number(numbers.left)}</Fact>
          <Fact name={t("carriers.booked")}>{quota === null ? number(numbers.booked) : t("carriers.booked_of", { booked: number(numbers.booked), quota: number(quota) })}</Fact>
          <Fact name={t("carriers.areas")}>{number(carrier.areas)}</Fact>
          <Fact name={t("carriers.rates")}>{number(carrier.rates)}</Fact>
        </SimpleGrid>
        {quota !== null && quota > 0 && <Progress value={(100 * Math.min(numbers.booked, quota)) / quota} aria-label={t("carriers.booked")} />}
      </Stack>
    </Paper>
  );
}

/** What keeps a carrier from taking parcels, if anything does. */
function State({ carrier }: { carrier: Carrier }) {
  const { t } = useTexts();
  const { terms, numbers, areas, rates } = carrier;
  if (!terms.active) return <Mark tone="plain" icon={IconPlayerPause}>{t("carriers.off")}</Mark>;
  if (areas === 0 || rates === 0) return <Mark tone="warning" icon={IconAlertTriangle}>{t("carriers.no_tables")}</Mark>;
  if (numbers.left === 0) return <Mark tone="danger" icon={IconAlertTriangle}>{t("carriers.no_numbers")}</Mark>;
  if (numbers.left < FEW_NUMBERS) return <Mark tone="warning" icon={IconAlertTriangle}>{t("carriers.few_numbers")}</Mark>;
  return <Mark tone="positive" icon={IconCircleCheck}>{t("carriers.on")}</Mark>;
}
