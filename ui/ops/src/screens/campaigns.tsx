// The campaigns: which there are, where each stands, and a calendar to begin a new one from.
import { Button, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import type { CampaignSummary } from "@sesame/shared/api/types";
import { IconPlus } from "@tabler/icons-react";
import { useCampaigns, useServerNow } from "../data/campaigns";
import { navigate, useLink } from "../data/router";
import { useTexts } from "../i18n";
import { Fact } from "../parts/bits";
import { Countdown, Moment, PhaseMark } from "../parts/campaign-bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { useIsWide } from "../parts/shell";
import { Calendar } from "./campaigns-calendar";

export function Campaigns() {
  const { t } = useTexts();
  const query = useCampaigns();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("nav.campaigns")}
        </Title>
        <NewButton />
      </Group>
      {query.isPending ? (
        <Loading rows={8} height={64} />
      ) : query.data ? (
        <Loaded campaigns={query.data.items} said={query.data.now} saidAt={query.dataUpdatedAt} />
      ) : (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      )}
    </Stack>
  );
}

function NewButton() {
  const { t } = useTexts();
  return (
    <Button component="a" {...useLink("/campaigns/new")} h={44} leftSection={<IconPlus size={18} aria-hidden />}>
      {t("campaigns.new")}
    </Button>
  );
}

function Loaded({ campaigns, said, saidAt }: { campaigns: CampaignSummary[]; said: number; saidAt: number }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const now = useServerNow(said, saidAt);
  if (campaigns.length === 0) {
    return (
      <>
        <Empty title={t("campaigns.none")} hint={t("campaigns.none_hint")} />
        <Calendar campaigns={campaigns} now={now} />
      </>
    );
  }
  return (
    <>
      <Calendar campaigns={campaigns} now={now} />
      <Title order={2} size="h4">
        {t("campaigns.list")}
      </Title>
      {isWide ? (
        <CampaignTable campaigns={campaigns} now={now} />
      ) : (
        <Stack gap="sm">
          {campaigns.map((campaign) => (
            <Card key={campaign.id} campaign={campaign} now={now} />
          ))}
        </Stack>
      )}
    </>
  );
}

function CampaignTable({ campaigns, now }: { campaigns: CampaignSummary[]; now: number }) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table verticalSpacing="sm" className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("campaigns.name")}</Table.Th>
            <Table.Th>{t("campaigns.phase")}</Table.Th>
            <Table.Th>{t("campaigns.begins")}</Table.Th>
            <Table.Th>{t("campaigns.ends")}</Table.Th>
            <Table.Th ta="right">{t("campaigns.rules")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {campaigns.map((campaign) => (
            <Row key={campaign.id} campaign={campaign} now={now} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type One = { campaign: CampaignSummary; now: number };

function Row({ campaign, now }: One) {
  const { local, number } = useTexts();
  const to = `/campaigns/${campaign.id}`;
  const link = useLink(to);
  return (
    <Table.Tr className="row" onClick={(event) => !event.defaultPrevented && navigate(to)}>
      <Table.Td>
        <a {...link} style={{ color: "inherit", fontWeight: 600 }}>
          {local(campaign.title)}
        </a>
        <Text size="sm" c="dimmed" className="mono">
          {campaign.code}
        </Text>
      </Table.Td>
      <Table.Td>
        <PhaseMark phase={campaign.phase} />
        <Countdown campaign={campaign} now={now} />
      </Table.Td>
      <Table.Td>
        <Moment at={campaign.starts_at} zone={campaign.time_zone} />
      </Table.Td>
      <Table.Td>
        <Moment at={campaign.ends_at} zone={campaign.time_zone} />
      </Table.Td>
      <Table.Td ta="right">{number(campaign.rules)}</Table.Td>
    </Table.Tr>
  );
}

function Card({ campaign, now }: One) {
  const { t, local } = useTexts();
  return (
    <a className="card figures" {...useLink(`/campaigns/${campaign.id}`)}>
      <Group wrap="nowrap" align="start" justify="space-between">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} className="wrap">
            {local(campaign.title)}
          </Text>
          <Text size="sm" c="dimmed">
            <span className="mono">{campaign.code}</span> · {t("campaigns.rules_count", { count: campaign.rules })}
          </Text>
        </div>
        <div style={{ flex: "none" }}>
          <PhaseMark phase={campaign.phase} />
        </div>
      </Group>
      <Countdown campaign={campaign} now={now} />
      <SimpleGrid cols={2} spacing="xs" mt={4} fz="sm">
        <Fact name={t("campaigns.begins")}>
          <Moment at={campaign.starts_at} zone={campaign.time_zone} />
        </Fact>
        <Fact name={t("campaigns.ends")}>
          <Moment at={campaign.ends_at} zone={campaign.time_zone} />
        </Fact>
      </SimpleGrid>
    </a>
  );
}
