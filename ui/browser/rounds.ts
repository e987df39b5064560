// What tests of rounds begin with: parcels that wait for the shop's own couriers, and somebody to bring them.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { HEADERS } from "./staff";

export const COURIER_PASSWORD = "a-courier-on-the-road";

/** The interface as an operator uses it; each write is another one, and succeeds. */
export type Shop = ReturnType<typeof shopOf>;

export function shopOf(page: Page) {
  let last = 0;
  const send = async (method: "post" | "put", path: string, data: unknown) => {
    last += 1;
    const answer = await page.request[method](`/api/v1${path}`, { headers: { ...HEADERS, "Idempotency-Key": `${path}-${Date.now()}-${last}` }, data });
    const body = await answer.json();
    expect(answer.ok(), `${path}: ${JSON.stringify(body)}`).toBe(true);
    return body;
  };
  return {
    read: async (path: string) => (await page.request.get(`/api/v1${path}`)).json(),
    write: (path: string, data: unknown = {}) => send("post", path, data),
    put: (path: string, data: unknown) => send("put", path, data),
  };
}

export type Sent = { order: string; address: string; name: string; number: string; fulfillment: string; location: string; promise: { earliest: number; latest: number } };

/** An order to a door in Hamburg that is paid, and whose parcel waits with a waybill of the shop's own fleet. */
export async function waiting({ read, write }: Shop, last_name: string, postal_code: string): Promise<Sent> {
  const settings = await read("/settings");
  const products = await read("/products?limit=1&status=active");
  const product = await read(`/products/${products.items[0].id}`);
  const { currency } = product.variants[0].offers[0].prices[0];
  const rate = settings.shipping_rates.find((one: { country: string | null; service_level: string; prices: { currency: string }[] }) => one.service_level === "standard" && (one.country ?? "DE") === "DE" && one.prices.some((price) => price.currency === currency));
  const bought = await write("/buy-now", {
    lines: [{ sku: product.variants[0].sku, quantity: 1 }],
    buyer: { first_name: "Grace", last_name, email: "grace@example.org" },
    destination: { first_name: "Grace", last_name, street: `${last_name}weg 1`, postal_code, city: "Hamburg", country: "DE" },
    delivery: { ship: rate.code },
    payment: { provider: { name: settings.payment_providers[0].name, token: "tok_success" } },
    currency,
    device: "phone",
  });
  const order = bought.orders[0].id as string;
  await expect.poll(async () => (await read(`/orders/${order}`)).payments.at(-1).state).toBe("captured");
  const { id: fulfillment, location } = (await read(`/orders/${order}`)).fulfillments[0];
  const { parcel } = await write(`/fulfillments/${fulfillment}/waybill`, { weight_grams: 1_200 });
  expect(parcel.carrier.name).toBe("Our couriers");
  const { promise } = (await read(`/orders/${order}`)).delivery;
  return { order, address: new URL(bought.order_url).pathname, name: last_name, number: parcel.number, fulfillment, location: location.id, promise };
}

/** A courier's account. */
export async function courierAccount({ write }: Shop, name: string): Promise<{ id: string; email: string }> {
  const email = `courier-${Date.now()}@shop.local`;
  const { id } = await write("/operators", { email, name, role: "courier", password: COURIER_PASSWORD });
  return { id, email };
}

type Stop = { number: number; position: { latitude: number; longitude: number } | null; parcels: { number: string }[] };

/** A round's stops in the order in which they are visited. */
export async function stopsOf({ read }: Shop, round: string): Promise<Stop[]> {
  const { order, stops } = (await read(`/rounds/${round}`)).round as { order: number[]; stops: Stop[] };
  return order.map((number) => stops.find((stop) => stop.number === number)!);
}

/** Says what a courier's phone would say, now or when `at` says; all of it counts. */
export async function say(phone: Page, round: string, said: ({ what: string; at?: number } & Record<string, unknown>)[]): Promise<void> {
  const now = Date.now();
  const events = said.map((one, place) => ({ key: `said-${now}-${place}`, at: now, ...one }));
  const answer = await phone.request.post(`/api/v1/courier/rounds/${round}/events`, { headers: HEADERS, data: { events } });
  const body = await answer.json();
  expect(answer.ok(), JSON.stringify(body)).toBe(true);
  expect(body.results.map(({ result }: { result: string }) => result)).toEqual(events.map(() => "taken"));
}

/** Sends a picture as a phone does. */
export async function picture(phone: Page, round: string, key: string): Promise<void> {
  const data = await phone.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [600, 300];
    const pen = canvas.getContext("2d")!;
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 600, 300);
    pen.lineWidth = 6;
    pen.beginPath();
    pen.moveTo(50, 200);
    pen.bezierCurveTo(200, 20, 300, 280, 550, 90);
    pen.stroke();
    return canvas.toDataURL("image/png").split(",")[1]!;
  });
  const answer = await phone.request.put(`/api/v1/courier/rounds/${round}/proofs/${key}`, { headers: { ...HEADERS, "Content-Type": "image/png" }, data: Buffer.from(data, "base64") });
  expect(answer.status(), await answer.text()).toBe(204);
}
