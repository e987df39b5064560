// Goods on presale, on a phone and in each language: the deposit is paid from the product's page, then the balance from
// the page of the order. The campaign's balance can be paid while its goods can still be ordered, so both fit a test.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PHONE, launch, openPage } from "./chromium";
import { midnight, operator, SECOND, write } from "./staff";

const DEPOSIT = 10;

let browser: Browser;
let product: { href: string; variant: string };
let stop: () => Promise<void>;

/** An article of which a piece costs more than the deposit counts as, and that can be shipped. */
async function article(page: Page, currency: string) {
  const list = await (await page.request.get("/api/v1/products?limit=50&status=active")).json();
  for (const { id } of list.items) {
    const found = await (await page.request.get(`/api/v1/products/${id}`)).json();
    const variant = found.variants[0];
    const price = variant.offers[0].prices.find((one: { currency: string }) => one.currency === currency);
    await page.goto(`/p/${found.handle}`);
    if (price?.amount > 4 * DEPOSIT && (await page.locator(".bar-main button").count()) > 0 && found.variants.length === 1) {
      return { href: `/p/${found.handle}`, variant: variant.id as string, seller: variant.offers[0].seller.id as string, price: price.amount as number };
    }
  }
  throw new Error("no article fits");
}

beforeAll(async () => {
  browser = await launch();
  const owner = await operator(browser, "owner@shop.local", process.env.SESAME_OPERATOR_PASSWORD ?? "");
  const { currency } = await (await owner.request.get("/api/v1/settings")).json();
  expect([200, 201, 409]).toContain((await write(owner, "/operators", SECOND)).status);
  const found = await article(owner, currency);
  product = found;
  const terms = [{ price: { amount: found.price - 1, currency }, deposit: DEPOSIT, counts_as: 2 * DEPOSIT }];
  const saved = await write(owner, "/campaigns", {
    code: `presale-${Date.now()}`, title: { en: "Presale", de: "Vorverkauf", zh: "预售" }, time_zone: "UTC", starts: midnight(-1), ends: midnight(2),
    rules: [{
      number: 1, title: { en: "Early price", de: "Frühpreis", zh: "早鸟价" },
      deal: { type: "presale", counts_title: { en: "Your deposit counts double", de: "Ihre Anzahlung zählt doppelt", zh: "定金翻倍" }, balance_from: midnight(-1), balance_until: midnight(3), forfeit: true, offers: [{ variant: found.variant, seller: found.seller, terms }] },
    }],
  });
  expect(saved.status, JSON.stringify(saved.body)).toBeLessThan(300);
  const second = await operator(browser, SECOND.email, SECOND.password);
  const approved = await write(second, `/campaigns/${saved.body.id}/approve`, {});
  expect(approved.status, JSON.stringify(approved.body)).toBe(200);
  stop = async () => {
    await write(owner, `/campaigns/${saved.body.id}/stop`, {});
  };
});
afterAll(async () => {
  await stop?.();
  await browser.close();
});

async function fillIn(page: Page): Promise<void> {
  await page.waitForURL(/\/checkout\//);
  for (const [id, text] of [["email", "ada@example.org"], ["first_name", "Ada"], ["last_name", "Lovelace"], ["street", "Friedrichstraße 1"], ["postal_code", "10117"], ["city", "Berlin"]]) {
    await page.locator(`#${id}`).fill(text!);
  }
  await page.locator("#details button[type=submit]").click();
  await page.waitForURL(/\/review$/);
}

async function payAtProvider(page: Page): Promise<void> {
  await page.waitForURL(/\/test-payments\//);
  await page.locator("input[name=card][value=tok_success]").check();
  await page.locator("button.primary").click();
  await page.waitForURL(/\/orders\/group_/);
}

const WORDS = {
  en: { button: /^Pay deposit/, due: "Now pay the balance of", pay: /^Pay balance/, done: "Thank you, your order is in" },
  de: { button: /anzahlen/, due: "Jetzt den Restbetrag von", pay: /^Restbetrag .* zahlen/, done: "Danke" },
  zh: { button: /支付定金/, due: "现在请付尾款", pay: /支付尾款/, done: "谢谢" },
} as const;

for (const [language, words] of Object.entries(WORDS)) {
  test(`deposit, then balance: ${language}`, async () => {
    const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: language });
    await page.goto(product.href);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.locator(".presale").waitFor();
    await page.locator(".bar-main").getByRole("button", { name: words.button }).click();
    await fillIn(page);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.locator("#pay").getByRole("button", { name: words.button }).click();
    await payAtProvider(page);
    await page.getByText(words.due).waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: words.pay }).click();
    await payAtProvider(page);
    await page.getByText(words.done).first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
