// A return on a phone in each language: asked for with a photo, answered, received, and the money back on the order page.
// In English staff answer in the console and the photo is made small by the script; in Chinese there is no script, and a
// text that calls itself a photo loses nothing that was typed.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, launch, noOverflow, openPage, signIn } from "./chromium";

const HEADERS = { "X-Sesame-Console": "1" };
let browser: Browser;
let staff: Page;
let location: { id: string; name: string };

beforeAll(async () => {
  browser = await launch();
  ({ page: staff } = await openPage(browser, { viewport: DESKTOP }));
  await signIn(staff);
  location = (await (await staff.request.get("/api/v1/locations")).json()).items[0];
});
afterAll(() => browser.close());

async function write(path: string, data: unknown = {}) {
  const answer = await staff.request.post(`/api/v1${path}`, { headers: { ...HEADERS, "Idempotency-Key": `${path}-${Date.now()}` }, data });
  const body = await answer.json();
  expect(answer.ok(), `${path}: ${JSON.stringify(body)}`).toBe(true);
  return body;
}

/** An order of two pieces that was paid and delivered; gives the address of its page. */
async function delivered(language: string): Promise<{ order: string; address: string }> {
  const settings = await (await staff.request.get("/api/v1/settings")).json();
  const products = await (await staff.request.get("/api/v1/products?limit=1&status=active")).json();
  const product = await (await staff.request.get(`/api/v1/products/${products.items[0].id}`)).json();
  const { currency } = product.variants[0].offers[0].prices[0];
  const rate = settings.shipping_rates.find((one: { country: string | null; prices: { currency: string }[] }) => (one.country ?? "DE") === "DE" && one.prices.some((price) => price.currency === currency));
  const bought = await write("/buy-now", {
    lines: [{ sku: product.variants[0].sku, quantity: 2 }],
    buyer: { first_name: "Mary", last_name: "Jackson", email: "mary@example.org" },
    destination: { first_name: "Mary", last_name: "Jackson", street: "Ehrenstraße 2", postal_code: "50672", city: "Köln", country: "DE" },
    delivery: { ship: rate.code },
    payment: { provider: { name: settings.payment_providers[0].name, token: "tok_success" } },
    currency, language, device: "phone",
  });
  const order = bought.orders[0].id as string;
  const read = async () => (await staff.request.get(`/api/v1/orders/${order}`)).json();
  await expect.poll(async () => (await read()).payments.at(-1).state, { timeout: 20_000 }).toBe("captured");
  for (const parcel of (await read()).fulfillments) {
    await write(`/fulfillments/${parcel.id}/pick`);
    await write(`/fulfillments/${parcel.id}/pack`);
    await write(`/fulfillments/${parcel.id}/ship`, { carrier: "DHL", tracking_number: "JJD1" });
    await write(`/fulfillments/${parcel.id}/deliver`);
  }
  return { order, address: new URL(bought.order_url).pathname };
}

/** A photo as a camera makes it: large, and more than the shop keeps. */
async function photo(): Promise<Buffer> {
  const data = await staff.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2400, 1800];
    const context = canvas.getContext("2d")!;
    for (let at = 0; at < 400; at += 1) {
      context.fillStyle = `hsl(${(at * 37) % 360} 70% 50%)`;
      context.fillRect((at * 311) % 2400, (at * 173) % 1800, 260, 190);
    }
    return canvas.toDataURL("image/jpeg", 0.95);
  });
  return Buffer.from(data.split(",")[1]!, "base64");
}

const WORDS = {
  en: { entry: "Return something", next: "Send or bring the goods back like this:", back: /goes back the way you paid/ },
  de: { entry: "Etwas zurückgeben", next: "So schicken oder bringen Sie die Artikel zurück:", back: /geht auf demselben Weg zurück/ },
  zh: { entry: "申请退货", next: "请按以下方式寄回或送回商品：", back: /将按原付款方式退回/ },
} as const;

/** Staff approve and receive: in the console where the reader's language is the console's, else by the interface. */
async function answer(language: string, id: string): Promise<void> {
  if (language !== "en") {
    await write(`/returns/${id}/approve`, { how: "Post 1", location: location.id });
    return;
  }
  await staff.goto("/ops/returns");
  await staff.locator(`a[href$="${id}"]`).first().click();
  await staff.getByRole("button", { name: "Show photo 1 large" }).click();
  await staff.getByRole("img", { name: "Photo 1 of 1" }).waitFor();
  await staff.keyboard.press("Escape");
  await staff.getByRole("button", { name: "Approve" }).click();
  const dialog = staff.getByRole("dialog", { name: "Approve" });
  await dialog.getByLabel("Send or bring it to").selectOption(location.id);
  await dialog.getByLabel("How to send it").fill("Post 1");
  await dialog.getByRole("button", { name: "Approve" }).click();
  await staff.getByText("What the shopper was told").waitFor();
}

async function receive(language: string, id: string): Promise<void> {
  if (language !== "en") {
    const found = await (await staff.request.get(`/api/v1/returns/${id}`)).json();
    const lines = found.lines.map((line: { number: number; quantity: number }) => ({ number: line.number, quantity: line.quantity, restock: line.quantity }));
    await write(`/returns/${id}/receive`, { lines, location: location.id });
    return;
  }
  await staff.getByRole("button", { name: "Receive the goods" }).click();
  const dialog = staff.getByRole("dialog", { name: "Receive the goods" });
  await dialog.getByLabel("Pieces that can be sold again go to").selectOption(location.id);
  await dialog.getByRole("button", { name: /Receive 1 piece and give/ }).click();
  await staff.getByText("1 came, 1 can be sold again").waitFor();
}

for (const [language, words] of Object.entries(WORDS)) {
  test(`a return with a photo: ${language}`, async () => {
    const javaScriptEnabled = language !== "zh";
    const { order, address } = await delivered(language);
    const { page, complaints } = await openPage(browser, { locale: language, javaScriptEnabled });
    await page.goto(address);
    await page.getByRole("link", { name: words.entry }).click();
    await page.locator(".return-line").waitFor();
    if (javaScriptEnabled) await noOverflow(page);
    await page.locator("select[name^=pieces]").selectOption("1");
    await page.locator("select[name^=reason]").selectOption("too_small");
    await page.locator("#note").fill("Die Naht 线 <b>");
    const files = page.locator("#photos");
    if (!javaScriptEnabled) {
      await files.setInputFiles({ name: "text.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no photo at all") });
      await page.locator(".return-form button[type=submit]").click();
      await page.locator(".notice-bad").waitFor();
      expect(await page.locator("#note").inputValue()).toBe("Die Naht 线 <b>");
      expect(await page.locator("select[name^=reason]").inputValue()).toBe("too_small");
    }
    await files.setInputFiles({ name: "seam.jpg", mimeType: "image/jpeg", buffer: await photo() });
    if (javaScriptEnabled) await page.locator("[data-previews] img").waitFor();
    await page.locator(".return-form button[type=submit]").click();
    await page.locator(".return[data-state=requested]").waitFor();
    const shown = await page.request.get((await page.locator(".return .thumbs a").getAttribute("href"))!);
    expect([shown.status(), shown.headers()["content-type"], shown.headers()["cache-control"]]).toEqual([200, "image/webp", "private, max-age=3600"]);
    const { returns } = await (await staff.request.get(`/api/v1/orders/${order}`)).json();
    const { id } = returns[0];
    const wrongKey = address.replace(/[0-9a-f]{16}$/, "0000000000000001");
    expect((await page.request.get(`${wrongKey}/photos/${returns[0].photos[0].id}`)).status()).toBe(404);
    const step = async (state: string) => {
      if (!javaScriptEnabled) await page.goto(address);
      await page.locator(`.return[data-state=${state}]`).waitFor();
    };
    await answer(language, id);
    await step("approved");
    await page.getByText(words.next).waitFor();
    await page.getByText(location.name).first().waitFor();
    if (javaScriptEnabled) await noOverflow(page);
    await receive(language, id);
    await step("received");
    await page.locator(".return").getByText(words.back).waitFor();
    expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
    await page.context().close();
  });
}
