// Giving money back by pieces, with a further amount; the server says to the cent what it comes to.
import { Button, Group, NativeSelect, NumberInput, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { parseMoney } from "@sesame/shared/i18n/format";
import type { Money, Order, OrderLine, RefundPreview } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { newKey, write } from "../data/api";
import { useLocations, useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

type Request = { lines: { number: number; quantity: number }[]; extra: number; restock?: string; note: string };

/** What is sent for the pieces chosen by line number. */
export function refundRequest(pieces: Record<number, number>, extra: number, restock: string, note: string): Request {
  const lines = Object.entries(pieces).map(([number, quantity]) => ({ number: Number(number), quantity }));
  return { lines: lines.filter(({ quantity }) => quantity > 0), extra, note, ...(restock ? { restock } : {}) };
}

export function RefundForm({ order, refundable, onDone }: { order: Order; refundable: Money; onDone: () => void }) {
  const { t, money } = useTexts();
  const [pieces, setPieces] = useState<Record<number, number>>({});
  const [extraText, setExtraText] = useState("");
  const [restock, setRestock] = useState("");
  const [note, setNote] = useState("");
  const locations = useLocations();
  const extra = extraText.trim() ? parseMoney(extraText, refundable.currency) : { amount: 0 };
  const request = refundRequest(pieces, extra?.amount ?? 0, restock, note);
  const preview = usePreview(order.id, request);
  const refund = useWrite<Request, Order>((body) => ({ method: "POST", path: `/orders/${order.id}/refunds`, body }));
  const amount = preview?.amount.amount ?? 0;
  const isTooMuch = amount > refundable.amount;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    refund.mutate(request, { onSuccess: onDone });
  };
  const returnable = order.lines.filter((line) => line.fulfilled > line.returned);
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text c="dimmed">{t("refund.most", { amount: money(refundable) })}</Text>
        {returnable.length === 0 && <Text c="dimmed">{t("refund.no_pieces")}</Text>}
        {returnable.map((line) => (
          <Pieces key={line.number} line={line} value={pieces[line.number] ?? 0} set={(value) => setPieces({ ...pieces, [line.number]: value })} />
        ))}
        <TextInput label={t("refund.extra", { currency: refundable.currency })} description={t("refund.extra_hint")} inputMode="decimal" size="md" value={extraText} onChange={(e) => setExtraText(e.currentTarget.value)} error={extra ? null : t("refund.extra_bad")} />
        {request.lines.length > 0 && (
          <NativeSelect label={t("refund.restock")} size="md" value={restock} onChange={(e) => setRestock(e.currentTarget.value)} data={[{ value: "", label: t("refund.no_restock") }, ...(locations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))]} />
        )}
        <Textarea label={t("refund.note")} description={t("common.optional")} maxLength={5000} autosize minRows={2} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        {isTooMuch && <Text c="var(--color-danger-text)" role="alert">{t("refund.too_much", { amount: money(refundable) })}</Text>}
        <Refused error={refund.error} />
        <Button type="submit" size="lg" fullWidth styles={{ label: { whiteSpace: "normal", lineHeight: 1.2 } }} loading={refund.isPending} disabled={amount === 0 || isTooMuch || !extra}>
          {preview && amount > 0 ? t("refund.submit", { amount: money(preview.amount) }) : t("refund.choose")}
        </Button>
      </Stack>
    </form>
  );
}

/** What the refund would come to, asked again a moment after each change. */
function usePreview(order: string, request: Request): RefundPreview | undefined {
  const { lines, extra } = request;
  const [settled] = useDebouncedValue(JSON.stringify({ lines, extra }), 200);
  const query = useQuery({
    queryKey: ["orders", "refund-preview", order, settled],
    queryFn: () => write<RefundPreview>("POST", `/orders/${order}/refund-preview`, JSON.parse(settled), newKey()),
    placeholderData: (before: RefundPreview | undefined) => before,
  });
  return query.data;
}

function Pieces({ line, value, set }: { line: OrderLine; value: number; set: (value: number) => void }) {
  const { t } = useTexts();
  const most = line.fulfilled - line.returned;
  return (
    <Group wrap="nowrap" justify="space-between">
      <div style={{ minWidth: 0 }}>
        <Text className="wrap">{line.title}</Text>
        <Text size="sm" c="dimmed">
          {t("refund.of_pieces", { count: most })}
        </Text>
      </div>
      <NumberInput aria-label={t("refund.pieces_of", { title: line.title })} w={120} size="md" min={0} max={most} clampBehavior="strict" allowDecimal={false} allowNegative={false} value={value} onChange={(next) => set(Number(next) || 0)} />
    </Group>
  );
}
