// What happened to an order: who, what, when, from which door; and room for a note.
import { Button, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import type { Entry, Fulfillment, Order } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { useWrite } from "../data/queries";
import { useTexts, type Key, type Texts } from "../i18n";
import en from "../i18n/en";
import { Refused } from "../parts/errors";

/** The sentence for an entry; an event that the console does not know is shown by its name. */
export function sentence(texts: Texts, entry: Entry, currency: string, places: { id: string; name: string }[] = []): string {
  const { t, money } = texts;
  const key = `event.${entry.what}`;
  if (!(key in en)) return entry.what.replaceAll("_", " ");
  const amount = entry.amount_minor == null ? "" : money({ amount: entry.amount_minor, currency });
  const reason = entry.reason ? t(`cancel_reason.${entry.reason}`) : "";
  const word = t as (key: Key, values: Record<string, string>) => string;
  const mailKey = `mail.${entry.code}`;
  const mail = entry.what.startsWith("mail_") && mailKey in en ? word(mailKey as Key, {}) : "";
  const seen = entry.seen ? seenWords(t, entry.seen, entry.code ?? "") : "";
  const pieces = entry.pieces ?? 0;
  const place = places.find(({ id }) => id === entry.location)?.name ?? entry.location ?? "";
  const whyKey = `relocate.why.${entry.code}`;
  const why = entry.what === "goods_relocated" && whyKey in en ? word(whyKey as Key, {}) : "";
  const points = pieces > 0 ? `+${pieces}` : `${pieces}`;
  return word(key as Key, { amount, mail, points, reason, seen, place, why, pieces: `${pieces}`, code: entry.code ?? "", carrier: entry.carrier ?? "", number: entry.tracking_number ?? "" }).trim();
}

/** What a parcel was handed over by, as a sighting's code says it, if it was a code of its receiver's. */
const CODES = ["code_right", "code_wrong", "code_locked"] as const;

/** Where a parcel was seen, by what code it was handed over, and whether that was taken back. */
function seenWords(t: Texts["t"], { status, place, withdrawn }: NonNullable<Entry["seen"]>, code: string): string {
  const where = place ? `${t(`tracking.${status}`)}, ${place}` : t(`tracking.${status}`);
  const told = CODES.find((one) => one === code);
  if (withdrawn) return t("tracking.withdrawn", { where });
  return told ? t(`tracking.${told}`, { where }) : where;
}

/** Where the parcel of a fulfillment is; `history` knows by what code it was handed over. */
export function statusWords(t: Texts["t"], { id, parcel }: Fulfillment, history: readonly Entry[]): string {
  const status = parcel!.status;
  const entry = history.findLast(({ what, subject, seen }) => what === "parcel_seen" && subject === id && seen?.status === status && !seen.withdrawn);
  return seenWords(t, { at: 0, status, place: "", withdrawn: false }, entry?.code ?? "");
}

export function History({ order }: { order: Order }) {
  const texts = useTexts();
  const { t, time } = texts;
  const places = order.fulfillments.map((parcel) => parcel.location);
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        {t("history.title")}
      </Title>
      <NoteForm order={order.id} />
      <ol className="timeline">
        {[...order.history].reverse().map((entry) => (
          <li key={entry.position}>
            <Text className="wrap">{sentence(texts, entry, order.totals.total.currency, places)}</Text>
            {entry.note && (
              <Text className="wrap" style={{ whiteSpace: "pre-line" }} fs="italic">
                {entry.note}
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {time(entry.at)} · {entry.operator ?? t(`actor.${entry.actor}`)} · {t(`channel.${entry.channel}`)}
            </Text>
          </li>
        ))}
      </ol>
    </Stack>
  );
}

function NoteForm({ order }: { order: string }) {
  const { t } = useTexts();
  const [note, setNote] = useState("");
  const add = useWrite<string, Order>((text) => ({ method: "POST", path: `/orders/${order}/notes`, body: { note: text } }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(note.trim(), { onSuccess: () => setNote("") });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Textarea aria-label={t("history.note")} placeholder={t("history.note")} maxLength={5000} autosize minRows={1} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        <Refused error={add.error} />
        {note.trim() && (
          <Group justify="end">
            <Button type="submit" variant="default" loading={add.isPending}>
              {t("history.add_note")}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
