// What axe finds wrong with a page.
import axe from "axe-core";
import type { Page } from "playwright-core";

/** A line for each fault, with the element; empty when there is none. */
export async function faults(page: Page): Promise<string[]> {
  // Our pages allow no script but the server's own: it goes in by the debugger, not by an element.
  const found = await page.evaluate<{ id: string; nodes: { target: string[]; failureSummary: string }[] }[]>(
    `(async () => { const module = {}; ${axe.source}; const { violations } = await axe.run(document, { rules: { "target-size": { enabled: true } } }); return violations; })()`,
  );
  return found.flatMap((one) => one.nodes.map((node) => `${one.id} ${node.target.join(" ")}: ${node.failureSummary}`));
}
