// The console's half of an order: an operator signs in, finds it, picks, packs and ships it on a phone.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE, buy, launch, noOverflow, openPage, serverUrl, signIn } from "./chromium";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("an order is picked, packed and shipped on a phone", async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signIn(page);
  await page.getByText("Test money: no payment").waitFor();
  const id = await buy(page, "Pickwell");
  await page.getByLabel("Order number, name, e-mail, SKU").fill("pickwell");
  await page.getByRole("link", { name: /Ada Pickwell/ }).click();
  expect(page.url()).toBe(`${serverUrl()}/ops/orders/${id}?query=pickwell`);
  await page.getByRole("button", { name: "Start picking" }).click();
  await page.getByRole("button", { name: "Mark as packed" }).click();
  await page.getByRole("button", { name: "Hand to carrier…" }).click();
  await page.getByRole("dialog").getByLabel("Carrier").fill("DHL");
  await page.getByRole("dialog").getByLabel("Tracking number").fill("JJD000123");
  await page.getByRole("button", { name: "Parcel is with the carrier" }).click();
  await page.getByText("Handed to DHL JJD000123").waitFor();
  const order = await (await page.request.get(`/api/v1/orders/${id}`)).json();
  expect(order.state).toBe("fulfilled");
  expect(order.payments[0].test_money).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the list is walked with the keyboard and an order canceled with what it will do", async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESKTOP });
  await signIn(page);
  const id = await buy(page, "Cancelwell");
  await page.goto("/ops/orders?query=cancelwell");
  await page.getByRole("row", { name: /Ada Cancelwell/ }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog");
  await panel.getByRole("button", { name: "Cancel…" }).click();
  await page.getByText("1 piece will not be handed over and goes back into stock.").waitFor();
  await page.getByText("The shopper gets").waitFor();
  await page.getByRole("button", { name: "Cancel 1 piece" }).click();
  await page.getByText(/(Order|Purchase) canceled: the shopper changed their mind/).first().waitFor();
  const order = await (await page.request.get(`/api/v1/orders/${id}`)).json();
  expect(order.state).toBe("canceled");
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("every place opens in every language without a complaint or a sideways scroll", async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signIn(page);
  for (const language of ["en", "de", "zh"]) {
    await page.evaluate((value) => localStorage.setItem("sesame.ops.language", JSON.stringify(value)), language);
    for (const place of ["orders", "picking", "stock", "products", "campaigns", "campaigns/new", "reviews", "hubs", "rounds", "rounds/plan", "settings"]) {
      await page.goto(`/ops/${place}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("load");
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${place} in ${language} is wider than the screen`).toBeLessThanOrEqual(0);
    }
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a phone shows four places, and the others in a menu", async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE, hasTouch: true });
  await signIn(page);
  const bar = page.getByRole("navigation", { name: "Places" });
  expect(await bar.getByRole("link").count()).toBe(4);
  await bar.getByRole("button", { name: "More" }).tap();
  await page.getByRole("menuitem", { name: "Reviews" }).tap();
  await page.getByRole("heading", { name: "Reviews", level: 1 }).waitFor();
  // The tab says where one is, and still opens the menu.
  await bar.getByRole("button", { name: /Reviews/ }).tap();
  await page.getByRole("menuitem", { name: "Settings" }).waitFor();
  expect(await page.getByRole("menuitem", { name: "Reviews" }).getAttribute("aria-current")).toBe("page");
  await page.keyboard.press("Escape");
  await noOverflow(page);
  expect(complaints).toEqual([]);
  await page.context().close();
});
