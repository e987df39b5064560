// What shoppers do on their phones, in several tests.
import type { Page } from "playwright-core";
import { noOverflow } from "./chromium";

/** Puts the article whose page is open into the cart. */
export async function putIntoCart(page: Page): Promise<void> {
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/cart\?added=/);
  await noOverflow(page);
}

/** Places the order and pays on the provider's page with the card behind a token. */
export async function payWith(page: Page, card: string): Promise<void> {
  await page.locator("#pay button[type=submit]").click();
  await page.waitForURL(/\/test-payments\//);
  await page.locator(`input[name=card][value=${card}]`).check();
  await page.locator("button.primary").click();
}
