// The product feed as Google Merchant reads it: well-formed, every item with what is required, and links that lead to
// the same price.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage } from "./chromium";

const REQUIRED = ["id", "title", "description", "link", "image_link", "availability", "price", "condition"];

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("every item has what Google asks for", async () => {
  const { page } = await openPage(browser);
  await page.goto("/");
  for (const lang of ["en", "de", "zh"]) {
    const answer = await page.request.get(`/feeds/google.xml?country=DE&lang=${lang}&currency=EUR`);
    expect(answer.status()).toBe(200);
    expect(answer.headers()["content-type"]).toContain("application/xml");
    const items = await page.evaluate((xml) => {
      const document = new DOMParser().parseFromString(xml, "application/xml");
      if (document.querySelector("parsererror")) throw new Error(document.documentElement.textContent ?? "");
      return [...document.querySelectorAll("item")].map((item) => [...item.children].map((one) => [one.localName, one.textContent ?? ""] as const));
    }, await answer.text());
    expect(items.length).toBeGreaterThan(500);
    const ids = new Set<string>();
    for (const pairs of items) {
      const item = Object.fromEntries(pairs);
      for (const name of REQUIRED) expect(item[name], `${name} of ${item.id}`).toBeTruthy();
      expect(item.price).toMatch(/^\d+\.\d\d EUR$/);
      expect(item.availability).toMatch(/^(in|out_of)_stock$/);
      expect(item.title!.length).toBeLessThanOrEqual(150);
      expect(item.id!.length).toBeLessThanOrEqual(50);
      for (const name of ["link", "image_link"]) expect(new URL(item[name]!).protocol).toMatch(/^https?:$/);
      ids.add(item.id!);
    }
    expect(ids.size, "ids are unique").toBe(items.length);
    const item = Object.fromEntries(items.find((pairs) => pairs.some(([name, value]) => name === "availability" && value === "in_stock"))!);
    const shop = await openPage(browser);
    await shop.page.goto(item.link!);
    expect(await shop.page.locator("html").getAttribute("lang")).toContain(lang);
    const amount = await shop.page.locator("meta[property='product:price:amount']").getAttribute("content");
    expect(`${amount} EUR`).toBe(item.sale_price ?? item.price);
    await shop.page.context().close();
  }
  for (const [query, why] of [["currency=JPY", "does not sell"], ["lang=fr", "en, de or zh"], ["country=Germany", "two letters"]]) {
    const refused = await page.request.get(`/feeds/google.xml?${query}`);
    expect(refused.status()).toBe(400);
    expect(await refused.text()).toContain(why);
  }
  await page.context().close();
});
