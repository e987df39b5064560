// Optional work, paused and planned by an owner: what the console says of it, and what it says in its place.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, PHONE, buy, launch, openPage, signIn } from "./chromium";

const HEADERS = { "X-Sesame-Console": "1" };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("an owner pauses refunds and exports, sees who did and until when, and plans the next pause", async () => {
  const { page, complaints } = await openPage(browser, { viewport: DESKTOP });
  await signIn(page);
  const id = await buy(page, "Switchwell");
  await page.goto("/ops/settings");
  const exports = page.getByRole("region", { name: "Exports and reports" });
  await exports.getByText("Running").waitFor();
  await exports.getByRole("button", { name: "Exports and reports: Pause now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause now" }).click();
  await exports.getByText(/Paused by .+ until further notice/).waitFor();
  const refused = await page.request.get("/api/v1/exports/stock.csv");
  expect(refused.status()).toBe(503);
  expect((await refused.json()).error.code).toBe("work_shed");
  expect(Number(refused.headers()["retry-after"])).toBe(300);

  // A time that is over is not taken; one that comes is.
  const refunds = page.getByRole("region", { name: "Refunds and returns" });
  await refunds.getByRole("button", { name: "Refunds and returns: Pause now" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Until").fill("2020-01-01T00:00");
  await dialog.getByRole("button", { name: "Pause now" }).click();
  await dialog.getByText("This moment is over.").waitFor();
  await dialog.getByLabel("Until").fill(new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 16));
  await dialog.getByRole("button", { name: "Pause now" }).click();
  await refunds.getByText("Paused", { exact: true }).waitFor();
  await page.getByText(/Paused so that orders come first: Refunds and returns \(until .+\) · Exports and reports/).waitFor();

  // The plan begins tomorrow: nothing changes now, and the page says what is next.
  const pictures = page.getByRole("region", { name: "Bringing pictures" });
  await pictures.getByRole("button", { name: "Bringing pictures: Plan…" }).click();
  await dialog.getByRole("button", { name: "Add a time" }).click();
  await dialog.getByLabel("Until").fill("2020-01-01T00:00:00");
  await dialog.getByRole("button", { name: "Save the plans" }).click();
  await dialog.getByText("It must end after it begins, and in the future.").waitFor();
  const from = await dialog.getByLabel("From").inputValue();
  await dialog.getByLabel("Until").fill(`${from.slice(0, 10)}T05:30:00`);
  await dialog.getByRole("button", { name: "Save the plans" }).click();
  await pictures.getByText(/next pause/).waitFor();
  await pictures.getByText("Running").waitFor();
  expect(await faults(page)).toEqual([]);

  // In the place of the refund's form stands when it opens again; nothing of the order is lost.
  await page.goto(`/ops/orders/${id}`);
  await page.getByRole("button", { name: "Refund…" }).click();
  await page.getByText(/Refunds and returns are not entered now.+ It opens again/).waitFor();
  expect(complaints).toEqual([]);

  for (const [work, step, body] of [["exports", "release", {}], ["refunds", "throw", { position: "serve" }], ["refunds", "release", {}]] as const) {
    const answer = await page.request.post(`/api/v1/switches/${work}/${step}`, { headers: { ...HEADERS, "Idempotency-Key": `${work}-${step}-${Date.now()}` }, data: body });
    expect(answer.status()).toBe(200);
  }
  const cleared = await page.request.put("/api/v1/switches/pictures/plans", { headers: { ...HEADERS, "Idempotency-Key": `pictures-${Date.now()}` }, data: { plans: [] } });
  expect(cleared.status()).toBe(200);
  await page.goto("/ops/settings");
  await page.getByRole("region", { name: "Exports and reports" }).getByText("Running").waitFor();
  expect((await page.request.get("/api/v1/exports/stock.csv")).status()).toBe(200);
  for (const language of ["de", "zh"]) {
    await page.evaluate((value) => localStorage.setItem("sesame.ops.language", JSON.stringify(value)), language);
    await page.setViewportSize(PHONE);
    await page.reload();
    await page.getByRole("heading", { name: language === "de" ? "Aufschiebbare Arbeit" : "可暂停的功能" }).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `wider than the screen in ${language}`).toBeLessThanOrEqual(0);
  }
  await page.context().close();
});
