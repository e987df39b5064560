// A dispatcher's morning: a courier gets an account, rounds are planned though an answer is lost, given away though somebody
// else changed them, and watched while the courier says what happens; a parcel goes over to another round.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, PHONE, launch, noOverflow, openPage, serverUrl, signIn } from "./chromium";
import { COURIER_PASSWORD, courierAccount, picture, say, shopOf, stopsOf, waiting, type Sent, type Shop } from "./rounds";
import { operator } from "./staff";

const HOUR_MS = 3_600_000;

let browser: Browser;
let page: Page;
let complaints: string[];
let shop: Shop;

beforeAll(async () => {
  browser = await launch();
  ({ page, complaints } = await openPage(browser, { viewport: DESKTOP }));
  await signIn(page);
  shop = shopOf(page);
});
afterAll(() => browser.close());

async function sound(): Promise<void> {
  await noOverflow(page);
  expect(await faults(page)).toEqual([]);
}

/** The same screen on a phone and in each language, then as it was. */
async function everywhere(shown: string): Promise<void> {
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await page.locator(shown).first().waitFor();
    await sound();
  }
  for (const language of ["de", "zh", "en"]) {
    await page.evaluate((value) => localStorage.setItem("sesame.ops.language", JSON.stringify(value)), language);
    await page.setViewportSize(language === "en" ? DESKTOP : PHONE);
    await page.reload();
    await page.locator(shown).first().waitFor();
    await noOverflow(page);
  }
}

/** The day of the receivers' appointments, on their clocks. */
const dayOf = ({ promise }: Sent) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin", dateStyle: "short" }).format(promise.earliest);

/** Adds a courier's account in the settings. */
async function addCourier(name: string, email: string): Promise<void> {
  await page.goto("/ops/settings");
  await page.getByRole("button", { name: "Add operator" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByLabel("Role").selectOption("courier");
  await dialog.getByText("Sees their own rounds on the phone, at /courier").waitFor();
  await dialog.getByLabel("First password").fill(COURIER_PASSWORD);
  await dialog.getByRole("button", { name: "Add operator" }).click();
  await dialog.waitFor({ state: "hidden" });
}

/** The first answer to a plan never arrives, though the server did what it was told. */
async function loseAnswer(): Promise<string[]> {
  const keys: string[] = [];
  await page.route("**/api/v1/rounds/plan", async (route) => {
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    if (keys.length > 1) return route.continue();
    expect((await route.fetch()).status()).toBe(200);
    await route.abort("connectionreset");
  });
  return keys;
}

/** Plans a round for a courier on a day; gives its id. */
async function plan(courier: string, sent: Sent): Promise<string> {
  await page.goto("/ops/rounds");
  await page.getByRole("link", { name: "Plan rounds" }).click();
  await page.getByLabel("Day").fill(dayOf(sent));
  await page.getByLabel("Leaves from").selectOption(sent.location);
  const line = page.getByRole("group", { name: "Courier 1" });
  await line.getByLabel("Courier").selectOption({ label: courier });
  await line.getByLabel("Vehicle").fill("HH-SE 204");
  await line.getByLabel("Leaves at").fill("06:00");
  await line.getByLabel("Back by").fill("05:00");
  await line.getByLabel("Room in kg").fill("much");
  await page.getByRole("button", { name: "Plan rounds" }).click();
  await line.getByText("A time after the departure, on the same day").waitFor();
  await line.getByText("A weight such as 350").waitFor();
  await sound();
  await line.getByLabel("Back by").fill("22:00");
  await line.getByLabel("Room in kg").fill("350");
  const keys = await loseAnswer();
  await page.getByRole("button", { name: "Plan rounds" }).click();
  await page.getByText("This takes some seconds").waitFor();
  await page.getByRole("heading", { name: "1 round planned" }).waitFor();
  expect([keys.length >= 2, new Set(keys).size]).toEqual([true, 1]);
  await page.getByText("Distances are straight lines, taken 35 % longer.").waitFor();
  await sound();
  const id = (await page.getByRole("link", { name: courier }).getAttribute("href"))!.split("/").at(-1)!;
  await page.getByRole("link", { name: "Show the rounds" }).click();
  await page.getByRole("row", { name: new RegExp(courier) }).waitFor();
  return id;
}

/** Everything is loaded; at the first stop a parcel is signed for, at the second one nobody is home. */
async function drive(email: string, round: string): Promise<{ delivered: string; failed: string; open: string[] }> {
  const phone = await operator(browser, email, COURIER_PASSWORD);
  const [first, second, ...others] = await stopsOf(shop, round);
  const numbers = (stop: typeof first) => stop!.parcels.map(({ number }) => number);
  await say(phone, round, [first, second, ...others].flatMap((stop) => numbers(stop).map((parcel) => ({ what: "load", parcel }))));
  await picture(phone, round, "signed");
  const { latitude, longitude } = first!.position!;
  await say(phone, round, [
    { what: "start" },
    { what: "reorder", order: [first, second, ...others].map((stop) => stop!.number), reason: "traffic" },
    { what: "reached", stop: first!.number },
    ...numbers(first).map((parcel) => ({ what: "delivered", parcel, proof: { by: "signature", name: "G. Hopper", picture: "signed" }, position: { latitude: latitude + 0.001, longitude } })),
  ]);
  await page.goto(`/ops/rounds/${round}`);
  await page.getByText("The phone said where it was.").waitFor();
  // Its clock is two hours ahead: what it says counts from when it was heard at the latest.
  const clock = Date.now() + 2 * HOUR_MS;
  await say(phone, round, numbers(second).map((parcel) => ({ what: "failed", parcel, reason: "nobody_home", at: clock })));
  await phone.context().close();
  return { delivered: numbers(first)[0]!, failed: numbers(second)[0]!, open: others.flatMap(numbers) };
}

/** The round as the board shows it, which hears by itself what is said. */
async function watched({ delivered, failed }: { delivered: string; failed: string }): Promise<void> {
  const of = (number: string) => page.locator(`[data-parcel="${number}"]`);
  await of(failed).getByText("nobody home").first().waitFor();
  await of(failed).getByText("the phone’s clock showed").first().waitFor();
  expect(await of(delivered).getByText("the phone’s clock showed").count()).toBe(0);
  await page.getByText("planned times are an order of magnitude").waitFor();
  await page.getByRole("region", { name: "Changes of the order" }).getByText("traffic").waitFor();
  await page.locator("[data-state=next]").waitFor();
  await of(delivered).getByRole("button", { name: "Open the picture: Signature, G. Hopper" }).click();
  const shown = page.getByRole("dialog").getByRole("img", { name: `Signature, G. Hopper for ${delivered}` });
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await sound();
  await page.keyboard.press("Escape");
  // What fades away has lost its name already.
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^1, .* Done$/ }).press("Enter");
  await page.locator("[data-stop][data-current]").waitFor();
  await everywhere("[data-heard]");
}

/** Gives a round to a courier while somebody else changes it. */
async function give(round: string, courier: string): Promise<void> {
  await page.goto(`/ops/rounds/${round}`);
  await page.getByRole("heading", { level: 1, name: "Nobody yet" }).waitFor();
  await page.getByRole("button", { name: "Give to a courier…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Courier").selectOption({ label: courier });
  await shop.put(`/rounds/${round}/courier`, { courier: null, vehicle: "The green bike" });
  await dialog.getByRole("button", { name: "Give the round" }).click();
  await dialog.getByText("Somebody changed it meanwhile.").waitFor();
  await dialog.getByRole("button", { name: "Show the newer version" }).click();
  await expect.poll(() => dialog.getByLabel("Vehicle").inputValue()).toBe("The green bike");
  await dialog.getByLabel("Courier").selectOption({ label: courier });
  await sound();
  await dialog.getByRole("button", { name: "Give the round" }).click();
  await page.getByRole("heading", { level: 1, name: courier }).waitFor();
}

/** Moves a parcel from a round to that of another courier. */
async function move(parcel: string, from: string, courier: string): Promise<void> {
  await page.goto(`/ops/rounds/${from}`);
  await page.getByRole("button", { name: `Move ${parcel} to another round` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("both couriers have to meet").waitFor();
  await dialog.getByRole("radio", { name: courier }).check();
  await sound();
  await dialog.getByRole("button", { name: "Move the parcel" }).click();
  await page.locator(`[data-parcel="${parcel}"]`).getByText("In another round").waitFor();
}

test("rounds are planned, given away and watched, and a parcel goes over to another one", async () => {
  const stamp = Date.now().toString(36);
  const [eddie, zoe] = [`Eddie ${stamp}`, `Zoe ${stamp}`];
  const email = `courier-${stamp}@shop.local`;
  await addCourier(eddie, email);
  await courierAccount(shop, zoe);
  const sent: Sent[] = [];
  for (const [street, postal_code] of [["Elbe", "22765"], ["Alster", "20095"], ["Wandse", "22041"]] as const) sent.push(await waiting(shop, street + stamp, postal_code));
  const first = sent[0]!;
  const round = await plan(eddie, first);
  const mine = (await stopsOf(shop, round)).flatMap(({ parcels }) => parcels.map(({ number }) => number));
  expect(mine).toEqual(expect.arrayContaining(sent.map(({ number }) => number)));

  const late = await waiting(shop, `Bille${stamp}`, "20537");
  const from = first.promise.earliest - 6 * HOUR_MS;
  const other = (await shop.write("/rounds/plan", { day: dayOf(first), location: first.location, couriers: [{ from, until: first.promise.latest + 4 * HOUR_MS }] })).rounds[0].id as string;
  const driven = await drive(email, round);
  await watched(driven);
  await give(other, zoe);
  const [moved] = driven.open as [string];
  await move(moved, round, zoe);
  const theirs = (await stopsOf(shop, other)).flatMap(({ parcels }) => parcels.map(({ number }) => number));
  expect(theirs).toEqual(expect.arrayContaining([late.number, moved]));

  await page.goto(`/ops/rounds?day=${dayOf(first)}`);
  const row = page.getByRole("row", { name: new RegExp(eddie) });
  const { stops } = (await shop.read(`/rounds?day=${dayOf(first)}`)).rounds.find(({ id }: { id: string }) => id === round);
  await row.getByText(`2 of ${stops} stops`).waitFor();
  await row.getByText("Under way").waitFor();
  await everywhere("[data-row], li a[href*='/rounds/']");
  // When the appointments are over, the stops that are open say so.
  await page.clock.setFixedTime(Math.max(...sent.map(({ promise }) => promise.latest), late.promise.latest) + HOUR_MS);
  await page.reload();
  await page.getByText(/stops? late or at risk/).waitFor();
  await page.goto(`/ops/rounds/${other}`);
  await page.getByText("Window is over").first().waitFor();
  await sound();
  // The browser itself complains of the request whose answer was lost, and of the refused version.
  expect(complaints.filter((one) => !/ERR_CONNECTION_RESET|409/.test(one))).toEqual([]);
}, 180_000);

test("a day without rounds, a round that is none, and what a person of the staff sees", async () => {
  const email = `staff-${Date.now()}@shop.local`;
  await shop.write("/operators", { email, name: "Dora", role: "staff", password: COURIER_PASSWORD });
  const dora = await operator(browser, email, COURIER_PASSWORD);
  const eddie = `Eddie ${Date.now().toString(36)}`;
  await courierAccount(shop, eddie);
  await dora.goto("/ops/rounds?day=2020-02-29");
  await dora.getByText("No rounds on this day").waitFor();
  await noOverflow(dora);
  expect(await faults(dora)).toEqual([]);
  await dora.getByRole("button", { name: "The day after" }).click();
  await expect.poll(() => dora.url()).toBe(`${serverUrl()}/ops/rounds?day=2020-03-01`);
  await dora.goto("/ops/rounds/plan");
  await dora.locator("option", { hasText: eddie }).first().waitFor({ state: "attached" });
  await noOverflow(dora);
  expect(await faults(dora)).toEqual([]);
  await dora.goto("/ops/rounds/round_0000000000000");
  await dora.getByText("There is no such round").waitFor();
  await dora.context().close();
});
