// A member on a phone, in each language: signs in with a code from a mail, keeps an address and a passkey; signed out
// on the way, finds goods by a misspelling and buys them in three taps with the passkey. The server under test writes
// its mails into a folder.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, noOverflow, openPage } from "./chromium";
import { codeFor } from "./mails";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** A phone that can make and use passkeys, whose owner always agrees. */
async function withAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function signInByCode(page: Page, email: string): Promise<void> {
  await page.goto("/account");
  await page.waitForURL(/\/account\/sign-in\?back=/);
  await noOverflow(page);
  await page.locator("#email").fill(email);
  const since = Date.now() - 1_000;
  await page.locator("form[action='/account/code'] button").click();
  await page.locator("#code").waitFor();
  // A wrong code is named and costs nothing but an attempt.
  await page.locator("#code").fill("12");
  await page.locator("form[action='/account/code/check'] button").click();
  await page.locator(".notice-bad").waitFor();
  await page.locator("#code").fill(await codeFor(email, since));
  await page.locator("form[action='/account/code/check'] button").click();
  await page.waitForURL(/\/account$/);
}

/** Searches with a misspelling and opens the first product. */
async function findGoods(page: Page, typo: string): Promise<void> {
  await page.goto("/");
  await page.locator("#search-page").fill(typo);
  await page.locator("#search-page").press("Enter");
  await page.waitForURL(/\/search\?q=/);
  await page.locator(".cards a").first().click();
  await page.waitForURL(/\/p\//);
  await noOverflow(page);
}

const LANGUAGES = [
  { locale: "en-US", tag: "en", typo: "lunch bga", thanks: "Thank you, your order is in", account: "Your account" },
  { locale: "de-DE", tag: "de", typo: "lunch bga", thanks: "Danke, Ihre Bestellung ist eingegangen", account: "Ihr Konto" },
  { locale: "zh-CN", tag: "zh", typo: "lunch bga", thanks: "谢谢，订单已收到", account: "我的账户" },
];

for (const { locale, tag, typo, thanks, account } of LANGUAGES) {
  test(`code, address, passkey; then search, buy and pay in three taps: ${tag}`, async () => {
    const { page, complaints } = await openPage(browser, { locale });
    await withAuthenticator(page);
    const email = `ada-${tag}-${Date.now()}@example.org`;
    await signInByCode(page, email);
    await page.getByRole("heading", { name: account }).waitFor();
    await noOverflow(page);

    await page.goto("/account/addresses/edit");
    await page.locator("#first_name").fill("Ada");
    await page.locator("#last_name").fill("Lovelace");
    await page.locator("#street").fill("Friedrichstraße 1");
    await page.locator("#postal_code").fill("10117");
    await page.locator("#city").fill("Berlin");
    await page.locator("form[action='/account/addresses/edit'] button[type=submit]").click();
    await page.waitForURL(/\/account\/addresses\?done=/);
    await noOverflow(page);

    await page.goto("/account/security");
    await page.locator("button[data-finish='/account/passkeys/keep']").click();
    await page.locator(".passkey-line").waitFor();
    await noOverflow(page);

    // The first order, for which the card is shown and kept.
    await findGoods(page, typo);
    await page.locator(".bar-main button[formaction='/checkout']").click();
    await page.waitForURL(/\/review$/);
    await page.locator("input[name=keep]").check();
    await page.locator("#pay button[type=submit]").click();
    await page.waitForURL(/\/test-payments\//);
    await page.locator("button.primary").click();
    await page.waitForURL(/\/orders\/group_/);
    await page.getByText(thanks).waitFor();

    // The card for the till is there, and the session ends when it is told to.
    await page.goto("/account/card");
    await page.locator("svg.qr path").waitFor();
    await page.goto("/account");
    await page.locator("form[action='/account/sign-out'] button").click();
    await page.waitForURL(/\/$/);

    await findGoods(page, typo);
    // One: buy. Two: who I am. Three: pay.
    await page.locator(".bar-main button[formaction='/checkout']").click();
    await page.locator(".known .passkey").waitFor();
    await noOverflow(page);
    await page.locator(".known .passkey").click();
    await page.waitForURL(/\/review$/);
    await page.getByText(email).waitFor();
    await page.getByText("•••• 4242").waitFor();
    await noOverflow(page);
    await page.locator("#pay button[type=submit]").click();
    await page.waitForURL(/\/orders\/group_/);
    await page.getByText(thanks).waitFor();

    await page.goto("/account/orders");
    await page.locator(".order-line").nth(1).waitFor();
    await noOverflow(page);
    expect(complaints.filter((complaint) => !complaint.includes("422"))).toEqual([]);
    await page.context().close();
  });
}

test("a member takes their data with them, and is forgotten", async () => {
  const { page } = await openPage(browser);
  const email = `grace-${Date.now()}@example.org`;
  await signInByCode(page, email);
  const exported = await (await page.request.get("/account/data/export")).json();
  expect(exported.member.email).toBe(email);
  await page.goto("/account/data");
  await page.locator("input[name=sure]").check();
  await page.locator("form[action='/account/data/erase'] button").click();
  await page.getByText("Your account is deleted").waitFor();
  await page.goto("/account");
  await page.waitForURL(/\/account\/sign-in/);
  expect((await page.request.get("/account/data/export", { maxRedirects: 0 })).status()).toBe(303);
  await page.context().close();
});
