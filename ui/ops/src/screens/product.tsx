// One product: its texts in the shop's languages, whether it sells, and the prices of its variants.
import { ActionIcon, Button, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { LANGUAGES, LANGUAGE_NAMES } from "@sesame/shared/i18n";
import { decimalOf, parseMoney } from "@sesame/shared/i18n/format";
import type { Money, Product, ProductChange, Status, Texts, Variant } from "@sesame/shared/api/types";
import { IconArrowLeft } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { ApiError } from "../data/api";
import { useProduct, useSettings, useWrite } from "../data/queries";
import { navigate } from "../data/router";
import { useTexts } from "../i18n";
import { Picture, StatusMark } from "../parts/bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";

const STATUSES = ["active", "draft", "archived"] as const satisfies Status[];

export function ProductScreen({ id }: { id: string }) {
  const { t } = useTexts();
  const query = useProduct(id);
  if (query.isPending) return <Loading rows={5} height={80} />;
  if (!query.data) {
    if (query.error instanceof ApiError && query.error.status === 404) return <Empty title={t("product.missing")} />;
    return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  }
  return <Editor product={query.data} reload={() => void query.refetch()} />;
}

export type Draft = { title: Texts; description: Texts; status: Status; prices: Record<string, string>; statuses: Record<string, Status> };

const priceKey = (variant: string, seller: string, currency: string) => `${variant}/${seller}/${currency}`;

/** The draft as it begins: what is saved. */
export function draftOf(product: Product): Draft {
  const prices: Record<string, string> = {};
  const statuses: Record<string, Status> = {};
  for (const variant of product.variants) {
    statuses[variant.id] = variant.status;
    for (const offer of variant.offers) {
      for (const price of offer.prices) prices[priceKey(variant.id, offer.seller.id, price.currency)] = decimalOf(price);
    }
  }
  return { title: product.title, description: product.description, status: product.status, prices, statuses };
}

const plain = (texts: Texts): Texts => Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
const sameTexts = (a: Texts, b: Texts) => LANGUAGES.every((language) => (a[language] ?? "") === (b[language] ?? ""));

/** What is sent: only what differs from what is saved; null while a price cannot be read. */
export function changeOf(product: Product, draft: Draft): ProductChange | null {
  const change: ProductChange = { version: product.version, variants: [] };
  if (!sameTexts(product.title, draft.title)) change.title = plain(draft.title);
  if (!sameTexts(product.description, draft.description)) change.description = plain(draft.description);
  if (product.status !== draft.status) change.status = draft.status;
  for (const variant of product.variants) {
    const status = draft.statuses[variant.id] === variant.status ? {} : { status: draft.statuses[variant.id]! };
    const prices = changedPrices(variant, draft);
    if (prices === null) return null;
    if (prices.length === 0 && !("status" in status)) continue;
    // One entry carries one seller's prices: the status goes with the first.
    const [first = {}, ...others] = prices.map((entry) => ({ prices: entry }));
    change.variants!.push({ id: variant.id, ...status, ...first }, ...others.map((other) => ({ id: variant.id, ...other })));
  }
  return change;
}

function changedPrices(variant: Variant, draft: Draft): { seller: string; prices: Money[] }[] | null {
  const changed: { seller: string; prices: Money[] }[] = [];
  for (const { seller, prices } of variant.offers) {
    const next: Money[] = [];
    for (const price of prices) {
      const read = parseMoney(draft.prices[priceKey(variant.id, seller.id, price.currency)] ?? "", price.currency);
      if (!read) return null;
      next.push(read);
    }
    if (next.some((price, index) => price.amount !== prices[index]!.amount)) changed.push({ seller: seller.id, prices: next });
  }
  return changed;
}

const isEmpty = (change: ProductChange) => !change.title && !change.description && !change.status && change.variants!.length === 0;

function Editor({ product, reload }: { product: Product; reload: () => void }) {
  const { t, local, time } = useTexts();
  // What the edits were made from: a newer version arriving in the background does not take them away.
  const [base, setBase] = useState(product);
  const [draft, setDraft] = useState(() => draftOf(product));
  const save = useWrite<ProductChange, Product>((body) => ({ method: "PATCH", path: `/products/${base.id}`, body }));
  const begin = (from: Product) => (setBase(from), setDraft(draftOf(from)));
  const change = changeOf(base, draft);
  const isUnchanged = change !== null && isEmpty(change);
  if (isUnchanged && product.version > base.version) begin(product);
  const isConflict = save.error?.code === "version_conflict";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change) save.mutate(change, { onSuccess: begin });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg" maw={960}>
        <Group wrap="nowrap" align="start">
          <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("product.back")} onClick={() => navigate("/products")}>
            <IconArrowLeft aria-hidden color="var(--color-text)" />
          </ActionIcon>
          <Picture src={base.variants[0]?.image ?? ""} alt="" size={72} />
          <div style={{ minWidth: 0 }}>
            <Title order={1} size="h2" className="wrap">
              {local(base.title)}
            </Title>
            <Text c="dimmed" className="wrap">
              {[base.brand, base.category?.name, base.handle].filter(Boolean).join(" · ")}
            </Text>
            <Text c="dimmed" size="sm">
              {t("product.changed", { time: time(base.updated_at), version: base.version })}
            </Text>
          </div>
        </Group>
        <NativeSelect label={t("products.status")} size="md" maw={320} value={draft.status} onChange={(e) => setDraft({ ...draft, status: e.currentTarget.value as Status })} data={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))} />
        <TextFields draft={draft} setDraft={setDraft} />
        <Variants product={base} draft={draft} setDraft={setDraft} />
        <Refused error={save.error} />
        {isConflict && (
          <Button variant="default" onClick={() => (save.reset(), reload(), begin(product))}>
            {t("product.take_new")}
          </Button>
        )}
        <Group>
          <Button type="submit" size="md" loading={save.isPending} disabled={change === null || isUnchanged}>
            {t("product.save")}
          </Button>
          {!isUnchanged && (
            <Button variant="default" size="md" onClick={() => (save.reset(), begin(base))}>
              {t("product.discard")}
            </Button>
          )}
          {save.isSuccess && isUnchanged && (
            <Text role="status" c="var(--color-positive-text)">
              {t("product.saved")}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

type DraftProps = { draft: Draft; setDraft: (draft: Draft) => void };

function TextFields({ draft, setDraft }: DraftProps) {
  const { t } = useTexts();
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }}>
      {LANGUAGES.map((language) => (
        <Stack key={language} gap="xs" lang={language}>
          <TextInput label={t("product.title_in", { language: LANGUAGE_NAMES[language] })} maxLength={200} size="md" value={draft.title[language] ?? ""} onChange={(e) => setDraft({ ...draft, title: { ...draft.title, [language]: e.currentTarget.value } })} />
          <Textarea label={t("product.description_in", { language: LANGUAGE_NAMES[language] })} maxLength={5000} autosize minRows={3} maxRows={12} value={draft.description[language] ?? ""} onChange={(e) => setDraft({ ...draft, description: { ...draft.description, [language]: e.currentTarget.value } })} />
        </Stack>
      ))}
    </SimpleGrid>
  );
}

function Variants({ product, draft, setDraft }: DraftProps & { product: Product }) {
  const { t, number } = useTexts();
  const settings = useSettings();
  const order = settings.data?.currencies.map(({ currency }) => currency) ?? [];
  const rank = (currency: string) => (order.indexOf(currency) + order.length + 1) % (order.length + 1);
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        {t("product.variants")}
      </Title>
      {product.variants.map((variant) => (
        <Paper key={variant.id} withBorder p="md" bg="var(--color-raised)">
          <Group align="start" justify="space-between">
            <Group wrap="nowrap" align="start">
              <Picture src={variant.image} alt="" />
              <div>
                <Text fw={600}>{variant.options || variant.sku}</Text>
                <Text size="sm" c="dimmed">
                  <span className="mono">{variant.sku}</span>
                  {variant.gtin && ` · GTIN ${variant.gtin}`}
                  {variant.weight_grams > 0 && ` · ${number(variant.weight_grams)} g`} · {t("stock.available")} {number(variant.available)}
                </Text>
                <StatusMark state={variant.status} />
              </div>
            </Group>
            <Group align="end">
              {variant.offers.flatMap(({ seller, prices }) =>
                [...prices]
                  .sort((a, b) => rank(a.currency) - rank(b.currency))
                  .map(({ currency }) => {
                    const key = priceKey(variant.id, seller.id, currency);
                    const typed = draft.prices[key] ?? "";
                    return (
                      <TextInput key={key} w={130} label={variant.offers.length > 1 ? `${seller.name} ${currency}` : t("product.price_in", { currency })} inputMode="decimal" size="md" className="figures" value={typed} onChange={(e) => setDraft({ ...draft, prices: { ...draft.prices, [key]: e.currentTarget.value } })} error={parseMoney(typed, currency) ? null : t("product.price_bad")} />
                    );
                  }),
              )}
              <NativeSelect label={t("products.status")} size="md" value={draft.statuses[variant.id]} onChange={(e) => setDraft({ ...draft, statuses: { ...draft.statuses, [variant.id]: e.currentTarget.value as Status } })} data={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))} />
            </Group>
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}
