// A phone's language: chosen once, kept by the browser, handed to every screen. The shared screens read the texts that
// every phone has; an app's own table has those and its own, and may say one of the shared in its own words.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { ApiError } from "../../api/client";
import { LANGUAGES, preferredLanguage, translator, type Language, type Translate } from "../../i18n";
import { formatTime } from "../../i18n/format";
import type en from "./en";

export type PhoneTexts<Table extends Record<string, string> = typeof en> = {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Translate<Table>;
  /** A time of today, else with its date. */
  time: (at: number) => string;
  /** What a refused request says to the reader. */
  error: (error: unknown) => string;
};

const Context = createContext<PhoneTexts | null>(null);

type Tables<Table> = Record<Language, Record<keyof Table, string>>;
type Props<Table extends Record<string, string>> = {
  tables: Tables<Table>;
  /** Where the browser keeps the choice. */
  stored: string;
  /** What an app's texts have besides, by the reader's locale. */
  more: (texts: PhoneTexts<Table>, locale: string) => object;
  children: ReactNode;
};

export function TextsProvider<Table extends Record<keyof typeof en | "title", string>>({ tables, stored, more, children }: Props<Table>) {
  const [language, choose] = useState(() => chosen(stored));
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${tables[language].title} · Sesame`;
  }, [language]);
  const texts = useMemo(() => {
    const keep = (next: Language) => {
      choose(next);
      try {
        localStorage.setItem(stored, next);
      } catch {
        // A browser that keeps nothing forgets the choice.
      }
    };
    const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
    const base = textsOf<Table>(language, tables[language], locale, keep);
    return { ...base, ...more(base, locale) };
  }, [language]);
  return <Context.Provider value={texts as unknown as PhoneTexts}>{children}</Context.Provider>;
}

/** The texts of the shared screens; an app reads its own from the same place. */
export function usePhoneTexts(): PhoneTexts {
  const texts = useContext(Context);
  if (!texts) throw new Error("usePhoneTexts is called outside TextsProvider");
  return texts;
}

function chosen(stored: string): Language {
  try {
    const kept = localStorage.getItem(stored);
    return LANGUAGES.find((language) => language === kept) ?? preferredLanguage(navigator.languages);
  } catch {
    return preferredLanguage(navigator.languages);
  }
}

function textsOf<Table extends Record<string, string>>(language: Language, table: Record<keyof Table, string>, locale: string, setLanguage: (language: Language) => void): PhoneTexts<Table> {
  const translate = translator<Table>(language, table);
  const t = translate as unknown as (key: string, values?: Record<string, string | number>) => string;
  return {
    language,
    setLanguage,
    t: translate,
    time: (at) => formatTime(at, locale),
    error: (error) => {
      if (!(error instanceof ApiError)) return t("error.other", { message: String(error) });
      const key = `error.${error.code}`;
      return key in table ? t(key) : t("error.other", { message: error.message });
    },
  };
}
