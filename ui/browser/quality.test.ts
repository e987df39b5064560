// What every page owes those who use it on a phone: nothing that axe finds, in light and dark; few bytes of script; and
// nothing that moves after it was drawn.
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, PHONE, buy, launch, openPage, signIn } from "./chromium";
import { signInByCode } from "./mails";
import { operator, setPoints } from "./staff";

/** Bytes of all scripts of a shop page, compressed. */
const SCRIPT_BYTES_MAX = 60_000;

let browser: Browser;
let owner: Page;
beforeAll(async () => {
  browser = await launch();
  owner = await operator(browser, "owner@shop.local", process.env.SESAME_OPERATOR_PASSWORD ?? "");
  await setPoints(owner, true);
});
afterAll(async () => {
  // Other tests meet the shop as it was.
  await setPoints(owner, false);
  await browser.close();
});

/** How far things moved by themselves, as Chromium sums it up. */
function shift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) sum += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 300);
      }),
  );
}

/** A phone as most shoppers hold one. */
const TOUCH_PHONE = { viewport: PHONE, hasTouch: true, deviceScaleFactor: 3 };

/** Looks at a page that is open in light mode, and at the same page drawn anew in the dark. */
async function inBothModes(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  await look(`${page.url()}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.reload();
  await look(`${page.url()}, dark`);
}

/** Nothing moves by itself each time it is drawn, and axe finds nothing, in either mode. */
const isSound = (page: Page) =>
  inBothModes(page, async (where) => {
    await page.waitForLoadState("networkidle");
    // A machine that stalls may draw a page in the middle of its bytes: what moves by itself moves the next time, too.
    if ((await shift(page)) > 0) {
      await page.reload();
      await page.waitForLoadState("networkidle");
    }
    expect(await shift(page), `what moved on ${where}`).toBe(0);
    expect(await faults(page), where).toEqual([]);
  });

/** Fills a cart and goes on until `where` is reached. */
async function upTo(page: Page, where: "cart" | "details" | "review" | "payment" | "declined" | "order"): Promise<void> {
  await page.goto("/p/lunch-bag");
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/cart\?added/);
  if (where === "cart") return;
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/checkout\//);
  if (where === "details") return;
  for (const [field, value] of Object.entries({ email: "ada@example.org", first_name: "Ada", last_name: "Lovelace", street: "Friedrichstraße 1", postal_code: "10117", city: "Berlin" })) {
    await page.locator(`#${field}`).fill(value);
  }
  await page.locator("#details button[type=submit]").click();
  await page.waitForURL(/\/review$/);
  if (where === "review") return;
  await page.locator("#pay button[type=submit]").click();
  await page.waitForURL(/\/test-payments\//);
  if (where === "payment") return;
  await page.locator(`input[name=card][value=${where === "order" ? "tok_success" : "tok_declined"}]`).check();
  await page.locator("button.primary").click();
  // The provider offers another card on its own page; this shopper goes back to the shop instead.
  if (where === "declined") await page.locator("a.quiet").click();
  await page.waitForURL(where === "order" ? /\/orders\/group_/ : /\/checkout\/.*\/pay/);
}

async function firstCategory(page: Page): Promise<string> {
  await page.goto("/categories");
  return (await page.locator(".shelf .tile").first().getAttribute("href")) ?? "";
}

const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  home: (page) => page.goto("/"),
  categories: (page) => page.goto("/categories"),
  category: async (page) => page.goto(await firstCategory(page)),
  search: (page) => page.goto("/search?q=lunch"),
  "search that finds nothing": (page) => page.goto("/search?q=zzzzqqq"),
  product: (page) => page.goto("/p/lunch-bag"),
  "cart with goods": (page) => upTo(page, "cart"),
  "empty cart": (page) => page.goto("/cart"),
  "checkout, who and where": (page) => upTo(page, "details"),
  "checkout with errors": async (page) => {
    await upTo(page, "details");
    await page.locator("#email").fill("nobody");
    await page.locator("#details").evaluate((form: HTMLFormElement) => form.submit());
    await page.locator("[aria-invalid=true]").first().waitFor();
  },
  "checkout, the last look": (page) => upTo(page, "review"),
  "the test provider's page": (page) => upTo(page, "payment"),
  "a payment that failed": (page) => upTo(page, "declined"),
  order: (page) => upTo(page, "order"),
  reviews: (page) => page.goto("/p/lunch-bag/reviews"),
  "how reviews are made sure of": (page) => page.goto("/reviews/how"),
  "a guest's favourites": async (page) => {
    await page.goto("/search?q=lunch");
    await page.locator(".cards .heart").first().click();
    await page.locator(".cards .heart[aria-pressed=true]").first().waitFor();
    await page.goto("/account/favourites");
  },
  "find an order": (page) => page.goto("/find-order"),
  "nothing here": (page) => page.goto("/nothing-here"),
  offline: (page) => page.goto("/offline"),
  "sign in": (page) => page.goto("/account/sign-in"),
};

// One page at a time: beside others a page arrives in pieces, and what is drawn of a piece moves when the rest comes.
describe("shop pages", () => {
  for (const [name, open] of Object.entries(PAGES)) {
    test(`${name}: axe finds nothing, nothing moves, few bytes of script`, async () => {
      const { page } = await openPage(browser, TOUCH_PHONE);
      await open(page);
      await isSound(page);
      const scripts = await page.locator("script[src]").evaluateAll((all) => all.map((one) => (one as HTMLScriptElement).src));
      let bytes = 0;
      for (const script of [...scripts, new URL("/sw.js", page.url()).href]) bytes += gzipSync(await (await page.request.get(script)).body()).length;
      expect(bytes).toBeGreaterThan(500);
      expect(bytes).toBeLessThan(SCRIPT_BYTES_MAX);
      await page.context().close();
    });
  }
});

/** A member's own pages. */
const MEMBERS = ["", "/orders", "/addresses", "/addresses/edit", "/wallet", "/points", "/favourites", "/card", "/security", "/data"].map((own) => `/account${own}`);

describe("a member's pages", () => {
  let member: BrowserContext;
  let order: string;
  beforeAll(async () => {
    const { page } = await openPage(browser, TOUCH_PHONE);
    member = page.context();
    await page.goto("/account/sign-in");
    await signInByCode(page, `quality-${Date.now()}@example.org`);
    await page.waitForURL(/\/account$/);
    await page.goto("/search?q=lunch");
    await page.locator(".cards .heart").first().click();
    await page.locator(".cards .heart[aria-pressed=true]").first().waitFor();
    await upTo(page, "order");
    order = new URL(page.url()).pathname;
  });
  afterAll(() => member.close());
  for (const path of [...MEMBERS, "the order"]) {
    test(`${path}: axe finds nothing, nothing moves`, async () => {
      const page = await member.newPage();
      const answer = await page.goto(path === "the order" ? order : path);
      expect(answer?.status()).toBe(200);
      await isSound(page);
      await page.close();
    });
  }
});

/** The console's main screens, below `/ops`. */
const SCREENS = ["orders", "an order", "picking", "returns", "stock", "products", "campaigns", "campaigns/new", "reviews", "members", "members?email=nobody@example.org", "carriers", "carriers/new", "hubs", "settings"];

describe.concurrent("the console", () => {
  let desk: BrowserContext;
  let order: string;
  beforeAll(async () => {
    const { page } = await openPage(browser, { viewport: DESKTOP });
    desk = page.context();
    await signIn(page);
    order = await buy(page, `Axe ${Date.now()}`);
  });
  afterAll(() => desk.close());

  const isReadable = (page: Page) =>
    inBothModes(page, async (where) => {
      await page.waitForLoadState("load");
      await page.getByRole("heading").first().waitFor();
      await page.waitForTimeout(500);
      expect(await faults(page), where).toEqual([]);
    });
  test("sign in: axe finds nothing", async () => {
    const { page } = await openPage(browser, { viewport: DESKTOP });
    await page.goto("/ops");
    await page.getByLabel("E-mail").waitFor();
    await isReadable(page);
    await page.context().close();
  });
  for (const screen of SCREENS) {
    test(`${screen}: axe finds nothing`, async () => {
      const page = await desk.newPage();
      await page.goto(`/ops/${screen === "an order" ? `orders/${order}` : screen}`);
      await isReadable(page);
      await page.close();
    });
  }
});
