// Goods of a parcel that leave from elsewhere: which, why, and from where; what each place has and what a parcel costs from
// there.
import { Button, Group, NumberInput, Radio, Select, Stack, Text } from "@mantine/core";
import type { Fulfillment, RelocationReason, Source } from "@sesame/shared/api/types";
import { IconArrowsExchange } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useRelocate, useSources } from "../data/sources";
import { useTexts, type Key } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

type Why = Extract<Key, `why.${string}`>;

const REASONS: RelocationReason[] = ["not_found", "damaged", "shortage", "closed", "full", "cheaper", "other"];
const LOST: RelocationReason[] = ["not_found", "damaged"];
/** Wherever the shop plans. */
const PLANNED = "";

export function RelocateForm({ parcel, onDone }: { parcel: Fulfillment; onDone: () => void }) {
  const { t } = useTexts();
  const [reason, setReason] = useState<RelocationReason | null>(null);
  const [pieces, setPieces] = useState<Record<number, number>>({});
  const [to, setTo] = useState(PLANNED);
  const query = useSources(parcel.id);
  const relocate = useRelocate(parcel.id);
  const wanted = parcel.lines.map(({ number, quantity }) => ({ number, pieces: pieces[number] ?? quantity })).filter((line) => line.pieces > 0);
  const count = wanted.reduce((sum, line) => sum + line.pieces, 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason === null) return;
    const lines = wanted.map((line) => ({ ...line, to: to === PLANNED ? null : to }));
    relocate.mutate({ reason, lines }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select label={t("relocate.why")} placeholder={t("relocate.why_choose")} size="md" required allowDeselect={false} data={REASONS.map((value) => ({ value, label: t(`relocate.why.${value}`) }))} value={reason} onChange={(value) => setReason(value as RelocationReason | null)} />
        {parcel.lines.map((line) => (
          <NumberInput key={line.number} label={line.title} description={t("relocate.of", { count: line.quantity })} size="md" min={0} max={line.quantity} clampBehavior="strict" allowDecimal={false} value={pieces[line.number] ?? line.quantity} onChange={(value) => setPieces({ ...pieces, [line.number]: typeof value === "number" ? value : 0 })} />
        ))}
        {query.isPending ? <Loading rows={3} height={56} /> : !query.data ? <NotLoaded error={query.error} retry={() => void query.refetch()} /> : <Places sources={query.data.items} wanted={wanted} to={to} choose={setTo} />}
        {reason !== null && LOST.includes(reason) && count > 0 && (
          <Text size="sm" c="var(--color-warning-text)">
            {t("relocate.lost", { count, place: parcel.location.name })}
          </Text>
        )}
        {parcel.parcel && (
          <Text size="sm" c="var(--color-warning-text)">
            {t("relocate.waybill", { number: parcel.parcel.number })}
          </Text>
        )}
        <Refused error={relocate.error} />
        <Button type="submit" size="lg" fullWidth loading={relocate.isPending} disabled={count === 0 || reason === null} leftSection={<IconArrowsExchange size={22} aria-hidden />}>
          {t("relocate.submit", { count })}
        </Button>
      </Stack>
    </form>
  );
}

type Wanted = { number: number; pieces: number }[];

function Places({ sources, wanted, to, choose }: { sources: Source[]; wanted: Wanted; to: string; choose: (to: string) => void }) {
  const { t } = useTexts();
  const here = sources.find((source) => source.is_here);
  const others = sources.filter((source) => !source.is_here);
  return (
    <Stack gap="xs">
      {here && (
        <Text size="sm" c="dimmed" className="wrap">
          {t("relocate.here", { place: here.location.name })} <Price source={here} />
        </Text>
      )}
      <Radio.Group label={t("relocate.to")} value={to} onChange={choose}>
        <Stack gap="xs" mt="xs">
          <Radio.Card value={PLANNED} p="sm" mih={56}>
            <Group wrap="nowrap">
              <Radio.Indicator />
              <Text fw={600}>{t("relocate.planned")}</Text>
            </Group>
          </Radio.Card>
          {others.map((source) => (
            <Place key={source.location.id} source={source} wanted={wanted} />
          ))}
        </Stack>
      </Radio.Group>
      {others.length === 0 && <Text role="status">{t("relocate.nowhere")}</Text>}
    </Stack>
  );
}

function Place({ source, wanted }: { source: Source; wanted: Wanted }) {
  const { t } = useTexts();
  const has = (number: number) => source.lines.find((line) => line.number === number)?.pieces ?? 0;
  const asked = wanted.reduce((sum, line) => sum + line.pieces, 0);
  const there = wanted.reduce((sum, line) => sum + Math.min(line.pieces, has(line.number)), 0);
  return (
    <Radio.Card value={source.location.id} p="sm" mih={56} disabled={there < asked}>
      <Group wrap="nowrap" align="center">
        <Radio.Indicator disabled={there < asked} />
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text fw={600} className="wrap">
            {source.location.name}
          </Text>
          <Text size="sm" c="dimmed" className="wrap">
            {there < asked ? t("relocate.has", { there, asked }) : t("relocate.has_all")}
            {" · "}
            <Price source={source} />
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}

/** What the whole parcel would cost from a place, and who would bring it; else why nobody does. */
function Price({ source }: { source: Source }) {
  const { t, money } = useTexts();
  if (source.offer)
    return (
      <Text component="span" size="sm" className="figures">
        {money(source.offer.price)} · {source.offer.carrier.name}
      </Text>
    );
  const why = source.declined[0];
  return (
    <Text component="span" size="sm" c="dimmed">
      {why ? t(`why.${why.why}` as Why) : t("relocate.no_price")}
    </Text>
  );
}
