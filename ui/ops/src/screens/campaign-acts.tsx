// Approving and stopping: each says what it will do before it is done.
import { Alert, Button, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { CampaignEntry } from "@sesame/shared/api/types";
import { IconCheck, IconCopy, IconHandStop, IconUsers } from "@tabler/icons-react";
import { useMoveCampaign } from "../data/campaigns";
import { useSession } from "../data/queries";
import { BASE } from "../data/router";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

export function Acts({ campaign }: { campaign: CampaignEntry }) {
  const { t } = useTexts();
  const [isApproving, approving] = useDisclosure(false);
  const [isStopping, stopping] = useDisclosure(false);
  const canStop = campaign.phase === "planned" || campaign.phase === "running";
  return (
    <>
      {campaign.phase === "draft" && campaign.saved.rules.length > 0 && (
        <Button h={44} leftSection={<IconCheck size={18} aria-hidden />} onClick={approving.open}>
          {t("campaign.approve")}
        </Button>
      )}
      {canStop && (
        <Button variant="default" h={44} leftSection={<IconHandStop size={18} aria-hidden />} onClick={stopping.open}>
          {t("campaign.stop")}
        </Button>
      )}
      <Modal opened={isApproving} onClose={approving.close} title={t("campaign.approve_title")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <ApproveForm campaign={campaign} onDone={approving.close} />
      </Modal>
      <Modal opened={isStopping} onClose={stopping.close} title={t("campaign.stop_title")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <StopForm campaign={campaign} onDone={stopping.close} />
      </Modal>
    </>
  );
}

type Act = { campaign: CampaignEntry; onDone: () => void };

function ApproveForm({ campaign, onDone }: Act) {
  const { t, moment } = useTexts();
  const me = useSession().data?.me;
  const approve = useMoveCampaign(campaign.id, "approve");
  const isOwn = campaign.proposed_by != null && campaign.proposed_by.id === me?.id;
  const { starts_at, now, saved } = campaign;
  return (
    <Stack>
      <Text>{t("campaign.approve_rules", { count: saved.rules.length })}</Text>
      <Text>{starts_at > now ? t("campaign.approve_runs", { time: moment(starts_at) }) : t("campaign.approve_runs_now")}</Text>
      <Group wrap="nowrap" align="start" gap="sm">
        <IconUsers size={22} aria-hidden style={{ flex: "none" }} />
        <Text>{t(isOwn ? "campaign.approve_own" : "campaign.approve_second")}</Text>
      </Group>
      {approve.error?.code === "second_person_needed" ? <SecondPerson campaign={campaign} /> : <Refused error={approve.error} />}
      <Button size="md" fullWidth loading={approve.isPending} onClick={() => approve.mutate({ version: campaign.saved.version ?? undefined }, { onSuccess: onDone })}>
        {t("campaign.approve_submit")}
      </Button>
    </Stack>
  );
}

/** The one who changed it last cannot approve: how a second person gets to it. */
function SecondPerson({ campaign }: { campaign: CampaignEntry }) {
  const { t } = useTexts();
  return (
    <Alert role="alert" variant="outline" color="yellow" icon={<IconUsers aria-hidden />} title={t("campaign.second_title")} styles={{ title: { color: "var(--color-text)" }, message: { color: "var(--color-text)" }, icon: { color: "var(--color-warning-text)" } }}>
      <Stack gap="sm" align="start">
        <Text size="sm">{t("campaign.second_hint", { name: campaign.proposed_by?.name ?? "–" })}</Text>
        <CopyButton value={`${window.location.origin}${BASE}/campaigns/${campaign.id}`}>
          {({ copied, copy }) => (
            <Button variant="default" h={44} leftSection={copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />} onClick={copy}>
              {copied ? t("common.copied") : t("campaign.copy_link")}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Alert>
  );
}

function StopForm({ campaign, onDone }: Act) {
  const { t } = useTexts();
  const stop = useMoveCampaign(campaign.id, "stop");
  return (
    <Stack>
      <Text>{campaign.phase === "running" ? t("campaign.stop_running", { count: campaign.saved.rules.length }) : t("campaign.stop_planned")}</Text>
      {campaign.phase === "running" && <Text>{t("campaign.stop_orders")}</Text>}
      <Refused error={stop.error} />
      <Button size="md" fullWidth color="var(--color-danger)" c="var(--color-on-danger)" loading={stop.isPending} onClick={() => stop.mutate({}, { onSuccess: onDone })}>
        {t("campaign.stop_submit")}
      </Button>
    </Stack>
  );
}
