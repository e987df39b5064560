import { expect, test } from "vitest";
import { NO_TAGS, questionOf, searchOfQuestion, taggedLink } from "./traffic";

const asked = (search: string) => questionOf(new URLSearchParams(search));

test("a question stands in the address, and nonsense does not", () => {
  expect(asked("")).toEqual({ days: "7", touch: "last", by: "source" });
  expect(asked("days=28&touch=first&by=campaign")).toEqual({ days: "28", touch: "first", by: "campaign" });
  expect(asked("from=2026-11-01&to=2026-11-11&days=7")).toEqual({ from: "2026-11-01", to: "2026-11-11", touch: "last", by: "source" });
  expect(asked("from=2026-11-12&to=2026-11-11&by=person&touch=best&days=9999")).toEqual({ days: "7", touch: "last", by: "source" });
  const question = { days: "1", touch: "first", by: "device" } as const;
  expect(asked(searchOfQuestion(question))).toEqual(question);
});

test("a link gets its tags, and only one of the shop's own", () => {
  const shop = "https://shop.example";
  const tags = { ...NO_TAGS, source: " newsletter ", medium: "email", campaign: "11.11 & mehr" };
  expect(taggedLink("/p/mug?variant=2", tags, shop)).toBe("https://shop.example/p/mug?variant=2&utm_source=newsletter&utm_medium=email&utm_campaign=11.11+%26+mehr");
  expect(taggedLink("", { ...NO_TAGS, referral: "anna" }, shop)).toBe("https://shop.example/?ref=anna");
  expect(taggedLink("https://shop.example/c/mugs", NO_TAGS, shop)).toBe("https://shop.example/c/mugs");
  expect(taggedLink("https://evil.example/p/mug", tags, shop)).toBeNull();
  expect(taggedLink("//evil.example", tags, shop)).toBeNull();
  expect(taggedLink("http://[", tags, shop)).toBeNull();
});
