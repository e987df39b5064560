// Choosing which orders are listed, and keeping a choice under a name.
import { ActionIcon, Button, Collapse, Group, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconBookmark, IconFilter, IconSearch, IconX } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
import { dayOf, dayStart, PRESETS, sameFilters, searchOf, withSaved, type OrderFilters, type SavedFilter } from "../data/filters";
import { usePreference } from "../data/preferences";
import { useLocations } from "../data/queries";
import { navigate } from "../data/router";
import { useTexts } from "../i18n";

const CHANNELS = ["web", "app", "till", "agent", "phone"] as const;
const SEARCH_DELAY_MS = 300;

const show = (filters: OrderFilters) => navigate(`/orders${searchOf(filters)}`, "replace");

export function FilterBar({ filters }: { filters: OrderFilters }) {
  const { t } = useTexts();
  const [saved, setSaved] = usePreference<SavedFilter[]>("order-filters", []);
  const [isOpen, setOpen] = useState(Boolean(filters.channel || filters.location || filters.from || filters.to));
  return (
    <div>
      <div className="scroll-x" role="group" aria-label={t("filter.label")}>
        {PRESETS.map((preset) => (
          <Chip key={preset.key} label={t(preset.key)} isOn={sameFilters(filters, preset.filters)} onClick={() => show(preset.filters)} />
        ))}
        {saved.map((filter) => (
          <Chip
            key={filter.name}
            label={filter.name}
            isOn={sameFilters(filters, filter.filters)}
            onClick={() => show(filter.filters)}
            remove={() => setSaved(saved.filter(({ name }) => name !== filter.name))}
          />
        ))}
      </div>
      <Group mt="sm" gap="sm" wrap="nowrap">
        <Search filters={filters} />
        <Button variant="default" h={44} leftSection={<IconFilter size={18} aria-hidden />} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t("filter.more")}
        </Button>
      </Group>
      <Collapse expanded={isOpen}>
        <Fields filters={filters} />
        <SaveFilter filters={filters} save={(name) => setSaved(withSaved(saved, { name, filters }))} />
      </Collapse>
    </div>
  );
}

function Chip({ label, isOn, onClick, remove }: { label: string; isOn: boolean; onClick: () => void; remove?: () => void }) {
  const { t } = useTexts();
  return (
    <Button.Group style={{ flex: "none" }}>
      <Button variant={isOn ? "filled" : "default"} radius="xl" h={44} aria-pressed={isOn} onClick={onClick}>
        {label}
      </Button>
      {remove && (
        <Button variant="default" radius="xl" h={44} px="xs" onClick={remove} aria-label={t("filter.forget", { name: label })}>
          <IconX size={16} aria-hidden />
        </Button>
      )}
    </Button.Group>
  );
}

function Search({ filters }: { filters: OrderFilters }) {
  const { t } = useTexts();
  const [text, setText] = useState(filters.query ?? "");
  useEffect(() => setText(filters.query ?? ""), [filters.query]);
  const search = useDebouncedCallback((query: string) => show({ ...filters, query: query.trim() }), SEARCH_DELAY_MS);
  return (
    <TextInput
      data-search
      type="search"
      style={{ flex: 1 }}
      styles={{ input: { height: 44 } }}
      leftSection={<IconSearch size={18} aria-hidden />}
      rightSection={
        text ? (
          <ActionIcon variant="subtle" color="gray" onClick={() => (setText(""), show({ ...filters, query: "" }))} aria-label={t("filter.clear_search")}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        ) : null
      }
      placeholder={t("orders.search")}
      aria-label={t("orders.search")}
      maxLength={200}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}

function Fields({ filters }: { filters: OrderFilters }) {
  const { t } = useTexts();
  const locations = useLocations();
  const set = (change: OrderFilters) => show({ ...filters, ...change });
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} mt="sm">
      <NativeSelect label={t("orders.channel")} value={filters.channel ?? ""} onChange={(e) => set({ channel: e.currentTarget.value })} data={[{ value: "", label: t("filter.any") }, ...CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))]} />
      <NativeSelect label={t("orders.location")} value={filters.location ?? ""} onChange={(e) => set({ location: e.currentTarget.value })} data={[{ value: "", label: t("filter.any") }, ...(locations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))]} />
      <TextInput type="date" label={t("filter.from")} value={dayOf(filters.from)} onChange={(e) => set({ from: dayStart(e.currentTarget.value) ?? "" })} />
      <TextInput type="date" label={t("filter.to")} value={dayOf(filters.to, 1)} onChange={(e) => set({ to: dayStart(e.currentTarget.value, 1) ?? "" })} />
    </SimpleGrid>
  );
}

function SaveFilter({ filters, save }: { filters: OrderFilters; save: (name: string) => void }) {
  const { t } = useTexts();
  const [name, setName] = useState("");
  if (PRESETS.some((preset) => sameFilters(preset.filters, filters))) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    save(name.trim());
    setName("");
  };
  return (
    <form onSubmit={submit}>
      <Group mt="sm" align="end">
        <TextInput label={t("filter.save_as")} maxLength={40} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Button type="submit" variant="default" leftSection={<IconBookmark size={18} aria-hidden />} disabled={!name.trim()}>
          {t("filter.save")}
        </Button>
      </Group>
    </form>
  );
}
