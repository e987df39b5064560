import type { PointsProgram } from "@sesame/shared/api/types";
import { describe, expect, test } from "vitest";
import { example, programOf, typedOf, type Field, type Typed } from "./points";

const PROGRAM: PointsProgram = { version: 3, title: { en: "Points" }, currency: "EUR", spend_per_point: 100, worth: 1, share_max_ppm: 500_000, points_min: 0, expires_after_days: 730, active: true };

test("a program that was only looked at is sent as it was", () => {
  const { change } = programOf(typedOf(PROGRAM), PROGRAM.version);
  expect(change).toEqual(PROGRAM);
});

describe("what is wrong is named by its field", () => {
  const cases: [Partial<Typed>, Field[]][] = [
    [{ spend_per_point: "0" }, ["spend_per_point"]],
    [{ spend_per_point: "" }, ["spend_per_point"]],
    [{ worth: "1.01" }, ["worth"]],
    [{ worth: "-1" }, ["worth"]],
    [{ share_max_ppm: "0" }, ["share_max_ppm"]],
    [{ share_max_ppm: "101" }, ["share_max_ppm"]],
    [{ points_min: "a few" }, ["points_min"]],
    [{ expires_after_days: "3651" }, ["expires_after_days"]],
    [{ title: { en: " ", de: "Punkte", zh: "" } }, ["title"]],
    [{ points_min: "1.000", expires_after_days: "0", worth: "1,00", share_max_ppm: "100 %" }, []],
  ];
  for (const [typed, fields] of cases) {
    test(JSON.stringify(typed), () => {
      const { wrong } = programOf({ ...typedOf(PROGRAM), ...typed }, 1);
      expect([...(wrong ?? [])]).toEqual(fields);
    });
  }
});

test("the example is worked out as the shop does it", () => {
  const { change } = programOf(typedOf(PROGRAM), 1);
  expect(example(change!)).toEqual({
    order: { amount: 4_990, currency: "EUR" },
    earns: 49,
    earnsWorth: { amount: 49, currency: "EUR" },
    most: 2_495,
    mostWorth: { amount: 2_495, currency: "EUR" },
  });
  const worthMore = programOf({ ...typedOf(PROGRAM), worth: "0.10", share_max_ppm: "100" }, 1).change!;
  expect([example(worthMore).earnsWorth.amount, example(worthMore).most]).toEqual([490, 499]);
});
