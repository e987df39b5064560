// What is checked of a phone's texts: all languages have them all, alike in placeholders and plural forms, all are used.
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { LANGUAGES, pluralForms, type Language } from "../../i18n";

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();

/** `own` are the texts to be found in the sources below `root`. */
export function checkTexts(tables: Record<Language, Record<string, string>>, own: readonly string[], root: URL): void {
  const { en } = tables;
  const keys = Object.keys(en);
  test.each(LANGUAGES)("%s", (language) => {
    const table = tables[language];
    expect(Object.keys(table).sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => placeholders(table[key]!) !== placeholders(en[key]!))).toEqual([]);
    const counted = keys.filter((key) => en[key]!.includes(" | "));
    expect(counted.filter((key) => table[key]!.split(" | ").length !== pluralForms(language).length)).toEqual([]);
    expect(keys.filter((key) => !table[key]!.trim() || /[!！]/.test(table[key]!))).toEqual([]);
  });

  test("every text is used", () => {
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name) && !/i18n\/(en|de|zh)\.ts$/.test(name));
    const source = files.map((name) => readFileSync(new URL(name, root), "utf8")).join("\n");
    // A key may be put together from a prefix and a word of the server's: `reason.${reason}`.
    const isUsed = (key: string) => source.includes(`"${key}"`) || source.includes(`\`${key.slice(0, key.lastIndexOf(".") + 1)}\${`);
    expect(own.filter((key) => key !== "title" && !isUsed(key))).toEqual([]);
  });
}
