import { describe, expect, it } from "vitest";
import { isSeen, isTap } from "./taps";

describe("what a phone may show and keep without a connection", () => {
  it.each(["/", "/cart", "/categories", "/search", "/c/home/lamps", "/p/lunch-bag", "/events/double-eleven", "/offline"])("shows %s", (path) => {
    expect(isSeen(path)).toBe(true);
  });
  it.each(["/checkout", "/checkout/a/b", "/checkout/a/b/pay", "/orders/a/b", "/find-order", "/ops", "/test-payments/x", "/api/v1/orders", "/c/", "/cart/add", "/sign-in", "/account"])(
    "never shows %s",
    (path) => {
      expect(isSeen(path)).toBe(false);
    },
  );
  it("keeps taps on the cart and nothing else", () => {
    expect(["/cart/add", "/cart/set", "/checkout", "/checkout/a/b/place", "/preferences"].filter(isTap)).toEqual(["/cart/add", "/cart/set"]);
  });
});
