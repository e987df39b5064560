// What axe finds wrong with a page.
import axe from "axe-core";
import type { Page } from "playwright-core";

/** A line for each fault, with the element; empty when there is none. */
export async function faults(page: Page): Promise<string[]> {
  await page.evaluate(settled);
  // The screen is as tall as the page meanwhile: a bar that stays at its bottom always lies over something else, which
  // is in reach again a little further down.
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (size && height > size.height) await page.setViewportSize({ ...size, height });
  // Our pages allow no script but the server's own: it goes in by the debugger, not by an element.
  const found = await page.evaluate<{ id: string; nodes: { target: string[]; failureSummary: string }[] }[]>(
    `(async () => { const module = {}; ${axe.source}; const { violations } = await axe.run(document, { rules: { "target-size": { enabled: true } } }); return violations; })()`,
  );
  if (size) await page.setViewportSize(size);
  return found.flatMap((one) => one.nodes.map((node) => `${one.id} ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** Waits until nothing fades in or out: what is half there has half its contrast, and what is going has lost its name. */
async function settled(): Promise<void> {
  const ends = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
  const over = Promise.allSettled(ends.map(({ finished }) => finished));
  await Promise.race([over, new Promise((done) => setTimeout(done, 1_000))]);
  // What was to go is taken out by a script that has heard that the fading is over.
  await new Promise((done) => setTimeout(done, 50));
}
