// Runs: all parcels are worked on once, a run can be stopped and goes on, and a fault loses nothing.
import { expect, test } from "vitest";
import { ApiError } from "./api";
import { BATCH, drive, newRun, settled, shown, step, type Run } from "./runs";

const ids = (count: number) => Array.from({ length: count }, (_, n) => `fulfillment_${n}`);

test("work is done in batches, each parcel once and in order, each batch under a key of its own", async () => {
  const asked: string[] = [];
  const keys = new Set<string>();
  const heard: number[] = [];
  const next = (run: Run) => step(run, async (batch) => (asked.push(...batch.ids), keys.add(batch.key), {}));
  await drive(newRun(ids(2 * BATCH + 5)), next, { isStopped: () => false, hear: (run) => heard.push(settled(run)) });
  expect(asked).toEqual(ids(2 * BATCH + 5));
  expect(heard).toEqual([0, BATCH, 2 * BATCH, 2 * BATCH + 5]);
  expect(keys.size).toBe(3);
});

test("a run that is stopped ends with its batch, and goes on with the next", async () => {
  let run = newRun(ids(3 * BATCH));
  const hear = (now: Run) => (run = now);
  const asked: string[] = [];
  const next = (now: Run) => step(now, async (batch) => (asked.push(...batch.ids), {}));
  await drive(run, next, { isStopped: () => asked.length > 0, hear });
  expect([settled(run), run.error]).toEqual([BATCH, null]);
  await drive(run, next, { isStopped: () => false, hear });
  expect(settled(run)).toBe(run.total);
  expect(asked).toEqual(ids(3 * BATCH));
});

test("after a fault it stands still, and the same batch goes again under the same key", async () => {
  let run = newRun(ids(BATCH + 1));
  const hear = (now: Run) => (run = now);
  const keys: string[] = [];
  const broken = (now: Run) =>
    step(now, async ({ key }) => {
      keys.push(key);
      throw new ApiError(0, "offline", "");
    });
  await drive(run, broken, { isStopped: () => false, hear });
  expect([settled(run), (run.error as ApiError).code]).toEqual([0, "offline"]);
  await drive(run, (now) => step(now, async ({ key }) => (keys.push(key), {})), { isStopped: () => false, hear });
  expect([settled(run), run.error]).toEqual([BATCH + 1, null]);
  expect([keys.length, new Set(keys).size, keys[0] === keys[1]]).toEqual([3, 2, true]);
});

test("a run that is over makes room for what was chosen since, one that is not does not", () => {
  const begun = newRun(ids(1));
  const over = { ...begun, batches: [] };
  expect([shown(begun, true), shown(over, true), shown(over, false), shown(null, true)]).toEqual([begun, null, over, null]);
});
