import { expect, test, vi } from "vitest";
import { KeptKey, again } from "./again";
import { ApiError } from "./api";

const offline = () => new ApiError(0, "offline", "");
const refused = () => new ApiError(409, "parcel_in_round", "");

test("what may be possible in a moment is done again, and no more often than there are pauses", async () => {
  const work = vi.fn().mockRejectedValueOnce(offline()).mockRejectedValueOnce(new ApiError(503, "overloaded", "")).mockResolvedValue("done");
  expect(await again(work, [0, 0])).toBe("done");
  await expect(again(() => Promise.reject(offline()), [0, 0])).rejects.toMatchObject({ code: "offline" });
  const once = vi.fn().mockRejectedValue(refused());
  await expect(again(once, [0, 0])).rejects.toMatchObject({ code: "parcel_in_round" });
  expect([work.mock.calls.length, once.mock.calls.length]).toEqual([3, 1]);
});

test("a key lasts until the request is answered or another one is sent", () => {
  const kept = new KeptKey();
  const first = kept.of({ day: "2026-11-29" });
  kept.answered(offline());
  kept.answered(new ApiError(504, "timed_out", ""));
  expect(kept.of({ day: "2026-11-29" })).toBe(first);
  const other = kept.of({ day: "2026-11-30" });
  expect(other).not.toBe(first);
  kept.answered(refused());
  const anew = kept.of({ day: "2026-11-30" });
  expect(anew).not.toBe(other);
  kept.answered();
  expect(kept.of({ day: "2026-11-30" })).not.toBe(anew);
});
