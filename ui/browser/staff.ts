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
