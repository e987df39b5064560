// When parcels are there: the shop's pages say it by carriers' timetables, and until when one must order for it; operators
// change a timetable in the console, and what is promised follows.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { PHONE, launch, noOverflow, openPage, signIn } from "./chromium";

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
  const carriers = await read("/carriers");
  const post = carriers.items.find((one: { terms: { code: string } }) => one.terms.code === "post");
  const path = `/carriers/${post.id}/services/parcel/timetable`;
  const known = await read(path);
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
  const now = await read(path);
  const answer = await staff.request.put(`/api/v1${path}`, { headers: { "X-Sesame-Console": "1" }, data: { ...known, version: now.version } });
  expect(answer.ok(), await answer.text()).toBe(true);
});
