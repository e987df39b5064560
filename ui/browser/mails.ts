// Mails of the shop under test, which lie in a folder and are sent to nobody.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** How long a mail may take to lie in the folder, in milliseconds. */
const MAIL_MS = 10_000;

/** Mails whose code was given already: who signs in twice within a second gets the second mail's. */
const given = new Set<string>();

/** The code to sign in with, in a mail to an address that came after `since`; each mail's once. */
export async function codeFor(email: string, since: number): Promise<string> {
  const folder = process.env.SESAME_MAILS ?? "";
  const until = Date.now() + MAIL_MS;
  while (Date.now() < until) {
    const isNew = (name: string) => name.endsWith(".eml") && !given.has(name) && statSync(join(folder, name)).mtimeMs >= since;
    const names = readdirSync(folder).filter(isNew);
    for (const name of names) {
      const mail = readFileSync(join(folder, name), "utf8");
      const code = /^Subject: .*?(\d{6})/m.exec(mail)?.[1];
      if (mail.includes(email) && code) {
        given.add(name);
        return code;
      }
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no mail to ${email} in ${folder}`);
}

/** Mails to an address whose subject says this, as many as lie in the folder. */
export function mailsTo(email: string, subject: RegExp): number {
  const folder = process.env.SESAME_MAILS ?? "";
  const mails = readdirSync(folder).filter((name) => name.endsWith(".eml"));
  const texts = mails.map((name) => readFileSync(join(folder, name), "utf8"));
  return texts.filter((text) => text.includes(email) && subject.test(/^Subject: (.*)$/m.exec(text)?.[1] ?? "")).length;
}

/** Signs a member in with a mailed code, on the page that asks who they are; who is new becomes one. */
export async function signInByCode(page: Page, email: string): Promise<void> {
  await page.locator("#email").fill(email);
  const since = Date.now() - 1_000;
  await page.locator("form[action='/account/code'] button").click();
  await page.locator("#code").fill(await codeFor(email, since));
  await page.locator("form[action='/account/code/check'] button").click();
}
