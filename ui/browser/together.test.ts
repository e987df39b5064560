// One order, two people: the shopper looks at the order page while an operator picks, packs and ships it. With a script
// the page follows by itself; without one a reload shows the same.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, launch, openPage } from "./chromium";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Buys the first article of a search in the shop and ends on the order page. */
async function buy(page: Page): Promise<void> {
  await page.goto("/search?q=lunch");
  await page.locator(".cards a").first().click();
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/cart/);
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/checkout\//);
  const fields = { email: "grace@example.org", first_name: "Grace", last_name: "Hopper", street: "Ehrenstraße 2", postal_code: "50672", city: "Köln" };
  for (const [id, text] of Object.entries(fields)) await page.locator(`#${id}`).fill(text);
  await page.locator("#details button[type=submit]").click();
  await page.waitForURL(/\/review$/);
  await page.locator("#pay button[type=submit]").click();
  await page.waitForURL(/\/test-payments\//);
  await page.locator("input[name=card][value=tok_3ds]").check();
  await page.locator("button.primary").click();
  await page.locator("button[value=approve]").click();
  await page.waitForURL(/\/orders\/group_/);
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/ops");
  await page.getByLabel("E-mail").fill("owner@shop.local");
  await page.locator("input[autocomplete=current-password]").fill(process.env.SESAME_OPERATOR_PASSWORD ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Orders" }).waitFor();
}

for (const javaScriptEnabled of [true, false]) {
  test(`picked, packed and shipped as the shopper looks on; JavaScript ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const shopper = await openPage(browser, { javaScriptEnabled });
    await buy(shopper.page);
    const number = /order_[0-9a-z]{13}/.exec(await shopper.page.locator(".number").innerText())?.[0] ?? "";
    const step = async (state: string): Promise<void> => {
      if (!javaScriptEnabled) await shopper.page.reload();
      await shopper.page.locator(`.parcel[data-state=${state}]`).waitFor();
    };
    await step("open");
    const staff = await openPage(browser, { viewport: DESKTOP });
    await signIn(staff.page);
    await staff.page.goto(`/ops/orders/${number}`);
    await staff.page.getByRole("button", { name: "Start picking" }).click();
    await staff.page.getByRole("button", { name: "Mark as packed" }).waitFor();
    await step("picking");
    await staff.page.getByRole("button", { name: "Mark as packed" }).click();
    await staff.page.getByRole("button", { name: "Hand to carrier…" }).click();
    await staff.page.getByRole("dialog").getByLabel("Carrier").fill("DHL");
    await staff.page.getByRole("dialog").getByLabel("Tracking number").fill("JJD000777");
    await staff.page.getByRole("button", { name: "Parcel is with the carrier" }).click();
    await staff.page.getByText("Handed to DHL JJD000777").waitFor();
    await step("shipped");
    await shopper.page.getByText("JJD000777").waitFor();
    await shopper.page.getByText("On its way").waitFor();
    expect(shopper.complaints).toEqual([]);
    await shopper.page.context().close();
    await staff.page.context().close();
  });
}
