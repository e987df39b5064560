import { chromium } from "playwright-core";
const url = process.env.URL, password = process.env.PW, token = process.env.TOKEN, out = "/tmp/shots";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const api = (method, path, body) => fetch(url + "/api/v1" + path, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: body && JSON.stringify(body) }).then(async (r) => console.log(method, path, r.status, (await r.text()).slice(0, 300)));
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
async function console_(name, size, colorScheme) {
  const c = await browser.newContext({ baseURL: url, viewport: sizes[size], colorScheme, locale: "de-DE" });
  const p = await c.newPage();
  p.on("console", (m) => m.type() === "error" && console.log("console:", m.text()));
  await p.goto("/ops");
  await p.locator("input[type=email]").fill("owner@shop.local");
  await p.locator("input[type=password]").fill(password);
  await p.locator("button[type=submit]").click();
  await p.waitForTimeout(1500);
  await p.goto("/ops/settings");
  await p.waitForTimeout(2000);
  await p.screenshot({ path: `${out}/console-${name}-${size}-${colorScheme}.png` });
  console.log(name, size, await p.evaluate(() => document.documentElement.scrollWidth - innerWidth));
  if (name === "closed") {
    await p.getByRole("button", { name: /Warteraum öffnen/ }).first().click();
    await p.waitForTimeout(600);
    await p.screenshot({ path: `${out}/console-form-${size}-${colorScheme}.png` });
  }
  await c.close();
}
await console_("closed", "phone", "light");
await api("POST", "/admission/room", { campaign: "Singles' Day 11.11.", order: "first_come", per_minute: 60 });
for (let i = 0; i < 1500; i++) await fetch(url + "/p/x");
for (const [lang, size, colorScheme] of [["de-DE", "phone", "light"], ["zh-CN", "phone", "dark"], ["en-US", "desktop", "light"], ["de-DE", "desktop", "dark"]]) {
  const c = await browser.newContext({ baseURL: url, viewport: sizes[size], colorScheme, locale: lang });
  const p = await c.newPage();
  p.on("console", (m) => m.type() === "error" && console.log("console:", m.text()));
  await p.goto("/search?q=lunch");
  await p.waitForTimeout(500);
  await p.screenshot({ path: `${out}/wait-${lang}-${size}-${colorScheme}.png` });
  console.log(lang, size, await p.evaluate(() => document.documentElement.scrollWidth - innerWidth), await p.locator("[data-line]").innerText());
  await c.close();
}
await console_("open", "phone", "dark");
await console_("open", "desktop", "light");
await api("DELETE", "/admission/room");
await api("POST", "/admission/room", { campaign: "Los", order: "lottery", opens_at: Date.now() + 600000 });
const c = await browser.newContext({ baseURL: url, viewport: sizes.phone, locale: "de-DE" });
const p = await c.newPage();
await p.goto("/"); await p.waitForTimeout(300);
await p.screenshot({ path: `${out}/wait-lottery.png` });
await browser.close();
await api("DELETE", "/admission/room");
