// Labels of parcels: one from its card, or all of a carrier and day in batches, with a bar that can be stopped and goes on.
import { Button, Checkbox, Group, Menu, NativeSelect, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import type { Fulfillment, LabelFormat } from "@sesame/shared/api/types";
import { IconCheck, IconChevronDown, IconDownload, IconPrinter } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { API, newKey } from "../data/api";
import { useCarriers } from "../data/carriers";
import { LABEL_FORMATS, askForLabels, findParcels, labelsPrinted, newRun, save, useFileUrl, useLabelFormat, useLabelRun, type Printed, type Run } from "../data/labels";
import { shown } from "../data/runs";
import { today } from "../data/zones";
import { useTexts } from "../i18n";
import { OrderNumber } from "../parts/bits";
import { Problem, Refused } from "../parts/errors";
import { Course, RunDialog } from "../parts/runs";

/** A parcel's label: the button prints in the form that this device printed last, the arrow chooses another. */
export function PrintLabel({ parcel, number }: { parcel: Fulfillment; number: string }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const [format, setFormat] = useLabelFormat();
  const [kept, setKept] = useState<Kept | null>(null);
  const print = useMutation({
    mutationFn: async ({ as, tab }: { as: LabelFormat; tab: Window | null }) => {
      setKept(null);
      try {
        const file = await askForLabels(as, [parcel.id], newKey());
        const made = { file, name: `${number}.${as}` };
        if (tab && !tab.closed) tab.location.href = URL.createObjectURL(file);
        else if (mayDownload()) save(made.file, made.name);
        else setKept(made);
      } catch (error) {
        tab?.close();
        throw error;
      }
    },
    onSettled: () => Promise.all(["fulfillments", "orders"].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
  // A tab may be opened while a finger is on the button, not later.
  const start = (as: LabelFormat) => print.mutate({ as, tab: as === "pdf" ? window.open("", "_blank") : null });
  return (
    <Stack gap="xs">
      <Group gap={0} wrap="nowrap">
        <Button variant="default" h={44} style={{ flex: 1, borderStartEndRadius: 0, borderEndEndRadius: 0 }} loading={print.isPending} leftSection={<IconPrinter size={18} aria-hidden />} onClick={() => start(format)}>
          {t("parcel.label")} · {format.toUpperCase()}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" h={44} w={44} p={0} style={{ borderStartStartRadius: 0, borderEndStartRadius: 0, borderInlineStart: 0 }} aria-label={t("labels.format")}>
              <IconChevronDown size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {LABEL_FORMATS.map((one) => (
              <Menu.Item
                key={one}
                mih={44}
                leftSection={one === format ? <IconCheck size={16} aria-hidden /> : <span style={{ width: 16 }} />}
                onClick={() => {
                  setFormat(one);
                  start(one);
                }}
              >
                {t(`label_format.${one}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {kept && (
        <Button
          {...FILE}
          leftSection={<IconDownload size={22} aria-hidden />}
          onClick={() => {
            save(kept.file, kept.name);
            setKept(null);
          }}
        >
          {t("labels.zpl", { count: 1 })}
        </Button>
      )}
      <Refused error={print.error} />
    </Stack>
  );
}

/** The label that the carrier draws, in a tab of its own. */
export function CarrierLabel({ parcel }: { parcel: Fulfillment }) {
  const { t } = useTexts();
  return (
    <Button component="a" variant="default" h={44} href={`${API}/fulfillments/${parcel.id}/waybill/label`} target="_blank" rel="noreferrer" leftSection={<IconPrinter size={18} aria-hidden />}>
      {t("parcel.carrier_label")}
    </Button>
  );
}

/** A label that was printed and waits to be saved. */
type Kept = { file: Blob; name: string };

/** Whether somebody clicked just now. Browsers hold back files that nobody asked for, and a slow answer looks like that. */
const mayDownload = () => navigator.userActivation?.isActive ?? true;

type Props = { location: string; chosen: readonly string[]; isOpen: boolean; open: () => void; close: () => void; onStart: () => void };

/** The labels that were chosen, or all of a carrier and day at a place. */
export function PrintLabels({ location, chosen, isOpen, open, close, onStart }: Props) {
  const { t } = useTexts();
  const carriers = useCarriers();
  const labels = useLabelRun();
  if ((carriers.data?.items.length ?? 0) === 0) return null;
  const start = (ids: readonly string[], format: LabelFormat) => {
    void labels.go(newRun(ids, format));
    onStart();
  };
  const run = shown(labels.run, chosen.length > 0);
  return (
    <RunDialog course={labels} icon={IconPrinter} label={chosen.length > 0 ? t("labels.print", { count: chosen.length }) : t("labels.open")} title={t("labels.title")} isOpen={isOpen} open={open} close={close}>
      {run ? (
        <Course course={labels} run={run} title={t("labels.title")} goOn={(count) => t("labels.go_on", { count })} others={t("labels.others")}>
          {run.printed.length > 0 && (run.format === "zpl" ? <ZplFile run={run} /> : run.printed.map((one) => <PdfFile key={one.first} printed={one} />))}
          {run.refused.length > 0 && <NotPrinted run={run} />}
        </Course>
      ) : chosen.length > 0 ? (
        <Chosen ids={chosen} start={start} />
      ) : (
        <Search location={location} start={start} />
      )}
    </RunDialog>
  );
}

type Start = (ids: readonly string[], format: LabelFormat) => void;

function Format({ format, setFormat }: { format: LabelFormat; setFormat: (format: LabelFormat) => void }) {
  const { t } = useTexts();
  return (
    <div>
      <Text size="md" fw={500} mb={4}>
        {t("labels.format")}
      </Text>
      <SegmentedControl fullWidth styles={{ label: { paddingBlock: 10 } }} aria-label={t("labels.format")} value={format} onChange={(value) => setFormat(value as LabelFormat)} data={LABEL_FORMATS.map((one) => ({ value: one, label: one.toUpperCase() }))} />
      <Text size="sm" c="dimmed" mt={4}>
        {t(`label_format.${format}`)}
      </Text>
    </div>
  );
}

/** Those that were ticked on their cards. */
function Chosen({ ids, start }: { ids: readonly string[]; start: Start }) {
  const { t } = useTexts();
  const [format, setFormat] = useLabelFormat();
  return (
    <Stack>
      <Format format={format} setFormat={setFormat} />
      <Button size="lg" fullWidth leftSection={<IconPrinter size={22} aria-hidden />} onClick={() => start(ids, format)}>
        {t("labels.print", { count: ids.length })}
      </Button>
    </Stack>
  );
}

/** All that have a waybill of a carrier and day. */
function Search({ location, start }: { location: string; start: Start }) {
  const { t } = useTexts();
  const carriers = useCarriers();
  const [format, setFormat] = useLabelFormat();
  const [carrier, setCarrier] = useState("");
  const [day, setDay] = useState(today);
  const [again, setAgain] = useState(false);
  const wanted = { carrier, booked_on: day, labeled: again ? undefined : false };
  const query = useQuery({ queryKey: ["fulfillments", "labels", wanted, location], queryFn: ({ signal }) => findParcels(wanted, location, signal) });
  const found = query.data ?? [];
  const options = [{ value: "", label: t("labels.any_carrier") }, ...(carriers.data?.items ?? []).map(({ id, terms }) => ({ value: id, label: terms.name }))];
  return (
    <Stack>
      <NativeSelect label={t("labels.carrier")} size="md" value={carrier} onChange={(event) => setCarrier(event.currentTarget.value)} data={options} data-autofocus />
      <TextInput type="date" label={t("labels.day")} description={t("labels.day_hint")} size="md" value={day} onChange={(event) => setDay(event.currentTarget.value)} />
      <Checkbox size="md" label={t("labels.again")} description={t("labels.again_hint")} checked={again} onChange={(event) => setAgain(event.currentTarget.checked)} />
      <Format format={format} setFormat={setFormat} />
      <Refused error={query.error} />
      <Button size="lg" fullWidth loading={query.isFetching} disabled={found.length === 0} leftSection={<IconPrinter size={22} aria-hidden />} onClick={() => start(found.map(({ id }) => id), format)}>
        {query.isFetching ? t("labels.title") : found.length === 0 ? t("labels.none") : t("labels.print", { count: found.length })}
      </Button>
    </Stack>
  );
}

/** A button with a file behind it; long words wrap on phones. */
const FILE = { size: "md", h: "auto", py: "sm", variant: "default", fullWidth: true, styles: { label: { whiteSpace: "normal" } } } as const;

function PdfFile({ printed }: { printed: Printed }) {
  const { t } = useTexts();
  const url = useFileUrl(printed.file);
  return (
    <Button component="a" href={url} target="_blank" {...FILE} leftSection={<IconPrinter size={22} aria-hidden />}>
      {t("labels.pdf", { first: printed.first, last: printed.last })}
    </Button>
  );
}

/** ZPL is one label after the other: what came in batches leaves as one file. */
function ZplFile({ run }: { run: Run }) {
  const { t } = useTexts();
  const file = () => new Blob(run.printed.map((one) => one.file), { type: "application/zpl" });
  return (
    <Button {...FILE} leftSection={<IconDownload size={22} aria-hidden />} onClick={() => save(file(), "labels.zpl")}>
      {t("labels.zpl", { count: labelsPrinted(run) })}
    </Button>
  );
}

function NotPrinted({ run }: { run: Run }) {
  const { t } = useTexts();
  return (
    <Problem>
      <Text fw={600}>{t("labels.refused", { count: run.refused.length })}</Text>
      <ul style={{ margin: 0, paddingInlineStart: "1.2em" }}>
        {run.refused.map(({ fulfillment, why }) => (
          <li key={fulfillment}>
            <OrderNumber id={fulfillment} />: {t(`no_label.${why}`)}
          </li>
        ))}
      </ul>
    </Problem>
  );
}
