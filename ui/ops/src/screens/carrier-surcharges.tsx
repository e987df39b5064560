// What a carrier charges on top of its rate card, a row each.
import { Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import type { Surcharge, SurchargeAmount, SurchargeWhen } from "@sesame/shared/api/types";
import { decimalOf, parseMoney } from "@sesame/shared/i18n/format";
import { useState } from "react";
import { parsePercent, percentOf } from "../data/campaign-units";
import { gramsOf, kilograms, millimetersOf } from "../data/carriers";
import { useTexts } from "../i18n";
import { Add, Remove } from "./carrier";

const WHEN = ["always", "zone", "heavier_than", "longer_than"] as const;
type When = (typeof WHEN)[number];

type Row = { code: string; when: When; value: string; kind: "fixed" | "percent"; amount: string };

function rowOf({ code, when, amount }: Surcharge, currency: string): Row {
  const price = "fixed" in amount ? { kind: "fixed" as const, amount: decimalOf({ amount: amount.fixed, currency }) } : { kind: "percent" as const, amount: percentOf(amount.percent) };
  if (when === "always") return { code, when, value: "", ...price };
  if ("zone" in when) return { code, when: "zone", value: when.zone, ...price };
  if ("heavier_than" in when) return { code, when: "heavier_than", value: kilograms(when.heavier_than), ...price };
  return { code, when: "longer_than", value: String(when.longer_than / 10), ...price };
}

function whenOf(row: Row): SurchargeWhen | null {
  if (row.when === "always") return "always";
  if (row.when === "zone") return row.value.trim() ? { zone: row.value.trim() } : null;
  const grams = row.when === "heavier_than" ? gramsOf(row.value) : null;
  if (row.when === "heavier_than") return grams === null ? null : { heavier_than: grams };
  const mm = millimetersOf(row.value);
  return mm === null ? null : { longer_than: mm };
}

function amountOf(row: Row, currency: string): SurchargeAmount | null {
  if (row.kind === "percent") {
    const percent = parsePercent(row.amount);
    return percent === null ? null : { percent };
  }
  const fixed = parseMoney(row.amount, currency)?.amount;
  return fixed === undefined ? null : { fixed };
}

type Props = { surcharges: Surcharge[]; currency: string; isOwner: boolean; set: (surcharges: Surcharge[]) => void; isRefused: boolean };

export function SurchargeRows({ surcharges, currency, isOwner, set, isRefused }: Props) {
  const { t } = useTexts();
  const [rows, setRows] = useState(() => surcharges.map((surcharge) => rowOf(surcharge, currency)));
  const change = (next: Row[]) => {
    setRows(next);
    // A row that cannot be read yet keeps what was kept of it.
    const read = next.flatMap((row) => {
      const [when, amount] = [whenOf(row), amountOf(row, currency)];
      return when && amount ? [{ code: row.code.trim(), when, amount }] : [];
    });
    set(read);
  };
  const edit = (at: number, part: Partial<Row>) => change(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <Stack gap="sm">
      {rows.map((row, at) => (
        <Group key={at} align="start" wrap="nowrap" gap="xs">
          <SimpleGrid cols={{ base: 2, sm: 5 }} style={{ flex: 1 }}>
            <TextInput size="md" label={t("surcharge.code")} maxLength={40} disabled={!isOwner} value={row.code} onChange={(event) => edit(at, { code: event.currentTarget.value })} error={row.code.trim() ? null : t("carriers.wrong")} />
            <NativeSelect size="md" label={t("surcharge.when")} disabled={!isOwner} value={row.when} data={WHEN.map((value) => ({ value, label: t(`surcharge.${value}`) }))} onChange={(event) => edit(at, { when: event.currentTarget.value as When, value: "" })} />
            <TextInput size="md" label={t(`surcharge.value_${row.when}`)} disabled={!isOwner || row.when === "always"} maxLength={40} value={row.value} onChange={(event) => edit(at, { value: event.currentTarget.value })} error={whenOf(row) ? null : t("carriers.wrong")} />
            <NativeSelect size="md" label={t("surcharge.kind")} disabled={!isOwner} value={row.kind} data={[{ value: "fixed", label: currency }, { value: "percent", label: "%" }]} onChange={(event) => edit(at, { kind: event.currentTarget.value === "percent" ? "percent" : "fixed" })} />
            <TextInput size="md" label={t("surcharge.amount")} inputMode="decimal" disabled={!isOwner} value={row.amount} onChange={(event) => edit(at, { amount: event.currentTarget.value })} error={amountOf(row, currency) ? null : t("carriers.wrong")} />
          </SimpleGrid>
          {isOwner && <Remove label={t("carriers.remove", { name: row.code })} onClick={() => change(rows.filter((_, index) => index !== at))} />}
        </Group>
      ))}
      {isRefused && (
        <Text c="red" size="sm" role="alert">
          {t("carriers.surcharges_wrong")}
        </Text>
      )}
      {isOwner && <Add label={t("carriers.add_surcharge")} onClick={() => change([...rows, { code: "", when: "always", value: "", kind: "fixed", amount: "" }])} />}
    </Stack>
  );
}
