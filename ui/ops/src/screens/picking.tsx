// The pick list of a location: oldest first, one card per parcel, made for a phone in one hand.
import { Group, NativeSelect, SegmentedControl, SimpleGrid, Stack, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { usePreference } from "../data/preferences";
import { useFulfillments, useLocations } from "../data/queries";
import { isBookable, type OfOrder } from "../data/waybills";
import { useTexts } from "../i18n";
import { More } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { PrintLabels } from "./labels";
import { Parcel } from "./parcel";
import { BookWaybills } from "./waybills";

const TABS = ["open", "picking", "packed", "shipped"] as const;

/** Parcels that were ticked on their cards. */
function useChoice() {
  const [parcels, set] = useState<readonly OfOrder[]>([]);
  const choose = ({ id, order }: OfOrder, isChosen: boolean) => set((before) => [...before.filter((one) => one.id !== id), ...(isChosen ? [{ id, order }] : [])]);
  return { parcels, set, choose };
}

export function Picking() {
  const { t } = useTexts();
  const locations = useLocations();
  const [location, setLocation] = usePreference("picking-location", "");
  const [tab, setTab] = usePreference<(typeof TABS)[number]>("picking-tab", "open");
  const [toBook, toPrint] = [useChoice(), useChoice()];
  const [isPrinting, labels] = useDisclosure(false);
  const query = useFulfillments({ location, state: tab }, true);
  // Whoever ticked a parcel and then booked it by itself does not mean it any more.
  const chosen = toBook.parcels.filter(({ id }) => query.items.every((parcel) => parcel.id !== id || isBookable(parcel)));
  const printBooked = (booked: readonly OfOrder[]) => {
    toPrint.set(booked);
    labels.open();
  };
  const options = [{ value: "", label: t("picking.everywhere") }, ...(locations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <Title order={1} size="h2">
          {t("nav.picking")}
        </Title>
        <Group gap="xs">
          <BookWaybills location={location} place={options.find(({ value }) => value === location)?.label ?? ""} chosen={chosen} onStart={() => toBook.set([])} print={printBooked} />
          <PrintLabels location={location} chosen={toPrint.parcels.map(({ id }) => id)} isOpen={isPrinting} {...labels} onStart={() => toPrint.set([])} />
          <NativeSelect aria-label={t("picking.location")} size="md" value={location} onChange={(e) => setLocation(e.currentTarget.value)} data={options} />
        </Group>
      </Group>
      <SegmentedControl fullWidth styles={{ label: { paddingInline: 4, paddingBlock: 10 } }} aria-label={t("orders.state")} value={tab} onChange={(value) => setTab(value as (typeof TABS)[number])} data={TABS.map((value) => ({ value, label: t(`fulfillment_state.${value}`) }))} />
      {query.isPending ? (
        <Loading rows={4} height={160} />
      ) : query.isError && query.items.length === 0 ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        <Empty title={t("picking.none")} hint={t("picking.none_hint")} />
      ) : (
        <>
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
            {query.items.map((parcel) => (
              <Parcel key={parcel.id} parcel={parcel} showsOrder choices={{ toBook, toPrint }} />
            ))}
          </SimpleGrid>
          <More query={query} />
        </>
      )}
    </Stack>
  );
}
