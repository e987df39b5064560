import type { ReturnLine } from "@sesame/shared/api/types";
import { describe, expect, it } from "vitest";
import { ageInDays, expected, receipt } from "./returns";

const line = (number: number, quantity: number, reason: ReturnLine["reason"]): ReturnLine => ({ number, quantity, reason, sku: "", title: "", options: "", image: "", received: 0, restocked: 0 });

describe("receiving", () => {
  it("begins with all pieces, and none to be sold again that came damaged", () => {
    expect(expected([line(1, 2, "too_small"), line(2, 1, "damaged")])).toEqual({ 1: { came: 2, sound: 2 }, 2: { came: 1, sound: 0 } });
  });

  it("sends no more sound pieces than came, and a place only for those", () => {
    expect(receipt({ 1: { came: 1, sound: 2 } }, "location_1", "no", " worn ")).toEqual({ lines: [{ number: 1, quantity: 1, restock: 1 }], location: "location_1", delivery: "no", note: "worn" });
    expect(receipt({ 1: { came: 1, sound: 0 } }, "location_1", "yes", "")).toEqual({ lines: [{ number: 1, quantity: 1, restock: 0 }], delivery: "yes", note: "" });
  });

  it("counts whole days", () => {
    expect(ageInDays(0, 86_400_000 * 2 + 5)).toBe(2);
    expect(ageInDays(10, 0)).toBe(0);
  });
});
