// The console's language: chosen once, kept by the browser, handed to every screen.
import { formatCountry, formatDate, formatMoment, formatMoney, formatPermille, formatPpm, formatTime, type Amount } from "@sesame/shared/i18n/format";
import { preferredLanguage, translator, type Language, type Translate } from "@sesame/shared/i18n";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { ApiError } from "../data/api";
import { usePreference } from "../data/preferences";
import de from "./de";
import en from "./en";
import zh from "./zh";

export const TABLES: Record<Language, Record<keyof typeof en, string>> = { en, de, zh };
export type Key = keyof typeof en;
/** Texts without placeholders, of which a part of the console chooses one. */
export type Label = Extract<Key, `nav.${string}` | `step.${string}`>;

export type Texts = {
  language: Language;
  /** The reader's own variant of the language, as `en-GB`. */
  locale: string;
  setLanguage: (language: Language) => void;
  t: Translate<typeof en>;
  money: (amount: Amount) => string;
  /** A time of today, or of the day of another moment, else with its date. */
  time: (at: number, now?: number) => string;
  date: (at: number, timeZone?: string) => string;
  /** A day and a time, on the reader's clock or on that of a place. */
  moment: (at: number, timeZone?: string) => string;
  number: (value: number) => string;
  /** A country by its two letters. */
  country: (code: string) => string;
  permille: (value: number) => string;
  ppm: (value: number) => string;
  /** A text of the shop in the reader's language, else in English, else in any. */
  local: (texts: { en?: string | null; de?: string | null; zh?: string | null }) => string;
  /** What a refused request says to the reader. */
  error: (error: unknown) => string;
};

const Context = createContext<Texts | null>(null);

export function TextsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = usePreference<Language>("language", preferredLanguage(navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const texts = useMemo(() => textsOf(language, navigator.languages, setLanguage), [language, setLanguage]);
  return <Context.Provider value={texts}>{children}</Context.Provider>;
}

export function useTexts(): Texts {
  const texts = useContext(Context);
  if (!texts) throw new Error("useTexts is called outside TextsProvider");
  return texts;
}

/** The reader's own variant of the language (`en-GB`), so that dates look as they expect. */
function localeOf(language: Language, tags: readonly string[]): string {
  return tags.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
}

export function textsOf(language: Language, tags: readonly string[], setLanguage: (language: Language) => void): Texts {
  const locale = localeOf(language, tags);
  const t = translator<typeof en>(language, TABLES[language]);
  return {
    language,
    locale,
    setLanguage,
    t,
    money: (amount) => formatMoney(amount, locale),
    time: (at, now) => formatTime(at, locale, now),
    date: (at, timeZone) => formatDate(at, locale, timeZone),
    moment: (at, timeZone) => formatMoment(at, locale, timeZone),
    number: (value) => value.toLocaleString(locale),
    country: (code) => formatCountry(code, locale),
    permille: (value) => formatPermille(value, locale),
    ppm: (value) => formatPpm(value, locale),
    local: (texts) => texts[language] ?? texts.en ?? texts.de ?? texts.zh ?? "",
    error: (error) => errorText(t, error, (at) => formatMoment(at, locale)),
  };
}

function errorText(t: Translate<typeof en>, error: unknown, moment: (at: number) => string): string {
  if (!(error instanceof ApiError)) return t("error.unknown");
  if (error.code === "work_shed") {
    const { work, until } = error.details;
    const why = `work_shed.${String(work)}`;
    const opens = typeof until === "number" ? t("switches.opens", { time: moment(until) }) : t("switches.opens_unknown");
    return `${why in en ? (t as (key: string) => string)(why) : t("error.other", { message: error.message })} ${opens}`;
  }
  const key = `error.${error.code}`;
  if (key in en) return (t as (key: string, values: Record<string, unknown>) => string)(key, error.details);
  return t("error.other", { message: error.message });
}
