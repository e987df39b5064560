// The texts of the hub's phone.
import type { Language } from "@sesame/shared/i18n";
import { TextsProvider as Provider, usePhoneTexts, type PhoneTexts } from "@sesame/shared/phone/i18n";
import type { ReactNode } from "react";
import de from "./de";
import en from "./en";
import zh from "./zh";

export const TABLES: Record<Language, Record<keyof typeof en, string>> = { en, de, zh };

export type Texts = PhoneTexts<typeof en> & {
  /** A time of today, within days with its weekday, else with its date. */
  when: (at: number) => string;
};

const DAYS_MS = 6 * 24 * 60 * 60 * 1000;

export function TextsProvider({ children }: { children: ReactNode }) {
  return (
    <Provider tables={TABLES} stored="sesame.hub.language" more={more}>
      {children}
    </Provider>
  );
}

export const useTexts = (): Texts => usePhoneTexts() as unknown as Texts;

function more({ time }: PhoneTexts<typeof en>, locale: string): Omit<Texts, keyof PhoneTexts> {
  const weekdays = new Intl.DateTimeFormat(locale, { weekday: "short", hour: "numeric", minute: "2-digit" });
  return {
    when: (at) => {
      const isNear = Math.abs(at - Date.now()) < DAYS_MS && new Date(at).toDateString() !== new Date().toDateString();
      return isNear ? weekdays.format(at) : time(at);
    },
  };
}
