// One campaign: where it stands, what its rules do, how much of their limits was taken; and what can be done with it.
import { ActionIcon, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { CampaignEntry, Rule } from "@sesame/shared/api/types";
import { IconArrowLeft, IconDownload, IconPencil } from "@tabler/icons-react";
import { ApiError } from "../data/api";
import { STEP_OF } from "../data/campaign-draft";
import { codeFiles } from "../data/campaign-units";
import { codesUrl, useCampaign, useServerNow } from "../data/campaigns";
import { navigate, useLink } from "../data/router";
import { useTexts } from "../i18n";
import { Fact } from "../parts/bits";
import { Countdown, dealText, Moment, PhaseMark, scopeTexts, zoneName } from "../parts/campaign-bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { UnlessShed } from "../parts/shed";
import { Acts } from "./campaign-acts";
import { RehearsalPart } from "./campaign-rehearsal";
import { ReportPart } from "./campaign-report";
import { Limits } from "./campaign-taken";

export function CampaignScreen({ id }: { id: string }) {
  const query = useCampaign(id);
  if (query.isPending) return <Loading rows={5} height={96} />;
  if (!query.data) {
    if (query.error instanceof ApiError && query.error.status === 404) return <Missing />;
    return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  }
  const campaign = query.data;
  return (
    <Stack gap="lg" maw={1100}>
      <Head campaign={campaign} saidAt={query.dataUpdatedAt} />
      <Group>
        {campaign.phase === "draft" && <EditButton id={id} />}
        <Acts campaign={campaign} />
      </Group>
      <About campaign={campaign} />
      <Rules campaign={campaign} />
      {/* While it runs, yesterday's orders have its prices already: there is nothing to compare. */}
      {(campaign.phase === "draft" || campaign.phase === "planned") && campaign.saved.rules.length > 0 && <RehearsalPart campaign={campaign} />}
      {campaign.phase !== "draft" && campaign.starts_at <= campaign.now && <ReportPart campaign={campaign} />}
    </Stack>
  );
}

export function Missing() {
  const { t } = useTexts();
  return (
    <Empty title={t("campaign.missing")}>
      <Button variant="default" onClick={() => navigate("/campaigns")}>
        {t("campaign.back")}
      </Button>
    </Empty>
  );
}

function Head({ campaign, saidAt }: { campaign: CampaignEntry; saidAt: number }) {
  const { t, local } = useTexts();
  const now = useServerNow(campaign.now, saidAt);
  return (
    <Group wrap="nowrap" align="start">
      <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("campaign.back")} onClick={() => navigate("/campaigns")}>
        <IconArrowLeft aria-hidden color="var(--color-text)" />
      </ActionIcon>
      <Stack gap={4} style={{ minWidth: 0 }} align="start">
        <Title order={1} size="h2" className="wrap">
          {local(campaign.saved.title)}
        </Title>
        <Group gap="sm">
          <PhaseMark phase={campaign.phase} />
          <Countdown campaign={campaign} now={now} />
        </Group>
      </Stack>
    </Group>
  );
}

function EditButton({ id }: { id: string }) {
  const { t } = useTexts();
  return (
    <Button component="a" {...useLink(`/campaigns/${id}/edit`)} variant="default" h={44} leftSection={<IconPencil size={18} aria-hidden />}>
      {t("campaign.edit")}
    </Button>
  );
}

function About({ campaign }: { campaign: CampaignEntry }) {
  const { t } = useTexts();
  const { saved } = campaign;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        <Fact name={t("campaigns.begins")}>
          <Moment at={campaign.starts_at} zone={saved.time_zone} />
        </Fact>
        <Fact name={t("campaigns.ends")}>
          <Moment at={campaign.ends_at} zone={saved.time_zone} />
        </Fact>
        <Fact name={t("campaign.time_zone")}>{zoneName(saved.time_zone)}</Fact>
        <Fact name={t("campaign.code")}>
          <span className="mono">{saved.code}</span>
        </Fact>
        <Fact name={t("campaign.proposed_by")}>{campaign.proposed_by?.name ?? "–"}</Fact>
        <Fact name={t("campaign.approved_by")}>{campaign.approved_by?.name ?? t("campaign.nobody_yet")}</Fact>
      </SimpleGrid>
    </Paper>
  );
}

function Rules({ campaign }: { campaign: CampaignEntry }) {
  const { t } = useTexts();
  const { rules } = campaign.saved;
  return (
    <Stack gap="sm" component="section">
      <Title order={2} size="h4">
        {t("campaigns.rules")}
      </Title>
      {rules.length === 0 ? (
        <Text c="dimmed">{t("campaign.no_rules")}</Text>
      ) : (
        <div style={{ maxWidth: "var(--measure)" }}>
          <Text fw={600} size="sm">
            {t("campaign.steps_title")}
          </Text>
          <Text size="sm" c="dimmed">
            {t("campaign.steps")}
          </Text>
        </div>
      )}
      {rules.map((rule) => (
        <RuleCard key={rule.number} campaign={campaign} rule={rule} />
      ))}
    </Stack>
  );
}

function RuleCard({ campaign, rule }: { campaign: CampaignEntry; rule: Rule }) {
  const texts = useTexts();
  const { t, local } = texts;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="article" aria-label={t("editor.rule", { number: rule.number })}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <div style={{ minWidth: 0 }}>
          <Text size="sm" c="dimmed">
            {t("editor.rule", { number: rule.number })} · {t(`campaign_step.${STEP_OF[rule.deal.type]}`)}
          </Text>
          <Text fw={600} className="wrap">
            {local(rule.title)}
          </Text>
          <Text className="wrap figures">{dealText(rule, texts)}</Text>
          <Text size="sm" c="dimmed" className="wrap">
            {scopeTexts(rule, texts).join(" · ")}
          </Text>
          <CodesDownload campaign={campaign} rule={rule} />
        </div>
        <Limits campaign={campaign} rule={rule} />
      </SimpleGrid>
    </Paper>
  );
}

/** The single-use codes of a rule as text files. */
function CodesDownload({ campaign, rule }: { campaign: CampaignEntry; rule: Rule }) {
  const { t, number } = useTexts();
  if (rule.deal.type !== "coupon" || rule.deal.codes.type !== "single") return null;
  const files = codeFiles(rule.deal.codes.count);
  return (
    <UnlessShed work="exports">
      <Group gap="xs" mt="xs">
        {files.map((part) => (
          <Button key={part.from} component="a" href={codesUrl(campaign.id, rule.number, part)} download={`${campaign.saved.code}-${rule.number}-${part.from + 1}.txt`} variant="default" h={44} leftSection={<IconDownload size={18} aria-hidden />}>
            {files.length === 1 ? t("campaign.codes") : t("campaign.codes_part", { from: number(part.from + 1), to: number(part.from + part.count) })}
          </Button>
        ))}
      </Group>
    </UnlessShed>
  );
}
