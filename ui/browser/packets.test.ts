// Red packets on a phone, in each language: a guest is asked to sign in and comes back, opens a packet, finds it in the
// wallet, buys with it and reads why the price is what it is. The campaign runs already, so drawing and spending fit one
// test.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { PHONE, launch, openPage } from "./chromium";
import { signInByCode } from "./mails";
import { midnight, operator, SECOND, write } from "./staff";

const CODE = `packets-${Date.now()}`;

let browser: Browser;
let href: string;
let stop: () => Promise<void>;

/** An article that costs more than a packet holds, and that no other test looks at. */
async function article(page: Page, currency: string): Promise<string> {
  const list = await (await page.request.get("/api/v1/products?limit=100&status=active")).json();
  for (const { id } of list.items.slice(50, 80)) {
    const found = await (await page.request.get(`/api/v1/products/${id}`)).json();
    const price = found.variants[0].offers[0].prices.find((one: { currency: string }) => one.currency === currency);
    await page.goto(`/p/${found.handle}`);
    if (price?.amount > 600 && (await page.locator("form[action='/cart/add'] input[name=quantity]").count()) > 0) return `/p/${found.handle}`;
  }
  throw new Error("no article fits");
}

beforeAll(async () => {
  browser = await launch();
  const owner = await operator(browser, "owner@shop.local", process.env.SESAME_OPERATOR_PASSWORD ?? "");
  const { currency } = await (await owner.request.get("/api/v1/settings")).json();
  expect([200, 201, 409]).toContain((await write(owner, "/operators", SECOND)).status);
  href = await article(owner, currency);
  const saved = await write(owner, "/campaigns", {
    code: CODE, title: { en: "Packet day", de: "Tag der Umschläge", zh: "红包日" }, time_zone: "UTC", starts: midnight(-1), ends: midnight(2),
    rules: [{
      number: 1, title: { en: "Red packet", de: "Roter Umschlag", zh: "红包" },
      deal: { type: "red_packets", count: 500, low: 100, high: 500, draw_from: midnight(-2), spend_until: midnight(2) },
      limits: { per_buyer: 1, budget: { amount: 150_000, currency } },
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

/** The page fits the phone and axe finds nothing. */
async function isGood(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0);
  // So high that the bar at the bottom hides no part of a button: it is the page that is looked at, not where it is scrolled.
  await page.setViewportSize({ width: PHONE.width, height: 3_000 });
  expect(await faults(page), page.url()).toEqual([]);
  await page.setViewportSize(PHONE);
}

const WORDS = {
  en: { open: "Open a red packet", yours: "Your red packet", wallet: "Wallet", had: "You have opened all of yours", packet: "Red packet", why: "Why this price", used: "Used", done: "Thank you, your order is in" },
  de: { open: "Roten Umschlag öffnen", yours: "Ihr roter Umschlag", wallet: "Brieftasche", had: "Ihre haben Sie alle geöffnet", packet: "Roter Umschlag", why: "Warum dieser Preis", used: "Eingelöst", done: "Danke" },
  zh: { open: "拆红包", yours: "您的红包", wallet: "卡包", had: "您的红包已全部拆开", packet: "红包", why: "价格说明", used: "已使用", done: "谢谢" },
} as const;

for (const [language, words] of Object.entries(WORDS)) {
  test(`sign in, draw, wallet, buy: ${language}`, async () => {
    const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: language });
    await page.goto(`/events/${CODE}`);
    await isGood(page);
    await page.getByRole("button", { name: words.open }).click();
    await page.waitForURL(/\/account\/sign-in\?back=/);
    await signInByCode(page, `packet-${language}-${Date.now()}@example.org`);

    // Back where they came from; the packet is opened, and there is one for each.
    await page.waitForURL(/\/packets\/1$/);
    await isGood(page);
    await page.getByRole("button", { name: words.open }).click();
    await page.waitForURL(/\?drawn=\d+$/);
    await page.getByRole("heading", { name: words.yours }).waitFor();
    const amount = (await page.locator(".packet-amount").innerText()).trim();
    expect(amount).toMatch(/[1-5][.,]\d\d/);
    await page.getByText(words.had).waitFor();
    await isGood(page);

    await page.goto("/account/wallet");
    await page.getByRole("heading", { name: words.wallet }).waitFor();
    expect(await page.locator(".ticket .ticket-worth").innerText()).toBe(amount);
    await isGood(page);

    await page.goto(href);
    await page.locator(".bar-main button:not([formaction])").click();
    await page.waitForURL(/\/cart\?added=/);
    await page.getByText(words.why).first().click();
    await page.locator(".why").getByText(words.packet).waitFor();
    await page.locator(".sums").getByText(words.packet).waitFor();
    await isGood(page);
    await page.locator(".bar-main button[form='to-checkout']").click();
    await page.waitForURL(/\/checkout\//);
    for (const [id, text] of [["first_name", "Ada"], ["last_name", "Lovelace"], ["street", "Friedrichstraße 1"], ["postal_code", "10117"], ["city", "Berlin"]]) {
      await page.locator(`#${id}`).fill(text!);
    }
    await page.locator("#details button[type=submit]").click();
    await page.waitForURL(/\/review$/);
    await page.locator(".sums").getByText(words.packet).waitFor();
    await isGood(page);

    // Left out, it lies beside the order, and is taken again.
    await page.locator("button[name=remove]").click();
    await page.locator(".discount button[name=code]").waitFor();
    expect(await page.locator(".sums").getByText(words.packet).count()).toBe(0);
    await page.locator(".discount button[name=code]").click();
    await page.locator(".sums").getByText(words.packet).waitFor();

    await page.locator("#pay button[type=submit]").click();
    await page.waitForURL(/\/test-payments\//);
    await page.locator("input[name=card][value=tok_success]").check();
    await page.locator("button.primary").click();
    await page.waitForURL(/\/orders\/group_/);
    await page.getByText(words.done).first().waitFor();
    await page.getByText(words.packet).first().waitFor();

    await page.goto("/account/wallet");
    await page.locator(".ticket-past").getByText(words.used).waitFor();
    await isGood(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
