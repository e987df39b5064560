// Lighthouse at its own default, a middling phone on a slow line, on the home page, a category and a product of the shop
// whose address is given. Prints a line per page; ends with 1 when a score is below what we demand.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const LEAST = 95;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const shop = process.argv[2];
const cli = join(process.env.LIGHTHOUSE ?? "", "cli/index.js");

/** The home page, a category below another one and a product, as the sitemap names them. */
async function pages() {
  const sitemap = await (await fetch(new URL("/sitemap.xml", shop))).text();
  const paths = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => new URL(address).pathname);
  const first = (pattern) => paths.find((path) => pattern.test(path));
  return ["/", first(/^\/c\/.+\/.+/), first(/^\/p\//)].filter(Boolean);
}

function look(path) {
  const flags = ["--quiet", "--output=json", "--output-path=stdout", `--only-categories=${CATEGORIES.join(",")}`];
  const chrome = "--chrome-flags=--headless=new --no-sandbox --disable-gpu --no-first-run";
  const text = execFileSync(process.execPath, [cli, new URL(path, shop).href, ...flags, chrome], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(text);
}

const found = await pages();
let isGood = found.length === 3;
if (!isGood) console.log(`the sitemap names no category or no product: ${found.join(" ")}`);
for (const path of found) {
  const { categories, audits } = look(path);
  const scores = CATEGORIES.map((name) => Math.round(categories[name].score * 100));
  isGood &&= scores.every((score) => score >= LEAST);
  const paint = audits["largest-contentful-paint"].displayValue;
  console.log(`${CATEGORIES.map((name, at) => `${name} ${scores[at]}`).join("  ")}  largest paint ${paint}  ${path}`);
  const missed = CATEGORIES.flatMap((name) => categories[name].auditRefs).filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9);
  for (const { id } of missed) console.log(`  ${id}: ${audits[id].title} ${audits[id].displayValue ?? ""}`);
}
process.exitCode = isGood ? 0 : 1;
