// Waybills for many parcels: those that were chosen, or all of a place that wait for one. What was booked goes on to labels,
// what was refused says why.
import { Anchor, Button, Group, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Carrier } from "@sesame/shared/api/types";
import { IconPrinter, IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../data/api";
import { useCarriers } from "../data/carriers";
import { BASE } from "../data/router";
import { shown } from "../data/runs";
import { byCarrier, byReason, findWaiting, newRun, useWaybillRun, type Booked, type NotBooked, type OfOrder, type Reason, type Run, type Service } from "../data/waybills";
import { useTexts } from "../i18n";
import { OrderNumber } from "../parts/bits";
import { Empty, NotLoaded, Problem } from "../parts/errors";
import { Course, RunDialog } from "../parts/runs";

/** So many reasons are told apart, and so many orders of each are named. */
const SHOWN_MAX = 20;

type Props = { location: string; place: string; chosen: readonly OfOrder[]; onStart: () => void; print: (booked: readonly OfOrder[]) => void };

/** `place` is the name of the location, and `print` goes on to the labels of what was booked. */
export function BookWaybills({ location, place, chosen, onStart, print }: Props) {
  const { t } = useTexts();
  const carriers = useCarriers();
  const [isOpen, dialog] = useDisclosure(false);
  const waybills = useWaybillRun();
  const known = carriers.data?.items ?? [];
  if (known.length === 0) return null;
  const start = (parcels: readonly OfOrder[], service: Service) => {
    void waybills.go(newRun(parcels, service));
    onStart();
  };
  const printBooked = (booked: readonly OfOrder[]) => {
    dialog.close();
    print(booked);
  };
  const run = shown(waybills.run, chosen.length > 0);
  return (
    <RunDialog course={waybills} icon={IconTag} label={chosen.length > 0 ? t("waybills.book", { count: chosen.length }) : t("waybills.open")} title={t("waybills.title")} isOpen={isOpen} {...dialog}>
      {run ? (
        <Course course={waybills} run={run} title={t("waybills.title")} goOn={(count) => t("waybills.go_on", { count })} others={t("waybills.others")}>
          {run.booked.length > 0 && <AllBooked booked={run.booked} print={waybills.isRunning ? null : printBooked} />}
          {run.refused.length > 0 && <AllRefused run={run} />}
        </Course>
      ) : chosen.length > 0 ? (
        <Ask parcels={chosen} heading={t("waybills.chosen", { count: chosen.length })} carriers={takingFrom(location, known)} start={start} />
      ) : (
        <AllWaiting location={location} place={place} carriers={takingFrom(location, known)} start={start} />
      )}
    </RunDialog>
  );
}

/** The carriers that take parcels of a place now; of any place where none is named. */
function takingFrom(location: string, carriers: readonly Carrier[]): Carrier[] {
  const collects = (places: readonly string[] = []) => location === "" || places.length === 0 || places.includes(location);
  return carriers.filter(({ terms }) => terms.active && collects(terms.locations));
}

type Start = (parcels: readonly OfOrder[], service: Service) => void;

/** All of a place that wait, counted first. */
function AllWaiting({ location, place, carriers, start }: { location: string; place: string; carriers: readonly Carrier[]; start: Start }) {
  const { t } = useTexts();
  const [counted, setCounted] = useState({ seen: 0, waiting: 0 });
  // Who is about to choose a carrier does not want it counted anew because a window came to the front.
  const query = useQuery({ queryKey: ["fulfillments", "waiting", location], queryFn: ({ signal }) => findWaiting(location, setCounted, signal), refetchOnWindowFocus: false });
  if (query.isFetching) {
    return (
      <Stack>
        <Text role="status">{t("waybills.counting", counted)}</Text>
        <Skeleton height={64} />
        <Skeleton height={50} />
      </Stack>
    );
  }
  if (!query.isSuccess) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  const { parcels, hasMore } = query.data;
  if (parcels.length === 0) return <Empty title={t("waybills.none")} hint={place} />;
  const count = parcels.length;
  return <Ask parcels={parcels} heading={hasMore ? t("waybills.oldest", { count }) : t("waybills.waiting", { count })} place={place} carriers={carriers} start={start} />;
}

type AskProps = { parcels: readonly OfOrder[]; heading: string; place?: string; carriers: readonly Carrier[]; start: Start };

/** Who is to bring them. */
function Ask({ parcels, heading, place, carriers, start }: AskProps) {
  const { t } = useTexts();
  const services = carriers.flatMap(({ id, terms }) => terms.services.map(({ code, name }) => ({ carrier: id, service: code, label: `${terms.name} · ${name}` })));
  const [chosen, setChosen] = useState("");
  const service = services.find((one) => keyOf(one) === chosen);
  const options = [{ value: "", label: t("waybills.cheapest") }, ...services.map((one) => ({ value: keyOf(one), label: one.label }))];
  return (
    <Stack>
      <div>
        <Text fw={600} role="status">
          {heading}
        </Text>
        {place && (
          <Text size="sm" c="dimmed" className="wrap">
            {place}
          </Text>
        )}
      </div>
      <NativeSelect label={t("waybill.who")} description={t(service ? "waybills.one_hint" : "waybills.cheapest_hint")} size="md" value={service ? chosen : ""} onChange={(event) => setChosen(event.currentTarget.value)} data={options} data-autofocus />
      <Text size="sm" c="dimmed">
        {t("waybills.weight_hint")}
      </Text>
      <Button size="lg" fullWidth leftSection={<IconTag size={22} aria-hidden />} onClick={() => start(parcels, service ? { carrier: service.carrier, service: service.service } : null)}>
        {t("waybills.book", { count: parcels.length })}
      </Button>
    </Stack>
  );
}

const keyOf = ({ carrier, service }: { carrier: string; service: string }) => `${carrier} ${service}`;

/** Who takes how many, what that costs, and the way on to the labels: of those that are printed here. */
function AllBooked({ booked, print }: { booked: readonly Booked[]; print: ((booked: readonly OfOrder[]) => void) | null }) {
  const { t, money } = useTexts();
  const printable = booked.filter(({ waybill }) => !waybill.carrier_draws_label);
  const drawn = booked.length - printable.length;
  return (
    <Stack gap="xs">
      <Text fw={600}>{t("waybills.booked", { count: booked.length })}</Text>
      <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: "none" }}>
        {byCarrier(booked).map(({ carrier, count, costs }) => (
          <Group key={carrier.id} component="li" justify="space-between" align="baseline" wrap="nowrap">
            <Text className="wrap">{t("waybills.of_carrier", { carrier: carrier.name, count })}</Text>
            <Text className="figures" ta="end">
              {costs.map(money).join(" + ")}
            </Text>
          </Group>
        ))}
      </Stack>
      {drawn > 0 && (
        <Text size="sm" c="dimmed">
          {t("waybills.drawn", { count: drawn })}
        </Text>
      )}
      {print && printable.length > 0 && (
        <Button size="lg" fullWidth leftSection={<IconPrinter size={22} aria-hidden />} onClick={() => print(printable)}>
          {t("labels.print", { count: printable.length })}
        </Button>
      )}
    </Stack>
  );
}

function AllRefused({ run }: { run: Run }) {
  const { t, error } = useTexts();
  // Which field it was helps nobody here: it is to be seen where the parcel is booked by itself.
  const say = ({ code, message, details }: NotBooked) => (code === "field_invalid" ? t("waybills.incomplete") : error(new ApiError(409, code, message, details)));
  const reasons = byReason(run.refused, say);
  const others = reasons.slice(SHOWN_MAX).reduce((sum, { parcels }) => sum + parcels.length, 0);
  return (
    <Problem>
      <Stack gap="xs">
        <Text fw={600}>{t("waybills.refused", { count: run.refused.length })}</Text>
        {reasons.slice(0, SHOWN_MAX).map((reason) => (
          <OfReason key={reason.words} {...reason} />
        ))}
        {others > 0 && <Text>{t("waybills.more", { count: others })}</Text>}
      </Stack>
    </Problem>
  );
}

/** Orders open in tabs of their own, so that one after the other can be looked at from here. */
function OfReason({ words, parcels }: Reason) {
  const { t } = useTexts();
  const others = parcels.length - SHOWN_MAX;
  return (
    <div>
      <Text className="wrap">{t("waybills.of_reason", { words, count: parcels.length })}</Text>
      <Stack component="ul" gap={0} m={0} style={{ paddingInlineStart: "1.2em" }}>
        {parcels.slice(0, SHOWN_MAX).map(({ id, order }) => (
          <li key={id}>
            <Anchor href={`${BASE}/orders/${order}`} target="_blank" rel="noreferrer" underline="always" style={{ display: "inline-flex", alignItems: "center", minHeight: 32 }}>
              <OrderNumber id={order} />
            </Anchor>
          </li>
        ))}
        {others > 0 && <li>{t("waybills.more", { count: others })}</li>}
      </Stack>
    </div>
  );
}
