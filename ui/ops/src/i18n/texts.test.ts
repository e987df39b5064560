// All languages have all texts with the same placeholders, and as many plural forms as the language needs.
import { LANGUAGES, pluralForms } from "@sesame/shared/i18n";
import { describe, expect, test } from "vitest";
import { readFileSync, readdirSync } from "node:fs";
import { sentence } from "../screens/order-history";
import en from "./en";
import { TABLES, textsOf } from ".";

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
const keys = Object.keys(en) as (keyof typeof en)[];

describe.each(LANGUAGES)("%s", (language) => {
  const table = TABLES[language];
  test("has the texts of English and no others", () => {
    expect(Object.keys(table).sort()).toEqual([...keys].sort());
  });
  test("has the same placeholders", () => {
    const different = keys.filter((key) => placeholders(table[key]).join() !== placeholders(en[key]).join());
    expect(different).toEqual([]);
  });
  test("has a plural form for each category of the language", () => {
    const counted = keys.filter((key) => en[key].includes(" | "));
    const wrong = counted.filter((key) => table[key].split(" | ").length !== pluralForms(language).length);
    expect(wrong).toEqual([]);
  });
  test("has no empty text and no exclamation mark", () => {
    expect(keys.filter((key) => !table[key].trim() || /[!！]/.test(table[key]))).toEqual([]);
  });
});

test("every text is used", () => {
  const root = new URL("..", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name) && !/i18n\/(en|de|zh)\.ts$/.test(name));
  const source = files.map((name) => readFileSync(new URL(name, root), "utf8")).join("\n");
  // A key may be put together from a prefix and a state: `status.${state}`.
  const prefixes = ["event.", "error.", "order_state.", "fulfillment_state.", "payment_state.", "refund_state.", "return_state.", "round_state.", "status."];
  const isUsed = (key: string) => source.includes(`"${key}"`) || prefixes.some((p) => key.startsWith(p)) || source.includes(`\`${key.slice(0, key.lastIndexOf(".") + 1)}\${`) || /^stock\.only_/.test(key);
  expect(keys.filter((key) => !isUsed(key))).toEqual([]);
});

const texts = (language: "en" | "de") => textsOf(language, [], () => undefined);

test("the history speaks of amounts and reasons", () => {
  const entry = { position: 1, at: 0, actor: "operator", channel: "console", what: "refund_requested", subject: "refund_1", amount_minor: 995 } as const;
  expect(sentence(texts("en"), entry, "EUR")).toBe("Refund of €9.95 asked for");
  expect(sentence(texts("de"), { ...entry, what: "order_canceled", reason: "fraud" }, "EUR")).toBe("Bestellung storniert: Betrugsverdacht");
  expect(sentence(texts("en"), { ...entry, what: "something_new" }, "EUR")).toBe("something new");
});

test("the history leaves no placeholder open", () => {
  const entry = { position: 1, at: 0, actor: "operator", channel: "console", subject: "" } as const;
  const whats = keys.filter((key) => key.startsWith("event.")).map((key) => key.slice("event.".length));
  expect(whats.map((what) => sentence(texts("en"), { ...entry, what }, "EUR")).filter((said) => /[{}]/.test(said))).toEqual([]);
});
