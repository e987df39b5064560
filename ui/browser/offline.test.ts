// Shopping on a bad line: what was seen stays readable, a tap in the aisle is kept and done once, and nothing of a
// checkout is ever shown from the phone's memory.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage } from "./chromium";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Until the worker answers for the page. */
async function controlled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** Pieces in the cart, as the server counts them. */
async function pieces(page: Page): Promise<number> {
  const html = await (await page.request.get("/cart")).text();
  const numbers = [...html.matchAll(/<span aria-label="[^"]*">(\d+)<\/span>/g)].map((found) => Number(found[1]));
  return numbers.reduce((sum, one) => sum + one, 0);
}

const WORDS = {
  "en-US": { offline: "You are offline", kept: "Kept.", added: "is in your cart", unseen: "have not seen this page", title: "No connection" },
  "de-DE": { offline: "Keine Verbindung", kept: "Gemerkt.", added: "liegt im Warenkorb", unseen: "noch nicht gesehen", title: "Keine Verbindung" },
  "zh-CN": { offline: "网络已断开", kept: "已记下", added: "已加入购物车", unseen: "尚未浏览过", title: "没有网络连接" },
} as const;

for (const [locale, words] of Object.entries(WORDS)) {
  test(`offline in the aisle and back, ${locale}`, async () => {
    const { page } = await openPage(browser, { locale });
    const line = page.locator(".offline");
    await page.goto("/search?q=lunch");
    await controlled(page);
    // Seen while the worker watches.
    await page.goto("/search?q=lunch");
    await page.goto("/p/lunch-bag");
    const title = await page.locator("h1").innerText();
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await line.getByText(words.offline).waitFor();
    await page.goto("/search?q=lunch");
    await page.locator(".cards a[href='/p/lunch-bag']").click();
    await page.waitForURL(/\/p\/lunch-bag/);
    expect(await page.locator("h1").innerText()).toBe(title);
    await line.getByText(words.offline).waitFor();
    const picture = await page.locator(".product-picture img").evaluate((image: HTMLImageElement) => image.naturalWidth);
    expect(picture, "the picture was kept, too").toBeGreaterThan(0);
    await page.locator(".bar-main button:not([formaction])").click();
    await line.getByText(words.kept).waitFor();
    // Where nobody was yet, the page stays and says so.
    await page.locator("footer a[href='/categories']").click();
    await line.getByText(words.unseen).waitFor();
    expect(page.url()).toContain("/p/lunch-bag");
    await page.context().setOffline(false);
    await line.getByText(words.added).waitFor();
    await expect.poll(() => page.locator(".bar .badge").innerText()).toBe("1");
    expect(await pieces(page)).toBe(1);
    // Back once more: nothing is sent again.
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await page.goto("/cart");
    expect(await pieces(page)).toBe(1);
    await page.context().close();
  });
}

test("a phone that loses the line between tap and reply repeats without doubling", async () => {
  const { page } = await openPage(browser);
  await page.goto("/p/lunch-bag");
  await controlled(page);
  await page.reload();
  const sent: string[] = [];
  let isLost = true;
  // The server does what was asked, and its answer never arrives.
  await page.context().route("**/cart/add", async (route) => {
    sent.push(route.request().postData() ?? "");
    if (!isLost) return route.continue();
    const answer = await route.fetch({ maxRedirects: 0 });
    // 303 to the form, 200 to the worker, which tries again on its own.
    expect([200, 303]).toContain(answer.status());
    await route.abort("connectionreset");
  });
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/offline\?kept/);
  await page.getByRole("heading", { name: "No connection" }).waitFor();
  expect(await pieces(page)).toBe(1);
  isLost = false;
  await page.goto("/p/lunch-bag");
  await page.locator(".offline").getByText("is in your cart").waitFor({ timeout: 30_000 });
  expect(new Set(sent.map((body) => new URLSearchParams(body).get("key"))).size, "one key").toBe(1);
  expect(sent.length).toBeGreaterThan(1);
  expect(await pieces(page)).toBe(1);
  await page.context().close();
});

test("a number of pieces set offline is set when the line is back, and two presses are two", async () => {
  const { page } = await openPage(browser);
  await page.goto("/p/lunch-bag");
  await controlled(page);
  for (let press = 0; press < 2; press++) {
    await page.locator(".bar-main button:not([formaction])").click();
    await page.waitForURL(/\/cart\?added/);
    await page.goto("/p/lunch-bag");
  }
  expect(await pieces(page)).toBe(2);
  await page.goto("/cart");
  await page.context().setOffline(true);
  await page.locator(".steps button").nth(1).click();
  await page.locator(".offline").getByText("Kept.").waitFor();
  await page.context().setOffline(false);
  await expect.poll(() => pieces(page)).toBe(3);
  await page.locator(".steps span").getByText("3").waitFor();
  await page.context().close();
});

test("checkout, orders and payment are never shown from the phone's memory", async () => {
  const { page } = await openPage(browser);
  await page.goto("/p/lunch-bag");
  await controlled(page);
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/cart/);
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/checkout\//);
  const kept = await page.evaluate(async () => {
    const all: string[] = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) all.push(new URL(request.url).pathname);
    return all;
  });
  expect(kept).toContain("/offline");
  expect(kept.filter((path) => /checkout|orders|pay/.test(path))).toEqual([]);
  await page.context().setOffline(true);
  await expect(page.reload()).rejects.toThrow(/ERR_INTERNET_DISCONNECTED/);
  await page.context().close();
});

test("the shop can be installed", async () => {
  const { page } = await openPage(browser);
  await page.goto("/");
  const manifest = await (await page.request.get(await page.locator("link[rel=manifest]").getAttribute("href") ?? "")).json();
  expect(manifest).toMatchObject({ display: "standalone", start_url: "/", scope: "/" });
  for (const icon of manifest.icons) expect((await page.request.get(icon.src)).ok(), icon.src).toBe(true);
  expect(manifest.icons.map((icon: { sizes: string }) => icon.sizes)).toEqual(expect.arrayContaining(["192x192", "512x512"]));
  const session = await page.context().newCDPSession(page);
  await controlled(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  expect(installabilityErrors.map((error) => error.errorId).filter((id) => id !== "in-incognito")).toEqual([]);
  await page.context().close();
});
