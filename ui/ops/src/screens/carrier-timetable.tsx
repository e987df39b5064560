// When a carrier's services drive: six tables for each, read, edited or replaced by files, and saved together.
import { Button, FileButton, Group, NativeSelect, Stack, Tabs, Text, Textarea } from "@mantine/core";
import type { Carrier, Timetable } from "@sesame/shared/api/types";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { TABLES, newTable, useSaveTimetable, useTimetable, type TimetableTable } from "../data/timetables";
import { useTexts } from "../i18n";
import { Loading, NotLoaded } from "../parts/errors";
import { Faults } from "./carrier-faults";

export function Timetables({ carrier, isOwner }: { carrier: Carrier; isOwner: boolean }) {
  const { t } = useTexts();
  const services = carrier.terms.services;
  const [service, setService] = useState(services[0]?.code ?? "");
  const query = useTimetable(carrier.id, service);
  return (
    <Stack gap="sm">
      {services.length > 1 && <NativeSelect size="md" label={t("timetable.service")} value={service} data={services.map(({ code, name }) => ({ value: code, label: name }))} onChange={(event) => setService(event.currentTarget.value)} maw={320} />}
      {query.isPending && <Loading rows={2} height={60} />}
      {query.isError && <NotLoaded error={query.error} retry={() => void query.refetch()} />}
      {/* What was saved, here or by somebody else, begins the form anew. */}
      {query.data && <Tables key={`${service} ${query.data.version}`} carrier={carrier} service={service} known={query.data} isOwner={isOwner} />}
    </Stack>
  );
}

function Tables({ carrier, service, known, isOwner }: { carrier: Carrier; service: string; known: Timetable; isOwner: boolean }) {
  const { t } = useTexts();
  const save = useSaveTimetable(carrier.id, service);
  const [typed, setTyped] = useState(known);
  const [open, setOpen] = useState<TimetableTable>("lines");
  const isChanged = TABLES.some((table) => typed[table] !== known[table]);
  const set = (table: TimetableTable, text: string) => {
    save.reset();
    setTyped({ ...typed, [table]: text });
  };
  return (
    <Stack gap="sm">
      <Tabs value={open} onChange={(value) => setOpen((value as TimetableTable | null) ?? "lines")} keepMounted={false}>
        <Tabs.List>
          {TABLES.map((table) => (
            <Tabs.Tab key={table} value={table} mih={44}>
              {t(`timetable.${table}`)} <Rows text={typed[table] ?? ""} />
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABLES.map((table) => (
          <Tabs.Panel key={table} value={table} pt="sm">
            <TableText carrier={carrier} service={service} table={table} text={typed[table] ?? ""} isOwner={isOwner} set={(text) => set(table, text)} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Faults error={save.error} />
      <Group>
        {isOwner && (
          <Button h={44} disabled={!isChanged} loading={save.isPending} onClick={() => save.mutate(typed)}>
            {t("timetable.save")}
          </Button>
        )}
        {save.isSuccess && !isChanged && (
          <Text size="sm" role="status">
            {t("carriers.saved")}
          </Text>
        )}
      </Group>
    </Stack>
  );
}

/** How many lines a table has below its head. */
function Rows({ text }: { text: string }) {
  const rows = text.split("\n").filter((line) => line.trim() !== "").length;
  if (rows < 2) return null;
  return (
    <Text span size="sm" c="dimmed" className="figures">
      {rows - 1}
    </Text>
  );
}

type TextProps = { carrier: Carrier; service: string; table: TimetableTable; text: string; isOwner: boolean; set: (text: string) => void };

function TableText({ carrier, service, table, text, isOwner, set }: TextProps) {
  const { t } = useTexts();
  const take = async (file: File | null) => file && set(await file.text());
  const name = `${carrier.terms.code}-${service}-${table}.csv`;
  return (
    <Stack gap="xs">
      <Textarea
        label={t(`timetable.${table}`)}
        description={t(`timetable_hint.${table}`)}
        value={text || (isOwner ? newTable(table) : "")}
        onChange={(event) => set(event.currentTarget.value)}
        readOnly={!isOwner}
        autosize
        minRows={6}
        maxRows={20}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 14, whiteSpace: "pre", overflowX: "auto" } }}
      />
      <Group>
        <Button component="a" href={`data:text/csv;charset=utf-8,${encodeURIComponent(text)}`} download={name} variant="default" h={44} leftSection={<IconDownload size={18} aria-hidden />}>
          {t("carriers.download")}
        </Button>
        {isOwner && (
          <FileButton accept=".csv,text/csv" onChange={(file) => void take(file)} inputProps={{ "aria-label": t("timetable.load") }}>
            {(props) => (
              <Button {...props} variant="default" h={44} leftSection={<IconUpload size={18} aria-hidden />}>
                {t("timetable.load")}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
    </Stack>
  );
}
