// What every browser test stands on: Debian's Chromium, the server under test, the sizes of LOOK, and a page that
// fails its test when a script threw or the console complained.
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

/** Address of the server under test, without a slash at its end. */
export function serverUrl(): string {
  const url = process.env.SESAME_URL;
  if (!url) throw new Error("SESAME_URL is not set: `cargo xtask test --only browser` starts a server and sets it");
  return url.replace(/\/$/, "");
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.SESAME_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Opens a page in a fresh profile; `complaints` collects script errors and console errors for the test to check. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ baseURL: serverUrl(), viewport: PHONE, locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  return { page, complaints };
}
