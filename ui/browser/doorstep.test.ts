// From an order to the doorstep: two articles that lie in two towns are promised, sold and leave as two parcels; operators see
// why; their labels are read by a program of others; one goes with a carrier that tells by itself, the other with the shop's
// own van from hub to hub, and with a courier to the door; the shopper's page follows all of it without being loaded again.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, PHONE, launch, noOverflow, openPage, signIn } from "./chromium";
import { codesOf } from "./labels";
import { payWith, putIntoCart } from "./shopper";
import { HEADERS } from "./staff";

const HOUR_MS = 3_600_000;
const PASSWORD = "a-person-in-the-hub";

let browser: Browser;
let staff: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page: staff } = await openPage(browser, { viewport: PHONE }));
  await signIn(staff);
});
afterAll(() => browser.close());

async function send(page: Page, method: "post" | "put", path: string, data: unknown = {}) {
  const answer = await page.request[method](`/api/v1${path}`, { headers: { ...HEADERS, "Idempotency-Key": `${path}-${Date.now()}-${Math.random()}` }, data });
  const body = await answer.json();
  expect(answer.ok(), `${path}: ${JSON.stringify(body)}`).toBe(true);
  return body;
}

const read = async (path: string) => (await staff.request.get(`/api/v1${path}`)).json();

type Place = { id: string; code: string; name: string };
type Parcel = { id: string; state: string; location: { id: string; name: string }; parcel: { number: string; status: string; carrier: { name: string } } | null };

/** An article that lies in one place alone, with its page: one of the last, which no other test looks for. */
async function onlyAt(place: Place, fromEnd: number): Promise<string> {
  const products = await read("/products?limit=60&status=active");
  const product = await read(`/products/${products.items.at(-fromEnd).id}`);
  const variant = product.variants[0].id as string;
  const levels = (await read(`/stock/${variant}`)).items as { location: { id: string }; reserved: number }[];
  const counted = levels.map(({ location, reserved }) => ({ variant, location: location.id, kind: "counted", pieces: location.id === place.id ? 20 + reserved : reserved }));
  if (!counted.some(({ location }) => location === place.id)) counted.push({ variant, location: place.id, kind: "counted", pieces: 20 });
  await send(staff, "post", "/stock/adjustments", { changes: counted, note: "a test" });
  return `/p/${product.handle}`;
}

/** A member of the staff with an account for one kind of work, on a phone of their own. */
async function colleague(role: "courier" | "hub"): Promise<{ id: string; email: string }> {
  const email = `${role}-${Date.now()}@shop.local`;
  const { id } = await send(staff, "post", "/operators", { email, name: role === "hub" ? "Night Shift" : "Fast Eddie", role, password: PASSWORD });
  return { id, email };
}

/** Buys both articles on a phone; gives the order and its page, which stays open. */
async function buyBoth(paths: string[], lastName: string): Promise<{ shopper: Page; complaints: string[]; order: string; promised: string }> {
  const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: "en" });
  for (const path of paths) {
    await page.goto(path);
    await putIntoCart(page);
  }
  const promised = await page.locator("dt", { hasText: "Delivery" }).innerText();
  await page.locator(".bar-main button:not([formaction])").click();
  await page.waitForURL(/\/checkout\//);
  for (const [field, value] of Object.entries({ email: "ada@example.org", first_name: "Ada", last_name: lastName, street: "Mönckebergstraße 7", postal_code: "20095", city: "Hamburg" })) await page.locator(`#${field}`).fill(value);
  await page.locator("#details button[type=submit]").click();
  await page.waitForURL(/\/review$/);
  await payWith(page, "tok_success");
  await page.waitForURL(/\/orders\/group_/);
  const order = (await page.locator(".number").innerText()).split("\n")[0]!;
  await expect.poll(async () => (await read(`/orders/${order}`)).payments.at(-1).state, { timeout: 20_000 }).toBe("captured");
  return { shopper: page, complaints, order, promised };
}

/** Why it leaves from two places, as the console says beside a parcel. */
async function explained(order: string, other: Place): Promise<void> {
  await staff.goto(`/ops/orders/${order}`);
  await staff.locator("[data-parcel]").nth(1).waitFor();
  expect(await staff.locator("[data-parcel]").count()).toBe(2);
  await staff.getByRole("button", { name: "Send from elsewhere…" }).first().click();
  const dialog = staff.getByRole("dialog", { name: "Send from elsewhere" });
  // Each place says what it has of it, and what it would cost from there: what lies here alone is nowhere else.
  const source = dialog.getByRole("radio", { name: new RegExp(other.name) });
  await source.waitFor();
  expect(await source.locator("xpath=ancestor::*[contains(., 'Has')][1]").innerText()).toMatch(/Has 0 of 1 · €/);
  await noOverflow(staff);
  await staff.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

/** What hub staff's phone says to the server. */
async function scan(hand: Page, place: Place, label: string, what: string) {
  const key = `scan-${Date.now()}-${what}`;
  const { results } = await send(hand, "post", `/hubs/${place.id}/scans`, { scans: [{ key, at: Date.now(), label, what }] });
  expect(results[0].result, JSON.stringify(results)).toBe("taken");
  return results[0].parcel as { direction: { kind: string; to: string; line: string } };
}

// Long because it is one order's way.
test("an order of two parcels, from the cart to both doors", async () => {
  const places = (await read("/locations")).items as Place[];
  const [hamburg, leipzig, berlin] = ["hamburg", "leipzig", "berlin-mitte"].map((code) => places.find((place) => place.code === code)!) as [Place, Place, Place];
  const paths = [await onlyAt(leipzig, 1), await onlyAt(berlin, 2)];
  const lastName = `Doorstep${Date.now().toString(36)}`;
  const { shopper, complaints, order, promised } = await buyBoth(paths, lastName);
  expect(promised).toMatch(/arrives|by |Arriv/i);
  await explained(order, hamburg);

  // The one from Leipzig goes with the shop's own van, the other one with the post.
  const parcels = (await read(`/orders/${order}`)).fulfillments as Parcel[];
  const [own, posted] = [leipzig, berlin].map(({ id }) => parcels.find((parcel) => parcel.location.id === id)!) as [Parcel, Parcel];
  const carriers = (await read("/carriers")).items as { id: string; terms: { code: string; services: { code: string }[] } }[];
  const book = async (parcel: Parcel, code: string) => {
    const carrier = carriers.find(({ terms }) => terms.code === code)!;
    const booked = await send(staff, "post", `/fulfillments/${parcel.id}/waybill`, { carrier: carrier.id, service: carrier.terms.services[0]!.code, weight_grams: 1_200 });
    return booked.parcel.number as string;
  };
  const [numberOwn, numberPosted] = [await book(own, "own"), await book(posted, "post")];
  const labels = await staff.request.post("/api/v1/labels", { headers: HEADERS, data: { fulfillments: [own.id, posted.id], format: "pdf" } });
  expect(labels.status(), await labels.text()).toBe(200);
  const codes = codesOf(await labels.body());
  expect(codes.map((page) => new Set(page))).toEqual([numberOwn, numberPosted].map((number) => new Set([number.length === 18 ? `(00)${number}` : number])));

  // The post's driver gets his at the back door in Berlin, and the carrier tells by itself from then on.
  const hub = await colleague("hub");
  const { page: hand } = await openPage(browser, { viewport: PHONE });
  expect((await hand.request.post("/api/v1/session", { headers: HEADERS, data: { email: hub.email, password: PASSWORD } })).ok()).toBe(true);
  await scan(hand, berlin, codes[1]![0]!, "left");
  expect((await scan(hand, leipzig, codes[0]![0]!, "arrived")).direction).toMatchObject({ kind: "line", line: "leipzig-night", to: hamburg.name });
  await scan(hand, leipzig, codes[0]![0]!, "left");
  expect((await scan(hand, hamburg, codes[0]![0]!, "arrived")).direction).toMatchObject({ kind: "tour", line: "city" });
  await shopper.getByText(leipzig.name).first().waitFor();

  // A courier takes it from Hamburg to the door, against a signature.
  const courier = await colleague("courier");
  const promise = (await read(`/orders/${order}`)).delivery.promise as { earliest: number; latest: number };
  const from = Math.min(promise.earliest, Date.now()) - HOUR_MS;
  const until = Math.max(promise.latest, Date.now()) + 4 * HOUR_MS;
  const plan = await send(staff, "post", "/rounds/plan", { day: new Date().toISOString().slice(0, 10), location: hamburg.id, couriers: [{ courier: courier.id, vehicle: "HH-SE 205", from, until }] });
  const round = plan.rounds[0].id as string;
  const { page: phone } = await openPage(browser, { viewport: PHONE });
  await deliver(phone, courier.email, numberOwn, lastName);
  expect((await read(`/rounds/${round}`)).said.some((one: { number: string; what: string }) => one.number === numberOwn && one.what === "delivered")).toBe(true);

  // Both ends of the story on the page that was open all the time.
  await expect.poll(() => shopper.locator("section.parcel[data-state=delivered]").count(), { timeout: 60_000 }).toBe(2);
  for (const status of ["out_for_delivery", "delivered"]) expect(await shopper.locator(`[data-seen=${status}]`).count()).toBe(2);
  await noOverflow(shopper);
  expect(await faults(shopper)).toEqual([]);
  await onTheWall(leipzig, hamburg);
  expect(complaints).toEqual([]);
  for (const page of [shopper, hand, phone]) await page.context().close();
}, 180_000);

/** The big screen counts what went from place to place, and says it in words beside the map. */
async function onTheWall(from: Place, to: Place): Promise<void> {
  type At = { name: string; latitude: number; longitude: number; came_in: number };
  const state = await read("/screen");
  const [a, b] = [from, to].map(({ name }) => (state.locations as At[]).find((one) => one.name === name)!) as [At, At];
  const haul = (state.hauls as Record<string, number>[]).find((one) => one.from_latitude === a.latitude && one.from_longitude === a.longitude && one.to_latitude === b.latitude && one.to_longitude === b.longitude);
  expect(haul?.parcels, JSON.stringify(state.hauls)).toBeGreaterThanOrEqual(1);
  await staff.setViewportSize(DESKTOP);
  await staff.goto("/screen");
  await staff.getByText(new RegExp(`${to.name} · \\d+ came in`)).waitFor();
  await staff.setViewportSize(PHONE);
}

/** The courier's part: this parcel is loaded and handed over; others that waited stay. */
async function deliver(phone: Page, email: string, number: string, lastName: string): Promise<void> {
  await phone.goto("/courier");
  await phone.getByLabel("E-mail").fill(email);
  await phone.getByLabel("Password").fill(PASSWORD);
  await phone.getByRole("button", { name: "Sign in" }).click();
  await phone.getByText("0 of ").first().waitFor();
  await phone.getByLabel("Type the number").fill(number);
  await phone.getByRole("button", { name: "Enter" }).click();
  await phone.getByText("1 of ").first().waitFor();
  await phone.getByRole("button", { name: "Start round" }).click();
  const others = phone.getByRole("button", { name: "Start without them" });
  const title = phone.getByRole("heading", { name: "1 open" });
  await others.or(title).first().waitFor();
  if (await others.isVisible()) await others.click();
  await title.waitFor();
  expect(await phone.locator(".stop-card h2").innerText()).toContain(lastName);
  await phone.getByRole("button", { name: "I am here" }).click();
  await phone.getByRole("button", { name: "Delivered", exact: true }).click();
  await phone.getByRole("button", { name: "Neighbour" }).click();
  await phone.getByLabel("Name of the neighbour").fill("Grace from next door");
  await phone.getByRole("button", { name: "Hand over 1 parcel" }).click();
  await phone.getByText("All stops done").waitFor();
  await phone.getByText("All sent").waitFor();
}
