// A campaign from an empty form to its first minutes: one operator prepares it, a second approves it, and it runs.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE, launch, openPage } from "./chromium";
import { HEADERS, midnight, SECOND } from "./staff";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/ops/campaigns");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Campaigns" }).waitFor();
}

const signInOwner = (page: Page) => signIn(page, "owner@shop.local", process.env.SESAME_OPERATOR_PASSWORD ?? "");

/** A second operator, unless an earlier run of the test made one. */
async function secondOperator(owner: Page): Promise<void> {
  const answer = await owner.request.post("/api/v1/operators", { headers: { ...HEADERS, "Idempotency-Key": `second-${Date.now()}` }, data: SECOND });
  expect([200, 201, 409]).toContain(answer.status());
}

/** The article that the rule is about, with its price. */
async function article(page: Page): Promise<{ sku: string; title: string; currency: string }> {
  const list = await (await page.request.get("/api/v1/products?limit=1&status=active")).json();
  const product = await (await page.request.get(`/api/v1/products/${list.items[0].id}`)).json();
  const settings = await (await page.request.get("/api/v1/settings")).json();
  return { sku: product.variants[0].sku, title: product.title.en, currency: settings.currency };
}

/** `2026-11-10T00:00:00`: midnight of a day around today, in UTC. */
async function fillDraft(page: Page, code: string, found: { sku: string }): Promise<void> {
  await page.getByRole("link", { name: "New campaign" }).click();
  await page.getByLabel("Name (English)").fill(`Festival ${code}`);
  await page.getByLabel("Name (中文)").fill("购物节");
  await page.getByRole("textbox", { name: "Code" }).fill(code);
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.fill("shanghai");
  await page.getByRole("option", { name: "Asia/Shanghai" }).click();
  await page.getByLabel("Begins").fill(midnight(-1));
  await page.getByLabel("Ends").fill(midnight(3));
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByRole("menuitem", { name: "Prices of single articles" }).click();
  // A first try says what is missing, and where.
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("2 fields need a look. Nothing was saved.").waitFor();
  await page.getByLabel("On the receipt (English)").fill("Flash price");
  await page.getByRole("button", { name: "Paste a list" }).click();
  await page.getByRole("dialog").getByLabel("Lines").fill(`${found.sku} 0.50 5\nno-such-sku 1.00 1`);
  await page.getByRole("button", { name: "Take over 2 lines" }).click();
  await page.getByText("1 article taken over.").waitFor();
  await page.getByText("Not found: no-such-sku").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("Saved.").waitFor();
}

test("a draft is made, approved by a second person, and runs", async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESKTOP });
  await signInOwner(page);
  await secondOperator(page);
  const found = await article(page);
  const code = `fest-${Date.now()}`;
  await fillDraft(page, code, found);

  // A wrong click does not lose what was typed.
  await page.getByLabel("Name (Deutsch)").fill("Festtag");
  await page.getByRole("link", { name: "Stock" }).click();
  await page.getByText("Leave without saving?").waitFor();
  await page.getByRole("button", { name: "Keep editing" }).click();
  expect(await page.getByLabel("Name (Deutsch)").inputValue()).toBe("Festtag");
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("Saved.").waitFor();

  // Who changed it last cannot approve it.
  await page.getByRole("button", { name: "To the campaign" }).first().click();
  await page.getByText("of 5 pieces").waitFor();
  await page.getByRole("button", { name: "Approve…" }).click();
  await page.getByRole("button", { name: "Approve and let it run" }).click();
  await page.getByText("A second person is needed").waitFor();
  const address = page.url();

  const second = await openPage(browser, { viewport: PHONE });
  await signIn(second.page, SECOND.email, SECOND.password);
  await second.page.goto(address);
  await second.page.getByRole("button", { name: "Rehearse" }).click();
  await second.page.getByText("Goods, those at risk first").waitFor();
  await second.page.getByRole("button", { name: "Approve…" }).click();
  await second.page.getByText("it applies to the next order at once").waitFor();
  await second.page.getByRole("button", { name: "Approve and let it run" }).click();
  await second.page.getByText("Running").waitFor();
  await second.page.getByText(/Ends in \d+ days? \d\d:\d\d:\d\d/).waitFor();

  // The first operator sees it run without doing anything.
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByText("Running").waitFor();
  await page.getByRole("button", { name: "Stop…" }).click();
  await page.getByText("Orders that were placed keep their prices.").waitFor();
  await page.getByRole("button", { name: "Stop for good" }).click();
  await page.getByText("Stopped").waitFor();

  expect(second.complaints).toEqual([]);
  // The refusal above is told to the console by the browser itself.
  expect(complaints.filter((one) => !one.includes("409"))).toEqual([]);
  await second.page.context().close();
  await page.context().close();
});

test("two tabs that change the same draft: the later one is told, and nothing is lost", async () => {
  const { page } = await openPage(browser, { viewport: DESKTOP });
  await signInOwner(page);
  const key = `two-tabs-${Date.now()}`;
  const data = { code: key, title: { en: "Two tabs" }, time_zone: "Europe/Berlin", starts: midnight(5), ends: midnight(6), rules: [] };
  const made = await page.request.post("/api/v1/campaigns", { headers: { ...HEADERS, "Idempotency-Key": key }, data });
  const campaign = await made.json();
  await page.goto(`/ops/campaigns/${campaign.id}/edit`);
  await page.getByLabel("Name (English)").fill("Mine");
  const theirs = await page.request.put(`/api/v1/campaigns/${campaign.id}`, { headers: { ...HEADERS, "Idempotency-Key": `${key}-2` }, data: { ...data, version: 1, title: { en: "Theirs" } } });
  expect(theirs.ok(), await theirs.text()).toBe(true);
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("Somebody changed this draft meanwhile").waitFor();
  expect(await page.getByLabel("Name (English)").inputValue()).toBe("Mine");
  await page.getByRole("button", { name: "Save mine over theirs" }).click();
  await page.getByText("Saved.").waitFor();
  const saved = await (await page.request.get(`/api/v1/campaigns/${campaign.id}`)).json();
  expect([saved.saved.title.en, saved.saved.version]).toEqual(["Mine", 3]);
  await page.context().close();
});

test("a day of the calendar begins a campaign, reached with the keyboard", async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESKTOP });
  await signInOwner(page);
  await page.getByRole("button", { name: "Later month" }).click();
  // Of all days the tab key stops at one; arrow keys lead to the others.
  expect(await page.locator('[data-day][tabindex="0"]').count()).toBe(1);
  await page.locator('[data-day][tabindex="0"]').focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "New campaign" }).waitFor();
  const day = new URL(page.url()).searchParams.get("day");
  expect(day).toMatch(/-08$/);
  expect(await page.getByLabel("Begins").inputValue()).toContain(`${day}T00:00`);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a campaign that ran says what it came to, beside the one before", async () => {
  const { page, complaints } = await openPage(browser, { viewport: PHONE });
  await signInOwner(page);
  await secondOperator(page);
  const second = await openPage(browser, { viewport: DESKTOP });
  await signIn(second.page, SECOND.email, SECOND.password);
  // An article that no other test looks at: the last of the first hundred that is there.
  const list = await (await page.request.get("/api/v1/products?limit=100&status=active")).json();
  const products = await Promise.all(list.items.slice(-20).map(async ({ id }: { id: string }) => (await page.request.get(`/api/v1/products/${id}`)).json()));
  const product = products.findLast(({ variants }) => variants[0].available > 10);
  const { sku } = product.variants[0];
  const post = (from: Page, path: string, data: object) => from.request.post(`/api/v1${path}`, { headers: { ...HEADERS, "Idempotency-Key": `report-${path}-${Date.now()}` }, data });
  const held = async (code: string, title: string, starts: string) => {
    const rules = [{ number: 1, title: { en: "A tenth off" }, deal: { type: "percent", percent: 100_000 }, goods: { products: [product.id] } }];
    const made = await (await post(page, "/campaigns", { code, title: { en: title }, time_zone: "UTC", starts, ends: midnight(1), rules })).json();
    expect((await post(second.page, `/campaigns/${made.id}/approve`, {})).ok()).toBe(true);
    return made.id as string;
  };
  const time = Date.now();
  // Campaigns of other tests begin at midnight: these two are the last to have begun.
  const later = (minutes: number) => new Date(time + minutes * 60_000).toISOString().slice(0, 19);
  const earlier = await held(`earlier-${time}`, "The earlier one", later(-2));
  const id = await held(`later-${time}`, "The later one", later(-1));
  const settings = await (await page.request.get("/api/v1/settings")).json();
  const bought = await post(page, "/buy-now", {
    lines: [{ sku, quantity: 2 }],
    buyer: { email: `report-${time}@shop.example` },
    destination: { street: "Weg 1", postal_code: "80331", city: "München", region: "Bayern", country: settings.country },
    delivery: { ship: settings.shipping_rates[0].code },
    payment: { provider: { name: settings.payment_providers[0].name, token: "tok_success" } },
    device: "phone",
  });
  expect(bought.status(), await bought.text()).toBe(201);

  await page.goto(`/ops/campaigns/${id}`);
  const report = page.getByRole("region", { name: "Report" });
  await report.getByText("This campaign so far").waitFor();
  await report.getByText("The earlier one", { exact: true }).waitFor();
  await report.getByText("Revenue", { exact: true }).first().waitFor();
  await report.getByText("1 · A tenth off").waitFor();
  await report.getByRole("table", { name: "Regions" }).getByText("Bayern").waitFor();
  await report.getByText("Show as a table").click();
  // Two pages of the same figures: the console's and the file's.
  const link = report.getByRole("link", { name: "Download as CSV" });
  const csv = await (await page.request.get((await link.getAttribute("href"))!)).text();
  expect(csv).toContain(`all,,revenue,${settings.currency},`);
  expect(csv).toMatch(/region,Bayern,orders,,\d+,/);

  await report.getByLabel("Compared with").selectOption({ label: "Nothing" });
  await report.getByText("Nothing is compared").waitFor();
  await report.getByLabel("Compared with").selectOption({ label: "A span of days" });
  await report.getByLabel("First day").fill("2020-02-02");
  await report.getByLabel("Last day").fill("2020-02-01");
  await report.getByText("The last day is before the first.").waitFor();
  await report.getByLabel("Last day").fill("2020-02-03");
  await report.getByText("nothing before").first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  for (const one of [earlier, id]) expect((await post(page, `/campaigns/${one}/stop`, {})).ok()).toBe(true);
  expect(complaints).toEqual([]);
  await second.page.context().close();
  await page.context().close();
});
