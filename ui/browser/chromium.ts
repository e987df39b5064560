// What every browser test stands on: Debian's Chromium, the server under test, the sizes of LOOK, and a page that
// fails its test when a script threw or the console complained.
import { expect } from "vitest";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

/** Address of the server under test, without a slash at its end. */
export function serverUrl(): string {
  const url = process.env.SESAME_URL;
  if (!url) throw new Error("SESAME_URL is not set: `cargo xtask test --only browser` starts a server and sets it");
  return url.replace(/\/$/, "");
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.SESAME_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Opens a page in a fresh profile; `complaints` collects script errors and console errors for the test to check. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ baseURL: serverUrl(), viewport: PHONE, locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  return { page, complaints };
}

/** The page is no wider than the screen: nobody has to push it sideways. */
export async function noOverflow(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0);
}

/** Buys one piece of each of the first articles at the demo shop, paid with the test provider's card that always works. */
export async function buy(page: Page, lastName: string, what: { email?: string; articles?: number; skip?: number } = {}): Promise<string> {
  return (await bought(page, lastName, what)).order;
}

/** As `buy`, with the address of the order's page. */
export async function bought(page: Page, lastName: string, { email = "ada@example.com", articles = 1, skip = 0 } = {}): Promise<{ order: string; address: string }> {
  const headers = { "X-Sesame-Console": "1" };
  const products = await (await page.request.get(`/api/v1/products?limit=${skip + articles}&status=active`)).json();
  const found: { variants: { sku: string; offers: { prices: { currency: string }[] }[] }[] }[] = [];
  for (const { id } of products.items.slice(skip)) found.push(await (await page.request.get(`/api/v1/products/${id}`)).json());
  const currency = found[0]?.variants[0]?.offers[0]?.prices[0]?.currency;
  const settings = await (await page.request.get("/api/v1/settings")).json();
  const rate = settings.shipping_rates.find((one: { country: string | null; prices: { currency: string }[] }) => (one.country ?? "DE") === "DE" && one.prices.some((price) => price.currency === currency));
  const answer = await page.request.post("/api/v1/buy-now", {
    headers: { ...headers, "Idempotency-Key": `browser-${lastName}` },
    data: {
      lines: found.map(({ variants }) => ({ sku: variants[0]?.sku, quantity: 1 })),
      buyer: { first_name: "Ada", last_name: lastName, email },
      destination: { first_name: "Ada", last_name: lastName, street: "Invalidenstraße 1", postal_code: "10115", city: "Berlin", country: "DE" },
      delivery: { ship: rate.code },
      payment: { provider: { name: settings.payment_providers[0].name, token: "tok_success" } },
      currency,
      device: "phone",
    },
  });
  const body = await answer.json();
  expect(answer.status(), JSON.stringify(body)).toBe(201);
  return { order: body.orders[0].id, address: new URL(body.order_url).pathname };
}

/** Signs the first operator in. */
export async function signIn(page: Page): Promise<void> {
  await page.goto("/ops");
  await page.getByLabel("E-mail").fill("owner@shop.local");
  await page.getByRole("textbox", { name: "Password" }).fill(process.env.SESAME_OPERATOR_PASSWORD ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Orders" }).waitFor();
}
