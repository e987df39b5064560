// What the fields of a campaign share: the shop's currencies and services, and what is wrong at which field.
import { Group, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import type { Settings, Texts as Names } from "@sesame/shared/api/types";
import { LANGUAGES, LANGUAGE_NAMES, type Language } from "@sesame/shared/i18n";
import { createContext, useContext, type ReactNode } from "react";
import type { Amounts, OneAmount, RuleDraft } from "../data/campaign-draft";
import { momentOf, ownZone, toSecond } from "../data/zones";
import { useTexts } from "../i18n";

export type FormState = {
  settings: Settings;
  currencies: string[];
  /** The campaign's time zone. */
  timeZone: string;
  /** What is wrong at a field, in words; null when nothing is. */
  problemAt: (at: string) => string | null;
};

const Context = createContext<FormState | null>(null);
export const FormStateProvider = Context.Provider;

export function useFormState(): FormState {
  const state = useContext(Context);
  if (!state) throw new Error("a campaign's field is shown outside its form");
  return state;
}

/** A rule that is being edited, and how it is changed. */
export type RuleProps = { rule: RuleDraft; set: (change: Partial<RuleDraft>) => void };

/** Where a rule's field is, as problems name it. */
export const ruleField = (rule: RuleDraft, field: string) => `rules.${rule.number}.${field}`;

/** One field per language; a problem is said at the first. */
export function NameFields({ at, names, label, description, set }: { at: string; names: Names; label: (language: string) => string; description?: string; set: (names: Names) => void }) {
  const { problemAt } = useFormState();
  const field = (language: Language, index: number) => (
    <TextInput
      key={language}
      lang={language}
      size="md"
      label={label(LANGUAGE_NAMES[language])}
      description={index === 0 ? description : undefined}
      inputWrapperOrder={["label", "input", "error", "description"]}
      maxLength={200}
      value={names[language] ?? ""}
      onChange={(event) => set({ ...names, [language]: event.currentTarget.value })}
      error={index === 0 ? problemAt(at) : null}
    />
  );
  return <SimpleGrid cols={{ base: 1, md: 3 }}>{LANGUAGES.map(field)}</SimpleGrid>;
}

type TypedProps = { at: string; label: string; description?: string; value: string; set: (value: string) => void; rightSection?: ReactNode; width?: number; isWord?: boolean; /** What it is called where the label says too little. */ name?: string };

/** A number, share or code as typed. */
export function Typed({ at, label, description, value, set, rightSection, width = 260, isWord = false, name }: TypedProps) {
  const { problemAt } = useFormState();
  return (
    <TextInput
      size="md"
      className="figures"
      style={{ width, maxWidth: "100%" }}
      inputMode={isWord ? "text" : "decimal"}
      autoComplete="off"
      label={label}
      aria-label={name}
      description={description}
      inputWrapperOrder={["label", "input", "error", "description"]}
      maxLength={isWord ? 254 : 30}
      rightSection={rightSection}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
      error={problemAt(at)}
    />
  );
}

/** One amount per currency of the shop; a problem of all together is said at the first. */
export function AmountFields({ at, label, amounts, set }: { at: string; label: (currency: string) => string; amounts: Amounts; set: (amounts: Amounts) => void }) {
  const { currencies, problemAt } = useFormState();
  return (
    <Group align="start">
      {currencies.map((currency, index) => (
        <TextInput
          key={currency}
          size="md"
          className="figures"
          w={200}
          inputMode="decimal"
          autoComplete="off"
          maxLength={30}
          label={label(currency)}
          value={amounts[currency] ?? ""}
          onChange={(event) => set({ ...amounts, [currency]: event.currentTarget.value })}
          error={problemAt(`${at}.${currency}`) ?? (index === 0 ? problemAt(at) : null)}
        />
      ))}
    </Group>
  );
}

/** An amount in a currency that is chosen. */
export function AmountField({ at, label, currencyLabel, description, value, set }: { at: string; label: string; currencyLabel: string; description?: string; value: OneAmount; set: (value: OneAmount) => void }) {
  const { currencies } = useFormState();
  return (
    <Group align="start" gap="xs" wrap="nowrap" style={{ width: 340, maxWidth: "100%" }}>
      <Typed at={at} label={label} {...(description ? { description } : {})} value={value.amount} set={(amount) => set({ ...value, amount })} />
      <NativeSelect size="md" w={104} style={{ flex: "none" }} label={currencyLabel} data={currencies} value={value.currency} onChange={(event) => set({ ...value, currency: event.currentTarget.value })} />
    </Group>
  );
}

/** A time on clocks of the campaign's place, and below it the same on the reader's. */
export function LocalTime({ at, label, hint, local, zone, set }: { at: string; label: string; hint?: string; local: string; zone: string; set: (local: string) => void }) {
  const { t, moment } = useTexts();
  const { problemAt } = useFormState();
  const found = momentOf(local, zone);
  const isOdd = found === "skipped" || found === "twice";
  const own = typeof found === "number" && zone !== ownZone() ? t("campaigns.your_time", { time: moment(found) }) : null;
  return (
    <TextInput
      type="datetime-local"
      step={1}
      size="md"
      label={label}
      description={[hint, own].filter(Boolean).join(" · ") || undefined}
      inputWrapperOrder={["label", "input", "error", "description"]}
      value={local}
      onChange={(event) => set(toSecond(event.currentTarget.value) ?? "")}
      error={problemAt(at) ?? (isOdd ? t(`problem.${found}`) : null)}
    />
  );
}
