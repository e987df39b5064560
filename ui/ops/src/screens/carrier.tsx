// One carrier: what it is, what it offers, its numbers, and its tables as files.
import { Anchor, Button, Checkbox, FileButton, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import type { Carrier, CarrierService, CarrierTerms } from "@sesame/shared/api/types";
import { IconDownload, IconPlus, IconTrash, IconUpload } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { API } from "../data/api";
import { blocksOf, blocksText, gramsOf, kilograms, levelsOf, millimetersOf, newTerms, useCarrier, useCarriers, useSaveCarrier, useSaveTable, type Table } from "../data/carriers";
import { useSettings } from "../data/queries";
import { navigate } from "../data/router";
import { useTexts } from "../i18n";
import { Link } from "../parts/bits";
import { Loading, NotLoaded, Refused } from "../parts/errors";
import { Faults } from "./carrier-faults";
import { SurchargeRows } from "./carrier-surcharges";
import { Timetables } from "./carrier-timetable";

export function CarrierScreen({ id, isOwner }: { id: string | null; isOwner: boolean }) {
  const { t } = useTexts();
  const query = useCarrier(id);
  const settings = useSettings();
  const currency = settings.data?.currencies[0]?.currency;
  if ((id !== null && query.isPending) || !currency) return <Loading rows={4} height={80} />;
  if (id !== null && !query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  const carrier = query.data ?? null;
  return (
    <Stack maw={900}>
      <Link to="/carriers">{t("carriers.all")}</Link>
      <Title order={1} size="h2" className="wrap">
        {carrier?.terms.name ?? t("carriers.add")}
      </Title>
      {/* What was saved, here or by somebody else, begins the form anew. */}
      <Form key={carrier?.version ?? 0} carrier={carrier} isOwner={isOwner} currencies={settings.data?.currencies.map((one) => one.currency) ?? []} />
      {carrier && <Tables carrier={carrier} isOwner={isOwner} />}
    </Stack>
  );
}

type Typed = { terms: CarrierTerms; quota: string; blocks: string; services: TypedService[] };
type TypedService = { code: string; name: string; levels: string; weight: string; side: string; girth: string };

const centimeters = (mm: number) => (mm === 0 ? "" : String(mm / 10));

const typedService = (service: CarrierService): TypedService => ({
  code: service.code,
  name: service.name,
  levels: service.levels.join(", "),
  weight: kilograms(service.weight_max_grams),
  side: centimeters(service.side_max_mm ?? 0),
  girth: centimeters(service.girth_max_mm ?? 0),
});

/** A service as it was typed; null where a number is none. */
function serviceOf(typed: TypedService): CarrierService | null {
  const grams = gramsOf(typed.weight);
  const side = typed.side.trim() === "" ? 0 : millimetersOf(typed.side);
  const girth = typed.girth.trim() === "" ? 0 : millimetersOf(typed.girth);
  if (grams === null || side === null || girth === null) return null;
  return { code: typed.code.trim(), name: typed.name.trim(), levels: levelsOf(typed.levels), weight_max_grams: grams, side_max_mm: side, girth_max_mm: girth };
}

function Form({ carrier, isOwner, currencies }: { carrier: Carrier | null; isOwner: boolean; currencies: string[] }) {
  const { t } = useTexts();
  const save = useSaveCarrier(carrier?.id ?? null);
  const [typed, setTyped] = useState<Typed>(() => {
    const terms = carrier?.terms ?? newTerms(currencies[0] ?? "EUR");
    const blocks = carrier ? blocksText(carrier.numbers.blocks) : "0-999999999";
    return { terms, quota: terms.daily_quota === null ? "" : String(terms.daily_quota), blocks, services: terms.services.map(typedService) };
  });
  const { terms } = typed;
  const refused = save.error?.code === "field_invalid" ? String(save.error.details.field) : null;
  const change = (part: Partial<CarrierTerms>) => {
    save.reset();
    setTyped({ ...typed, terms: { ...terms, ...part } });
  };
  const services = typed.services.map(serviceOf);
  const blocks = blocksOf(typed.blocks);
  const isQuotaWrong = !/^\d{0,9}$/.test(typed.quota.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const sound = services.filter((service) => service !== null);
    if (!blocks || isQuotaWrong || sound.length < services.length) return;
    const quota = typed.quota.trim() === "" ? null : Number(typed.quota);
    const body = { version: carrier?.version ?? 0, terms: { ...terms, daily_quota: quota, services: sound }, blocks };
    save.mutate(body, { onSuccess: (saved) => !carrier && navigate(`/carriers/${saved.id}`) });
  };
  const text = (field: "code" | "name" | "tracking_url", label: string, hint: string) => (
    <TextInput size="md" label={label} description={hint} disabled={!isOwner} maxLength={200} value={terms[field] ?? ""} onChange={(event) => change({ [field]: event.currentTarget.value })} error={refused === field ? t("carriers.wrong") : null} />
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Checkbox size="md" label={t("carriers.active")} disabled={!isOwner} checked={terms.active} onChange={(event) => change({ active: event.currentTarget.checked })} />
        <Checkbox size="md" label={t("carriers.own_fleet")} disabled={!isOwner} checked={terms.own_fleet ?? false} onChange={(event) => change({ own_fleet: event.currentTarget.checked })} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {text("name", t("carriers.name"), t("carriers.name_hint"))}
          {text("code", t("carriers.code"), t("carriers.code_hint"))}
          {text("tracking_url", t("carriers.tracking_url"), t("carriers.tracking_url_hint", { number: "{number}" }))}
          <NativeSelect size="md" label={t("carriers.currency")} description={t("carriers.currency_hint")} disabled={!isOwner} value={terms.currency} data={currencies} onChange={(event) => change({ currency: event.currentTarget.value })} />
          <TextInput size="md" label={t("carriers.quota")} description={t("carriers.quota_hint")} inputMode="numeric" disabled={!isOwner} value={typed.quota} onChange={(event) => setTyped({ ...typed, quota: event.currentTarget.value })} error={isQuotaWrong ? t("carriers.wrong") : null} />
          <NativeSelect size="md" label={t("carriers.volume")} description={t("carriers.volume_hint")} disabled={!isOwner} value={String(terms.volume_divisor ?? 0)} data={["0", "4000", "5000", "6000", "7000"].map((value) => ({ value, label: value === "0" ? t("carriers.volume_none") : t("carriers.volume_of", { divisor: value }) }))} onChange={(event) => change({ volume_divisor: Number(event.currentTarget.value) })} />
        </SimpleGrid>
        <Connector terms={terms} isOwner={isOwner} change={change} isRefused={refused === "connector" || save.error?.code === "connector_unknown"} />
        <Part title={t("carriers.services")} hint={t("carriers.services_hint")}>
          <Services typed={typed.services} isOwner={isOwner} set={(list) => setTyped({ ...typed, services: list })} isRefused={refused === "services"} />
        </Part>
        <Part title={t("carriers.surcharges")} hint={t("carriers.surcharges_hint")}>
          <SurchargeRows surcharges={terms.surcharges ?? []} currency={terms.currency} isOwner={isOwner} set={(surcharges) => change({ surcharges })} isRefused={refused === "surcharges"} />
        </Part>
        <Part title={t("carriers.numbering")} hint={t("carriers.numbering_hint")}>
          <NumberingFields terms={terms} isOwner={isOwner} change={change} isRefused={refused === "numbering"} />
          {terms.numbering.kind !== "given" && <Textarea label={t("carriers.blocks")} description={t("carriers.blocks_hint")} autosize minRows={2} disabled={!isOwner} value={typed.blocks} onChange={(event) => setTyped({ ...typed, blocks: event.currentTarget.value })} error={!blocks || refused === "blocks" ? t("carriers.blocks_wrong") : null} />}
        </Part>
        <Refused error={save.error} />
        {isOwner && (
          <Button type="submit" h={44} style={{ alignSelf: "start" }} loading={save.isPending}>
            {t("carriers.save")}
          </Button>
        )}
      </Stack>
    </form>
  );
}

/** Who tells the carrier of parcels. A connector that the server does not have any more stays on the list, so that it is seen. */
function Connector({ terms, isOwner, change, isRefused }: { terms: CarrierTerms; isOwner: boolean; change: (part: Partial<CarrierTerms>) => void; isRefused: boolean }) {
  const { t } = useTexts();
  const configured = useCarriers().data?.connectors ?? [];
  const now = terms.connector ?? "";
  const names = now === "" || configured.includes(now) ? configured : [now, ...configured];
  const choices = names.map((value) => ({ value, label: configured.includes(value) ? value : t("carriers.connector_missing", { name: value }) }));
  return <NativeSelect size="md" label={t("carriers.connector")} description={t("carriers.connector_hint")} disabled={!isOwner} value={now} data={[{ value: "", label: t("carriers.connector_none") }, ...choices]} onChange={(event) => change({ connector: event.currentTarget.value })} error={isRefused ? t("carriers.connector_wrong") : null} />;
}

function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
        {children}
      </Stack>
    </Paper>
  );
}

const FIELDS = ["name", "code", "levels", "weight", "side", "girth"] as const;

function Services({ typed, isOwner, set, isRefused }: { typed: TypedService[]; isOwner: boolean; set: (list: TypedService[]) => void; isRefused: boolean }) {
  const { t } = useTexts();
  const isWrong = (service: TypedService, field: (typeof FIELDS)[number]) => {
    if (field === "weight") return gramsOf(service.weight) === null;
    if (field === "side" || field === "girth") return service[field].trim() !== "" && millimetersOf(service[field]) === null;
    return service[field].trim() === "";
  };
  const change = (at: number, part: Partial<TypedService>) => set(typed.map((service, index) => (index === at ? { ...service, ...part } : service)));
  return (
    <Stack gap="sm">
      {typed.map((service, at) => (
        <Group key={at} align="start" wrap="nowrap" gap="xs">
          <SimpleGrid cols={{ base: 2, sm: 3 }} style={{ flex: 1 }}>
            {FIELDS.map((field) => (
              <TextInput key={field} size="md" label={t(`service.${field}`)} disabled={!isOwner} maxLength={200} value={service[field]} onChange={(event) => change(at, { [field]: event.currentTarget.value })} error={isWrong(service, field) ? t("carriers.wrong") : null} />
            ))}
          </SimpleGrid>
          {isOwner && typed.length > 1 && <Remove label={t("carriers.remove", { name: service.name })} onClick={() => set(typed.filter((_, index) => index !== at))} />}
        </Group>
      ))}
      {isRefused && (
        <Text c="red" size="sm" role="alert">
          {t("carriers.services_wrong")}
        </Text>
      )}
      {isOwner && <Add label={t("carriers.add_service")} onClick={() => set([...typed, { code: "", name: "", levels: "standard", weight: "31.5", side: "", girth: "" }])} />}
    </Stack>
  );
}

/** Takes a row out. */
export function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="subtle" color="gray" h={44} w={44} p={0} mt={24} aria-label={label} onClick={onClick}>
      <IconTrash size={18} aria-hidden />
    </Button>
  );
}

/** Adds a row. */
export function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="default" h={44} style={{ alignSelf: "start" }} leftSection={<IconPlus size={18} aria-hidden />} onClick={onClick}>
      {label}
    </Button>
  );
}

const KINDS = ["plain", "sscc", "s10", "given"] as const;

function NumberingFields({ terms, isOwner, change, isRefused }: { terms: CarrierTerms; isOwner: boolean; change: (part: Partial<CarrierTerms>) => void; isRefused: boolean }) {
  const { t } = useTexts();
  const { numbering } = terms;
  const set = (to: CarrierTerms["numbering"]) => change({ numbering: to });
  const begin = (kind: string) => {
    if (kind === "sscc") set({ kind, extension: 0, prefix: "" });
    else if (kind === "s10") set({ kind, service: "", country: "" });
    else if (kind === "given") set({ kind });
    else set({ kind: "plain", prefix: "", digits: 9, check: "mod10" });
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <NativeSelect size="md" label={t("numbering.kind")} disabled={!isOwner} value={numbering.kind} data={KINDS.map((value) => ({ value, label: t(`numbering.${value}`) }))} onChange={(event) => begin(event.currentTarget.value)} error={isRefused ? t("carriers.wrong") : null} />
      {numbering.kind === "sscc" && (
        <>
          <NativeSelect size="md" label={t("numbering.extension")} disabled={!isOwner} value={String(numbering.extension)} data={Array.from({ length: 10 }, (_, digit) => String(digit))} onChange={(event) => set({ ...numbering, extension: Number(event.currentTarget.value) })} />
          <TextInput size="md" label={t("numbering.company")} inputMode="numeric" maxLength={12} disabled={!isOwner} value={numbering.prefix} onChange={(event) => set({ ...numbering, prefix: event.currentTarget.value.trim() })} />
        </>
      )}
      {numbering.kind === "s10" && (
        <>
          <TextInput size="md" label={t("numbering.service")} maxLength={2} disabled={!isOwner} value={numbering.service} onChange={(event) => set({ ...numbering, service: event.currentTarget.value.toUpperCase() })} />
          <TextInput size="md" label={t("numbering.country")} maxLength={2} disabled={!isOwner} value={numbering.country} onChange={(event) => set({ ...numbering, country: event.currentTarget.value.toUpperCase() })} />
        </>
      )}
      {numbering.kind === "plain" && (
        <>
          <TextInput size="md" label={t("numbering.prefix")} maxLength={10} disabled={!isOwner} value={numbering.prefix} onChange={(event) => set({ ...numbering, prefix: event.currentTarget.value.toUpperCase() })} />
          <NativeSelect size="md" label={t("numbering.digits")} disabled={!isOwner} value={String(numbering.digits)} data={Array.from({ length: 12 }, (_, index) => String(index + 4))} onChange={(event) => set({ ...numbering, digits: Number(event.currentTarget.value) })} />
          <NativeSelect size="md" label={t("numbering.check")} disabled={!isOwner} value={numbering.check} data={(["none", "mod10"] as const).map((value) => ({ value, label: t(`numbering.check_${value}`) }))} onChange={(event) => set({ ...numbering, check: event.currentTarget.value === "none" ? "none" : "mod10" })} />
        </>
      )}
    </SimpleGrid>
  );
}

function Tables({ carrier, isOwner }: { carrier: Carrier; isOwner: boolean }) {
  const { t } = useTexts();
  return (
    <>
      <Part title={t("carriers.areas")} hint={t("carriers.areas_hint")}>
        <TableFile carrier={carrier} table="areas" rows={carrier.areas} isOwner={isOwner} />
      </Part>
      <Part title={t("carriers.rates")} hint={t("carriers.rates_hint")}>
        <TableFile carrier={carrier} table="rates" rows={carrier.rates} isOwner={isOwner} />
      </Part>
      <Part title={t("timetable.title")} hint={t("timetable.hint")}>
        <Timetables carrier={carrier} isOwner={isOwner} />
      </Part>
    </>
  );
}

function TableFile({ carrier, table, rows, isOwner }: { carrier: Carrier; table: Table; rows: number; isOwner: boolean }) {
  const { t } = useTexts();
  const save = useSaveTable(carrier.id, table);
  const take = async (file: File | null) => {
    if (file) save.mutate({ csv: await file.text(), version: carrier.version });
  };
  return (
    <Stack gap="sm">
      <Text className="figures">{t("carriers.rows", { count: rows })}</Text>
      <Group>
        <Anchor href={`${API}/carriers/${carrier.id}/${table}`} download style={{ minHeight: 44, display: "inline-flex", alignItems: "center", gap: 6 }}>
          <IconDownload size={18} aria-hidden /> {t("carriers.download")}
        </Anchor>
        {isOwner && (
          <FileButton accept=".csv,text/csv" onChange={(file) => void take(file)} inputProps={{ "aria-label": t(`upload.${table}`) }}>
            {(props) => (
              <Button {...props} variant="default" h={44} loading={save.isPending} leftSection={<IconUpload size={18} aria-hidden />}>
                {t(`upload.${table}`)}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      <Faults error={save.error} />
      {save.isSuccess && (
        <Text size="sm" role="status">
          {t("carriers.saved")}
        </Text>
      )}
    </Stack>
  );
}
