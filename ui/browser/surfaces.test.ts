// Every surface opens without a complaint at both sizes and in both modes, on the ground that tokens.css gives it.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE, launch, openPage } from "./chromium";

const SURFACES = ["/ops", "/courier", "/hub"];
const GROUND = { light: "rgb(255, 252, 247)", dark: "rgb(23, 20, 17)" };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

for (const path of SURFACES) {
  for (const viewport of [PHONE, DESKTOP]) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`${path} at ${viewport.width} px, ${colorScheme}`, async () => {
        const { page, complaints } = await openPage(browser, { viewport, colorScheme });
        const response = await page.goto(path);
        expect(response?.status()).toBe(200);
        await page.getByText("Sesame").first().waitFor();
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(ground).toBe(GROUND[colorScheme]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, "the page is wider than the screen").toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
        await page.context().close();
      });
    }
  }
}
