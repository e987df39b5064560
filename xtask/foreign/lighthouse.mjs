// Lighthouse at its own default, a middling phone on a slow line, on the home page, a category, a product and a cart with
// goods of the shop whose address is given. Prints a line per page; ends with 1 when a score is below what we demand.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const LEAST = { performance: 98, accessibility: 100, "best-practices": 100, seo: 100 };
const CATEGORIES = Object.keys(LEAST);
// The cart asks search engines to leave it alone; that is all that its page lacks for them.
const MEANT = { "/cart": ["is-crawlable"] };

const shop = process.argv[2];
const cli = join(process.env.LIGHTHOUSE ?? "", "cli/index.js");

/** The home page, a category below another one and a product, as the sitemap names them, and the cart. */
async function pages() {
  const sitemap = await (await fetch(new URL("/sitemap.xml", shop))).text();
  const paths = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => new URL(address).pathname);
  const first = (pattern) => paths.find((path) => pattern.test(path));
  return ["/", first(/^\/c\/.+\/.+/), first(/^\/p\//), "/cart"].filter(Boolean);
}

/** The cookies of a visitor with an article in the cart. */
async function visitor(product) {
  const page = await fetch(new URL(product, shop));
  const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const html = await page.text();
  const field = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";
  const body = new URLSearchParams({ token: field("token"), variant: field("variant"), quantity: "1" });
  const added = await fetch(new URL("/cart/add", shop), { method: "POST", body, headers: { cookie: cookies.join("; ") }, redirect: "manual" });
  if (!(added.headers.get("location") ?? "").includes("added")) throw new Error(`nothing was put into the cart: ${added.status}`);
  return cookies.join("; ");
}

function look(path, cookie) {
  const flags = ["--quiet", "--output=json", "--output-path=stdout", `--only-categories=${CATEGORIES.join(",")}`, `--extra-headers=${JSON.stringify({ cookie })}`];
  const chrome = "--chrome-flags=--headless=new --no-sandbox --disable-gpu --no-first-run";
  const text = execFileSync(process.execPath, [cli, new URL(path, shop).href, ...flags, chrome], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(text);
}

/** A category's score in hundredths, as if audits that fail on purpose were not there. */
function score({ categories, audits }, name, meant) {
  const { auditRefs, score } = categories[name];
  if (!auditRefs.some(({ id }) => meant.includes(id))) return Math.round(score * 100);
  const counted = auditRefs.filter(({ id, weight }) => weight > 0 && !meant.includes(id) && audits[id].score !== null);
  const sum = (value) => counted.reduce((total, ref) => total + value(ref), 0);
  return Math.round((100 * sum(({ id, weight }) => weight * audits[id].score)) / sum(({ weight }) => weight));
}

const found = await pages();
let isGood = found.length === 4;
if (!isGood) console.log(`the sitemap names no category or no product: ${found.join(" ")}`);
const cookie = await visitor(found.find((path) => path.startsWith("/p/")));
for (const path of found) {
  const meant = MEANT[path] ?? [];
  const result = look(path, cookie);
  const { categories, audits } = result;
  const scores = CATEGORIES.map((name) => score(result, name, meant));
  isGood &&= scores.every((score, at) => score >= LEAST[CATEGORIES[at]]);
  const paint = audits["largest-contentful-paint"].displayValue;
  const shift = audits["cumulative-layout-shift"].displayValue;
  console.log(`${CATEGORIES.map((name, at) => `${name} ${scores[at]}`).join("  ")}  largest paint ${paint}  moved ${shift}  ${path}`);
  const missed = CATEGORIES.flatMap((name) => categories[name].auditRefs).filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9 && !meant.includes(id));
  for (const { id } of missed) {
    console.log(`  ${id}: ${audits[id].title} ${audits[id].displayValue ?? ""}`);
    for (const item of (audits[id].details?.items ?? []).slice(0, 5)) console.log(`    ${item.node?.snippet ?? item.description ?? item.url ?? item.source ?? ""}`);
  }
}
process.exitCode = isGood ? 0 : 1;
