// The big screen in a real browser: exact figures as orders come, a wall's link that is made and revoked, a past day.
import type { ScreenState } from "@sesame/shared/api/types";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE, buy, launch, openPage, serverUrl, signIn } from "./chromium";

// A shop that was tested before has its orders and links.
const run = Date.now().toString(36);
const WALL = { width: 1920, height: 1080 };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

// Playwright's offline mode leaves open streams alone: this cuts them, and lets none begin.
const cuttable = `{
  const real = fetch, open = new Set();
  let isCut = false;
  window.fetch = (url, options = {}) => {
    if (isCut) return Promise.reject(new TypeError("cut"));
    const cutter = new AbortController();
    open.add(cutter);
    return real(url, { ...options, signal: cutter.signal });
  };
  window.cut = (cut) => {
    isCut = cut;
    if (cut) open.forEach((one) => one.abort());
  };
}`;

const stateOf = async (page: Page) => (await (await page.request.get("/api/v1/screen")).json()) as ScreenState;
const soldText = ({ figures }: ScreenState) => new Intl.NumberFormat("en-US", { style: "currency", currency: figures[0]!.sums.currency }).format(figures[0]!.sums.sold / 100);

test("the counter is exact to the cent as orders come, and equals the orders", async () => {
  const { page, complaints } = await openPage(browser, { viewport: WALL });
  await signIn(page);
  const before = await stateOf(page);
  await page.goto("/screen?lang=en");
  await page.getByLabel(soldText(before), { exact: true }).waitFor();
  const ids = [await buy(page, `Screenone${run}`), await buy(page, `Screentwo${run}`)];
  const orders = await Promise.all(ids.map(async (id) => (await page.request.get(`/api/v1/orders/${id}`)).json()));
  const worth = orders.reduce((sum, order) => sum + order.totals.total.amount, 0);
  const after = await stateOf(page);
  const [sums, sumsBefore] = [after.figures[0]!.sums, before.figures[0]!.sums];
  expect(sums.sold - sumsBefore.sold).toBe(worth);
  expect(sums.orders - sumsBefore.orders).toBe(2);
  await page.getByLabel(soldText(after), { exact: true }).waitFor();
  const tiles = await (await page.request.get("/api/v1/dashboard")).json();
  expect(sums.orders_standing).toBe(tiles.orders_today);
  expect({ amount: sums.standing, currency: sums.currency }).toEqual(tiles.revenue_today[0]);
  await page.getByRole("img", { name: /Map of Germany/ }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("strangers see nothing, a wall's link opens the screen until it is revoked", async () => {
  const { page } = await openPage(browser, { viewport: DESKTOP });
  const { page: wall } = await openPage(browser, { viewport: WALL });
  await wall.goto("/screen?lang=en");
  await wall.getByText("This screen is for operators.").waitFor();
  await signIn(page);
  await page.goto("/ops/settings");
  await page.getByRole("button", { name: "Make a link for a wall" }).click();
  await page.getByLabel("Which wall").fill(`Lobby ${run}`);
  await page.getByRole("dialog").getByRole("button", { name: "Make a link for a wall" }).click();
  const address = await page.getByRole("dialog").locator("pre").innerText();
  expect(address).toContain("/screen#");
  await wall.goto("about:blank");
  await wall.goto(`${serverUrl()}/screen?lang=en#${address.split("#")[1]}`);
  await wall.getByText("Sold today").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: `Revoke the link of Lobby ${run}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke the link" }).click();
  await wall.getByText("This screen is for operators.").waitFor();
  await wall.context().close();
  await page.context().close();
});

test("a lost connection says since when the figures stand still, and the screen goes on by itself", async () => {
  const { page } = await openPage(browser, { viewport: WALL });
  await signIn(page);
  await page.addInitScript(cuttable);
  await page.goto("/screen?lang=en");
  await page.getByText("Sold today").waitFor();
  await page.evaluate("cut(true)");
  await page.getByText(/Connection lost\. The figures stand still since \d\d:\d\d:\d\d/).waitFor({ timeout: 30_000 });
  await page.evaluate("cut(false)");
  await page.getByText(/Connection lost/).waitFor({ state: "hidden", timeout: 30_000 });
  await page.context().close();
});

test("today is replayed to the figures it has, in every language, on a phone, without a sideways scroll", async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signIn(page);
  await buy(page, `Screenreplay${run}`);
  const { day, figures } = await stateOf(page);
  for (const [lang, over] of [["en", "The replay is over"], ["de", "Die Wiedergabe ist zu Ende"], ["zh", "回放结束"]]) {
    await page.goto(`/screen?lang=${lang}&day=${day}&speed=100000`);
    await page.getByText(over!).waitFor({ timeout: 30_000 });
    const money = new Intl.NumberFormat(lang, { style: "currency", currency: figures[0]!.sums.currency }).format(figures[0]!.sums.sold / 100);
    await page.getByLabel(money, { exact: true }).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${lang} is wider than the screen`).toBeLessThanOrEqual(0);
  }
  await page.goto("/screen?lang=en&day=tomorrow");
  await page.getByText("There is no such day or speed.").waitFor();
  expect(complaints.filter((one) => !one.includes("400"))).toEqual([]);
  await page.context().close();
});
