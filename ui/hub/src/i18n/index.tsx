// The texts of the hub's phone.
import type { Language } from "@sesame/shared/i18n";
import { TextsProvider as Provider, usePhoneTexts, type PhoneTexts } from "@sesame/shared/phone/i18n";
import type { ReactNode } from "react";
import de from "./de";
import en from "./en";
import zh from "./zh";

export const TABLES: Record<Language, Record<keyof typeof en, string>> = { en, de, zh };

export type Texts = PhoneTexts<typeof en>;

const none = () => ({});

export function TextsProvider({ children }: { children: ReactNode }) {
  return (
    <Provider tables={TABLES} stored="sesame.hub.language" more={none}>
      {children}
    </Provider>
  );
}

export const useTexts = (): Texts => usePhoneTexts() as unknown as Texts;
