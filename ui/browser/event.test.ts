// While an event runs, lists sort and narrow down by the price that it makes, and not before or after; its page is as
// sound as the others.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { launch, openPage } from "./chromium";

const HEADERS = { "X-Sesame-Console": "1" };
const SECOND = { email: "third@shop.local", name: "Third", role: "staff", password: "one-more-person" };
const RUNS_MS = 20_000;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function signedIn(email: string, password: string): Promise<Page> {
  const { page } = await openPage(browser);
  const answer = await page.request.post("/api/v1/session", { headers: HEADERS, data: { email, password } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return page;
}

/** The dearest article in stock, by the list itself. */
async function dearest(page: Page): Promise<{ href: string; handle: string }> {
  await page.goto("/search?q=lamp&stock=1&sort=price-desc");
  const href = (await page.locator(".cards a").first().getAttribute("href")) ?? "";
  return { href, handle: decodeURIComponent(href.slice("/p/".length)) };
}

async function variants(page: Page, handle: string): Promise<string[]> {
  const list = await (await page.request.get(`/api/v1/products?query=${encodeURIComponent(handle.replaceAll("-", " "))}&limit=50`)).json();
  for (const { id } of list.items) {
    const product = await (await page.request.get(`/api/v1/products/${id}`)).json();
    if (product.handle === handle) return product.variants.map((variant: { id: string }) => variant.id);
  }
  throw new Error(`no product ${handle}`);
}

test("the event's price is what lists are sorted and narrowed by, from its first second to its last", async () => {
  const owner = await signedIn("owner@shop.local", process.env.SESAME_OPERATOR_PASSWORD ?? "");
  const made = await owner.request.post("/api/v1/operators", { headers: { ...HEADERS, "Idempotency-Key": `third-${Date.now()}` }, data: SECOND });
  expect([200, 201, 409]).toContain(made.status());
  const second = await signedIn(SECOND.email, SECOND.password);
  const { page } = await openPage(browser);
  const article = await dearest(page);
  const first = async (): Promise<string | null> => {
    await page.goto("/search?q=lamp&stock=1&sort=price");
    return page.locator(".cards a").first().getAttribute("href");
  };
  const isCheap = async (): Promise<boolean> => {
    await page.goto("/search?q=lamp&stock=1&price=-5");
    return (await page.locator(`.cards a[href='${article.href}']`).count()) === 1;
  };
  expect(await first()).not.toBe(article.href);
  expect(await isCheap()).toBe(false);

  const settings = await (await owner.request.get("/api/v1/settings")).json();
  const local = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
  const prices = (await variants(owner, article.handle)).map((variant) => ({ variant, prices: [{ amount: 1, currency: settings.currency }] }));
  const code = `lists-${Date.now()}`;
  const starts = Date.now() + 5_000;
  const body = {
    code,
    title: { en: "One cent" },
    time_zone: "UTC",
    starts: local(starts),
    ends: local(starts + RUNS_MS),
    rules: [{ number: 1, title: { en: "One cent" }, deal: { type: "prices", prices } }],
  };
  const saved = await owner.request.post("/api/v1/campaigns", { headers: HEADERS, data: body });
  expect(saved.ok(), await saved.text()).toBe(true);
  const approved = await second.request.post(`/api/v1/campaigns/${(await saved.json()).id}/approve`, { headers: HEADERS, data: {} });
  expect(approved.ok(), await approved.text()).toBe(true);

  await expect.poll(first, { timeout: 15_000 }).toBe(article.href);
  expect(await isCheap()).toBe(true);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`/events/${code}`);
    expect(await faults(page), colorScheme).toEqual([]);
  }
  await expect.poll(first, { timeout: RUNS_MS + 15_000 }).not.toBe(article.href);
  expect(await isCheap()).toBe(false);
  for (const one of [owner, second, page]) await one.context().close();
}, 90_000);
