// Messages on a member's devices, on a phone, in each language: turned on with a tap, shown by the service worker,
// listed on another device, let go at sign-out. A browser under test reaches no push service: what such a one gives is
// put in its place; the message itself is delivered by the browser's own tools.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "./axe";
import { launch, noOverflow, openPage, serverUrl } from "./chromium";
import { signInByCode } from "./mails";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** A subscription as a push service would give it, with the keys of RFC 8291's example. */
async function standIn(page: Page, name: string): Promise<void> {
  await page.addInitScript((endpoint) => {
    const keys = {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    };
    const made = { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => sessionStorage.removeItem("made") === undefined };
    PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("made") ? (made as unknown as PushSubscription) : null);
    PushManager.prototype.subscribe = async (options) => {
      if ((options?.applicationServerKey as Uint8Array).length !== 65) throw new Error("no key");
      sessionStorage.setItem("made", "yes");
      return made as unknown as PushSubscription;
    };
  }, `https://fcm.googleapis.com/fcm/send/${name}`);
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto("/account/sign-in?back=/account/favourites");
  await signInByCode(page, email);
  await page.waitForURL(/\/account\/favourites$/);
}

/** Has the browser deliver a message to the shop's worker, as a push service would; gives what is shown then. */
async function deliver(page: Page, data: string): Promise<{ title: string; body: string; path: string }[]> {
  const tools = await page.context().newCDPSession(page);
  const known = new Promise<string>((done) => {
    tools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first) done(first.registrationId);
    });
  });
  await tools.send("ServiceWorker.enable");
  const registrationId = await known;
  // The browser's tool promises nothing: a message to a worker that is still waking may be dropped. It is sent again until
  // it is shown; one with the same tag takes the place of the one before.
  await expect
    .poll(async () => {
      await tools.send("ServiceWorker.deliverPushMessage", { origin: serverUrl(), registrationId, data });
      return page.evaluate(async () => {
        const until = Date.now() + 2_000;
        const registration = await navigator.serviceWorker.ready;
        const shown = async (): Promise<number> => (await registration.getNotifications()).length;
        while ((await shown()) === 0 && Date.now() < until) await new Promise((done) => setTimeout(done, 50));
        return shown();
      });
    })
    .toBeGreaterThan(0);
  await tools.detach();
  return page.evaluate(async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map((one) => ({ title: one.title, body: one.body, path: (one.data as { path: string }).path }));
  });
}

const LANGUAGES = [
  { locale: "en-US", offer: "Get messages here", here: "This device gets messages." },
  { locale: "de-DE", offer: "Hier Nachrichten bekommen", here: "Dieses Gerät bekommt Nachrichten." },
  { locale: "zh-CN", offer: "在此接收消息", here: "本设备正在接收消息。" },
];

test("a member turns messages on, sees their devices, and leaves nothing behind", async () => {
  for (const { locale, offer, here } of LANGUAGES) {
    const email = `push-${locale.slice(0, 2)}-${Date.now()}@example.org`;
    const { page, complaints } = await openPage(browser, { locale, permissions: ["notifications"] });
    await standIn(page, `${email}-1`);
    await signIn(page, email);
    await page.getByRole("button", { name: offer }).click();
    await page.waitForURL(/done=push\.on/);
    await page.getByText(here).waitFor();
    expect(await page.locator(".push-on").isVisible()).toBe(false);
    if (locale === "en-US") expect(await faults(page)).toEqual([]);

    const other = await openPage(browser, { locale, permissions: ["notifications"] });
    await standIn(other.page, `${email}-2`);
    await signIn(other.page, email);
    expect(await other.page.locator("form[action='/account/devices/forget']").count()).toBe(1);
    await other.page.getByRole("button", { name: offer }).click();
    await other.page.waitForURL(/done=push\.on/);
    await page.reload();
    expect(await page.locator("form[action='/account/devices/forget']").count()).toBe(1);
    await noOverflow(page);
    // Signed out there, it is no device of theirs any more.
    await other.page.goto("/account");
    await other.page.locator("form[action='/account/sign-out'] button").click();
    await other.page.waitForURL(/\/$/);
    await page.reload();
    expect(await page.locator("form[action='/account/devices/forget']").count()).toBe(0);
    await page.locator("form[action='/account/devices/off'] button").click();
    await page.waitForURL(/done=push\.off/);
    expect(await page.getByText(here).count()).toBe(0);
    expect(complaints).toEqual([]);
    await other.page.context().close();
    await page.context().close();
  }
});

test("a message is shown, whatever it says", async () => {
  const { page } = await openPage(browser, { locale: "de-DE", permissions: ["notifications"] });
  await page.goto("/");
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const note = { title: "Die Tasche ist wieder da", body: "Für 1,65 €.", path: "/p/lunch-bag", tag: "alert-1" };
  expect(await deliver(page, JSON.stringify(note))).toEqual([{ title: note.title, body: note.body, path: note.path }]);
  await page.evaluate(async () => {
    for (const shown of await (await navigator.serviceWorker.ready).getNotifications()) shown.close();
  });
  await expect.poll(() => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).length)).toBe(0);
  const [shown] = await deliver(page, "no JSON");
  expect(shown?.body).toContain("Es gibt Neues");
  await page.context().close();
});

test("who forbade messages is told how to allow them, and who has no scripts that mails come", async () => {
  const { page } = await openPage(browser);
  await page.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "denied" }));
  await signIn(page, `push-no-${Date.now()}@example.org`);
  await page.getByText("This browser lets the shop send no messages").waitFor();
  expect(await page.locator(".push-on").isVisible()).toBe(false);
  const cookies = await page.context().storageState();
  await page.context().close();
  const plain = await openPage(browser, { javaScriptEnabled: false, storageState: cookies });
  await plain.page.goto("/account/favourites");
  await plain.page.getByText("runs no scripts").waitFor();
  expect(await plain.page.locator(".push-on").isVisible()).toBe(false);
  await plain.page.context().close();
});
