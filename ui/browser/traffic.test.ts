// Where a shopper came from: recognised on a phone, kept with the order, told on the console.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { launch, openPage, PHONE, signIn } from "./chromium";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
const FIRST = "traffic-test";
const LAST = "poster-test";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("a tagged link leads to an order that says so", async () => {
  const { page } = await openPage(browser, { userAgent: IPHONE });
  await page.goto(`/?utm_source=${FIRST}&utm_medium=email&utm_campaign=11.11`);
  // From here on the shop's service worker asks for pages.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.goto(`/p/hanging-heart-t-light-holder?utm_source=${LAST}&utm_campaign=%3Cimg%20src=x%20onerror=alert(1)%3E`);
  await page.locator(".bar-main button[formaction='/checkout']").click();
  await page.waitForURL(/\/checkout\//);
  for (const [id, value] of [["email", "traffic@example.org"], ["first_name", "Ada"], ["last_name", "Traffic"], ["street", "Weg 1"], ["postal_code", "10117"], ["city", "Berlin"]] as const) {
    await page.locator(`#${id}`).fill(value);
  }
  await page.locator("#details button[type=submit]").click();
  await page.waitForURL(/\/review$/);
  await page.locator("#pay button[type=submit]").click();
  await page.waitForURL(/\/test-payments\//);
  await page.locator("input[name=card][value=tok_success]").check();
  await page.locator("button.primary").click();
  await page.waitForURL(/\/orders\/group_/);
  const order = (await page.getByText(/order_[0-9a-z]{13}/).first().textContent())!.match(/order_[0-9a-z]{13}/)![0];
  await page.context().close();

  const { page: ops, complaints } = await openPage(browser, { viewport: PHONE });
  await signIn(ops);
  const row = (name: string) => ops.getByRole("row").filter({ hasText: name });
  const cells = async (name: string) => (await row(name).getByRole("cell").allTextContents()).map((text) => text.trim());
  await ops.goto("/ops/traffic?days=7&touch=last&by=source");
  await row(LAST).waitFor();
  expect((await cells(LAST)).slice(3)).toEqual(["1", expect.stringMatching(/\d/), "1", "100%"]);
  expect((await cells(FIRST)).slice(3)).toEqual(["0", "–", "1", "0%"]);
  expect(await faults(ops)).toEqual([]);
  // The other touch: both visits were begun by the first link.
  await ops.getByText("First", { exact: true }).click();
  await ops.waitForURL(/touch=first/);
  await expect.poll(async () => (await cells(FIRST)).slice(3)).toEqual(["1", expect.stringMatching(/\d/), "2", "50%"]);
  // What somebody wrote into a link is a text.
  await ops.goto("/ops/traffic?days=7&by=campaign");
  await row("<img src=x onerror=alert(1)>").waitFor();
  await ops.getByLabel("Source").last().fill("flyer");
  await ops.getByText("/?utm_source=flyer").waitFor();
  await expect.poll(() => ops.getByRole("img", { name: "The link as a QR code" }).evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  await ops.goto(`/ops/orders/${order}`);
  await ops.getByText(new RegExp(`${LAST}.*campaign <img`)).waitFor();
  await ops.getByText(new RegExp(`At first ${FIRST} · E-mail · campaign 11.11`)).waitFor();
  expect(complaints).toEqual([]);
  await ops.context().close();
});
