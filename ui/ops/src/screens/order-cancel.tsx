// Canceling: says what it will do, and to how much, before it is done.
import { Button, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import type { CancelEffect, CancelReason, Order } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

const REASONS = ["shopper", "out_of_stock", "fraud", "operator"] as const satisfies CancelReason[];

export function CancelForm({ order, effect, onDone }: { order: Order; effect: CancelEffect; onDone: () => void }) {
  const { t, money } = useTexts();
  const [reason, setReason] = useState<CancelReason>("shopper");
  const [note, setNote] = useState("");
  const cancel = useWrite<{ reason: CancelReason; note: string }, Order>((body) => ({ method: "POST", path: `/orders/${order.id}/cancel`, body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    cancel.mutate({ reason, note }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{t("cancel.effect_goods", { count: effect.pieces })}</Text>
        <Text>{reason === "shopper" && effect.kept_for_shopper ? t("cancel.effect_kept", { amount: money(effect.kept_for_shopper) }) : effect.refund.amount > 0 ? t("cancel.effect_money", { amount: money(effect.refund) }) : t("cancel.effect_no_money")}</Text>
        {effect.whole_group && <Text>{t("cancel.effect_group")}</Text>}
        <NativeSelect label={t("cancel.reason")} size="md" value={reason} onChange={(e) => setReason(e.currentTarget.value as CancelReason)} data={REASONS.map((value) => ({ value, label: t(`cancel_reason.${value}`) }))} />
        <Textarea label={t("cancel.note")} description={t("common.optional")} maxLength={5000} autosize minRows={2} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        <Refused error={cancel.error} />
        <Button type="submit" size="lg" fullWidth color="var(--color-danger)" c="var(--color-on-danger)" loading={cancel.isPending}>
          {t("cancel.submit", { count: effect.pieces })}
        </Button>
      </Stack>
    </form>
  );
}
