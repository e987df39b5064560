// The texts of the courier's phone, and how it writes days and weights.
import type { Language } from "@sesame/shared/i18n";
import { TextsProvider as Provider, usePhoneTexts, type PhoneTexts } from "@sesame/shared/phone/i18n";
import type { ReactNode } from "react";
import de from "./de";
import en from "./en";
import zh from "./zh";

export const TABLES: Record<Language, Record<keyof typeof en, string>> = { en, de, zh };

export type Texts = PhoneTexts<typeof en> & {
  /** A day as `2026-11-29`, with its name. */
  day: (day: string) => string;
  kilograms: (grams: number) => string;
};

export function TextsProvider({ children }: { children: ReactNode }) {
  return (
    <Provider tables={TABLES} stored="sesame.courier.language" more={more}>
      {children}
    </Provider>
  );
}

export const useTexts = (): Texts => usePhoneTexts() as unknown as Texts;

function more({ t }: PhoneTexts<typeof en>, locale: string): Omit<Texts, keyof PhoneTexts> {
  const days = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  const weights = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return {
    day: (day) => days.format(Date.parse(day)),
    kilograms: (grams) => t("parcel.weight", { kilograms: weights.format(grams / 1000) }),
  };
}
