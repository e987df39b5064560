// A list of prices out of a spreadsheet: lines of SKU, price and pieces, looked up and taken over together.
import { Button, Modal, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { decimalOf } from "@sesame/shared/i18n/format";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PriceLine } from "../data/campaign-draft";
import { parseLines, type PastedLine } from "../data/campaign-units";
import { articlesBySku, type Article } from "../data/campaigns";
import { useTexts } from "../i18n";
import { useFormState } from "../parts/campaign-form";
import { Refused } from "../parts/errors";

type Props = { opened: boolean; close: () => void; take: (lines: PriceLine[]) => void };

const PROBLEMS_SHOWN = 5;

export function PasteModal({ opened, close, take }: Props) {
  const { t } = useTexts();
  return (
    <Modal opened={opened} onClose={close} size="lg" title={t("paste.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <PasteForm take={take} />
    </Modal>
  );
}

function lineOf({ amount, total }: PastedLine, { variant }: Article, currency: string): PriceLine {
  return { variant, seller: null, prices: { [currency]: decimalOf({ amount, currency }) }, total: total === null ? "" : String(total) };
}

type Lookup = { done: number; of: number } | { added: number; unknown: string[] } | { error: unknown } | null;

function PasteForm({ take }: Pick<Props, "take">) {
  const { t } = useTexts();
  const { currencies } = useFormState();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [currency, setCurrency] = useState(currencies[0]!);
  const [lookup, setLookup] = useState<Lookup>(null);
  const { lines, problems } = parseLines(text, currency);
  const isLooking = lookup !== null && "done" in lookup;
  const submit = async () => {
    setLookup({ done: 0, of: lines.length });
    try {
      const found = await articlesBySku(client, lines.map(({ sku }) => sku), (done) => setLookup({ done, of: lines.length }));
      const unknown = lines.filter(({ sku }) => !found.has(sku)).map(({ sku }) => sku);
      take(lines.flatMap((line) => (found.has(line.sku) ? [lineOf(line, found.get(line.sku)!, currency)] : [])));
      setLookup({ added: found.size, unknown });
      // What could not be taken over stays, to be corrected.
      const left = new Set(unknown);
      const bad = new Set(problems.map(({ line }) => line));
      setText(text.split(/\r?\n/).filter((raw, index) => bad.has(index + 1) || left.has(parseLines(raw, currency).lines[0]?.sku ?? "")).join("\n"));
    } catch (error) {
      setLookup({ error });
    }
  };
  return (
    <Stack>
      <Text size="sm">{t("paste.hint")}</Text>
      <NativeSelect size="md" maw={160} label={t("editor.currency")} data={currencies} value={currency} onChange={(event) => setCurrency(event.currentTarget.value)} />
      <Textarea label={t("paste.lines")} placeholder={"85123A 2.95 100"} styles={{ input: { fontFamily: "var(--font-mono)" } }} autosize minRows={6} maxRows={16} value={text} disabled={isLooking} onChange={(event) => setText(event.currentTarget.value)} />
      {problems.slice(0, PROBLEMS_SHOWN).map(({ line, text: raw, why }) => (
        <Text key={line} size="sm" c="var(--color-danger-text)" className="wrap">
          {t("paste.wrong", { line, why: t(`paste_why.${why}`), text: raw })}
        </Text>
      ))}
      {problems.length > PROBLEMS_SHOWN && <Text size="sm">{t("calendar.more", { count: problems.length - PROBLEMS_SHOWN })}</Text>}
      <div role="status">
        {isLooking && <Text className="figures">{t("paste.looking", { done: lookup.done, of: lookup.of })}</Text>}
        {lookup && "added" in lookup && <Text>{t("paste.added", { count: lookup.added })}</Text>}
        {lookup && "added" in lookup && lookup.unknown.length > 0 && <Text className="wrap">{t("paste.unknown", { skus: lookup.unknown.join(", ") })}</Text>}
      </div>
      {lookup && "error" in lookup && <Refused error={lookup.error} />}
      <Button size="md" disabled={lines.length === 0} loading={isLooking} onClick={() => void submit()}>
        {t("paste.submit", { count: lines.length })}
      </Button>
    </Stack>
  );
}
