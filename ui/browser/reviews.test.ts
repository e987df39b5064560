// A buyer reviews an article with a photo, in scripts of either direction and with markup that must stay text; the shop
// rejects and shows it; then what was looked at before, on the device alone, and what is bought together.
import { deflateSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { DESKTOP, buy, launch, noOverflow, openPage, signIn } from "./chromium";
import { handOver } from "./staff";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const TEXT = "<script>document.title='gone'</script>\nممتاز جدا 👩‍👩‍👧 好用\u202e";

/** A picture that no file is needed for: a PNG of one color. */
function png(side: number): Buffer {
  const crc = (bytes: Buffer): number => {
    let sum = ~0;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
    return ~sum >>> 0;
  };
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(side * 3, 0x9c)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const sign = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([sign, chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

const LANGUAGES = [
  { locale: "en-US", tag: "en", write: "Write a review", waits: "Somebody of the shop reads it", bought: "Bought here" },
  { locale: "de-DE", tag: "de", write: "Bewertung schreiben", waits: "Jemand aus dem Shop liest sie", bought: "Hier gekauft" },
  { locale: "zh-CN", tag: "zh", write: "写评价", waits: "本店人员阅读后", bought: "本店购买" },
];

test("a buyer reviews with a photo, the shop looks at it, everybody sees it", async () => {
  const staff = await openPage(browser, { viewport: DESKTOP });
  await signIn(staff.page);
  for (const { locale, tag, write, waits, bought } of LANGUAGES) {
    const email = `review-${tag}@example.org`;
    const order = await buy(staff.page, `Reviewer ${tag}`, { email });
    const shopper = await openPage(browser, { locale });
    const { page } = shopper;
    await page.goto("/find-order");
    await page.locator("#number").fill(order);
    await page.locator("#email").fill(email);
    await page.locator("form[action='/find-order'] button").click();
    await page.waitForURL(/\/orders\/group_/);
    expect(await page.locator(".review-link").count(), "nothing has arrived yet").toBe(0);
    await handOver(staff.page, order);
    await page.reload();
    await page.getByRole("link", { name: write }).click();
    await noOverflow(page);
    if (tag === "en") expect(await faults(page)).toEqual([]);

    // A file that is no picture is named, and nothing that was typed is lost.
    await page.locator("label[for=stars-4]").click();
    await page.locator("#review-text").fill(TEXT);
    await page.locator("#review-name").fill("Ada L.");
    await page.locator("#photos").setInputFiles([
      { name: "photo.png", mimeType: "image/png", buffer: png(400) },
      { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") },
    ]);
    await page.locator("form[enctype] button[type=submit]").click();
    await page.locator(".notice-bad").waitFor();
    expect(await page.locator("#review-text").inputValue()).toContain("ممتاز");
    expect(await page.locator(".thumbs:not([data-previews]) img").count()).toBe(1);
    await page.locator("form[enctype] button[type=submit]").click();
    await page.getByText(waits).waitFor();
    const small = (await page.locator(".thumbs:not([data-previews]) img").getAttribute("src")) ?? "";
    expect((await page.request.get(small)).headers()["content-type"]).toBe("image/webp");

    // Nobody else sees it yet; the shop does.
    const queue = await (await staff.page.request.get("/api/v1/reviews")).json();
    const review = queue.items.find((one: { text: string; language: string }) => one.language === tag);
    expect(review.text).toBe(TEXT.replace("\u202e", ""));
    const photo = `/reviews/${review.id}/photo/${review.photos[0]}/small`;
    expect((await page.request.get(photo)).status()).toBe(404);
    await staff.page.goto("/ops/reviews");
    const card = staff.page.getByRole("article").filter({ hasText: "Ada L." }).first();
    if (tag === "en") {
      await card.getByRole("button", { name: "Reject" }).click();
      await staff.page.getByRole("dialog").getByLabel("Reason").fill("Please say more");
      await staff.page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
      await staff.page.getByText("No review waits").waitFor();
      await page.reload();
      await page.getByText("Please say more").waitFor();
      await page.locator("#review-title").fill("Good");
      await page.locator("form[enctype] button[type=submit]").click();
      await page.getByText(waits).waitFor();
      await staff.page.goto("/ops/reviews");
    }
    await card.getByRole("button", { name: "Show it" }).click();
    await staff.page.getByText("No review waits").waitFor();

    await page.goto(`/p/${review.product_handle}`);
    const shown = page.locator(".review").filter({ hasText: "ممتاز" }).first();
    await shown.getByText(bought).waitFor();
    expect(await shown.locator(".review-text").innerText()).toContain("<script>");
    expect(await page.title()).not.toBe("gone");
    expect((await page.request.get(photo)).status()).toBe(200);
    await noOverflow(page);
    // The photo large, and small again with the keyboard.
    await page.locator(".review-photos a").first().click();
    await page.locator("dialog.gallery img").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.gallery").waitFor({ state: "detached" });
    await shown.locator("form[action$='/helpful'] button").click();
    await page.waitForURL(/done=helpful/);
    await noOverflow(page);
    if (tag === "en") expect(await faults(page)).toEqual([]);
    await page.locator(".rating-bars a").nth(1).click();
    await page.waitForURL(/stars=4/);
    await page.locator(".review").first().waitFor();
    expect(shopper.complaints.filter((text) => !text.includes("422"))).toEqual([]);
    await page.context().close();
  }
  expect(staff.complaints).toEqual([]);
  await staff.page.context().close();
});

test("what was looked at stays on the device, moves nothing, and can be forgotten", async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto("/search?q=lunch");
  const links = await page.locator(".cards a").evaluateAll((all) => all.slice(0, 2).map((a) => a.getAttribute("href") ?? ""));
  for (const link of links) await page.goto(link);
  const cards = page.locator(".recent .cards a");
  await cards.first().waitFor();
  expect(await cards.count()).toBe(1);
  await page.goto("/");
  await cards.nth(1).waitFor();
  const height = await page.locator(".recent").evaluate((section) => section.getBoundingClientRect().height);
  await page.locator(".recent button").click();
  await page.locator(".recent .recent-none").waitFor();
  expect(await page.locator(".recent").evaluate((section) => section.getBoundingClientRect().height)).toBe(height);
  await page.reload();
  expect(await cards.count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
  const quiet = await openPage(browser, { extraHTTPHeaders: { "Sec-GPC": "1" } });
  await quiet.page.goto("/");
  expect(await quiet.page.locator(".recent").count()).toBe(0);
  await quiet.page.context().close();
});

test("what is bought together is offered beside each other", async () => {
  const staff = await openPage(browser, { viewport: DESKTOP });
  await signIn(staff.page);
  for (let n = 0; n < 3; n += 1) await buy(staff.page, `Pair ${n}`, { articles: 2 });
  // Others buy something else: what everybody buys would be no pair.
  for (let n = 0; n < 4; n += 1) await buy(staff.page, `Single ${n}`, { skip: 2 });
  const { page, complaints } = await openPage(browser);
  const products = await (await staff.page.request.get("/api/v1/products?limit=2&status=active")).json();
  const product = await (await staff.page.request.get(`/api/v1/products/${products.items[0].id}`)).json();
  await expect
    .poll(async () => {
      await page.goto(`/p/${product.handle}`);
      return page.locator(".together .cards a").count();
    }, { timeout: 10_000 })
    .toBeGreaterThan(0);
  await page.getByRole("heading", { name: "Often bought together" }).waitFor();
  await noOverflow(page);
  await page.locator("#buy button[type=submit]:not([formaction])").first().evaluate((button) => (button as HTMLButtonElement).form?.requestSubmit());
  await page.waitForURL(/\/cart/);
  await page.getByRole("heading", { name: "Often bought with these" }).waitFor();
  await noOverflow(page);
  expect(complaints).toEqual([]);
  await page.context().close();
  await staff.page.context().close();
});
