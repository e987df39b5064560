// All languages have all texts with the same placeholders, and every text is used.
import { LANGUAGES } from "@sesame/shared/i18n";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TABLES } from ".";
import en from "./en";

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
const keys = Object.keys(en) as (keyof typeof en)[];

test.each(LANGUAGES)("%s", (language) => {
  const table = TABLES[language];
  expect(Object.keys(table).sort()).toEqual([...keys].sort());
  expect(keys.filter((key) => placeholders(table[key]) !== placeholders(en[key]))).toEqual([]);
  expect(keys.filter((key) => !table[key].trim() || /[!！]/.test(table[key]))).toEqual([]);
});

test("every text is used", () => {
  const source = ["main", "view", "panels"].map((name) => readFileSync(new URL(`../${name}.ts`, import.meta.url), "utf8")).join("\n");
  expect(keys.filter((key) => !source.includes(`"${key}"`))).toEqual([]);
});
