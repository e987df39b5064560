// The articles that a rule names one by one: with prices of their own, or as parts of a set.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Money } from "@sesame/shared/api/types";
import { parseMoney } from "@sesame/shared/i18n/format";
import { IconAlertTriangle, IconClipboardText, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { PartLine, PresaleLine, PriceLine } from "../data/campaign-draft";
import { useArticle, type Article } from "../data/campaigns";
import { useTexts } from "../i18n";
import { Picture } from "../parts/bits";
import { AmountFields, ruleField, Typed, useFormState, type RuleProps } from "../parts/campaign-form";
import { PasteModal } from "./campaign-paste";
import { ArticleSearch } from "./campaign-search";

const PAGE = 25;

const presaleLine = ({ variant }: Article): PresaleLine => ({ variant, seller: null, prices: {}, deposits: {}, countsAs: {}, total: "" });
const line = ({ variant }: Article): PriceLine => ({ variant, seller: null, prices: {}, total: "" });

export function PriceLines({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const { problemAt } = useFormState();
  const [isPasting, pasting] = useDisclosure(false);
  const [shown, setShown] = useState(PAGE);
  const { prices } = rule;
  const taken = new Set(prices.map(({ variant }) => variant));
  const change = (variant: string, part: Partial<PriceLine>) => set({ prices: prices.map((one) => (one.variant === variant ? { ...one, ...part } : one)) });
  // Pasted lines replace those of the same article, so that a corrected list can be pasted again.
  const paste = (pasted: PriceLine[]) => {
    const fresh = new Map(pasted.map((one) => [one.variant, one]));
    const kept = prices.map((one) => {
      const next = fresh.get(one.variant);
      fresh.delete(one.variant);
      return next ? { ...one, prices: { ...one.prices, ...next.prices }, total: next.total } : one;
    });
    set({ prices: [...kept, ...fresh.values()] });
  };
  // What is wrong must be seen, however long the list is.
  const visible = prices.filter(({ variant }, index) => index < shown || hasProblem(problemAt, rule.number, variant));
  const problem = problemAt(ruleField(rule, "prices"));
  return (
    <Stack gap="sm">
      <Group align="end">
        <div style={{ flex: "1 1 280px" }}>
          <ArticleSearch taken={taken} add={(articles) => set({ prices: [...prices, ...articles.map(line)] })} />
        </div>
        <Button variant="default" h={44} leftSection={<IconClipboardText size={18} aria-hidden />} onClick={pasting.open}>
          {t("paste.open")}
        </Button>
      </Group>
      {problem && <Problem text={problem} />}
      {prices.length === 0 && !problem && <Text c="dimmed">{t("articles.none")}</Text>}
      {visible.map((one) => (
        <PriceRow key={one.variant} rule={rule} one={one} change={(part) => change(one.variant, part)} remove={() => set({ prices: prices.filter(({ variant }) => variant !== one.variant) })} />
      ))}
      {prices.length > visible.length && (
        <Group>
          <Text size="sm" c="dimmed">
            {t("articles.shown", { shown: visible.length, count: prices.length })}
          </Text>
          <Button variant="default" h={44} onClick={() => setShown(shown + 4 * PAGE)}>
            {t("common.more")}
          </Button>
        </Group>
      )}
      <PasteModal opened={isPasting} close={pasting.close} take={paste} />
    </Stack>
  );
}

function hasProblem(problemAt: (at: string) => string | null, rule: number, variant: string): boolean {
  const at = `rules.${rule}.prices.${variant}`;
  return problemAt(at) !== null || problemAt(`${at}.total`) !== null;
}

export function Problem({ text }: { text: string }) {
  return (
    <Text size="sm" c="var(--color-danger-text)" role="alert" data-problem>
      {text}
    </Text>
  );
}

/** An article with its picture and names; its id until they are known. */
function ArticleName({ variant, note }: { variant: string; note?: string }) {
  const { local } = useTexts();
  const { data } = useArticle(variant);
  return (
    <Group wrap="nowrap" gap="sm" style={{ flex: "1 1 220px", minWidth: 0 }}>
      <Picture src={data?.image ?? ""} alt="" size={40} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" className="wrap">
          {data ? local(data.title) : variant}
        </Text>
        <Text size="sm" c="dimmed" className="wrap figures">
          {[data?.options, data?.sku, note].filter(Boolean).join(" · ")}
        </Text>
      </div>
    </Group>
  );
}

/** The name of an article for those who do not see the row. */
function useArticleName(variant: string): string {
  const { local } = useTexts();
  const { data } = useArticle(variant);
  return data ? [local(data.title), data.options].filter(Boolean).join(", ") : variant;
}

function Remove({ name, remove }: { name: string; remove: () => void }) {
  const { t } = useTexts();
  return (
    <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("goods.remove", { name })} onClick={remove}>
      <IconTrash size={20} aria-hidden color="var(--color-text)" />
    </ActionIcon>
  );
}

/** What a number is in, where a label would take a row of its own. */
function Unit({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" aria-hidden>
      {children}
    </Text>
  );
}

type PriceRowProps = { rule: RuleProps["rule"]; one: PriceLine; change: (part: Partial<PriceLine>) => void; remove: () => void };

function PriceRow({ rule, one, change, remove }: PriceRowProps) {
  const { t, money } = useTexts();
  const { currencies, problemAt } = useFormState();
  const { data } = useArticle(one.variant);
  const name = useArticleName(one.variant);
  const at = ruleField(rule, `prices.${one.variant}`);
  const offer = data?.offers.find(({ seller }) => seller === one.seller) ?? data?.offers[0];
  const now = (offer?.prices ?? []).filter(({ currency }) => currencies.includes(currency));
  const note = now.length > 0 ? t("articles.now", { price: now.map(money).join(" · ") }) : undefined;
  return (
    <Stack gap={4} className="article-row">
      <Group align="start" gap="sm">
        <ArticleName variant={one.variant} {...(note ? { note } : {})} />
        <Group gap="xs" align="start">
          {currencies.map((currency, index) => (
            <TextInput
              key={currency}
              size="md"
              w={120}
              className="figures"
              inputMode="decimal"
              autoComplete="off"
              maxLength={30}
              rightSection={<Unit>{currency}</Unit>}
              rightSectionWidth={44}
              aria-label={t("articles.price_of", { name, currency })}
              value={one.prices[currency] ?? ""}
              onChange={(event) => change({ prices: { ...one.prices, [currency]: event.currentTarget.value } })}
              error={problemAt(`${at}.${currency}`) ?? (index === 0 ? problemAt(at) : null)}
            />
          ))}
          <TextInput size="md" w={140} rightSection={<Unit>{t("articles.total")}</Unit>} rightSectionWidth={56} className="figures" inputMode="numeric" autoComplete="off" maxLength={30} aria-label={t("articles.total_of", { name })} value={one.total} onChange={(event) => change({ total: event.currentTarget.value })} error={problemAt(`${at}.total`)} />
          <Remove name={name} remove={remove} />
        </Group>
      </Group>
      {isDearer(one, now) && (
        <Text size="sm" c="var(--color-warning-text)">
          <IconAlertTriangle size={14} aria-hidden /> {t("articles.dearer")}
        </Text>
      )}
    </Stack>
  );
}

/** Whether a price is not below the one of now: it would never count. */
function isDearer(one: PriceLine, now: Money[]): boolean {
  return now.some(({ amount, currency }) => {
    const typed = parseMoney(one.prices[currency] ?? "", currency);
    return typed !== null && typed.amount >= amount;
  });
}

export function PresaleLines({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const { problemAt } = useFormState();
  const { presale } = rule;
  const taken = new Set(presale.map(({ variant }) => variant));
  const problem = problemAt(ruleField(rule, "presale"));
  const change = (variant: string, part: Partial<PresaleLine>) => set({ presale: presale.map((one) => (one.variant === variant ? { ...one, ...part } : one)) });
  return (
    <Stack gap="sm">
      <ArticleSearch taken={taken} add={(articles) => set({ presale: [...presale, ...articles.map(presaleLine)] })} />
      {problem && <Problem text={problem} />}
      {presale.length === 0 && !problem && <Text c="dimmed">{t("articles.none")}</Text>}
      {presale.map((one) => (
        <PresaleRow key={one.variant} rule={rule} one={one} change={(part) => change(one.variant, part)} remove={() => set({ presale: presale.filter(({ variant }) => variant !== one.variant) })} />
      ))}
    </Stack>
  );
}

type PresaleRowProps = { rule: RuleProps["rule"]; one: PresaleLine; change: (part: Partial<PresaleLine>) => void; remove: () => void };

function PresaleRow({ rule, one, change, remove }: PresaleRowProps) {
  const { t, money } = useTexts();
  const { currencies, problemAt } = useFormState();
  const { data } = useArticle(one.variant);
  const name = useArticleName(one.variant);
  const at = ruleField(rule, `presale.${one.variant}`);
  const offer = data?.offers.find(({ seller }) => seller === one.seller) ?? data?.offers[0];
  const now = (offer?.prices ?? []).filter(({ currency }) => currencies.includes(currency));
  const note = now.length > 0 ? t("articles.now", { price: now.map(money).join(" · ") }) : undefined;
  const field = (label: "presale.price" | "presale.deposit" | "presale.counts", place: string, key: "prices" | "deposits" | "countsAs", currency: string) => (
    <Typed at={place} label={t(label, { currency })} name={`${name}: ${t(label, { currency })}`} width={150} value={one[key][currency] ?? ""} set={(typed) => change({ [key]: { ...one[key], [currency]: typed } })} />
  );
  return (
    <Stack gap={4} className="article-row">
      <Group align="start" gap="sm" wrap="nowrap">
        <ArticleName variant={one.variant} {...(note ? { note } : {})} />
        <Remove name={name} remove={remove} />
      </Group>
      {currencies.map((currency, index) => (
        <Group key={currency} gap="xs" align="start">
          {field("presale.price", index === 0 && problemAt(at) ? at : `${at}.${currency}`, "prices", currency)}
          {field("presale.deposit", `${at}.deposit.${currency}`, "deposits", currency)}
          {field("presale.counts", `${at}.counts.${currency}`, "countsAs", currency)}
          {index === 0 && <Typed at={`${at}.total`} label={t("articles.total")} name={t("articles.total_of", { name })} width={120} value={one.total} set={(total) => change({ total })} />}
        </Group>
      ))}
    </Stack>
  );
}

export function SetParts({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const { problemAt } = useFormState();
  const { parts } = rule;
  const taken = new Set(parts.map(({ variant }) => variant));
  const problem = problemAt(ruleField(rule, "parts"));
  return (
    <Stack gap="sm">
      <ArticleSearch taken={taken} add={(articles) => set({ parts: [...parts, ...articles.map(({ variant }): PartLine => ({ variant, quantity: "1" }))] })} />
      {problem && <Problem text={problem} />}
      {parts.length === 0 && !problem && <Text c="dimmed">{t("articles.none_set")}</Text>}
      {parts.map((part) => (
        <PartRow
          key={part.variant}
          at={ruleField(rule, `parts.${part.variant}`)}
          part={part}
          set={(quantity) => set({ parts: parts.map((one) => (one === part ? { ...one, quantity } : one)) })}
          remove={() => set({ parts: parts.filter((one) => one !== part) })}
        />
      ))}
      <AmountFields at={ruleField(rule, "setPrices")} label={(currency) => t("editor.set_price", { currency })} amounts={rule.setPrices} set={(setPrices) => set({ setPrices })} />
    </Stack>
  );
}

function PartRow({ at, part, set, remove }: { at: string; part: PartLine; set: (quantity: string) => void; remove: () => void }) {
  const { t } = useTexts();
  const name = useArticleName(part.variant);
  return (
    <Group align="end" gap="sm" className="article-row">
      <ArticleName variant={part.variant} />
      <Group gap="xs" align="end">
        <Typed at={at} label={t("articles.total")} name={t("editor.quantity_of", { name })} value={part.quantity} set={set} width={120} />
        <Remove name={name} remove={remove} />
      </Group>
    </Group>
  );
}
