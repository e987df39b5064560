// Favourites, alerts and the cart that follows a member, on a phone, in each language: a guest keeps goods without a
// script and with one, signs in and finds goods and cart there, also on a second device; and asks to hear of a lower
// price. The server under test writes its mails into a folder.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, noOverflow, openPage } from "./chromium";
import { signInByCode } from "./mails";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto("/account/sign-in");
  await signInByCode(page, email);
  await page.waitForURL(/\/account$/);
}

const hearts = (page: Page) => page.locator(".cards .heart");

const LANGUAGES = [
  { locale: "en-US", title: "Favourites", here: "Saved on this device" },
  { locale: "de-DE", title: "Favoriten", here: "Auf diesem Gerät gespeichert" },
  { locale: "zh-CN", title: "收藏", here: "已保存在本设备" },
];

test("favourites and the cart come along at sign-in and are the same on two devices", async () => {
  for (const { locale, title, here } of LANGUAGES) {
    const { page, complaints } = await openPage(browser, { locale });
    await page.goto("/search?q=bag");
    const box = await hearts(page).first().boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    await hearts(page).first().click();
    await page.getByText(here).waitFor();
    expect(await hearts(page).first().getAttribute("aria-pressed")).toBe("true");
    expect(page.url()).toContain("/search?q=bag");
    await page.reload();
    expect(await hearts(page).first().getAttribute("aria-pressed")).toBe("true");
    await page.goto("/account/favourites");
    await page.getByRole("heading", { name: title }).waitFor();
    expect(await page.locator(".wish").count()).toBe(1);
    await noOverflow(page);
    // Into the cart from there.
    await page.locator(".wish form[action='/cart/add'] button").click();
    await page.waitForURL(/\/cart\?added=/);

    const email = `wishes-${locale.slice(0, 2)}-${Date.now()}@example.org`;
    await signIn(page, email);
    await page.goto("/account/favourites");
    expect(await page.locator(".wish").count()).toBe(1);
    await page.goto("/cart");
    expect(await page.locator(".line").count()).toBe(1);

    const other = await openPage(browser, { locale });
    await other.page.goto("/search?q=box");
    await hearts(other.page).first().click();
    await other.page.getByText(here).waitFor();
    await other.page.locator(".cards a.card").first().click();
    await other.page.locator(".bar-main button[form=buy]").first().click();
    await other.page.waitForURL(/\/cart\?added=/);
    await signIn(other.page, email);
    await other.page.goto("/cart");
    expect(await other.page.locator(".line").count()).toBe(2);
    await page.reload();
    expect(await page.locator(".line").count()).toBe(2);
    await page.goto("/account/favourites");
    expect(await page.locator(".wish").count()).toBe(2);
    // A lower price is waited for, and the wait is ended again.
    await page.locator(".wish .alert-box summary").first().click();
    await noOverflow(page);
    await page.locator(".wish .cheaper input[name=at_most]").first().fill("0,50");
    await page.locator(".wish .cheaper button").first().click();
    await page.waitForURL(/done=wish\.tells_cheaper/);
    await noOverflow(page);
    await page.locator("button[value=quiet]").click();
    await page.waitForURL(/done=wish\.quiet/);
    await page.locator("button[value=remove]").first().click();
    await page.waitForURL(/done=wish\.removed/);
    expect(await page.locator(".wish").count()).toBe(1);

    // Signed out, the browser has its own cart again, and nothing in it.
    await page.goto("/account");
    await page.locator("form[action='/account/sign-out'] button").click();
    await page.waitForURL(/\/$/);
    await page.goto("/cart");
    expect(await page.locator(".line").count()).toBe(0);
    await other.page.reload();
    expect(await other.page.locator(".line").count()).toBe(2);
    expect(complaints).toEqual([]);
    await other.page.context().close();
    await page.context().close();
  }
});

test("hearts work without a script", async () => {
  const { page } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto("/search?q=bag");
  await hearts(page).first().click();
  await page.waitForURL(/\/search\?q=bag/);
  expect(await hearts(page).first().getAttribute("aria-pressed")).toBe("true");
  await hearts(page).first().click();
  await page.waitForURL(/\/search\?q=bag/);
  expect(await hearts(page).first().getAttribute("aria-pressed")).toBe("false");
  await page.context().close();
});
