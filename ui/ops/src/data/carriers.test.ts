// What people type of parcels and numbers.
import { expect, test } from "vitest";
import { blocksOf, blocksText, gramsOf, kilograms, levelsOf, millimetersOf } from "./carriers";

test.each([
  ["1.5", 1_500], ["1,5", 1_500], ["0,001", 1], [" 31.5 ", 31_500],
  ["0", null], ["", null], ["-1", null], ["1.5555", null], ["1 kg", null], ["1e3", null],
])("kilograms %s", (typed, grams) => expect(gramsOf(typed)).toBe(grams));

test.each([["60", 600], ["12,5", 125], ["0", null], ["1.25", null], ["a", null]])("centimeters %s", (typed, mm) => expect(millimetersOf(typed)).toBe(mm));

test("blocks of numbers, one a line", () => {
  const blocks = [{ first: 1_000, last: 1_999 }, { first: 5_000, last: 5_000 }];
  expect(blocksOf("1000-1999\n\n 5000 – 5000 \n")).toEqual(blocks);
  expect(blocksOf(blocksText(blocks))).toEqual(blocks);
  expect(blocksOf("")).toEqual([]);
  for (const typed of ["1000", "a-b", "-5-7", "1-2-3"]) expect(blocksOf(typed)).toBeNull();
});

test("weights go there and back, levels lose their blanks", () => {
  expect(gramsOf(kilograms(31_500))).toBe(31_500);
  expect(levelsOf(" standard, express ,,")).toEqual(["standard", "express"]);
});
