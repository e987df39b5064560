// A courier's day: a round is planned for the shop's own fleet in Hamburg; on the phone it is loaded, driven without a
// connection, one parcel handed over against a signature and one not; when the line is back the orders say so, each once.
// On another day receivers tell their codes, of which one is wrong, with a connection and without.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { PHONE, launch, noOverflow, openPage, signIn } from "./chromium";
import { COURIER_PASSWORD, courierAccount, shopOf, stopsOf, waiting, type Sent, type Shop } from "./rounds";

const HOUR_MS = 3_600_000;

let browser: Browser;
let staff: Page;
let shop: Shop;

beforeAll(async () => {
  browser = await launch();
  ({ page: staff } = await openPage(browser, { viewport: PHONE }));
  await signIn(staff);
  shop = shopOf(staff);
});
afterAll(() => browser.close());

/** A courier with an account, and a round for them with these parcels in it; there may be others that waited. */
async function planned(sent: Sent[]): Promise<{ email: string; round: string; parcels: number }> {
  const { id: courier, email } = await courierAccount(shop, "Fast Eddie");
  // At whatever hour this runs: the courier is there when their receivers are.
  const from = Math.min(...sent.map((one) => one.promise.earliest), Date.now()) - HOUR_MS;
  const until = Math.max(...sent.map((one) => one.promise.latest), Date.now()) + 4 * HOUR_MS;
  expect(new Set(sent.map((one) => one.location)).size).toBe(1);
  const plan = await shop.write("/rounds/plan", {
    day: new Date().toISOString().slice(0, 10),
    location: sent[0]!.location,
    couriers: [{ courier, vehicle: "HH-SE 204", from, until }],
  });
  expect(plan.rounds, JSON.stringify(plan)).toHaveLength(1);
  const { id: round, parcels } = plan.rounds[0];
  return { email, round, parcels };
}

async function sound(page: Page): Promise<void> {
  await noOverflow(page);
  expect(await faults(page)).toEqual([]);
}

async function signInOnPhone(page: Page, email: string): Promise<void> {
  await page.goto("/courier");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(COURIER_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("0 of ").first().waitFor();
  // From now on the app opens without a connection.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** One label typed, one parcel put in by hand, one that is not of this round; then off, without what else waited. */
async function load(page: Page, [first, second]: [Sent, Sent], parcels: number): Promise<void> {
  const type = async (text: string) => {
    await page.getByLabel("Type the number").fill(text);
    await page.getByRole("button", { name: "Enter" }).click();
  };
  await type("SE000000000");
  await page.getByText("Not on your round").waitFor();
  await type(first.number.toLowerCase());
  await page.getByText(`1 of ${parcels}`).waitFor();
  await page.getByRole("button", { name: `Loaded: ${second.number}` }).click();
  await page.getByText(`2 of ${parcels}`).waitFor();
  await sound(page);
  await page.getByRole("button", { name: "Start round" }).click();
  if (parcels > 2) await page.getByRole("button", { name: "Start without them" }).click();
  await page.getByRole("heading", { name: "2 open" }).waitFor();
  await page.getByText("All sent").waitFor();
}

/** Signs with a finger. */
async function signHere(page: Page): Promise<void> {
  const field = (await page.getByLabel("Sign here with a finger").boundingBox())!;
  const at = (x: number, y: number) => [field.x + field.width * x, field.y + field.height * y] as const;
  await page.mouse.move(...at(0.2, 0.7));
  await page.mouse.down();
  for (const [x, y] of [[0.4, 0.3], [0.5, 0.7], [0.8, 0.4]] as const) await page.mouse.move(...at(x, y), { steps: 5 });
  await page.mouse.up();
}

/** Hands over at the next stop and fails at the one after it; gives what was handed over, what was not, and when. */
async function drive(page: Page, sent: [Sent, Sent]): Promise<{ delivered: Sent; failed: Sent; from: number; until: number }> {
  const next = await page.locator(".stop-card h2").innerText();
  const [delivered, failed] = next.includes(sent[0].name) ? sent : [sent[1], sent[0]];
  await sound(page);
  await page.getByRole("button", { name: "I am here" }).click();
  await page.getByRole("button", { name: "Delivered", exact: true }).click();
  await page.getByRole("button", { name: "Signature" }).click();
  const submit = page.getByRole("button", { name: "Hand over 1 parcel" });
  expect(await submit.isDisabled()).toBe(true);
  await signHere(page);
  await page.getByLabel("Name of who signed").fill("G. Hopper");
  await sound(page);
  const from = Date.now();
  await submit.click();
  await page.getByRole("heading", { name: "1 open" }).waitFor();
  const until = Date.now();
  await page.getByRole("button", { name: "I am here" }).click();
  await page.getByRole("button", { name: "Not delivered" }).click();
  await sound(page);
  await page.getByRole("button", { name: "Nobody home" }).click();
  await page.getByText("All stops done").waitFor();
  return { delivered, failed, from, until };
}

/** The answer to the first request that tells of a delivery never arrives, though the server did what it was told. */
async function loseAnswer(page: Page): Promise<() => number> {
  let told = 0;
  await page.context().route("**/api/v1/courier/rounds/*/events", async (route) => {
    if (!route.request().postData()?.includes('"delivered"')) return route.continue();
    told += 1;
    if (told > 1) return route.continue();
    expect((await route.fetch()).status()).toBe(200);
    await route.abort("connectionreset");
  });
  return () => told;
}

/** The order's page, without a complaint, with what was seen of its parcel. */
async function shown(sent: Sent, seen: string, words: string): Promise<string> {
  const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: "en" });
  await page.goto(sent.address);
  const line = page.locator(`[data-seen=${seen}]`);
  await line.getByText(words).waitFor();
  expect(await line.count()).toBe(1);
  const text = await line.innerText();
  await sound(page);
  expect(complaints).toEqual([]);
  await page.context().close();
  return text;
}

test("a round is driven without a connection, and what happened at the doors counts once, with its own time", async () => {
  const stamp = Date.now().toString(36);
  const sent: [Sent, Sent] = [await waiting(shop, `Elbe${stamp}`, "22765"), await waiting(shop, `Alster${stamp}`, "20095")];
  const { email, round, parcels } = await planned(sent);
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signInOnPhone(page, email);
  await load(page, sent, parcels);

  await page.context().setOffline(true);
  const { delivered, failed, from, until } = await drive(page, sent);
  await page.getByText("4 to send").waitFor();
  // The battery was flat in between: all of it is still there.
  await page.reload();
  await page.getByText("4 to send").waitFor();
  await page.getByText("All stops done").waitFor();
  await sound(page);
  expect((await shop.read(`/orders/${delivered.order}`)).fulfillments[0].state).toBe("shipped");

  const told = await loseAnswer(page);
  await page.context().setOffline(false);
  await page.getByText("All sent").waitFor();
  expect(told()).toBe(2);
  type Said = { number: string; what: string; at: number; proof: { by: string; name: string; picture: string } | null };
  const said = (await shop.read(`/rounds/${round}`)).said as Said[];
  const of = (parcel: Sent) => said.filter((one) => one.number === parcel.number).map((one) => one.what);
  expect([of(delivered), of(failed)]).toEqual([["loaded", "delivered"], ["loaded", "failed"]]);
  const { at, proof } = said.find((one) => one.what === "delivered")!;
  expect(at).toBeGreaterThanOrEqual(from);
  expect(at).toBeLessThanOrEqual(until);
  expect(proof).toMatchObject({ by: "signature", name: "G. Hopper" });
  const picture = await staff.request.get(proof!.picture);
  expect([picture.status(), picture.headers()["content-type"]]).toEqual([200, "image/webp"]);

  expect((await shop.read(`/orders/${delivered.order}`)).fulfillments[0]).toMatchObject({ state: "delivered", parcel: { status: "delivered", status_at: at } });
  // Wherever the shop is, minutes are the same.
  expect(await shown(delivered, "delivered", "Delivered")).toContain(`:${new Date(at).toISOString().slice(14, 16)}`);
  await shown(failed, "delivery_failed", "Nobody could take it");

  await page.getByRole("button", { name: `Put back: ${failed.number}` }).click();
  if (parcels > 2) await page.getByRole("button", { name: /^Still at / }).click();
  await page.getByRole("button", { name: "Close round" }).click();
  await page.getByRole("heading", { name: "Round closed" }).waitFor();
  await page.getByText("All sent").waitFor();
  await sound(page);
  expect((await shop.read(`/rounds/${round}`)).round.state).toBe("closed");
  // The browser itself complains of requests that had no line.
  expect(complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET/.test(one))).toEqual([]);
  await page.context().close();
});

/** The code on the order's page as the buyer sees it; null while there is none. */
async function codeOf(sent: Sent): Promise<string | null> {
  const { page } = await openPage(browser, { viewport: PHONE, locale: "en" });
  await page.goto(sent.address);
  const code = page.locator(".door-code strong");
  const shown = (await code.count()) === 0 ? null : await code.innerText();
  if (shown !== null) {
    await page.getByText("Your code for the courier").waitFor();
    await sound(page);
  }
  await page.context().close();
  return shown;
}

/** Four digits that are not these. */
const otherThan = (code: string) => String((Number(code) + 1) % 10_000).padStart(4, "0");

/** At the next stop, the receiver tells a code. */
async function tellCode(page: Page, code: string): Promise<void> {
  await page.getByRole("button", { name: "I am here" }).click();
  await page.getByRole("button", { name: "Delivered", exact: true }).click();
  await page.getByRole("button", { name: "Receiver’s code" }).click();
  await page.getByLabel("Code that the receiver has").fill(code);
  await page.getByRole("button", { name: "Hand over 1 parcel" }).click();
}

test("a receiver's code is checked at the door, and later where there was no connection", async () => {
  const stamp = Date.now().toString(36);
  const sent: [Sent, Sent] = [await waiting(shop, `Bille${stamp}`, "22765"), await waiting(shop, `Wandse${stamp}`, "20095")];
  const { email, round, parcels } = await planned(sent);
  const { page } = await openPage(browser, { viewport: PHONE });
  await signInOnPhone(page, email);
  expect(await codeOf(sent[0])).toBeNull();
  await load(page, sent, parcels);
  const next = await page.locator(".stop-card h2").innerText();
  const [first, second] = next.includes(sent[0].name) ? sent : [sent[1], sent[0]];
  const [code, other] = [(await codeOf(first))!, (await codeOf(second))!];
  expect([code, other].every((one) => /^\d{4}$/.test(one))).toBe(true);

  await tellCode(page, otherThan(code));
  await page.getByText(`This code is wrong for ${first.number}`).waitFor();
  await sound(page);
  expect((await shop.read(`/orders/${first.order}`)).fulfillments[0].state).toBe("shipped");
  await page.getByLabel("Code that the receiver has").fill(`${code.slice(0, 2)} ${code.slice(2)}`);
  await page.getByRole("button", { name: "Hand over 1 parcel" }).click();
  await page.getByRole("heading", { name: "1 open" }).waitFor();
  await page.getByText("All sent").waitFor();

  await page.context().setOffline(true);
  await tellCode(page, otherThan(other));
  await page.getByText("All stops done").waitFor();
  await page.context().setOffline(false);
  await page.getByText("All sent").waitFor();
  const stop = (await stopsOf(shop, round)).find(({ parcels }) => parcels.some(({ number }) => number === second.number))!;
  await page.goto(`/courier/#/round/${round}/stop/${stop.number}`);
  await page.getByText("The code was wrong").waitFor();
  await sound(page);

  await staff.goto(`/ops/rounds/${round}`);
  await staff.locator(`[data-parcel="${first.number}"]`).getByText("The code was right").waitFor();
  await staff.locator(`[data-parcel="${second.number}"]`).getByText("The code was wrong").waitFor();
  await sound(staff);
  await staff.goto(`/ops/orders/${second.order}`);
  await staff.locator(`[data-waybill="${second.number}"]`).getByText("delivered, with a wrong code").waitFor();
  expect(await codeOf(second)).toBeNull();
  await page.context().close();
});
