// Points on a phone, in each language: a guest hears what a member would collect, signs in, buys, gets points when the
// parcel is handed over, pays with them, and gets them back; an operator adjusts them, and switches them off.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PHONE, launch, noOverflow, openPage, signIn } from "./chromium";
import { signInByCode } from "./mails";
import { handOver, operator, setPoints, write } from "./staff";

let browser: Browser;
let owner: Page;
beforeAll(async () => {
  browser = await launch();
  owner = await operator(browser, "owner@shop.local", process.env.SESAME_OPERATOR_PASSWORD ?? "");
  await setPoints(owner, true);
});
afterAll(async () => {
  await setPoints(owner, false);
  await browser.close();
});

const box = (page: Page) => page.locator(".points");
/** The digits of an amount or a number. */
const digits = (text: string) => Number(text.replace(/[^0-9]/g, ""));
const sum = async (page: Page) => digits(await page.locator(".sums dd.total").last().innerText());

async function putIntoCart(page: Page): Promise<void> {
  await page.goto("/p/lunch-bag");
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/cart\?added=/);
}

/** From the cart to the last look. */
async function toReview(page: Page): Promise<void> {
  await page.locator(".bar-main button[form='to-checkout']").click();
  await page.waitForURL(/\/checkout\//);
  if (!page.url().endsWith("/review")) {
    for (const [id, text] of [["first_name", "Ada"], ["last_name", "Points"], ["street", "Friedrichstraße 1"], ["postal_code", "10117"], ["city", "Berlin"]]) {
      await page.locator(`#${id}`).fill(text!);
    }
    await page.locator("#details button[type=submit]").click();
  }
  await page.waitForURL(/\/review$/);
}

/** Pays, and gives the order's number. */
async function pay(page: Page): Promise<string> {
  await page.locator("#pay button[type=submit]").click();
  await page.waitForURL(/\/test-payments\//);
  await page.locator("input[name=card][value=tok_success]").check();
  await page.locator("button.primary").click();
  await page.waitForURL(/\/orders\/group_/);
  return /order_[0-9a-z]{13}/.exec(await page.locator(".number").innerText())![0];
}

const WORDS = {
  en: { guest: "As a member you collect", signIn: "Sign in or become a member", use: /^Use \d+ points?/, back: "Keep them for later", earns: "This order earns", coming: "as soon as you have the goods", collected: "You collected", spent: "Used for an order", returned: "Given back from an order", adjusted: "Changed by the shop", takenBack: "Taken off for goods that came back" },
  de: { guest: "Als Mitglied bekommen Sie", signIn: "Anmelden oder Mitglied werden", use: /^\d+ Punkte? einsetzen/, back: "Für später aufheben", earns: "Für diese Bestellung gibt es", coming: "sobald Sie die Artikel haben", collected: "Damit haben Sie", spent: "Für eine Bestellung eingesetzt", returned: "Aus einer Bestellung zurückerhalten", adjusted: "Vom Shop geändert", takenBack: "Für zurückgegebene Artikel abgezogen" },
  zh: { guest: "会员购买此订单可获得", signIn: "登录或成为会员", use: /^使用 \d+ 积分/, back: "留待以后使用", earns: "此订单可获得", coming: "收到商品后可获得", collected: "此订单已获得", spent: "订单使用", returned: "订单退还", adjusted: "商店调整", takenBack: "退货扣回" },
} as const;
type Words = (typeof WORDS)[keyof typeof WORDS];

/** A guest hears of points in the cart and comes back to it as a member, with the goods. */
async function becomeMember(page: Page, words: Words, email: string): Promise<void> {
  await putIntoCart(page);
  await box(page).getByText(words.guest).waitFor();
  await box(page).getByRole("link", { name: words.signIn }).click();
  await page.waitForURL(/\/account\/sign-in\?back=/);
  await signInByCode(page, email);
  await page.waitForURL(/\/cart$/);
  expect(await page.locator(".line").count()).toBe(1);
}

/** Uses points in the cart with one tap, takes them back and uses them once more; gives how many. */
async function usePoints(page: Page, words: Words): Promise<number> {
  const before = await sum(page);
  const button = box(page).getByRole("button", { name: words.use });
  const [points, minor] = (await button.innerText()).split(/[:：]/).map(digits) as [number, number];
  expect(minor).toBe(points * 5);
  await button.click();
  await expect.poll(() => sum(page)).toBe(before - minor);
  await page.locator("details.why summary").first().click();
  expect(digits(await page.locator("details.why dd").nth(1).innerText())).toBe(minor);
  await box(page).getByRole("button", { name: words.back }).click();
  await expect.poll(() => sum(page)).toBe(before);
  await button.click();
  await expect.poll(() => sum(page)).toBe(before - minor);
  return points;
}

for (const [language, words] of Object.entries(WORDS)) {
  test(`collected, spent, given back, adjusted: ${language}`, async () => {
    const javaScriptEnabled = language !== "de";
    const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: language, javaScriptEnabled });
    const fits = async () => (javaScriptEnabled ? noOverflow(page) : undefined);
    /** What follows by itself with a script takes a reload without. */
    const shows = (text: string) =>
      expect.poll(async () => {
        if (!javaScriptEnabled) await page.reload();
        return page.locator("main").innerText();
      }, { timeout: 10_000 }).toContain(text);
    const entries = async () => {
      await page.goto("/account/points");
      await fits();
      return page.locator(".entries li").allInnerTexts();
    };
    const email = `points-${language}-${Date.now()}@example.org`;
    await becomeMember(page, words, email);
    await fits();
    await box(page).getByText(words.earns).waitFor();
    await toReview(page);
    await box(page).getByText(words.earns).waitFor();
    await fits();
    const first = await pay(page);
    await page.getByText(words.coming).waitFor();
    expect(await entries()).toEqual([]);
    await page.goBack();
    await handOver(owner, first);
    await shows(words.collected);
    expect((await entries()).length).toBe(1);
    const earned = digits(await page.locator(".points-balance .price-large").innerText());
    expect(earned).toBeGreaterThan(0);

    await putIntoCart(page);
    const used = await usePoints(page, words);
    await fits();
    await toReview(page);
    await box(page).getByRole("button", { name: words.back }).waitFor();
    await fits();
    const second = await pay(page);
    const order = page.url();
    let now = await entries();
    expect(now[0]).toContain(words.spent);
    expect(digits(await page.locator(".points-balance .price-large").innerText())).toBe(earned - used);
    await page.goto(order);
    if (language === "de") {
      // It was handed over and comes back: what it earned is taken off, what it cost in points is given back.
      await handOver(owner, second);
      await shows(words.collected);
      const refund = await write(owner, `/orders/${second}/refunds`, { lines: [{ number: 1, quantity: 1 }], extra: 0, note: "" });
      expect(refund.status, JSON.stringify(refund.body)).toBeLessThan(300);
      now = await entries();
      expect(now.slice(0, 2).join("\n")).toContain(words.takenBack);
      expect(now.slice(0, 2).join("\n")).toContain(words.returned);
    } else {
      await page.locator(".cancel summary").click();
      await page.locator(".cancel button").click();
      await page.waitForURL(order);
      await expect.poll(async () => (await entries())[0]).toContain(words.returned);
    }
    expect(digits(await page.locator(".points-balance .price-large").innerText())).toBe(earned);

    await adjust(language, email);
    now = await entries();
    expect(now[0]).toContain(words.adjusted);
    expect(now[0]).toContain("Sorry <b>");
    expect(digits(await page.locator(".points-balance .price-large").innerText())).toBe(earned + 40);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}

/** An operator gives 40 points: on a phone where the console speaks the reader's language, else by the interface. */
async function adjust(language: string, email: string): Promise<void> {
  const reason = "Sorry <b>";
  const member = await (await owner.request.get(`/api/v1/members?email=${encodeURIComponent(email)}`)).json();
  if (language !== "en") {
    const below = await write(owner, `/members/${member.id}/points`, { change: -1_000_000, reason });
    expect([below.status, below.body.error.code]).toEqual([409, "points_below_zero"]);
    expect((await write(owner, `/members/${member.id}/points`, { change: 40, reason })).status).toBe(200);
    return;
  }
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signIn(page);
  await page.goto("/ops/members");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("table", { name: "Changes of points" }).getByText("Given back").waitFor();
  await noOverflow(page);
  await page.getByRole("button", { name: "Adjust" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Adjust the points" }).click();
  await dialog.getByText("Enter a whole number above or below zero.").waitFor();
  await dialog.getByText("Say why.").waitFor();
  await dialog.getByLabel("Points to give").fill("-1,000,000");
  await dialog.getByText("no more can be taken away").waitFor();
  await dialog.getByLabel("Points to give").fill("+40");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: "Adjust the points" }).click();
  await page.getByRole("table", { name: "Changes of points" }).getByText("Adjusted").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
}

test("the settings work an example out as one types, and name what cannot be", async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signIn(page);
  await page.goto("/ops/settings");
  const form = page.locator("section", { has: page.getByRole("heading", { name: "Members’ points" }) });
  await form.getByLabel("Paid for goods per point (EUR)").fill("1.00");
  await form.getByLabel("One point takes off (EUR)").fill("0.01");
  await form.getByText("An order of €49.90 earns 49 points; they are worth €0.49.").waitFor();
  await form.getByLabel("One point takes off (EUR)").fill("0.02");
  await form.getByText("they are worth €0.98.").waitFor();
  await form.getByLabel("One point takes off (EUR)").fill("1.01");
  await form.getByText("at most what is paid per point").waitFor();
  expect(await form.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await form.getByLabel("One point takes off (EUR)").fill("0.02");
  await form.getByRole("checkbox").uncheck();
  await noOverflow(page);
  await form.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await (await page.request.get("/api/v1/points/program")).json()).active).toBe(false);

  // Switched off, the shop says nothing of points.
  const shopper = await openPage(browser, { viewport: PHONE });
  await putIntoCart(shopper.page);
  expect(await box(shopper.page).count()).toBe(0);
  expect((await shopper.page.request.get("/account/points", { maxRedirects: 0 })).status()).toBe(404);
  await shopper.page.context().close();
  expect(complaints).toEqual([]);
  await page.context().close();
});
