// The phone's language: chosen once, kept by the browser, handed to every screen.
import { ApiError } from "@sesame/shared/api/client";
import { LANGUAGES, preferredLanguage, translator, type Language, type Translate } from "@sesame/shared/i18n";
import { formatTime } from "@sesame/shared/i18n/format";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import de from "./de";
import en from "./en";
import zh from "./zh";

export const TABLES: Record<Language, Record<keyof typeof en, string>> = { en, de, zh };
export type Key = keyof typeof en;

export type Texts = {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Translate<typeof en>;
  /** A time of today, else with its date. */
  time: (at: number) => string;
  /** A day as `2026-11-29`, with its name. */
  day: (day: string) => string;
  kilograms: (grams: number) => string;
  /** What a refused request says to the reader. */
  error: (error: unknown) => string;
};

const STORED = "sesame.courier.language";
const Context = createContext<Texts | null>(null);

function chosen(): Language {
  try {
    const stored = localStorage.getItem(STORED);
    return LANGUAGES.find((language) => language === stored) ?? preferredLanguage(navigator.languages);
  } catch {
    return preferredLanguage(navigator.languages);
  }
}

export function TextsProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState(chosen);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${TABLES[language].title} · Sesame`;
  }, [language]);
  const texts = useMemo(() => {
    const keep = (next: Language) => {
      choose(next);
      try {
        localStorage.setItem(STORED, next);
      } catch {
        // A browser that keeps nothing forgets the choice.
      }
    };
    return textsOf(language, navigator.languages, keep);
  }, [language]);
  return <Context.Provider value={texts}>{children}</Context.Provider>;
}

export function useTexts(): Texts {
  const texts = useContext(Context);
  if (!texts) throw new Error("useTexts is called outside TextsProvider");
  return texts;
}

export function textsOf(language: Language, tags: readonly string[], setLanguage: (language: Language) => void): Texts {
  const locale = tags.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
  const t = translator<typeof en>(language, TABLES[language]);
  const days = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  const weights = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return {
    language,
    setLanguage,
    t,
    time: (at) => formatTime(at, locale),
    day: (day) => days.format(Date.parse(day)),
    kilograms: (grams) => t("parcel.weight", { kilograms: weights.format(grams / 1000) }),
    error: (error) => {
      if (!(error instanceof ApiError)) return t("error.other", { message: String(error) });
      const key = `error.${error.code}`;
      return key in en ? t(key as "error.offline") : t("error.other", { message: error.message });
    },
  };
}
