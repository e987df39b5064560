// A parcel's way: a carrier is added in the console, a waybill booked on a phone in the aisles, the label printed, the parcel
// seen by its carrier, and the shopper's page follows without being loaded again. Each language sees it in its words.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, PHONE, launch, noOverflow, openPage, signIn } from "./chromium";
import { HEADERS } from "./staff";

let browser: Browser;
let staff: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page: staff } = await openPage(browser, { viewport: PHONE }));
  await signIn(staff);
});
afterAll(() => browser.close());

async function write(method: "post" | "put", path: string, data: unknown = {}) {
  const answer = await staff.request[method](`/api/v1${path}`, { headers: { ...HEADERS, "Idempotency-Key": `${path}-${Date.now()}` }, data });
  const body = await answer.json();
  expect(answer.ok(), `${path}: ${JSON.stringify(body)}`).toBe(true);
  return body;
}

const read = async (path: string) => (await staff.request.get(`/api/v1${path}`)).json();

/** An order that is paid, to a postal code; gives its number and the address of its page. */
async function paid(language: string, postal_code: string, city: string): Promise<{ order: string; address: string }> {
  const settings = await read("/settings");
  const products = await read("/products?limit=1&status=active");
  const product = await read(`/products/${products.items[0].id}`);
  const { currency } = product.variants[0].offers[0].prices[0];
  const rate = settings.shipping_rates.find((one: { country: string | null; service_level: string; prices: { currency: string }[] }) => one.service_level === "standard" && (one.country ?? "DE") === "DE" && one.prices.some((price) => price.currency === currency));
  const bought = await write("post", "/buy-now", {
    lines: [{ sku: product.variants[0].sku, quantity: 1 }],
    buyer: { first_name: "Grace", last_name: "Hopper", email: "grace@example.org" },
    destination: { first_name: "Grace", last_name: "Hopper", street: "Weg 1", postal_code, city, country: "DE" },
    delivery: { ship: rate.code },
    payment: { provider: { name: settings.payment_providers[0].name, token: "tok_success" } },
    currency, language, device: "phone",
  });
  const order = bought.orders[0].id as string;
  await expect.poll(async () => (await read(`/orders/${order}`)).payments.at(-1).state, { timeout: 20_000 }).toBe("captured");
  return { order, address: new URL(bought.order_url).pathname };
}

test("a carrier is added in the console, with its tables as files", async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESKTOP });
  await signIn(page);
  await page.goto("/ops/carriers");
  await page.locator("[data-carrier=post]").waitFor();
  await page.getByRole("link", { name: "Add a carrier" }).click();
  const code = `bikes${Date.now()}`;
  await page.getByLabel("Name", { exact: true }).first().fill("Cargo Bikes");
  await page.getByLabel("Code", { exact: true }).first().fill(code);
  await page.getByLabel("Prefix").fill("CB");
  await page.getByRole("button", { name: "Add a surcharge" }).click();
  await page.getByLabel("Code", { exact: true }).nth(2).fill("hill");
  await page.getByLabel("Amount").fill("1.50");
  await page.getByRole("button", { name: "Save carrier" }).click();
  await page.getByRole("heading", { level: 1, name: "Cargo Bikes" }).waitFor();
  const areas = page.locator("input[type=file][aria-label='Replace areas…']");
  await areas.setInputFiles({ name: "areas.csv", mimeType: "text/csv", buffer: Buffer.from("country,zone\nGermany,1\n") });
  await page.getByText("`Germany` is no country such as DE").waitFor();
  await areas.setInputFiles({ name: "areas.csv", mimeType: "text/csv", buffer: Buffer.from("country,zone\nCH,1\n") });
  await page.getByText("1 row", { exact: true }).first().waitFor();
  await page.locator("input[type=file][aria-label='Replace rate card…']").setInputFiles({ name: "rates.csv", mimeType: "text/csv", buffer: Buffer.from("service,zone,up_to_grams,price\nparcel,1,20000,9.90\n") });
  await expect.poll(async () => (await read("/carriers")).items.find((one: { terms: { code: string } }) => one.terms.code === code)?.rates).toBe(1);
  await page.goto("/ops/carriers");
  const card = page.locator(`[data-carrier=${code}]`);
  await card.getByText("Takes parcels").waitFor();
  const [carrier] = (await read("/carriers")).items.filter((one: { terms: { code: string } }) => one.terms.code === code);
  expect(carrier.terms.surcharges).toEqual([{ code: "hill", when: "always", amount: { fixed: 150 } }]);
  // Others of this shop do not meet it. The browser itself complains of the file that was refused.
  await write("put", `/carriers/${carrier.id}`, { version: carrier.version, terms: { ...carrier.terms, active: false } });
  expect(complaints.filter((one) => !one.includes("422"))).toEqual([]);
  await page.context().close();
});

test("goods that are not found leave from elsewhere, and the shopper sees one parcel", async () => {
  const { order, address } = await paid("en", "22765", "Hamburg");
  const [parcel] = (await read(`/orders/${order}`)).fulfillments;
  await write("post", `/fulfillments/${parcel.id}/waybill`, { weight_grams: 1_200 });
  const sources = (await read(`/fulfillments/${parcel.id}/sources`)).items as { location: { id: string; name: string }; is_here: boolean; is_whole: boolean }[];
  const elsewhere = sources.find((source) => !source.is_here && source.is_whole);
  expect(elsewhere).toBeDefined();
  await staff.goto(`/ops/orders/${order}`);
  await staff.getByRole("button", { name: "Send from elsewhere…" }).click();
  const dialog = staff.getByRole("dialog", { name: "Send from elsewhere" });
  // Nothing is moved, and nothing written off, without a reason.
  expect(await dialog.getByRole("button", { name: "Move 1 piece" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Why").click();
  await staff.getByRole("option", { name: "Not found" }).click();
  await dialog.getByText("1 piece is written off").waitFor();
  await dialog.getByText(/^Waybill .* is canceled/).waitFor();
  await dialog.getByRole("radio", { name: new RegExp(elsewhere!.location.name) }).click();
  await noOverflow(staff);
  expect(await faults(staff)).toEqual([]);
  await dialog.getByRole("button", { name: "Move 1 piece" }).click();
  await dialog.waitFor({ state: "detached" });
  await staff.getByText(`1 × now from ${elsewhere!.location.name}: Not found`).waitFor();
  expect(await staff.locator("[data-parcel]").count()).toBe(1);
  const parcels = (await read(`/orders/${order}`)).fulfillments as { state: string; location: { id: string }; parcel: unknown }[];
  expect(parcels.map((one) => [one.state, one.location.id, one.parcel])).toEqual([
    ["canceled", parcel.location.id, null],
    ["open", elsewhere!.location.id, null],
  ]);
  const { page: shopper } = await openPage(browser, { viewport: PHONE, locale: "en" });
  await shopper.goto(address);
  expect(await shopper.locator("section.parcel").count()).toBe(1);
  await shopper.locator("section.parcel[data-state=open]").waitFor();
  await shopper.context().close();
});

const WORDS = { en: { out: "Out for delivery", there: "Delivered" }, de: { out: "In der Zustellung", there: "Zugestellt" }, zh: { out: "派送中", there: "已签收" } } as const;

for (const [language, words] of Object.entries(WORDS)) {
  test(`a parcel from the aisle to the door: ${language}`, async () => {
    const { order, address } = await paid(language, "22765", "Hamburg");
    const { page: shopper, complaints } = await openPage(browser, { viewport: PHONE, locale: language });
    await shopper.goto(address);
    const [parcel] = (await read(`/orders/${order}`)).fulfillments;
    if (language === "en") {
      await staff.goto(`/ops/orders/${order}`);
      await staff.getByRole("button", { name: "Book waybill…" }).click();
      const dialog = staff.getByRole("dialog", { name: "Book a waybill" });
      await dialog.getByLabel("Weight in kg").fill("1,2");
      // The couriers of the town are cheaper than the post.
      await dialog.getByText("Our couriers · Courier").waitFor();
      await dialog.getByText("Parcel Post · Parcel").waitFor();
      await noOverflow(staff);
      await dialog.getByRole("button", { name: "Book", exact: true }).click();
      await staff.locator("[data-waybill^=SE]").waitFor();
    } else {
      await write("post", `/fulfillments/${parcel.id}/waybill`, { weight_grams: 1_200 });
    }
    const { number, carrier } = (await read(`/orders/${order}`)).fulfillments[0].parcel;
    expect(carrier.name).toBe("Our couriers");
    const label = await staff.request.post("/api/v1/labels", { headers: HEADERS, data: { fulfillments: [parcel.id], format: "zpl" } });
    expect(await label.text()).toContain(number);
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const told = await write("post", "/parcels/events", {
      events: [
        { number, at: at(-1), status: "out_for_delivery", place: "Altona" },
        { number, at: at(-5), status: "picked_up", place: "Depot" },
      ],
    });
    expect(told.results.map((one: { status: string }) => one.status)).toEqual(["out_for_delivery", "out_for_delivery"]);
    // Nobody loads the page again, and nobody clicked on shipped.
    const seen = shopper.locator("[data-seen=out_for_delivery]");
    await seen.getByText(words.out).waitFor();
    await seen.getByText("Altona").waitFor();
    await shopper.locator("[data-state=shipped]").waitFor();
    await noOverflow(shopper);
    await write("post", "/parcels/events", { events: [{ number, at: at(0), status: "delivered", place: "Altona" }] });
    await shopper.locator("[data-seen=delivered]").getByText(words.there).waitFor();
    await shopper.locator("[data-state=delivered]").waitFor();
    expect(complaints).toEqual([]);
    await shopper.context().close();
  });
}

test("a parcel that nobody takes says why, and one that is booked can be taken back", async () => {
  const { order } = await paid("en", "10115", "Berlin");
  await staff.goto(`/ops/orders/${order}`);
  await staff.getByRole("button", { name: "Book waybill…" }).click();
  const dialog = staff.getByRole("dialog", { name: "Book a waybill" });
  await dialog.getByLabel("Weight in kg").fill("40");
  await dialog.getByText("No carrier takes this parcel").waitFor();
  await dialog.getByText("Parcel Post · Parcel: too heavy").waitFor();
  await dialog.getByText("Our couriers: does not go there").waitFor();
  expect(await dialog.getByRole("button", { name: "Book", exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel("Weight in kg").fill("2");
  await dialog.getByText("Parcel Post · Parcel").first().waitFor();
  await dialog.getByRole("button", { name: "Book", exact: true }).click();
  await staff.locator("[data-waybill^=PP]").waitFor();
  await staff.getByRole("button", { name: "Cancel waybill" }).click();
  await staff.getByRole("button", { name: "Book waybill…" }).waitFor();
});

test("a label is printed from the parcel's card in the form that the phone printed last", async () => {
  const { order } = await paid("en", "10115", "Berlin");
  const [parcel] = (await read(`/orders/${order}`)).fulfillments;
  const { number } = (await write("post", `/fulfillments/${parcel.id}/waybill`, { weight_grams: 800 })).parcel;
  await staff.goto(`/ops/orders/${order}`);
  await staff.getByRole("button", { name: "Print label · PDF" }).waitFor();
  await staff.getByRole("button", { name: "Format" }).click();
  const file = await saved(staff, () => staff.getByRole("menuitem", { name: "ZPL" }).click());
  expect(file.suggestedFilename()).toBe(`${number}.zpl`);
  expect(await textOf(file)).toContain(number);
  await staff.getByText("label printed 1 time").waitFor();
  await staff.reload();
  const again = await saved(staff, () => staff.getByRole("button", { name: "Print label · ZPL" }).click());
  expect(await textOf(again)).toContain("REPRINT 2");
  await staff.getByText("label printed 2 times").waitFor();
  await noOverflow(staff);
  // As PDF it is shown in a tab of its own.
  await staff.getByRole("button", { name: "Format" }).click();
  const [tab] = await Promise.all([staff.context().waitForEvent("page"), staff.getByRole("menuitem", { name: "PDF" }).click()]);
  await expect.poll(() => tab.url()).toMatch(/^blob:/);
  await tab.close();
  // Somebody else canceled its waybill meanwhile: it is said, and nothing is printed.
  await write("post", `/fulfillments/${parcel.id}/waybill/cancel`);
  const tabs = staff.context().pages().length;
  await staff.getByRole("button", { name: "Print label · PDF" }).click();
  await staff.getByText("This label cannot be printed").or(staff.getByRole("button", { name: "Book waybill…" })).first().waitFor();
  await expect.poll(() => staff.context().pages().length).toBe(tabs);
});

/** A file that is saved by itself, or by a click where the answer took so long that the browser holds files back. */
async function saved(page: Page, print: () => Promise<void>) {
  const file = page.waitForEvent("download", { timeout: 50_000 });
  await print();
  const save = page.getByRole("button", { name: "Save 1 label for the printer" });
  void save.click({ timeout: 50_000 }).catch(() => undefined);
  return file;
}

async function textOf(file: { createReadStream: () => Promise<NodeJS.ReadableStream> }): Promise<string> {
  let text = "";
  for await (const part of await file.createReadStream()) text += part.toString();
  return text;
}

/** A card of the pick list. The oldest come first: it may be on another page. */
async function found(page: Page, card: Locator): Promise<Locator> {
  const more = page.getByRole("button", { name: "Show more" });
  const isThere = async () => (await card.count()) > 0;
  while (!(await isThere())) {
    await expect.poll(async () => (await isThere()) || ((await more.count()) > 0 && (await more.isEnabled())), { timeout: 20_000 }).toBe(true);
    if (!(await isThere())) await more.click();
  }
  return card;
}

test("labels that were ticked on their cards are printed together", async () => {
  const numbers: string[] = [];
  for (let n = 0; n < 2; n += 1) {
    const { order } = await paid("en", "10115", "Berlin");
    const [parcel] = (await read(`/orders/${order}`)).fulfillments;
    numbers.push((await write("post", `/fulfillments/${parcel.id}/waybill`, { weight_grams: 800 })).parcel.number);
  }
  await staff.goto("/ops/picking");
  for (const number of numbers) {
    const card = await found(staff, staff.locator("[data-parcel]", { has: staff.locator(`[data-waybill="${number}"]`) }));
    await card.getByLabel("Print with others").check();
  }
  await staff.getByRole("button", { name: "Print 2 labels" }).click();
  const dialog = staff.getByRole("dialog", { name: "Print labels" });
  await dialog.getByText("ZPL", { exact: true }).click();
  await dialog.getByRole("button", { name: "Print 2 labels" }).click();
  const [file] = await Promise.all([staff.waitForEvent("download"), dialog.getByRole("button", { name: "Save 2 labels for the printer" }).click()]);
  const text = await textOf(file);
  expect(numbers.map((number) => text.includes(number))).toEqual([true, true]);
  await dialog.getByRole("button", { name: "Close" }).click();
  await staff.getByRole("button", { name: "Print labels…" }).waitFor();
  await noOverflow(staff);
});

test("waybills are booked for several parcels at once, what is refused says why, and the labels follow", async () => {
  const parcels: { id: string; order: string }[] = [];
  for (let n = 0; n < 3; n += 1) {
    const { order } = await paid("en", "10115", "Berlin");
    const [{ id }] = (await read(`/orders/${order}`)).fulfillments;
    parcels.push({ id, order });
  }
  const [gone, ...booked] = parcels as [{ id: string; order: string }, ...{ id: string; order: string }[]];
  await staff.goto("/ops/picking");
  for (const { id } of parcels) {
    const card = await found(staff, staff.locator(`[data-parcel="${id}"]`));
    await card.getByLabel("Book with others").check();
  }
  // One leaves with somebody's own number meanwhile.
  for (const [step, data] of [["pick", {}], ["pack", {}], ["ship", { carrier: "DHL" }]] as const) await write("post", `/fulfillments/${gone.id}/${step}`, data);
  await staff.getByRole("button", { name: "Book 3 waybills" }).click();
  const dialog = staff.getByRole("dialog", { name: "Book waybills" });
  await dialog.getByText("3 parcels were chosen").waitFor();
  await dialog.getByLabel("Who brings it").selectOption({ label: "Parcel Post · Parcel" });
  await noOverflow(staff);
  expect(await faults(staff)).toEqual([]);
  // The first answer is lost after it was done: the same batch goes again, and nothing is booked twice.
  let isLost = false;
  await staff.route("**/api/v1/waybills", async (route) => {
    if (isLost) return route.continue();
    isLost = true;
    await route.fetch();
    return route.abort();
  });
  await dialog.getByRole("button", { name: "Book 3 waybills" }).click();
  await dialog.getByText("3 of 3 done").waitFor();
  await staff.unroute("**/api/v1/waybills");
  expect(isLost).toBe(true);
  await dialog.getByText("2 parcels have waybills now").waitFor();
  await dialog.getByText("Parcel Post: 2 parcels").waitFor();
  await dialog.getByText("1 parcel was not booked").waitFor();
  await dialog.getByText("1 parcel: This step is not possible any more").waitFor();
  expect(await dialog.locator(`a[href="/ops/orders/${gone.order}"]`).count()).toBe(1);
  await noOverflow(staff);
  expect(await faults(staff)).toEqual([]);
  const numbers: string[] = [];
  for (const { order } of booked) {
    const [{ parcel }] = (await read(`/orders/${order}`)).fulfillments;
    expect(parcel.carrier.name).toBe("Parcel Post");
    numbers.push(parcel.number);
  }
  await dialog.getByRole("button", { name: "Print 2 labels" }).click();
  const labels = staff.getByRole("dialog", { name: "Print labels" });
  await labels.getByText("ZPL", { exact: true }).click();
  await labels.getByRole("button", { name: "Print 2 labels" }).click();
  const [file] = await Promise.all([staff.waitForEvent("download"), labels.getByRole("button", { name: "Save 2 labels for the printer" }).click()]);
  const text = await textOf(file);
  expect(numbers.map((number) => text.includes(number))).toEqual([true, true]);
  await labels.getByRole("button", { name: "Close" }).click();
  // Without any that are ticked it is for all of the place that wait.
  await staff.getByRole("button", { name: "Book waybills…" }).click();
  await dialog.getByRole("button", { name: "Book others" }).click();
  await dialog.getByText(/waits? for a waybill/).first().waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
});

for (const [viewport, language, words] of [
  [PHONE, "de", { open: "Etiketten drucken…", none: "Keine Etiketten", stop: "Anhalten", on: /fortfahren/, save: /für den Drucker speichern/, why: "es wurde storniert", done: "250 von 250" }],
  [DESKTOP, "zh", { open: "批量打印面单…", none: "没有要打印的面单", stop: "暂停", on: /继续打印/, save: /供打印机使用/, why: "已取消", done: "250/250" }],
] as const) {
  test(`labels of a carrier and day are printed in batches, stopped, and go on: ${language}`, async () => {
    const { page, complaints } = await openPage(browser, { viewport, locale: language });
    await page.context().addCookies(await staff.context().cookies());
    const real = (await read("/fulfillments?limit=1&state=open,picking,packed,shipped,delivered")).items[0];
    const many = Array.from({ length: 250 }, (_, n) => ({ ...real, id: `fulfillment_${n}`, parcel: { number: String(n) } }));
    await page.route("**/api/v1/fulfillments?*booked_on=*", (route) => route.fulfill({ json: { items: route.request().url().includes("carrier=") ? many : [], next: null } }));
    const asked: string[] = [];
    await page.route("**/api/v1/labels", async (route) => {
      const { fulfillments } = route.request().postDataJSON();
      if (fulfillments.includes("fulfillment_7")) {
        const details = { refused: [{ fulfillment: "fulfillment_7", why: "canceled" }] };
        return route.fulfill({ status: 409, json: { error: { code: "labels_refused", message: "", details } } });
      }
      asked.push(...fulfillments);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return route.fulfill({ contentType: "application/zpl", body: fulfillments.map((id: string) => `^XA^FD${id}^XZ\n`).join("") });
    });
    await page.goto("/ops/picking");
    await page.getByRole("button", { name: words.open }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: words.none }).waitFor();
    await dialog.getByText("ZPL", { exact: true }).click();
    await dialog.locator("select").selectOption({ index: 1 });
    await noOverflow(page);
    await dialog.getByRole("button", { name: /250/ }).click();
    await dialog.getByRole("button", { name: words.stop }).click();
    await dialog.getByRole("button", { name: words.on }).waitFor();
    const before = asked.length;
    expect(before).toBeLessThan(249);
    await dialog.getByText(words.why).waitFor();
    await noOverflow(page);
    await dialog.getByRole("button", { name: words.on }).click();
    await dialog.getByText(words.done).first().waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: words.save }).click()]);
    const text = await textOf(file);
    expect([text.split("^XZ").length - 1, new Set(asked).size, asked.length]).toEqual([249, 249, 249]);
    expect(complaints.filter((one) => !one.includes("409"))).toEqual([]);
    await page.context().close();
  });
}
