import { describe, expect, test } from "vitest";
import { formatCountry, formatDate, decimalOf, formatMoment, formatMoney, formatPermille, formatTime, parseMoney } from "./format";
import { fill, pluralForms, preferredLanguage } from ".";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test.each([
  [2995, "EUR", "29.95"],
  [5, "EUR", "0.05"],
  [-5, "EUR", "-0.05"],
  [1234, "JPY", "1234"],
  [1234567, "KWD", "1234.567"],
])("%d %s is %s", (amount, currency, decimal) => {
  expect(decimalOf({ amount, currency })).toBe(decimal);
});

test("money in the reader's format, exact beyond what a binary fraction holds", () => {
  expect(plain(formatMoney({ amount: 123456, currency: "EUR" }, "de"))).toBe("1.234,56 €");
  expect(formatMoney({ amount: 123456, currency: "EUR" }, "en")).toBe("€1,234.56");
  expect(formatMoney({ amount: 900719925474099, currency: "USD" }, "en")).toBe("$9,007,199,254,740.99");
});

describe("what people type", () => {
  test.each([
    ["29.95", "EUR", 2995],
    ["29,95", "EUR", 2995],
    ["29,9", "EUR", 2990],
    ["29", "EUR", 2900],
    ["1.234,50", "EUR", 123450],
    ["1,234.50", "EUR", 123450],
    ["1.234", "EUR", 123400],
    ["1 234", "JPY", 1234],
    ["0", "EUR", 0],
  ])("%s %s is %d", (typed, currency, amount) => {
    expect(parseMoney(typed, currency)).toEqual({ amount, currency });
  });
  test.each([["", "EUR"], ["-1", "EUR"], ["1.2.3", "JPY"], ["2,9555", "EUR"], ["1e3", "EUR"], ["12.5", "JPY"], ["abc", "EUR"]])(
    "%s %s is refused",
    (typed, currency) => {
      expect(parseMoney(typed!, currency!)).toBeNull();
    },
  );
});

test("today has no date", () => {
  const now = new Date(2026, 10, 22, 20, 5).getTime();
  expect(plain(formatTime(now - 60_000, "en", now))).toBe("8:04 PM");
  expect(plain(formatTime(now - 86_400_000, "de", now))).toBe("21.11.2026, 20:05");
});

test("shares", () => expect(plain(formatPermille(315, "de"))).toBe("31,5 %"));

test("plurals and placeholders", () => {
  const [en, zh] = [new Intl.PluralRules("en"), new Intl.PluralRules("zh")];
  expect(fill("{count} order | {count} orders", { count: 1 }, en)).toBe("1 order");
  expect(fill("{count} order | {count} orders", { count: 1200 }, en)).toBe("1,200 orders");
  expect(fill("{count} 个订单", { count: 1 }, zh)).toBe("1 个订单");
  expect(fill("to {name}, {unknown}", { name: "A" }, en)).toBe("to A, {unknown}");
  expect(pluralForms("de")).toEqual(["one", "other"]);
});

test("the first preferred language that is spoken", () => {
  expect(preferredLanguage(["fr-FR", "zh-CN", "de"])).toBe("zh");
  expect(preferredLanguage(["fr"])).toBe("en");
});

test("countries are named in the reader's language", () => {
  expect(formatCountry("AT", "de")).toBe("Österreich");
  expect(formatCountry("QM", "en")).toBe("QM");
});

test("a day is that of the place, wherever the reader is", () => {
  const midnightInBerlin = Date.UTC(2026, 10, 23, 23);
  expect(formatDate(midnightInBerlin, "en", "Europe/Berlin")).toBe("Nov 24, 2026");
  expect(formatDate(midnightInBerlin, "en", "America/New_York")).toBe("Nov 23, 2026");
});

test("a moment is shown to the second where it has one", () => {
  const singlesDay = Date.UTC(2026, 10, 10, 16);
  expect(plain(formatMoment(singlesDay, "en", "Asia/Shanghai"))).toBe("Nov 11, 2026, 12:00 AM");
  expect(plain(formatMoment(singlesDay - 1_000, "de", "Asia/Shanghai"))).toBe("10.11.2026, 23:59:59");
});
