// Booking a parcel's waybill: what it weighs, who takes it at which price, and who does not and why.
import { Button, Group, Radio, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { CarrierDeclined, CarrierOffer, Fulfillment } from "@sesame/shared/api/types";
import { IconTag } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { gramsOf, kilograms, millimetersOf, useBook, useOffers } from "../data/carriers";
import { useTexts, type Key } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

type Why = Extract<Key, `why.${string}`>;

const ASK_AFTER_MS = 300;
const SIDES = ["length", "width", "height"] as const;

const keyOf = (offer: CarrierOffer) => `${offer.carrier.id} ${offer.service}`;

export function WaybillForm({ parcel, onDone }: { parcel: Fulfillment; onDone: () => void }) {
  const { t } = useTexts();
  const [weight, setWeight] = useState<string | null>(null);
  const [size, setSize] = useState({ length: "", width: "", height: "" });
  const [chosen, setChosen] = useState<string | null>(null);
  const book = useBook(parcel.id);
  const grams = weight === null ? undefined : (gramsOf(weight) ?? undefined);
  const sides = SIDES.map((side) => millimetersOf(size[side]) ?? undefined);
  const isMeasured = sides.every((side) => side !== undefined);
  const asked = { weight_grams: grams, ...(isMeasured ? { length_mm: sides[0], width_mm: sides[1], height_mm: sides[2] } : {}) };
  const [later] = useDebouncedValue(asked, ASK_AFTER_MS);
  const query = useOffers(parcel.id, later);
  const known = query.data?.weight_grams ?? 0;
  const typed = weight ?? (known > 0 ? kilograms(known) : "");
  const isWeightWrong = typed !== "" && gramsOf(typed) === null;
  const offer = query.data?.offers.find((one) => keyOf(one) === chosen) ?? query.data?.offers.find((one) => one.is_usual);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const weighed = gramsOf(typed);
    if (!offer || weighed === null) return;
    const measured = sides.filter((side) => side !== undefined);
    const [a, b, c] = measured;
    const size_mm: [number, number, number] | null = a && b && c ? [a, b, c] : null;
    book.mutate({ carrier: offer.carrier.id, service: offer.service, weight_grams: weighed, size_mm }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={t("waybill.weight")} description={weight === null && known > 0 ? t("waybill.weight_known") : t("waybill.weight_hint")} size="md" inputMode="decimal" autoComplete="off" data-autofocus value={typed} onChange={(event) => setWeight(event.currentTarget.value)} error={isWeightWrong ? t("waybill.weight_wrong") : null} />
        <SimpleGrid cols={3} spacing="xs">
          {SIDES.map((side) => (
            <TextInput key={side} label={t(`waybill.${side}`)} size="md" inputMode="decimal" autoComplete="off" value={size[side]} onChange={(event) => setSize({ ...size, [side]: event.currentTarget.value })} error={size[side] !== "" && millimetersOf(size[side]) === null ? t("waybill.length_wrong") : null} />
          ))}
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {t("waybill.size_hint")}
        </Text>
        {query.isPending ? <Loading rows={2} height={56} /> : !query.data ? <NotLoaded error={query.error} retry={() => void query.refetch()} /> : <Answers offers={query.data.offers} declined={query.data.declined} isAsked={known > 0} chosen={offer ? keyOf(offer) : null} choose={setChosen} />}
        <Refused error={book.error} />
        <Button type="submit" size="lg" fullWidth loading={book.isPending} disabled={!offer || isWeightWrong || typed === ""} leftSection={<IconTag size={22} aria-hidden />}>
          {t("waybill.submit")}
        </Button>
      </Stack>
    </form>
  );
}

type Answered = { offers: CarrierOffer[]; declined: CarrierDeclined[]; isAsked: boolean; chosen: string | null; choose: (key: string) => void };

function Answers({ offers, declined, isAsked, chosen, choose }: Answered) {
  const { t, money, moment } = useTexts();
  if (!isAsked) return <Text role="status">{t("waybill.not_asked")}</Text>;
  return (
    <Stack gap="xs">
      {offers.length === 0 ? (
        <Text role="alert" fw={600}>
          {t("waybill.nobody")}
        </Text>
      ) : (
        <Radio.Group label={t("waybill.who")} value={chosen ?? ""} onChange={choose}>
          <Stack gap="xs" mt="xs">
            {offers.map((offer) => (
              <Radio.Card key={keyOf(offer)} value={keyOf(offer)} p="sm" mih={56}>
                <Group wrap="nowrap" align="center">
                  <Radio.Indicator />
                  <div style={{ flex: 1, minWidth: 0 }}>
                    <Text fw={600} className="wrap">
                      {offer.carrier.name} · {offer.service_name}
                    </Text>
                    <Text size="sm" c="dimmed" className="wrap">
                      {t("waybill.made_of", { base: money(offer.base), zone: offer.zone, weight: kilograms(offer.charged_grams) })}
                      {offer.surcharges.map(({ code, amount }) => ` + ${code} ${money(amount)}`).join("")}
                    </Text>
                    {offer.arrives !== null && (
                      <Text size="sm" className="wrap" {...(offer.in_time === false ? { c: "red", fw: 600 } : {})}>
                        {t(offer.in_time === false ? "waybill.too_late" : "waybill.arrives", { at: moment(offer.arrives) })}
                      </Text>
                    )}
                  </div>
                  <Text fw={700} className="figures" style={{ whiteSpace: "nowrap" }}>
                    {money(offer.price)}
                  </Text>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
      )}
      {declined.length > 0 && (
        <details open={offers.length === 0}>
          <summary style={{ minHeight: 32 }}>{t("waybill.declined", { count: declined.length })}</summary>
          <ul style={{ margin: 0, paddingInlineStart: "1.2em" }}>
            {declined.map(({ carrier, service, why }) => (
              <li key={`${carrier.id} ${service}`}>
                {service ? `${carrier.name} · ${service}` : carrier.name}: {t(`why.${why}` as Why)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Stack>
  );
}
