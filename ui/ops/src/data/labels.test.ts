// Labels in batches: nothing is lost, nothing is printed twice, and what cannot be printed is said.
import { expect, test } from "vitest";
import { ApiError } from "./api";
import { labelsPrinted, newRun, step, type Run } from "./labels";
import { BATCH, settled } from "./runs";

const ids = (count: number) => Array.from({ length: count }, (_, n) => `fulfillment_${n}`);
const file = async () => new Blob(["label"]);

async function all(run: Run, ask: Parameters<typeof step>[1]): Promise<Run> {
  let now = run;
  while (now.batches.length > 0 && now.error === null) now = await step(now, ask);
  return now;
}

test("many labels are printed in batches, each once and in order", async () => {
  const asked: string[] = [];
  const run = await all(newRun(ids(2 * BATCH + 5), "zpl"), (batch) => (asked.push(...batch), file()));
  expect(asked).toEqual(ids(2 * BATCH + 5));
  expect(run.printed.map(({ first, last }) => [first, last])).toEqual([[1, BATCH], [BATCH + 1, 2 * BATCH], [2 * BATCH + 1, 2 * BATCH + 5]]);
  expect(settled(run)).toBe(run.total);
});

test("what cannot be printed is taken out under another key, the others are printed", async () => {
  const keys: string[] = [];
  const run = await all(newRun(ids(5), "pdf"), async (batch, key) => {
    keys.push(key);
    const bad = batch.filter((id) => id.endsWith("1") || id.endsWith("3"));
    if (bad.length > 0) throw new ApiError(409, "labels_refused", "", { refused: bad.map((fulfillment) => ({ fulfillment, why: "canceled" })) });
    return file();
  });
  expect(run.refused.map(({ fulfillment }) => fulfillment)).toEqual(["fulfillment_1", "fulfillment_3"]);
  expect([labelsPrinted(run), settled(run), new Set(keys).size]).toEqual([3, 5, 2]);
  const none = await all(newRun(ids(1), "pdf"), async () => {
    throw new ApiError(409, "labels_refused", "", { refused: [{ fulfillment: "fulfillment_0", why: "delivered" }] });
  });
  expect([none.printed.length, none.batches.length, none.error]).toEqual([0, 0, null]);
});

test("after a fault it goes on under the same key", async () => {
  const keys: string[] = [];
  const broken = await all(newRun(ids(3), "pdf"), async (_, key) => {
    keys.push(key);
    throw new ApiError(0, "offline", "");
  });
  expect([broken.batches.length, (broken.error as ApiError).code]).toEqual([1, "offline"]);
  const run = await all({ ...broken, error: null }, (_, key) => (keys.push(key), file()));
  expect(keys[0]).toBe(keys[1]);
  expect(labelsPrinted(run)).toBe(3);
});
