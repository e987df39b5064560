// What operators do for a test by the interface alone.
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { PHONE, openPage } from "./chromium";

export const HEADERS = { "X-Sesame-Console": "1" };
/** Who approves what the owner prepared. */
export const SECOND = { email: "second@shop.local", name: "Second", role: "staff", password: "a-second-person" };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Midnight so many days from now, as campaigns take it. */
export const midnight = (days: number) => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)}T00:00:00`;

/** A page whose requests are an operator's. */
export async function operator(browser: Browser, email: string, password: string): Promise<Page> {
  const { page } = await openPage(browser, { viewport: PHONE });
  const answer = await page.request.post("/api/v1/session", { headers: HEADERS, data: { email, password } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return page;
}

export async function write(page: Page, path: string, data: unknown) {
  const answer = await page.request.post(`/api/v1${path}`, { headers: { ...HEADERS, "Idempotency-Key": `${path}-${Date.now()}` }, data });
  return { status: answer.status(), body: await answer.json() };
}

/** Hands an order over, all the way to the door. */
export async function handOver(page: Page, order: string): Promise<void> {
  const found = await (await page.request.get(`/api/v1/orders/${order}`)).json();
  for (const step of ["pick", "pack", "ship", "deliver"]) {
    const data = step === "ship" ? { carrier: "DHL" } : {};
    const answer = await page.request.post(`/api/v1/fulfillments/${found.fulfillments[0].id}/${step}`, { headers: HEADERS, data });
    expect(answer.status(), await answer.text()).toBeLessThan(300);
  }
}

/** A point for each ten cents, worth five; half of the goods at most. */
const PROGRAM = { currency: "EUR", spend_per_point: 10, worth: 5, share_max_ppm: 500_000, points_min: 0, expires_after_days: 0 };

/** Switches members' points on or off. */
export async function setPoints(page: Page, active: boolean): Promise<void> {
  const answer = await page.request.put("/api/v1/points/program", { headers: { ...HEADERS, "Idempotency-Key": `points-${Date.now()}` }, data: { ...PROGRAM, active } });
  expect(answer.status(), await answer.text()).toBe(200);
}
