import { describe, expect, it } from "vitest";
import { parts } from "./countdown";

describe("what is left until a moment", () => {
  it.each([
    [0, 0, "00:00:00"],
    [-5_000, 0, "00:00:00"],
    [1, 0, "00:00:01"],
    [999, 0, "00:00:01"],
    [61_000, 0, "00:01:01"],
    [86_399_000, 0, "23:59:59"],
    [86_400_000, 1, "00:00:00"],
    [200_000_000, 2, "07:33:20"],
  ])("%d ms", (left, days, clock) => {
    expect(parts(left)).toEqual({ days, clock });
  });
});
