// A night at a hub: parcels are scanned in, say where they go, and count once each, also those that were scanned without a
// connection; slips are taken back; a label that nobody knows says so.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { PHONE, launch, noOverflow, openPage, signIn } from "./chromium";
import { shopOf, waiting, type Sent, type Shop } from "./rounds";

const PASSWORD = "somebody-at-the-belt";

let browser: Browser;
let shop: Shop;

beforeAll(async () => {
  browser = await launch();
  const { page } = await openPage(browser, { viewport: PHONE });
  await signIn(page);
  shop = shopOf(page);
});
afterAll(() => browser.close());

async function sound(page: Page): Promise<void> {
  await noOverflow(page);
  expect(await faults(page)).toEqual([]);
}

/** Signs somebody with the role hub in and chooses the place; gives its name. */
async function open(page: Page, place: string): Promise<string> {
  const email = `hub-${Date.now()}@shop.local`;
  await shop.write("/operators", { email, name: "Night Shift", role: "hub", password: PASSWORD });
  const { hubs } = await shop.read("/hubs");
  const { name } = hubs.find((hub: { id: string }) => hub.id === place);
  await page.goto("/hub");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Where are you?" }).waitFor();
  await sound(page);
  await page.getByRole("button", { name }).click();
  await page.getByText("Scan a parcel").waitFor();
  // From now on the app opens without a connection.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return name;
}

/** As a scanner does that types like a keyboard. */
async function scan(page: Page, label: string): Promise<void> {
  await page.keyboard.type(label);
  await page.keyboard.press("Enter");
  await page.locator(".scan").first().getByText(label.replace(/^\]C1/, "")).waitFor();
}

/** What lies at the place of a parcel, as the server says. */
async function lying(sent: Sent): Promise<{ number: string; direction: { kind: string; to: string } } | undefined> {
  let cursor: string | null = "";
  while (cursor !== null) {
    const { items, next }: { items: { number: string; direction: { kind: string; to: string } }[]; next: string | null } = await shop.read(`/hubs/${sent.location}/parcels?limit=200${cursor && `&cursor=${cursor}`}`);
    const found = items.find((item) => item.number === sent.number);
    if (found) return found;
    cursor = next;
  }
  return undefined;
}

/** What the buyer reads of a parcel on the order's page: how often each thing was seen. */
async function seen(sent: Sent, ...whats: string[]): Promise<number[]> {
  const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: "en" });
  await page.goto(sent.address);
  const counts = await Promise.all(whats.map((what) => page.locator(`[data-seen=${what}]`).count()));
  expect(complaints).toEqual([]);
  await page.context().close();
  return counts;
}

/** The answer to the first request with scans never arrives, though the server did what it was told. */
async function loseAnswer(page: Page): Promise<() => number> {
  let told = 0;
  await page.context().route("**/api/v1/hubs/*/scans", async (route) => {
    told += 1;
    if (told > 1) return route.continue();
    expect((await route.fetch()).status()).toBe(200);
    await route.abort("connectionreset");
  });
  return () => told;
}

test("parcels are scanned with a connection and without one, and each scan counts once", async () => {
  const stamp = Date.now().toString(36);
  const [first, second] = [await waiting(shop, `Nacht${stamp}`, "22765"), await waiting(shop, `Band${stamp}`, "20095")];
  expect(first.location).toBe(second.location);
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  const place = await open(page, first.location);

  // With a connection: the answer says where it goes, and the order says where it was.
  await scan(page, first.number);
  await page.locator(".answer:not(.is-waiting)").getByText(first.number).waitFor();
  const found = await lying(first);
  expect(await page.locator(".answer").getAttribute("data-sign")).toBe(found!.direction.kind);
  if (found!.direction.to) await page.locator(".answer .to").getByText(found!.direction.to).waitFor();
  await page.getByText("All sent").waitFor({ state: "attached" });
  await sound(page);
  expect(await seen(first, "in_transit")).toEqual([1]);

  // A label that nobody knows, and a slip that is taken back.
  await scan(page, `XX${stamp.toUpperCase()}`);
  await page.locator(".answer").getByText("Unknown label").waitFor();
  await sound(page);
  await page.getByRole("button", { name: "Damaged", exact: true }).click();
  await scan(page, first.number);
  await page.locator(".answer.is-attention").getByText("Damaged", { exact: true }).waitFor();
  await expect.poll(() => seen(first, "on_hold")).toEqual([1]);
  await page.locator(".undo").click();
  await page.locator(".scan.is-undone").waitFor();
  await expect.poll(() => seen(first, "in_transit", "on_hold")).toEqual([1, 0]);

  // Without a connection, with the battery flat in between.
  await page.getByRole("button", { name: "Arrives" }).click();
  await page.context().setOffline(true);
  await scan(page, `]C1${second.number}`);
  await page.getByText("Sort by the label").waitFor();
  await page.getByRole("button", { name: "Goes on" }).click();
  await scan(page, second.number);
  await page.getByText("2 to send").waitFor();
  await page.reload();
  await page.getByText("2 to send").waitFor();
  await page.getByText("Sort by the label").waitFor();
  await sound(page);
  expect(await lying(second)).toBeUndefined();

  const told = await loseAnswer(page);
  await page.context().setOffline(false);
  await page.locator(".answer:not(.is-waiting)").getByText(second.number).waitFor();
  await page.getByText("All sent").waitFor({ state: "attached" });
  expect(told()).toBe(2);
  expect(await seen(second, "in_transit")).toEqual([2]);

  await page.getByRole("link", { name: "What lies here" }).click();
  await page.getByText(/^\d[\d,]* parcels?$/).waitFor();
  await page.locator("summary").first().click();
  await page.getByRole("heading", { name: place }).waitFor();
  await sound(page);
  // What went on lies here no more; what came in does.
  expect([(await lying(first))?.number, await lying(second)]).toEqual([first.number, undefined]);
  await page.getByRole("button", { name: "All sent" }).click();
  await page.getByText("Everything is with the server.").waitFor();
  await sound(page);
  // The browser itself complains of requests that had no line.
  expect(complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET/.test(one))).toEqual([]);
  await page.context().close();
});

test("who may not scan is told so, and who scans is led from the console to where they scan", async () => {
  const { page } = await openPage(browser, { viewport: PHONE });
  const stamp = Date.now();
  for (const role of ["courier", "hub"]) await shop.write("/operators", { email: `${role}-${stamp}@shop.local`, name: role, role, password: PASSWORD });
  const enter = async (address: string, role: string) => {
    await page.context().clearCookies();
    await page.goto(address);
    await page.getByLabel("E-mail").fill(`${role}-${stamp}@shop.local`);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await enter("/hub", "courier");
  await page.getByText("Your account may not scan here").waitFor();
  await sound(page);
  await enter("/ops", "hub");
  await page.getByRole("link", { name: "Scan parcels" }).click();
  await page.getByRole("heading", { name: "Where are you?" }).waitFor();
  await page.context().close();
});
