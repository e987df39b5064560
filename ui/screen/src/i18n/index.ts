// Texts of the big screen, and the reader's language.
import { LANGUAGES, preferredLanguage, translator, type Language, type Translate } from "@sesame/shared/i18n";
import de from "./de";
import en from "./en";
import zh from "./zh";

export type Table = Record<keyof typeof en, string>;
export const TABLES: Record<Language, Table> = { en, de, zh };
export type T = Translate<typeof en>;

/** The language that the address names, else the one chosen in the console on this device, else the browser's. */
export function chosenLanguage(search: URLSearchParams): Language {
  const named = search.get("lang");
  const known = LANGUAGES.find((language) => language === named);
  if (known) return known;
  try {
    const kept: unknown = JSON.parse(localStorage.getItem("sesame.ops.language") ?? "null");
    const chosen = LANGUAGES.find((language) => language === kept);
    if (chosen) return chosen;
  } catch {
    // A device without storage has not chosen.
  }
  return preferredLanguage(navigator.languages);
}

export function textsOf(language: Language): T {
  return translator<typeof en>(language, TABLES[language]);
}
