// Stock at a location: what is there, what is promised; beside it the change of one article and its movements.
import { Group, NativeSelect, SegmentedControl, Stack, Table, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { StockLevel } from "@sesame/shared/api/types";
import { IconAlertTriangle, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { usePreference } from "../data/preferences";
import { useLocations, useStock } from "../data/queries";
import { useTexts } from "../i18n";
import { Mark, More, Picture } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { useIsWide } from "../parts/shell";
import { SidePanel } from "../parts/side-panel";
import { LevelPanel } from "./stock-level";

const ONLY = ["all", "low", "short"] as const;

export function Stock() {
  const { t, local } = useTexts();
  const locations = useLocations();
  const [kept, setLocation] = usePreference("stock-location", "");
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const [only, setOnly] = useState<(typeof ONLY)[number]>("all");
  const [open, setOpen] = useState<StockLevel>();
  const known = locations.data?.items ?? [];
  const location = known.some(({ id }) => id === kept) ? kept : (known[0]?.id ?? "");
  const query = useStock({ location, query: search, only: only === "all" ? undefined : only }, location !== "");
  // The panel shows the level as the list knows it now, also after a change.
  const fresh = query.items.find((item) => item.variant === open?.variant) ?? open;
  useEffect(() => setOpen(undefined), [location]);
  if (locations.isError) return <NotLoaded error={locations.error} retry={() => void locations.refetch()} />;
  if (locations.data && known.length === 0) return <Empty title={t("stock.no_location")} hint={t("stock.no_location_hint")} />;
  return (
    <Stack>
      <Title order={1} size="h2">
        {t("nav.stock")}
      </Title>
      <Group align="end">
        <NativeSelect label={t("stock.location")} size="md" value={location} onChange={(e) => setLocation(e.currentTarget.value)} data={known.map(({ id, name }) => ({ value: id, label: name }))} />
        <TextInput type="search" aria-label={t("stock.search")} placeholder={t("stock.search")} size="md" style={{ flex: "1 1 220px" }} maxLength={200} leftSection={<IconSearch size={18} aria-hidden />} value={text} onChange={(e) => setText(e.currentTarget.value)} />
        <SegmentedControl size="md" aria-label={t("stock.only")} value={only} onChange={(value) => setOnly(value as (typeof ONLY)[number])} data={ONLY.map((value) => ({ value, label: t(`stock.only_${value}`) }))} />
      </Group>
      {query.isPending ? (
        <Loading />
      ) : query.isError && query.items.length === 0 ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        <Empty title={t("stock.none")} hint={t("stock.none_hint")} />
      ) : (
        <>
          <Levels levels={query.items} open={setOpen} />
          <More query={query} />
        </>
      )}
      <SidePanel opened={Boolean(open)} onClose={() => setOpen(undefined)} size={560} title={fresh ? local(fresh.title) : ""}>
        {fresh && <LevelPanel key={fresh.variant} level={fresh} />}
      </SidePanel>
    </Stack>
  );
}

function Levels({ levels, open }: { levels: StockLevel[]; open: (level: StockLevel) => void }) {
  const { t, local, number } = useTexts();
  const isWide = useIsWide();
  if (!isWide) {
    return (
      <Stack gap="sm">
        {levels.map((level) => (
          <UnstyledButton key={level.variant} className="card figures" onClick={() => open(level)}>
            <Group wrap="nowrap" align="start">
              <Picture src={level.image} alt="" />
              <div style={{ flex: 1, minWidth: 0 }}>
                <Text className="wrap">{local(level.title)}</Text>
                <Text size="sm" c="dimmed" className="wrap">
                  <span className="mono">{level.sku}</span> {level.options}
                </Text>
                <Text size="sm">
                  {t("stock.on_hand")} {number(level.on_hand)} · {t("stock.reserved")} {number(level.reserved)}
                </Text>
                <Short level={level} />
              </div>
              <div style={{ textAlign: "right" }}>
                <Text fw={700} size="lg">
                  {number(level.available)}
                </Text>
                <Text size="sm" c="dimmed">
                  {t("stock.available")}
                </Text>
              </div>
            </Group>
          </UnstyledButton>
        ))}
      </Stack>
    );
  }
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table verticalSpacing="xs" className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("stock.article")}</Table.Th>
            <Table.Th>SKU</Table.Th>
            <Table.Th ta="right">{t("stock.on_hand")}</Table.Th>
            <Table.Th ta="right">{t("stock.reserved")}</Table.Th>
            <Table.Th ta="right">{t("stock.safety")}</Table.Th>
            <Table.Th ta="right">{t("stock.available")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {levels.map((level) => (
            <Table.Tr key={level.variant} className="row" onClick={() => open(level)}>
              <Table.Td>
                <Group wrap="nowrap">
                  <Picture src={level.image} alt="" size={40} />
                  <UnstyledButton onClick={() => open(level)}>
                    <Text>{local(level.title)}</Text>
                    <Text size="sm" c="dimmed">
                      {level.options}
                    </Text>
                  </UnstyledButton>
                  <Short level={level} />
                </Group>
              </Table.Td>
              <Table.Td className="mono">{level.sku}</Table.Td>
              <Table.Td ta="right">{number(level.on_hand)}</Table.Td>
              <Table.Td ta="right">{number(level.reserved)}</Table.Td>
              <Table.Td ta="right">{number(level.safety_stock)}</Table.Td>
              <Table.Td ta="right" fw={700}>
                {number(level.available)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Short({ level }: { level: StockLevel }) {
  const { t } = useTexts();
  if (level.shortage === 0) return null;
  return (
    <Mark tone="danger" icon={IconAlertTriangle}>
      {t("stock.shortage", { count: level.shortage })}
    </Mark>
  );
}
