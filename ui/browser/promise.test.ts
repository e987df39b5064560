// When parcels are there: the shop's pages say it by carriers' timetables, and until when one must order for it; operators
// change a timetable in the console, and what is promised follows.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { PHONE, bought, launch, noOverflow, openPage, signIn } from "./chromium";
import { mailsTo } from "./mails";

let browser: Browser;
let staff: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page: staff } = await openPage(browser, { viewport: PHONE }));
  await signIn(staff);
});
afterAll(() => browser.close());

const read = async (path: string) => (await staff.request.get(`/api/v1${path}`)).json();

type Option = { service_level: string; deliver_max: number; order_before: number; parcels: { carrier: { name: string } | null; legs: { step: string; name: string }[] }[] };

/** What is promised for one article at the standard level. */
async function promised(sku: string, postal_code: string): Promise<Option> {
  const answer = await staff.request.post("/api/v1/promise", { data: { lines: [{ sku, quantity: 1 }], country: "DE", postal_code } });
  const body = await answer.json();
  expect(answer.ok(), JSON.stringify(body)).toBe(true);
  return (body.options as Option[]).find((option) => option.service_level === "standard")!;
}

/** An article that can be sent, with its page. */
async function article(): Promise<{ sku: string; path: string }> {
  const products = await read("/products?limit=1&status=active");
  const product = await read(`/products/${products.items[0].id}`);
  return { sku: product.variants[0].sku, path: `/p/${product.handle}` };
}

const WITHIN = { en: /if ordered within (\d+ h )?\d+ min/, de: /bei Bestellung innerhalb von (\d+ Std\. )?\d+ Min\./, zh: /(\d+ 小时 )?\d+ 分钟内下单/ };

test.each(["en", "de", "zh"] as const)("a product's page says until when to order, in %s", async (language) => {
  const { sku, path } = await article();
  const option = await promised(sku, "");
  const { page, complaints } = await openPage(browser, { viewport: PHONE, locale: language });
  await page.goto(`${path}?lang=${language}`);
  const facts = await page.locator("ul.facts.promise").innerText();
  // Over a weekend the next departure may be further away than a day: then nothing hurries anybody.
  const left = option.order_before - Date.now();
  if (left < 86_000_000 && left > 120_000) expect(facts).toMatch(WITHIN[language]);
  await noOverflow(page);
  expect(await faults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("couriers bring parcels into the city, the post elsewhere, step by step", async () => {
  const { sku } = await article();
  const city = await promised(sku, "20095");
  const country = await promised(sku, "80331");
  expect(country.parcels[0]!.carrier?.name).toBe("Parcel Post");
  const steps = country.parcels[0]!.legs.map((leg) => leg.step);
  expect([steps[0], steps.at(-1)]).toEqual(["prepare", "tour"]);
  expect(city.deliver_max).toBeLessThanOrEqual(country.deliver_max);
});

test("a timetable is changed in the console, and what is promised follows", async () => {
  const { sku } = await article();
  const { post, path, known } = await timetable();
  const before = await promised(sku, "80331");
  await staff.goto(`/ops/carriers/${post.id}`);
  const section = staff.locator("section").filter({ has: staff.getByRole("heading", { name: "Timetable" }) });
  await section.getByRole("tab", { name: /^Zones/ }).click();
  const text = section.getByLabel("Zones", { exact: true }).and(staff.locator("textarea"));
  expect(await text.inputValue()).toBe(known.zones);
  // A bad line is named, and nothing is changed.
  await text.fill(known.zones.replace("1,post-centre", "1,moon"));
  await section.getByRole("button", { name: "Save timetable" }).click();
  const alert = section.getByRole("alert");
  await alert.getByText("zones.csv").waitFor();
  expect(await alert.innerText()).toContain("moon");
  await noOverflow(staff);
  expect(await faults(staff)).toEqual([]);
  expect((await read(path)).zones).toBe(known.zones);
  // Tours that come two days later.
  const later = known.zones.replace("1,post-centre,Europe/Berlin,post,29:00,33:00,42:00,", "1,post-centre,Europe/Berlin,post,29:00,81:00,90:00,");
  expect(later).not.toBe(known.zones);
  await text.fill(later);
  await section.getByRole("button", { name: "Save timetable" }).click();
  await expect.poll(async () => (await promised(sku, "80331")).deliver_max).toBe(before.deliver_max + 2 * 86_400_000);
  await put(path, known);
});

/** The post's timetable, with where it is read and saved. */
async function timetable() {
  const carriers = await read("/carriers");
  const post = carriers.items.find((one: { terms: { code: string } }) => one.terms.code === "post");
  const path = `/carriers/${post.id}/services/parcel/timetable`;
  return { post, path, known: await read(path) };
}

/** Saves a timetable over the one that there is. */
async function put(path: string, tables: object): Promise<void> {
  const now = await read(path);
  const answer = await staff.request.put(`/api/v1${path}`, { headers: { "X-Sesame-Console": "1" }, data: { ...tables, version: now.version } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test("a hub closes: what went through it is planned anew, one incident says so, and each buyer hears of it once", async () => {
  const time = Date.now();
  const emails = [1, 2].map((n) => `late-${n}-${time}@example.com`);
  const orders: { order: string; address: string }[] = [];
  for (const [n, email] of emails.entries()) orders.push(await bought(staff, `Late${n}${time}`, { email }));
  const order = async () => read(`/orders/${orders[0]!.order}`);
  await expect.poll(async () => (await order()).group_state, { timeout: 20_000 }).toBe("confirmed");
  const promise = (await order()).delivery.promise.latest as number;
  const { post, path, known } = await timetable();

  // Closed from noon of yesterday until three days after what was promised.
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  await staff.goto(`/ops/carriers/${post.id}`);
  const section = staff.locator("section").filter({ has: staff.getByRole("heading", { name: "Timetable" }) });
  await section.getByRole("tab", { name: /^Closures/ }).click();
  const text = section.getByLabel("Closures", { exact: true }).and(staff.locator("textarea"));
  await text.fill(`closed,from,until\npost-centre,${day(time - 86_400_000)} 12:00,${day(promise + 3 * 86_400_000)} 12:00\n`);
  await section.getByRole("button", { name: "Save timetable" }).click();
  await expect.poll(async () => (await order()).fulfillments[0].delay?.reason, { timeout: 20_000 }).toBe("closed");
  expect((await order()).delivery.promise.latest).toBe(promise);

  await staff.goto("/ops/carriers");
  const incident = staff.locator("[data-incident=closed]");
  await incident.getByText("post-centre is closed (Parcel Post)").waitFor();
  expect(await incident.count()).toBe(1);
  await noOverflow(staff);
  expect(await faults(staff)).toEqual([]);

  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await page.goto(`${orders[0]!.address}?lang=en`);
  await page.getByText(/^Now expected by /).waitFor();
  await page.getByText("A hub on its way is closed.").waitFor();
  await noOverflow(page);
  expect(await faults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();

  const told = () => emails.map((email) => mailsTo(email, /will be later/));
  await expect.poll(told, { timeout: 20_000 }).toEqual([1, 1]);
  // Looked at again, since the timetable is another one: nobody is told twice, and what is in time again is forgotten.
  await put(path, { ...known, closures: `closed,from,until\npost-centre,${day(time - 86_400_000)} 12:00,${day(promise + 3 * 86_400_000)} 12:30\n` });
  const looked = async () => (await read("/delays")).looked_at as number;
  const before = await looked();
  await expect.poll(looked, { timeout: 20_000 }).toBeGreaterThan(before);
  await put(path, known);
  await expect.poll(async () => (await order()).fulfillments[0].delay, { timeout: 20_000 }).toBe(null);
  expect(told()).toEqual([1, 1]);
});
