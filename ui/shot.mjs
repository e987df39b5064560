import { chromium } from "playwright-core";
const [,, url, out, w = "1920", h = "1080", path = "/screen", wait = "4000", scale = "1"] = process.argv;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ baseURL: url, viewport: { width: +w, height: +h }, locale: process.env.LOC ?? "en-US", deviceScaleFactor: +scale });
const page = await context.newPage();
page.on("console", (m) => console.log("console:", m.text()));
page.on("pageerror", (e) => console.log("error:", e.message));
if (process.env.PW) {
  const r = await page.request.post("/api/v1/session", { headers: { "X-Sesame-Console": "1" }, data: { email: "owner@shop.local", password: process.env.PW } });
  console.log(r.status());
}
await page.goto(path);
await page.waitForTimeout(+wait);
await page.screenshot({ path: out });
await browser.close();
