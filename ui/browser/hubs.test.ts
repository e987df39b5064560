// How full places are, as the office sees it: a parcel that was scanned in lengthens a bar and stands under the way that it
// takes; what is late says so; too many, none and a server that fails are said.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, PHONE, launch, noOverflow, openPage, signIn } from "./chromium";
import { shopOf, waiting, type Sent, type Shop } from "./rounds";

const HOUR_MS = 3_600_000;

let browser: Browser;
let page: Page;
let complaints: string[];
let shop: Shop;

beforeAll(async () => {
  browser = await launch();
  ({ page, complaints } = await openPage(browser, { viewport: PHONE }));
  await signIn(page);
  shop = shopOf(page);
});
afterAll(() => browser.close());

async function sound(): Promise<void> {
  await noOverflow(page);
  expect(await faults(page)).toEqual([]);
}

type Direction = { kind: string; to: string; line: string };

/** Scans a parcel in where it was packed; gives where it goes next. */
async function arrive(sent: Sent): Promise<Direction> {
  const { results } = await shop.write(`/hubs/${sent.location}/scans`, { scans: [{ key: `in-${sent.number}`, at: Date.now(), label: sent.number, what: "arrived" }] });
  expect(results[0].result, JSON.stringify(results)).toBe("taken");
  return results[0].parcel.direction;
}

type Hub = { id: string; name: string; code: string; parcels: number };

const hubOf = async (id: string): Promise<Hub> => (await shop.read("/hubs")).hubs.find((hub: Hub) => hub.id === id);

/** Opens a way and finds a parcel in it: what came last stands last. */
async function findIn(way: ReturnType<Page["locator"]>, number: string): Promise<void> {
  await way.locator("summary").click();
  await way.locator("[data-number]").first().waitFor();
  const more = way.getByRole("button", { name: "Show more" });
  while (await more.isVisible()) await more.click();
  await way.locator(`[data-number="${number}"]`).waitFor();
}

for (const viewport of [PHONE, DESKTOP]) {
  test(`a parcel that was scanned in is seen at its place and on its way, ${viewport.width} px`, async () => {
    complaints.length = 0;
    await page.setViewportSize(viewport);
    await page.goto("/ops/hubs");
    await page.getByRole("heading", { name: "Places on the way", level: 1 }).waitFor();
    const sent = await waiting(shop, `Stau${viewport.width}${Date.now().toString(36)}`, "22765");
    const before = (await hubOf(sent.location)).parcels;
    const { kind, to, line } = await arrive(sent);

    // The screen that was open says so by itself.
    const place = page.locator(`[data-hub="${sent.location}"]`);
    await place.getByText(before === 0 ? "1 parcel" : `${(before + 1).toLocaleString("en")} parcels`, { exact: true }).waitFor();
    const bar = (await place.locator(".load-bar > span").boundingBox())!;
    expect(bar.width).toBeGreaterThan(0);
    await sound();

    await place.getByRole("link").click();
    await page.getByRole("heading", { name: (await hubOf(sent.location)).name, level: 1 }).waitFor();
    const way = page.locator(`[data-way="${kind}"]`, { hasText: to || line }).first();
    await findIn(way, sent.number);
    await sound();
    await page.getByRole("link", { name: "All places" }).click();
    await place.waitFor();
    expect(complaints).toEqual([]);
  });
}

/** A parcel as the server would say. */
const made = (at: number, direction: Partial<Direction & { leaves: number | null }>, late: boolean) => {
  const now = Date.now();
  const expected = now + (late ? 30 : 20) * HOUR_MS;
  return {
    fulfillment: `made-${at}`, number: `SEAL${String(at).padStart(8, "0")}`, carrier: { id: "own", name: "Our couriers" }, weight_grams: 900, country: "DE", postal_code: "60311", city: "Frankfurt am Main",
    sorting: "", status: "in_transit", since: now - HOUR_MS, promised: now + 24 * HOUR_MS, expected, direction: { kind: "line", to: "Frankfurt", line: "L2", leaves: now + 2 * HOUR_MS, ...direction },
  };
};

/** Lets a place have so many parcels, in pages as large as they are asked for. */
async function fill(of: (at: number) => ReturnType<typeof made>, count: number): Promise<void> {
  await page.route("**/api/v1/hubs/*/parcels?*", (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const from = Number(asked.get("cursor") ?? 0);
    const until = Math.min(from + Number(asked.get("limit")), count);
    return route.fulfill({ json: { items: Array.from({ length: until - from }, (_, at) => of(from + at)), next: until < count ? String(until) : null } });
  });
}

test("what is late says so in words and by its bar, and of very many the first are shown", async () => {
  const { hubs } = await shop.read("/hubs");
  const held = { kind: "held", to: "", line: "", leaves: null };
  await fill((at) => (at % 4 === 0 ? made(at, held, false) : made(at, {}, at % 4 === 1)), 2_500);
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await page.goto(`/ops/hubs/${hubs[0].id}`);
    await page.getByText("More lie here: only the first 2,000 are counted below.").waitFor();
    const [line, stays] = [page.locator("[data-way=line]"), page.locator("[data-way=held]")];
    await line.getByText("1,500 parcels", { exact: true }).waitFor();
    await line.getByText("500 later than promised", { exact: true }).waitFor();
    await stays.getByText("500 parcels", { exact: true }).waitFor();
    expect(await stays.getByText("later than promised").count()).toBe(0);
    const width = async (part: string) => (await page.locator(part).boundingBox())!.width;
    const [all, late, others] = [await width("[data-way=line] .load-bar > span"), await width("[data-way=line] .is-late"), await width("[data-way=held] .load-bar > span")];
    expect([Math.round((30 * late) / all), Math.round((30 * others) / all)]).toEqual([10, 10]);
    await line.locator("summary").click();
    await line.getByText("Later than promised", { exact: true }).first().waitFor();
    await sound();
  }
  await page.unroute("**/api/v1/hubs/*/parcels?*");
});

test("places without parcels say how it begins, and what fails can be tried again", async () => {
  const places: Hub[] = (await shop.read("/hubs")).hubs;
  const list = "**/api/v1/hubs";
  await page.route(list, (route) => route.fulfill({ json: { hubs: places.map((hub) => ({ ...hub, parcels: 0 })) } }));
  await page.goto("/ops/hubs");
  await page.getByText("Nothing lies at your places").waitFor();
  expect(await page.getByRole("link", { name: "Scan parcels" }).getAttribute("href")).toBe("/hub/");
  await sound();
  await page.unroute(list);

  for (const [path, pattern] of [["hubs", list], [`hubs/${places[0]!.id}`, "**/api/v1/hubs/*/parcels?*"]] as const) {
    await page.route(pattern, (route) => route.abort());
    await page.goto(`/ops/${path}`);
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
    await sound();
    await page.unroute(pattern);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
  }
  await page.goto("/ops/hubs/location_1");
  await page.getByText("There is no such place").waitFor();
});
