// Search as you type on a phone: suggestions that a thumb or a keyboard can choose, filters behind one button, and what
// is typed that nobody meant.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage } from "./chromium";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("suggestions can be chosen with the keyboard and with a finger", async () => {
  const { page, complaints } = await openPage(browser, { hasTouch: true });
  await page.goto("/");
  const field = page.locator("#search-page");
  const list = page.locator("#search-page-suggestions");
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await field.pressSequentially("lunc");
  await list.locator("a").first().waitFor();
  expect(await field.getAttribute("aria-expanded")).toBe("true");
  expect(await list.locator("a .price").count()).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollHeight), "nothing moves").toBe(height);
  await page.keyboard.press("ArrowDown");
  const first = list.locator("a").first();
  expect(await first.getAttribute("aria-selected")).toBe("true");
  expect(await field.getAttribute("aria-activedescendant")).toBe(await first.getAttribute("id"));
  await page.keyboard.press("Escape");
  expect(await list.isHidden()).toBe(true);
  expect(await field.inputValue()).toBe("lunc");
  await field.pressSequentially("h");
  await list.locator("a").first().waitFor();
  const wanted = await list.locator("a").last().getAttribute("href");
  await list.locator("a").last().tap();
  await page.waitForURL(`**${wanted}`);
  expect(complaints).toEqual([]);
});

test("filters and the order are behind one button; without a script, too", async () => {
  const { page, complaints } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto("/search?q=bag");
  await page.locator(".facets > summary").click();
  await page.locator(".facets input[name=sort][value=price]").check();
  await page.locator(".facets input[name=stock]").check();
  await page.locator(".facets button[type=submit]").click();
  await page.waitForURL(/sort=price/);
  expect(page.url()).toContain("stock=1");
  expect(await page.locator(".cards a").count()).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});

for (const typed of ["<script>alert(1)</script>", "'; DROP TABLE products; --", ".*(a|b)+$", "👩‍👩‍👧 مصباح", "x".repeat(15_000)]) {
  test(`nothing comes of ${typed.slice(0, 24)}`, async () => {
    const { page, complaints } = await openPage(browser);
    const answer = await page.goto(`/search?q=${encodeURIComponent(typed)}`);
    expect(answer?.status()).toBe(200);
    expect(await page.locator("h1").count()).toBe(1);
    expect(await page.locator("main script:not([type])").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
}
