// Preparing a campaign: its names and time, its rules, and saving it as a draft without losing anybody's work.
import { ActionIcon, Alert, Button, Group, Modal, Paper, Select, SimpleGrid, Stack, Text, TextInput, Title, type ComboboxItem, type OptionsFilter } from "@mantine/core";
import type { CampaignEntry, Settings } from "@sesame/shared/api/types";
import { IconArrowLeft, IconUsers } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import { ApiError } from "../data/api";
import { bodyOf, draftOf, newDraft, placeOf, type CampaignDraft, type Problem } from "../data/campaign-draft";
import { useCampaign, useSaveCampaign } from "../data/campaigns";
import { useLocations, useSettings } from "../data/queries";
import { BASE, guardLeaving, navigate } from "../data/router";
import { allZones, dayAfter, localOf, ownZone, toSecond } from "../data/zones";
import { useTexts } from "../i18n";
import { zoneName } from "../parts/campaign-bits";
import { FormStateProvider, LocalTime, NameFields, type FormState, useFormState } from "../parts/campaign-form";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";
import { Missing } from "./campaign";
import { RuleList, Warning } from "./campaign-rules";

export function Editor({ id, day }: { id: string | null; day: string | null }) {
  return id === null ? <NewCampaign day={day} /> : <SavedCampaign id={id} />;
}

/** The currency a shopper pays in by default comes first. */
const currenciesOf = (settings: Settings) => [settings.currency, ...settings.currencies.map(({ currency }) => currency).filter((one) => one !== settings.currency)];

function NewCampaign({ day }: { day: string | null }) {
  const settings = useSettings();
  const locations = useLocations();
  if (settings.isPending || locations.isPending) return <Loading rows={5} height={80} />;
  if (!settings.data) return <NotLoaded error={settings.error} retry={() => void settings.refetch()} />;
  // A shop's own time, where it has a place; tomorrow, where no day was chosen.
  const zone = locations.data?.items[0]?.time_zone ?? ownZone();
  const chosen = day && toSecond(`${day}T00:00`) ? day : dayAfter(localOf(Date.now(), zone).slice(0, 10));
  return <Form entry={null} begin={newDraft(chosen, zone)} settings={settings.data} />;
}

function SavedCampaign({ id }: { id: string }) {
  const { t } = useTexts();
  const settings = useSettings();
  const query = useCampaign(id);
  if (settings.isPending || query.isPending) return <Loading rows={5} height={80} />;
  if (!query.data) {
    if (query.error instanceof ApiError && query.error.status === 404) return <Missing />;
    return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  }
  if (!settings.data) return <NotLoaded error={settings.error} retry={() => void settings.refetch()} />;
  if (query.data.phase !== "draft") {
    return (
      <Empty title={t("editor.not_draft")}>
        <Button variant="default" onClick={() => navigate(`/campaigns/${id}`)}>
          {t("editor.to_campaign")}
        </Button>
      </Empty>
    );
  }
  return <Form entry={query.data} begin={draftOf(query.data, currenciesOf(settings.data)[0]!)} settings={settings.data} />;
}

type Base = { draft: CampaignDraft; version: number | null };
type Problems = Pick<FormState, "problemAt"> & { problems: Problem[] };

/** What the server refuses is said where its field is; the same words as for what is found before sending. */
function useProblems(draft: CampaignDraft, isAsked: boolean, refused: ApiError | null): Problems {
  const { t } = useTexts();
  const problems = useMemo(() => (isAsked ? bodyOf(draft, null).problems : []), [draft, isAsked]);
  const field = refused?.code === "field_invalid" && typeof refused.details.field === "string" ? refused.details.field : null;
  const problemAt = (at: string) => {
    const found = problems.find((one) => one.at === at);
    if (found) return t(`problem.${found.why}`);
    if (at === "code" && refused?.code === "code_taken") return t("problem.code_taken", { code: String(refused.details.code) });
    return field !== null && placeOf(field) === at ? t("problem.refused") : null;
  };
  return { problems, problemAt };
}

/** Asks before unsaved changes would be lost: on links, back and forward, and when the tab is closed. */
function useLeaving(isChanged: boolean): { ask: (() => void) | null; stay: () => void } {
  const [ask, setAsk] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!isChanged) return undefined;
    const release = guardLeaving((go) => setAsk(() => go));
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", onUnload);
    return () => {
      release();
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [isChanged]);
  return { ask, stay: () => setAsk(null) };
}

function Form({ entry, begin, settings }: { entry: CampaignEntry | null; begin: CampaignDraft; settings: Settings }) {
  const { t } = useTexts();
  const currencies = currenciesOf(settings);
  // What the edits were made from: a newer version arriving in the background does not take them away.
  const [base, setBase] = useState<Base>({ draft: begin, version: entry?.saved.version ?? null });
  const [draft, setDraft] = useState(base.draft);
  const [open, setOpen] = useState<Set<number>>(new Set());
  const [isAsked, setAsked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const save = useSaveCampaign(entry?.id ?? null);
  const isChanged = draft !== base.draft && JSON.stringify(draft) !== JSON.stringify(base.draft);
  const leaving = useLeaving(isChanged);
  const [created, setCreated] = useState<string | null>(null);
  // A new one has its own address from now on.
  useEffect(() => {
    if (created !== null && !isChanged) navigate(`/campaigns/${created}/edit`, "replace");
  }, [created, isChanged]);
  const { problems, problemAt } = useProblems(draft, isAsked, save.error);
  const change = (part: Partial<CampaignDraft>) => setDraft((before) => ({ ...before, ...part }));
  const restart = (from: CampaignEntry) => {
    const fresh = draftOf(from, currencies[0]!);
    setBase({ draft: fresh, version: from.saved.version ?? null });
    setDraft(fresh);
    setAsked(false);
  };
  const theirs = entry !== null && base.version !== null && (entry.saved.version ?? 0) > base.version ? entry : null;
  if (theirs && !isChanged && !save.isPending) restart(theirs);

  const submit = (version: number | null) => {
    setAsked(true);
    const { body, problems: found } = bodyOf(draft, version);
    if (!body) {
      const numbers = found.map(({ at }) => /^rules\.(\d+)\./.exec(at)?.[1]).filter(Boolean).map(Number);
      setOpen(new Set([...open, ...numbers]));
      // Once the cards are open, the first field that needs a look gets the focus.
      setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus());
      return;
    }
    save.mutate(body, {
      onSuccess: (saved) => {
        restart(saved);
        if (entry === null) setCreated(saved.id);
      },
    });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(base.version);
  };
  const isConflict = save.error?.code === "version_conflict";
  return (
    <FormStateProvider value={{ settings, currencies, timeZone: draft.timeZone, problemAt }}>
      <form ref={form} onSubmit={onSubmit} noValidate>
        <Stack gap="lg" maw={1000}>
          <EditorHead entry={entry} />
          <Basics draft={draft} change={change} />
          <Stack gap="sm" component="section">
            <Title order={2} size="h4">
              {t("editor.rules")}
            </Title>
            <Text size="sm" c="dimmed" maw="var(--measure)">
              {draft.rules.length === 0 ? t("campaign.no_rules") : t("campaign.steps")}
            </Text>
            <RuleList rules={draft.rules} set={(rules) => change({ rules })} open={open} setOpen={setOpen} highest={Math.max(0, ...base.draft.rules.map(({ number }) => number))} />
          </Stack>
          {(theirs ?? (isConflict ? entry : null)) && <Conflict theirs={(theirs ?? entry)!} take={(from) => (save.reset(), restart(from))} keep={(version) => submit(version)} isSaving={save.isPending} />}
          <Told problems={problems} error={save.error} problemAt={problemAt} />
          <div className="save-bar">
            <Group>
              <Button type="submit" size="md" loading={save.isPending} disabled={!isChanged && entry !== null}>
                {t("editor.save")}
              </Button>
              {isChanged && (
                <Button variant="default" size="md" onClick={() => (save.reset(), setDraft(base.draft), setAsked(false))}>
                  {t("editor.discard")}
                </Button>
              )}
              {entry && !isChanged && (
                <Button variant="default" size="md" onClick={() => navigate(`/campaigns/${entry.id}`)}>
                  {t("editor.to_campaign")}
                </Button>
              )}
              <Text role="status" size="sm" c={isChanged ? "var(--color-warning-text)" : "var(--color-positive-text)"}>
                {isChanged ? t("editor.unsaved") : entry && t("editor.saved")}
              </Text>
            </Group>
          </div>
        </Stack>
      </form>
      <LeaveModal {...leaving} />
    </FormStateProvider>
  );
}

/** Why nothing was saved, beside the button that was pressed. */
function Told({ problems, error, problemAt }: Problems & { error: ApiError | null }) {
  const { t } = useTexts();
  if (problems.length > 0) return <Warning>{t("editor.problems", { count: problems.length })}</Warning>;
  if (!error || error.code === "version_conflict") return null;
  const field = typeof error.details.field === "string" ? error.details.field : "";
  if (error.code === "field_invalid" && problemAt("rules") !== null) return <Warning>{t("problem.refused_rules", { field })}</Warning>;
  return <Refused error={error} />;
}

function EditorHead({ entry }: { entry: CampaignEntry | null }) {
  const { t } = useTexts();
  return (
    <Group wrap="nowrap">
      <ActionIcon variant="subtle" color="gray" size={44} aria-label={entry ? t("editor.to_campaign") : t("campaign.back")} onClick={() => navigate(entry ? `/campaigns/${entry.id}` : "/campaigns")}>
        <IconArrowLeft aria-hidden color="var(--color-text)" />
      </ActionIcon>
      <Title order={1} size="h2">
        {t(entry ? "editor.title" : "editor.new_title")}
      </Title>
    </Group>
  );
}

type DraftProps = { draft: CampaignDraft; change: (part: Partial<CampaignDraft>) => void };

const ZONES_SHOWN = 100;

/** `new york` finds America/New_York. */
const zoneFilter: OptionsFilter = ({ options, search, limit }) => {
  const wanted = search.toLowerCase().replaceAll("_", " ").trim();
  return (options as ComboboxItem[]).filter(({ label }) => label.toLowerCase().includes(wanted)).slice(0, limit);
};

function Basics({ draft, change }: DraftProps) {
  const { t } = useTexts();
  const { problemAt } = useFormState();
  const zones = useMemo(() => {
    const all = allZones();
    return (all.includes(draft.timeZone) ? all : [draft.timeZone, ...all]).map((zone) => ({ value: zone, label: zoneName(zone) }));
  }, [draft.timeZone]);
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section">
      <Stack>
        <Title order={2} size="h4">
          {t("editor.basics")}
        </Title>
        <NameFields at="title" names={draft.title} label={(language) => t("editor.name_in", { language })} description={t("editor.name_hint")} set={(title) => change({ title })} />
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <TextInput size="md" label={t("campaign.code")} description={t("editor.code_hint")} inputWrapperOrder={["label", "input", "error", "description"]} maxLength={254} autoComplete="off" value={draft.code} onChange={(event) => change({ code: event.currentTarget.value })} error={problemAt("code")} />
          <Select
            size="md"
            label={t("campaign.time_zone")}
            description={t("editor.zone_hint")}
            inputWrapperOrder={["label", "input", "error", "description"]}
            searchable
            allowDeselect={false}
            data={zones}
            filter={zoneFilter}
            limit={ZONES_SHOWN}
            maxDropdownHeight={320}
            nothingFoundMessage={t("editor.zone_none")}
            value={draft.timeZone}
            onChange={(zone) => zone && change({ timeZone: zone })}
            error={problemAt("time_zone")}
          />
          <LocalTime at="starts" label={t("campaigns.begins")} local={draft.starts} zone={draft.timeZone} set={(starts) => change({ starts })} />
          <LocalTime at="ends" label={t("campaigns.ends")} hint={t("editor.ends_hint")} local={draft.ends} zone={draft.timeZone} set={(ends) => change({ ends })} />
        </SimpleGrid>
      </Stack>
    </Paper>
  );
}

type ConflictProps = { theirs: CampaignEntry; take: (from: CampaignEntry) => void; keep: (version: number) => void; isSaving: boolean };

/** Two people, or two tabs, changed the same draft: nothing is lost until one decides. */
function Conflict({ theirs, take, keep, isSaving }: ConflictProps) {
  const { t } = useTexts();
  const version = theirs.saved.version ?? 0;
  return (
    <Alert role="alert" variant="outline" color="yellow" icon={<IconUsers aria-hidden />} title={t("conflict.title")} styles={{ title: { color: "var(--color-text)" }, message: { color: "var(--color-text)" }, icon: { color: "var(--color-warning-text)" } }}>
      <Stack gap="sm">
        <Text>{t("conflict.hint", { name: theirs.proposed_by?.name ?? "–", version })}</Text>
        <Group>
          <Button variant="default" h={44} component="a" href={`${BASE}/campaigns/${theirs.id}`} target="_blank" rel="noreferrer">
            {t("conflict.look")}
          </Button>
          <Button variant="default" h={44} onClick={() => take(theirs)}>
            {t("conflict.take")}
          </Button>
          <Button variant="default" h={44} loading={isSaving} onClick={() => keep(version)}>
            {t("conflict.keep")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function LeaveModal({ ask, stay }: { ask: (() => void) | null; stay: () => void }) {
  const { t } = useTexts();
  return (
    <Modal opened={ask !== null} onClose={stay} title={t("editor.leave_title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{t("editor.leave_hint")}</Text>
        <Button size="md" onClick={stay} data-autofocus>
          {t("editor.stay")}
        </Button>
        <Button size="md" variant="default" onClick={() => ask?.()}>
          {t("editor.leave")}
        </Button>
      </Stack>
    </Modal>
  );
}
