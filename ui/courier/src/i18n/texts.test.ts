// All languages have all texts with the same placeholders and plural forms, and every text is used.
import { LANGUAGES, pluralForms } from "@sesame/shared/i18n";
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { TABLES } from ".";
import en from "./en";

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
const keys = Object.keys(en) as (keyof typeof en)[];

test.each(LANGUAGES)("%s", (language) => {
  const table = TABLES[language];
  expect(Object.keys(table).sort()).toEqual([...keys].sort());
  expect(keys.filter((key) => placeholders(table[key]) !== placeholders(en[key]))).toEqual([]);
  const counted = keys.filter((key) => en[key].includes(" | "));
  expect(counted.filter((key) => table[key].split(" | ").length !== pluralForms(language).length)).toEqual([]);
  expect(keys.filter((key) => !table[key].trim() || /[!！]/.test(table[key]))).toEqual([]);
});

test("every text is used", () => {
  const root = new URL("..", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name) && !/i18n\/(en|de|zh)\.ts$/.test(name));
  const source = files.map((name) => readFileSync(new URL(name, root), "utf8")).join("\n");
  // A key may be put together from a prefix and a word of the server's: `reason.${reason}`.
  const isUsed = (key: string) => source.includes(`"${key}"`) || source.includes(`\`${key.slice(0, key.lastIndexOf(".") + 1)}\${`);
  expect(keys.filter((key) => key !== "title" && !isUsed(key))).toEqual([]);
});
