// Texts in the languages of the product: one table per language with the same keys, sentences with {placeholders}, and
// for numbers one form per plural category of the language, separated by " | " and chosen by {count}.

export const LANGUAGES = ["en", "de", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch", zh: "中文" };

/** The names of the placeholders in a text, as a type: a call that lacks one does not compile. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Text extends string> = { [Name in Names<Text>]: string | number };
type Arguments<Text extends string> = [Names<Text>] extends [never] ? [] : [values: Values<Text>];

/** A text by its key, with its placeholders filled in. */
export type Translate<Table extends Record<string, string>> = <Key extends keyof Table & string>(
  key: Key,
  ...values: Arguments<Table[Key]>
) => string;

/** The texts of one language. `table` has the keys of the English one. */
export function translator<Table extends Record<string, string>>(language: Language, table: Record<keyof Table, string>): Translate<Table> {
  const plurals = new Intl.PluralRules(language);
  return (key, ...values) => fill(table[key], values[0] as Record<string, string | number> | undefined, plurals);
}

/** The plural categories of a language in the order their forms are written. */
export function pluralForms(language: Language): Intl.LDMLPluralRule[] {
  const order: Intl.LDMLPluralRule[] = ["zero", "one", "two", "few", "many", "other"];
  const used = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return order.filter((category) => used.includes(category));
}

export function fill(text: string, values: Record<string, string | number> | undefined, plurals: Intl.PluralRules): string {
  const forms = text.split(" | ");
  const count = values?.count;
  const form = forms.length > 1 && typeof count === "number" ? forms[formIndex(count, plurals)]! : text;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values?.[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(plurals.resolvedOptions().locale) : value;
  });
}

function formIndex(count: number, plurals: Intl.PluralRules): number {
  const language = plurals.resolvedOptions().locale.slice(0, 2) as Language;
  return pluralForms(language).indexOf(plurals.select(count));
}

/** The best language for a reader who prefers `tags`, in order. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const known = LANGUAGES.find((language) => tag.toLowerCase().startsWith(language));
    if (known) return known;
  }
  return "en";
}
