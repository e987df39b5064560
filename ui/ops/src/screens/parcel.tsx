// A parcel or collection with its next step as one wide button. Used beside an order and on the pick list.
import { Button, Checkbox, Group, Modal, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Entry, Fulfillment } from "@sesame/shared/api/types";
import { IconArrowsExchange, IconFileText, IconHandGrab, IconHome, IconPackage, IconPrinter, IconTag, IconTruckDelivery, type Icon } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { API } from "../data/api";
import { kilograms, useCarriers, useUnbook } from "../data/carriers";
import { recall, remember } from "../data/preferences";
import { useStep, type Step } from "../data/queries";
import { isBookable, isHere, type OfOrder } from "../data/waybills";
import { useTexts, type Label } from "../i18n";
import { FulfillmentMark, Link, OrderNumber, Picture } from "../parts/bits";
import { Refused } from "../parts/errors";
import { Late } from "./delays";
import { CarrierLabel, PrintLabel } from "./labels";
import { statusWords } from "./order-history";
import { RelocateForm } from "./relocate";
import { WaybillForm } from "./waybill";

const STEPS: Record<Step, { label: Label; icon: Icon }> = {
  pick: { label: "step.pick", icon: IconHandGrab },
  pack: { label: "step.pack", icon: IconPackage },
  ship: { label: "step.ship", icon: IconTruckDelivery },
  deliver: { label: "step.deliver", icon: IconHome },
};

/** Opens a page to be printed and the print dialog with it. */
function print(fulfillment: string, page: "label" | "packing-slip") {
  const opened = window.open(`${API}/fulfillments/${fulfillment}/${page}`, "_blank");
  opened?.addEventListener("load", () => opened.print());
}

/** Parcels that are chosen for one thing. */
type Choice = { parcels: readonly OfOrder[]; choose: (parcel: OfOrder, isChosen: boolean) => void };
type Choices = { toBook: Choice; toPrint: Choice };

/** `history` is that of the parcel's order, where it is at hand. */
export function Parcel({ parcel, showsOrder, choices, history = [] }: { parcel: Fulfillment; showsOrder: boolean; choices?: Choices; history?: readonly Entry[] }) {
  const { t, time } = useTexts();
  const step = useStep();
  const [isShipping, shipping] = useDisclosure(false);
  const next = parcel.next_step;
  const carriers = useCarriers();
  const waybill = parcel.parcel;
  const canBook = isBookable(parcel) && (carriers.data?.items.length ?? 0) > 0;
  const advance = () => {
    // Whoever has a waybill knows its carrier.
    if (next === "ship" && !waybill) shipping.open();
    else if (next === "ship") step.mutate({ fulfillment: parcel.id, step: "ship", shipping: { carrier: "", tracking_number: "", tracking_url: "" } });
    else if (next) step.mutate({ fulfillment: parcel.id, step: next });
  };
  const isPrintable = isHere(parcel) || parcel.state === "shipped";
  const isReady = parcel.state !== "pending" && parcel.state !== "canceled" && parcel.state !== "open";
  const label = next === "deliver" && parcel.method === "pickup" ? t("step.hand_over") : next && t(STEPS[next].label);
  const Shape = next ? STEPS[next].icon : IconPackage;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" data-parcel={parcel.id}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <div style={{ minWidth: 0 }}>
            <Text fw={600} className="wrap">
              {parcel.method === "ship" ? t("parcel.to", { name: parcel.recipient, place: parcel.place }) : t("parcel.collection", { name: parcel.recipient })}
            </Text>
            <Text size="sm" c="dimmed">
              {parcel.location.name}
              {showsOrder && (
                <>
                  {" · "}
                  <Link to={`/orders/${parcel.order}`}>
                    <OrderNumber id={parcel.order} />
                  </Link>
                  {" · "}
                  {time(parcel.placed_at)}
                </>
              )}
            </Text>
          </div>
          <FulfillmentMark state={parcel.state} />
        </Group>
        <PickLines parcel={parcel} />
        {parcel.delay && parcel.state !== "delivered" && parcel.state !== "canceled" && <Late delay={parcel.delay} />}
        {waybill && <Waybill parcel={parcel} history={history} />}
        {parcel.carrier && !waybill && (
          <Text>
            {parcel.carrier}{" "}
            {parcel.tracking_url ? (
              <a href={parcel.tracking_url} target="_blank" rel="noreferrer" style={{ color: "var(--color-accent-text)" }}>
                {parcel.tracking_number || t("parcel.track")}
              </a>
            ) : (
              <span className="mono">{parcel.tracking_number}</span>
            )}
          </Text>
        )}
        <Refused error={step.error} />
        {next && (
          <Button fullWidth size="lg" loading={step.isPending} leftSection={<Shape size={22} aria-hidden />} onClick={advance}>
            {label}
          </Button>
        )}
        {canBook && <Book parcel={parcel} />}
        {canBook && choices && <WithOthers label={t("waybills.choose")} parcel={parcel} choice={choices.toBook} />}
        {waybill && isPrintable && (waybill.carrier_draws_label ? <CarrierLabel parcel={parcel} /> : <PrintLabel parcel={parcel} number={waybill.number} />)}
        {waybill && !waybill.carrier_draws_label && isPrintable && choices && <WithOthers label={t("labels.choose")} parcel={parcel} choice={choices.toPrint} />}
        {parcel.method === "ship" && (parcel.state === "open" || parcel.state === "picking") && <Elsewhere parcel={parcel} />}
        {(isReady || waybill) && (
          <Group grow>
            {parcel.method === "ship" && !waybill && (
              <Button variant="default" h={44} leftSection={<IconPrinter size={18} aria-hidden />} onClick={() => print(parcel.id, "label")}>
                {t("parcel.address")}
              </Button>
            )}
            <Button variant="default" h={44} leftSection={<IconFileText size={18} aria-hidden />} onClick={() => print(parcel.id, "packing-slip")}>
              {t("parcel.slip")}
            </Button>
          </Group>
        )}
      </Stack>
      <Modal opened={isShipping} onClose={shipping.close} title={t("ship.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <ShipForm parcel={parcel} onDone={shipping.close} />
      </Modal>
    </Paper>
  );
}

function WithOthers({ label, parcel, choice: { parcels, choose } }: { label: string; parcel: OfOrder; choice: Choice }) {
  const isChosen = parcels.some(({ id }) => id === parcel.id);
  return <Checkbox size="md" label={label} checked={isChosen} onChange={(event) => choose(parcel, event.currentTarget.checked)} styles={{ body: { minHeight: 44, alignItems: "center" } }} />;
}

/** The waybill's number, its carrier, where the parcel is, and how to take it back. */
function Waybill({ parcel, history }: { parcel: Fulfillment; history: readonly Entry[] }) {
  const { t, money, time } = useTexts();
  const unbook = useUnbook(parcel.id);
  const waybill = parcel.parcel;
  if (!waybill) return null;
  const { carrier, number, price, weight_grams, labels, status, status_at } = waybill;
  return (
    <Stack gap={4} data-waybill={number}>
      <Text className="wrap">
        {carrier.name} <span className="mono">{number}</span>
      </Text>
      <Text size="sm" c="dimmed" className="wrap">
        {t("waybill.facts", { weight: kilograms(weight_grams), price: money(price) })}
        {labels > 0 && ` · ${t("waybill.labels", { count: labels })}`}
        {status_at !== null && ` · ${statusWords(t, parcel, history)}, ${time(status_at)}`}
      </Text>
      <Refused error={unbook.error} />
      {isHere(parcel) && status === "pending" && (
        <Button variant="subtle" color="gray" h={44} px="xs" style={{ alignSelf: "start" }} loading={unbook.isPending} onClick={() => unbook.mutate()}>
          {t("waybill.cancel")}
        </Button>
      )}
    </Stack>
  );
}

function Book({ parcel }: { parcel: Fulfillment }) {
  const { t } = useTexts();
  const [isOpen, form] = useDisclosure(false);
  return (
    <>
      <Button variant="default" h={44} leftSection={<IconTag size={18} aria-hidden />} onClick={form.open}>
        {t("waybill.book")}
      </Button>
      <Modal opened={isOpen} onClose={form.close} title={t("waybill.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <WaybillForm parcel={parcel} onDone={form.close} />
      </Modal>
    </>
  );
}

function Elsewhere({ parcel }: { parcel: Fulfillment }) {
  const { t } = useTexts();
  const [isOpen, form] = useDisclosure(false);
  return (
    <>
      <Button variant="subtle" color="gray" h={44} px="xs" style={{ alignSelf: "start" }} leftSection={<IconArrowsExchange size={18} aria-hidden />} onClick={form.open}>
        {t("relocate.open")}
      </Button>
      <Modal opened={isOpen} onClose={form.close} title={t("relocate.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <RelocateForm parcel={parcel} onDone={form.close} />
      </Modal>
    </>
  );
}

function PickLines({ parcel }: { parcel: Fulfillment }) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {parcel.lines.map((line) => (
        <Group key={line.number} component="li" wrap="nowrap" gap="sm" align="center">
          <Picture src={line.image} alt="" />
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text className="wrap">{line.title}</Text>
            <Text size="sm" c="dimmed" className="wrap">
              <span className="mono">{line.sku}</span>
              {line.options && ` · ${line.options}`}
            </Text>
          </div>
          <Text fw={700} size="lg" className="figures" style={{ whiteSpace: "nowrap" }}>
            × {line.quantity}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function ShipForm({ parcel, onDone }: { parcel: Fulfillment; onDone: () => void }) {
  const { t } = useTexts();
  const step = useStep();
  const [carrier, setCarrier] = useState(() => recall("carrier", ""));
  const [number, setNumber] = useState("");
  const [url, setUrl] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remember("carrier", carrier.trim());
    const body = { carrier, tracking_number: number, tracking_url: url };
    step.mutate({ fulfillment: parcel.id, step: "ship", shipping: body }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t("ship.carrier")} required maxLength={200} size="md" data-autofocus value={carrier} onChange={(e) => setCarrier(e.currentTarget.value)} />
        <TextInput label={t("ship.number")} description={t("common.optional")} maxLength={200} size="md" value={number} onChange={(e) => setNumber(e.currentTarget.value)} />
        <TextInput label={t("ship.url")} description={t("common.optional")} type="url" maxLength={200} size="md" value={url} onChange={(e) => setUrl(e.currentTarget.value)} />
        <Text size="sm" c="dimmed">
          {t("ship.effect")}
        </Text>
        <Refused error={step.error} />
        <Button type="submit" size="lg" fullWidth loading={step.isPending} leftSection={<IconTruckDelivery size={22} aria-hidden />}>
          {t("ship.submit")}
        </Button>
      </Stack>
    </form>
  );
}
