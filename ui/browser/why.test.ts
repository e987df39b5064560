// What a cart costs and why, on a phone in each language: a threshold that is missed by a little is named, reached it
// says what it took off each line, and a code takes off the rest. The sums are the cent.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage } from "./chromium";

const SECOND = { email: "why@shop.local", name: "Why", role: "staff", password: "a-second-person" };
const DAY_MS = 24 * 60 * 60 * 1000;
const THRESHOLD = { en: "Two bags, one euro off", de: "Zwei Taschen, ein Euro weniger", zh: "满两件减一欧元" };
const COUPON = { en: "Fifty cents for you", de: "Fünfzig Cent für Sie", zh: "立减五十分" };

let browser: Browser;
let goods: { href: string; price: number };
let coupon: string;
let campaignPage: Page;
let campaignId: string;

async function post(page: Page, path: string, data: object): Promise<Record<string, unknown>> {
  const headers = { "X-Sesame-Console": "1", "Idempotency-Key": `why-${path}-${Date.now()}` };
  const answer = await page.request.post(`/api/v1${path}`, { headers, data });
  if (!answer.ok() && answer.status() !== 409) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** A campaign for one article that runs from yesterday on, prepared by the owner and approved by a second person. */
async function campaign(): Promise<void> {
  const owner = await openPage(browser);
  const password = process.env.SESAME_OPERATOR_PASSWORD ?? "";
  await post(owner.page, "/session", { email: "owner@shop.local", password });
  await post(owner.page, "/operators", SECOND);
  const found = await (await owner.page.request.get("/api/v1/products?query=lunch+bag&status=active&limit=1")).json();
  const product = await (await owner.page.request.get(`/api/v1/products/${found.items[0].id}`)).json();
  const euro = product.variants[0].offers[0].prices.find((one: { currency: string }) => one.currency === "EUR");
  goods = { href: `/p/${product.handle}`, price: euro.amount };
  coupon = `WHY${Date.now()}`;
  const only = { products: [product.id] };
  const euros = (amount: number) => ({ amount, currency: "EUR" });
  const day = (days: number) => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)}T00:00:00`;
  const made = await post(owner.page, "/campaigns", {
    code: `why-${Date.now()}`,
    title: { en: "Why" },
    time_zone: "Etc/UTC",
    starts: day(-1),
    ends: day(2),
    rules: [
      { number: 1, title: THRESHOLD, goods: only, deal: { type: "threshold", steps: [{ spend: euros(2 * euro.amount), off: 100 }], times: 1 } },
      { number: 2, title: COUPON, goods: only, deal: { type: "coupon", codes: { type: "shared", code: coupon }, value: { fixed: euros(50) } } },
    ],
  });
  const second = await openPage(browser);
  await post(second.page, "/session", { email: SECOND.email, password: SECOND.password });
  await post(second.page, `/campaigns/${made.id}/approve`, {});
  await second.page.context().close();
  campaignPage = owner.page;
  campaignId = made.id as string;
}
beforeAll(async () => {
  browser = await launch();
  await campaign();
});
afterAll(async () => {
  // Other tests meet the shop as it was.
  await post(campaignPage, `/campaigns/${campaignId}/stop`, {});
  await browser.close();
});

/** The amount that is written in an element, in cents. */
async function cents(page: Page, selector: string): Promise<number> {
  const text = await page.locator(selector).last().innerText();
  return Number(text.replace(/[^0-9]/g, ""));
}

const LANGUAGES = [
  { locale: "en-US", tag: "en" as const, why: "Why this price" },
  { locale: "de-DE", tag: "de" as const, why: "Warum dieser Preis" },
  { locale: "zh-CN", tag: "zh" as const, why: "价格说明" },
];

for (const { locale, tag, why } of LANGUAGES) {
  test(`threshold and code, with why this price: ${tag}`, async () => {
    const { page, complaints } = await openPage(browser, { locale });
    await page.goto(goods.href);
    await page.locator(".bar-main button:not([formaction])").click();
    await page.waitForURL(/\/cart/);
    // One is not enough, and the cart says for what.
    await page.locator(".hint", { hasText: THRESHOLD[tag] }).waitFor();
    expect(await page.locator("details.why").count()).toBe(0);
    await page.locator(".steps button[name=set]").nth(1).click();
    await page.locator("details.why summary", { hasText: why }).click();
    await page.locator("details.why dt", { hasText: THRESHOLD[tag] }).waitFor();
    expect(await cents(page, "details.why dd.total")).toBe(2 * goods.price - 100);

    await page.locator(".bar-main button:not([formaction])").click();
    await page.waitForURL(/\/checkout\//);
    const fields = { email: `why-${tag}@example.org`, first_name: "Ada", last_name: "Lovelace", street: "Ehrenstraße 2", postal_code: "50672", city: "Köln" };
    for (const [id, text] of Object.entries(fields)) await page.locator(`#${id}`).fill(text);
    await page.locator("#details button[type=submit]").click();
    await page.waitForURL(/\/review$/);
    const before = await cents(page, ".sums dd.total");
    // A code that nobody knows takes nothing off and says so; the right one counts.
    await page.locator("#code").fill("NO-SUCH-CODE");
    await page.locator(".discount button[type=submit]").first().click();
    await page.locator(".notice", { hasText: "NO-SUCH-CODE" }).waitFor();
    await page.locator("#code").fill(coupon.toLowerCase());
    await page.locator(".discount button[type=submit]").first().click();
    await page.locator(".sums dt", { hasText: COUPON[tag] }).waitFor();
    await page.locator(".sums dt", { hasText: THRESHOLD[tag] }).waitFor();
    expect(await cents(page, ".sums dd.total")).toBe(before - 50);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
