import { describe, expect, test } from "vitest";
import { changeText, codeFiles, countdown, parseCount, parseLines, parsePercent, percentOf, serverNow, spanOfDays, takenPermille } from "./campaign-units";
import { dayAfter, localOf, momentOf, monthAfter, toSecond, weeksOf } from "./zones";

describe("per cent", () => {
  test.each([["20", 200_000], ["12,5", 125_000], ["12.5 %", 125_000], ["0.0001", 1], ["100", 1_000_000], ["99,9999", 999_999]])("%s", (typed, ppm) => {
    expect(parsePercent(typed)).toBe(ppm);
  });
  test.each(["", "0", "100.0001", "101", "-5", "1e1", "1.2.3", "0.00001", "abc"])("%s is refused", (typed) => {
    expect(parsePercent(typed)).toBeNull();
  });
  test("is shown as it was typed", () => {
    for (const typed of ["20", "12.5", "0.0001", "100", "33.3333"]) expect(percentOf(parsePercent(typed)!)).toBe(typed);
  });
});

test("numbers of pieces", () => {
  expect(["5", " 1.000 ", "1,000,000", "0", "-1", "1.5", "", "5000000000"].map((typed) => parseCount(typed))).toEqual([5, 1000, 1_000_000, null, null, null, null, null]);
  expect(parseCount("11", 10)).toBeNull();
});

describe("pasted lines", () => {
  test("between tabs, semicolons or spaces, in the currency's own fractions", () => {
    const { lines, problems } = parseLines("85123A 2,95 100\n84 B\t1.234,50\t5\r\n\nX-1;0.99", "EUR");
    expect(problems).toEqual([]);
    expect(lines).toEqual([
      { sku: "85123A", amount: 295, total: 100 },
      { sku: "84 B", amount: 123_450, total: 5 },
      { sku: "X-1", amount: 99, total: null },
    ]);
    expect(parseLines("A 300 2", "JPY").lines).toEqual([{ sku: "A", amount: 300, total: 2 }]);
  });
  test("what cannot be read is named by its line", () => {
    const { lines, problems } = parseLines("A 1.00 2\nB\nC free 1\nD 2.00 none\na 3.00\nE 1 2 3", "EUR");
    expect(lines.map(({ sku }) => sku)).toEqual(["A"]);
    expect(problems.map(({ line, why }) => [line, why])).toEqual([[2, "parts"], [3, "price"], [4, "quantity"], [5, "twice"], [6, "parts"]]);
    expect(parseLines("A 1.50", "JPY").problems[0]?.why).toBe("price");
  });
});

test("countdowns", () => {
  expect(countdown(0)).toEqual({ days: 0, clock: "00:00:00" });
  expect(countdown(-5_000)).toEqual({ days: 0, clock: "00:00:00" });
  expect(countdown(1)).toEqual({ days: 0, clock: "00:00:01" });
  expect(countdown(86_400_000 * 2 + 3_723_000)).toEqual({ days: 2, clock: "01:02:03" });
});

test("the server's clock goes on from what it said, never back", () => {
  expect(serverNow(1_000_000, 50, 3_050)).toBe(1_003_000);
  expect(serverNow(1_000_000, 50, 10)).toBe(1_000_000);
});

test("what was taken of a limit", () => {
  expect([takenPermille(0, 10), takenPermille(999, 1000), takenPermille(10, 10), takenPermille(11, 10), takenPermille(1, 0)]).toEqual([0, 999, 1000, 1000, 1000]);
});

test("codes are downloaded a million at a time", () => {
  expect(codeFiles(3)).toEqual([{ from: 0, count: 3 }]);
  expect(codeFiles(2_000_001)).toEqual([{ from: 0, count: 1_000_000 }, { from: 1_000_000, count: 1_000_000 }, { from: 2_000_000, count: 1 }]);
});

describe("moments in a time zone", () => {
  test.each([
    ["2026-11-11T00:00", "Asia/Shanghai", Date.UTC(2026, 10, 10, 16)],
    ["2026-11-11T20:00:05", "Europe/Berlin", Date.UTC(2026, 10, 11, 19, 0, 5)],
    ["2026-07-01T00:00:00", "America/New_York", Date.UTC(2026, 6, 1, 4)],
    ["2026-03-29T02:30", "Europe/Berlin", "skipped"],
    ["2026-10-25T02:30", "Europe/Berlin", "twice"],
    ["2026-03-29T03:00", "Europe/Berlin", Date.UTC(2026, 2, 29, 1)],
    ["", "Europe/Berlin", null],
    ["2026-02-31T25:00", "Europe/Berlin", null],
    ["2026-11-11T00:00", "Mars/Olympus", null],
  ])("%s in %s", (local, zone, at) => {
    expect(momentOf(local, zone)).toBe(at);
    if (typeof at === "number") expect(localOf(at, zone)).toBe(toSecond(local));
  });
});

test("the weeks of a month are whole", () => {
  const weeks = weeksOf("2026-11", 1);
  expect([weeks.length, weeks[0]![0], weeks.at(-1)!.at(-1)]).toEqual([6, "2026-10-26", "2026-12-06"]);
  expect(weeksOf("2026-11", 7)[0]![0]).toBe("2026-11-01");
  expect(weeksOf("2026-02", 7)).toHaveLength(4);
  expect([dayAfter("2026-12-31"), monthAfter("2026-12", 1), monthAfter("2026-01", -1)]).toEqual(["2027-01-01", "2027-01", "2025-12"]);
});

test("a change has its sign, in whole per cent from ten on", () => {
  expect([390, 1_234, 45, -52, -1_000, 0].map((permille) => changeText(permille, "en"))).toEqual(["+39%", "+123%", "+4.5%", "-5.2%", "-100%", "0%"]);
  expect(changeText(390, "de")).toBe("+39\u00a0%");
});

test("days are a span from the first midnight to the one after the last", () => {
  const one = spanOfDays("2026-11-11", "2026-11-11");
  expect(one && one.to - one.from).toBe(24 * 60 * 60 * 1000);
  expect(spanOfDays("2026-11-12", "2026-11-11")).toBeNull();
  expect(spanOfDays("2026-11-13", "2026-11-11")).toBeNull();
  expect(spanOfDays("", "2026-11-11")).toBeNull();
});
