// A shopper's way on a phone, from the first page to the paid order, with a script and without one; and each way in
// which a payment fails, with what the shopper is told. The server under test has the demo goods and the test provider.
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, launch, noOverflow, openPage } from "./chromium";
import { payWith, putIntoCart } from "./shopper";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Searches with a misspelling and opens the first product that can be bought. */
async function findProduct(page: Page): Promise<void> {
  await page.goto("/");
  await noOverflow(page);
  await page.locator("#search-page").fill("lunch bga");
  await page.locator("#search-page").press("Enter");
  await page.waitForURL(/\/search\?q=/);
  await page.locator(".cards a").first().click();
  await page.waitForURL(/\/p\//);
  await page.getByText("Test shop").waitFor();
  await noOverflow(page);
}

/** Fills in who and where, and goes on to the last look. */
async function fillIn(page: Page): Promise<void> {
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/checkout\//);
  await noOverflow(page);
  await page.locator("#email").fill("ada@example.org");
  await page.locator("#first_name").fill("Ada");
  await page.locator("#last_name").fill("Lovelace");
  await page.locator("#street").fill("Friedrichstraße 1");
  await page.locator("#postal_code").fill("1011");
  await page.locator("#city").fill("Berlin");
  await page.locator("#details button[type=submit]").click();
  // A wrong postal code is named beside its field, and nothing typed is lost.
  await page.locator("#postal_code-error").waitFor();
  expect(await page.locator("#city").inputValue()).toBe("Berlin");
  await page.locator("#postal_code").fill("10117");
  await page.locator("#details button[type=submit]").click();
  await page.waitForURL(/\/review$/);
  await noOverflow(page);
}

async function toReview(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openPage(browser, options);
  await findProduct(opened.page);
  await putIntoCart(opened.page);
  await fillIn(opened.page);
  return opened;
}

for (const javaScriptEnabled of [true, false]) {
  test(`home, search, product, cart, checkout, 3-D Secure, paid order; JavaScript ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const { page, complaints } = await toReview({ javaScriptEnabled });
    await payWith(page, "tok_3ds");
    await page.locator("button[value=approve]").click();
    await page.waitForURL(/\/orders\/group_/);
    await page.getByText("Thank you, your order is in").waitFor();
    await noOverflow(page);
    await page.getByText(/order_[0-9a-z]{13}/).first().waitFor();
    // Once the money was taken there is an invoice, for who has the order's link alone.
    const invoice = page.getByRole("link", { name: /^Invoice [0-9A-Z]{13} \(PDF\)$/ });
    await expect.poll(async () => ((await invoice.count()) > 0 ? true : page.reload().then(() => false)), { timeout: 15_000 }).toBe(true);
    const address = (await invoice.getAttribute("href"))!;
    const file = await page.request.get(address);
    expect([file.status(), file.headers()["content-type"]]).toEqual([200, "application/pdf"]);
    expect((await page.request.get(address.replace(/\/[0-9a-f]{16}\//, "/0000000000000000/"))).status()).toBe(404);
    await page.goto("/cart");
    await page.getByText("There is nothing in your cart yet.").waitFor();
    expect(complaints.filter((c) => !c.includes("422"))).toEqual([]);
    await page.context().close();
  });
}

test("a declined card: nothing charged, the goods are kept, another card pays", async () => {
  const { page } = await toReview();
  await payWith(page, "tok_declined");
  // The provider offers another card on its own page; this shopper goes back to the shop instead.
  await page.getByText("The card was declined").waitFor();
  await page.locator("a.quiet").click();
  await page.waitForURL(/\/checkout\/.*\/pay/);
  await page.getByText("Nothing was charged.").waitFor();
  await page.getByText(/set aside until/).waitFor();
  await page.locator("form.fields button[type=submit]").click();
  await page.waitForURL(/\/test-payments\//);
  await page.locator("button.primary").click();
  await page.waitForURL(/\/orders\/group_/);
  await page.getByText("Thank you, your order is in").waitFor();
  await page.context().close();
});

test("3-D Secure left in the middle: back at the shop, given up, the cart is full again", async () => {
  const { page } = await toReview();
  await payWith(page, "tok_3ds");
  await page.locator("button[value=approve]").waitFor();
  const review = page.url();
  expect(review).toContain("/test-payments/");
  await page.locator("button[value=leave]").click();
  await page.waitForURL(/\/checkout\/.*\/pay/);
  await page.getByText("Nothing was charged.").waitFor();
  await page.getByRole("button", { name: "Cancel and go back to the cart" }).click();
  await page.waitForURL(/\/cart\?refilled/);
  await page.locator(".line").waitFor();
  await page.context().close();
});

test("a double click on pay places one order", async () => {
  const { page } = await toReview();
  await page.locator("#pay button[type=submit]").dblclick();
  await page.waitForURL(/\/test-payments\//);
  await page.locator("button.primary").click();
  await page.waitForURL(/\/orders\/group_/);
  expect(await page.locator(".number").innerText()).toMatch(/^order_[0-9a-z]{13}\n/);
  await page.context().close();
});

test("a paid order can be canceled and found again", async () => {
  const { page } = await toReview();
  await payWith(page, "tok_success");
  await page.waitForURL(/\/orders\/group_/);
  const number = (await page.locator(".number").innerText()).split("\n")[0] ?? "";
  await page.goto("/find-order");
  await page.locator("#number").fill(number);
  await page.locator("#email").fill("nobody@example.org");
  await page.locator("main form.fields button").click();
  await page.getByText("No order has this number and e-mail address").waitFor();
  await page.locator("#email").fill("Ada@Example.org");
  await page.locator("main form.fields button").click();
  await page.waitForURL(/\/orders\/group_/);
  await page.locator("details.cancel summary").click();
  await page.locator("details.cancel button").click();
  await page.getByText("This order was canceled").waitFor();
  await page.context().close();
});

test("options are read in the shopper's language, from the list to the cart", async () => {
  const { page } = await openPage(browser, { locale: "de-DE" });
  await page.goto("/search?q=lunchtasche");
  await page.locator(".cards a").first().click();
  await page.getByRole("link", { name: "Totenköpfe" }).click();
  await putIntoCart(page);
  await page.getByText("Design: Totenköpfe").waitFor();
  await page.context().close();
});

test("without a connection a line says so and the page stays", async () => {
  const { page } = await openPage(browser);
  await page.goto("/");
  await page.context().setOffline(true);
  await page.getByText("You are offline").waitFor();
  await page.locator("#search-page").fill("lamp");
  await page.locator("#search-page").press("Enter");
  await page.locator(".tile").first().click();
  expect(await page.locator("#search-page").inputValue()).toBe("lamp");
  await page.context().setOffline(false);
  await page.locator(".offline").waitFor({ state: "hidden" });
  await page.locator("#search-page").press("Enter");
  await page.waitForURL(/\/search\?q=lamp/);
  await page.context().close();
});

for (const path of ["/", "/categories", "/search?q=lamp", "/search?q=zzzzqqq", "/p/lunch-bag", "/cart", "/find-order", "/nothing-here"]) {
  for (const locale of ["de-DE", "zh-CN"]) {
    test(`${path} fits the screen in ${locale}`, async () => {
      for (const viewport of [undefined, DESKTOP]) {
        const { page } = await openPage(browser, { locale, ...(viewport ? { viewport } : {}) });
        await page.goto(path);
        await noOverflow(page);
        await page.context().close();
      }
    });
  }
}

for (const javaScriptEnabled of [true, false]) {
  test(`a waiting room: the place is shown, kept over a reload, and reached; JavaScript ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const operator = await openPage(browser);
    const headers = { "X-Sesame-Console": "1" };
    const signedIn = await operator.page.request.post("/api/v1/session", { headers, data: { email: "owner@shop.local", password: process.env.SESAME_OPERATOR_PASSWORD ?? "" } });
    expect(signedIn.ok(), await signedIn.text()).toBe(true);
    // One in ten seconds: long enough to look around, short enough to be let in.
    const opened = await operator.page.request.post("/api/v1/admission/room", { headers, data: { campaign: "Browser test", order: "first_come", per_minute: 6 } });
    expect(opened.ok(), await opened.text()).toBe(true);
    try {
      const before = await openPage(browser, { javaScriptEnabled });
      await before.page.goto("/");
      const { page } = await openPage(browser, { javaScriptEnabled, locale: "de-DE" });
      await page.goto("/search?q=lunch");
      await page.getByRole("heading", { name: "Sie stehen in der Reihe" }).waitFor();
      await page.getByText(/Person(en)? (ist|sind) vor Ihnen|Sie sind als Nächstes dran/).waitFor();
      await noOverflow(page);
      const mine = (await page.context().cookies()).find((cookie) => cookie.name === "sesame_place")?.value;
      await page.reload();
      await page.getByRole("heading", { name: "Sie stehen in der Reihe" }).waitFor();
      expect((await page.context().cookies()).find((cookie) => cookie.name === "sesame_place")?.value).toBe(mine);
      // It goes on by itself, to the page that was asked for.
      await page.locator(".cards a").first().waitFor({ timeout: 50_000 });
      expect(page.url()).toContain("/search?q=lunch");
      await before.page.context().close();
      await page.context().close();
    } finally {
      const closed = await operator.page.request.delete("/api/v1/admission/room", { headers });
      expect(closed.ok(), await closed.text()).toBe(true);
      await operator.page.context().close();
    }
  });
}
