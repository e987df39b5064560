import { describe, expect, it } from "vitest";
import { addressOf, noteOf } from "./notes";

const SHOP = "https://shop.example";

describe("a message", () => {
  it("is shown as it was sent", () => {
    const note = { title: "Lunch bag is back", body: "For €1.65.", path: "/p/lunch-bag", tag: "alert-1" };
    expect(noteOf(JSON.stringify(note), "shop.example", "en-GB")).toEqual(note);
  });
  it.each([undefined, "", "x", "null", "[]", "7", "{}", '{"title":"x"}', '{"title":"","body":"","path":"/","tag":""}', '{"title":1,"body":"","path":"/","tag":""}'])(
    "that says %s is shown in words of our own",
    (text) => {
      const note = noteOf(text, "shop.example", "de-AT");
      expect(note.title).toBe("shop.example");
      expect(note.body).toContain("Es gibt Neues");
      expect(addressOf(note.path, SHOP)).toBe(`${SHOP}/account/favourites`);
    },
  );
  it("is worded in a language that is there", () => {
    expect(noteOf(undefined, "x", "zh-CN").body).toContain("新消息");
    expect(noteOf(undefined, "x", "fr").body).toContain("There is news");
    expect(noteOf(undefined, "x", "").body).toContain("There is news");
  });
});

describe("a tap", () => {
  it.each([
    ["/p/lunch-bag?v=2", "/p/lunch-bag?v=2"],
    ["/", "/"],
    ["p/x", "/p/x"],
    ["https://evil.example/", "/"],
    ["//evil.example/x", "/"],
    ["/\\evil.example/x", "/"],
    ["\\\\evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["data:text/html,x", "/"],
    ["http://shop.example/x", "/"],
    ["https://shop.example:8443/x", "/"],
    ["https://shop.example@evil.example/", "/"],
    ["https://[", "/"],
    [undefined, "/"],
    [7, "/"],
  ])("on %s stays in the shop", (path, expected) => {
    expect(addressOf(path, SHOP)).toBe(`${SHOP}${expected}`);
  });
});
