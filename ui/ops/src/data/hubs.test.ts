// How full places are, in which order they stand, and what lies at one of them.
import { parcel } from "@sesame/shared/hub-sample";
import { grouped, type Hub, type ParcelPage } from "@sesame/shared/hubs";
import { expect, test } from "vitest";
import { LYING_MAX, barOf, byLoad, findLying, lyingAt } from "./hubs";

const hub = (name: string, parcels: number): Hub => ({ id: name, code: name, name, parcels });

test("the fullest place stands first, and all together are a sum", () => {
  const hubs = [hub("Mitte", 0), hub("Altona", 3), hub("Bremen", 12), hub("Aachen", 0)];
  expect(byLoad(hubs).map(({ name }) => name)).toEqual(["Bremen", "Altona", "Aachen", "Mitte"]);
  expect(hubs[0]!.name, "the answer stays as it is").toBe("Mitte");
  expect(lyingAt(hubs)).toBe(15);
  expect(lyingAt([])).toBe(0);
});

test.each([
  [0, 10, 0],
  [10, 10, 100],
  [5, 10, 50],
  [1, 10_000, 1],
])("of %d beside %d the bar is %d percent long", (count, most, percent) => {
  expect(barOf(count, most)).toBe(percent);
});

/** A place where so many parcels lie, in pages of 200, every third on another line. */
const place = (parcels: number) => async (cursor: string | null): Promise<ParcelPage> => {
  const from = Number(cursor ?? 0);
  const until = Math.min(from + 200, parcels);
  const items = Array.from({ length: until - from }, (_, at) => parcel(`n${from + at}`, (from + at) % 3 === 0 ? { line: "L3", to: "Bremen" } : {}, { promised: 1, expected: (from + at) % 2 }));
  return { items, next: until < parcels ? String(until) : null };
};

test("all that lies at a place is read, and one hears how far that is", async () => {
  const heard: number[] = [];
  const found = await findLying(place(450), (count) => heard.push(count));
  expect([heard, found.parcels.length, found.isWhole]).toEqual([[200, 400, 450], 450, true]);
  expect(grouped(found.parcels).map(({ direction, parcels, late }) => [direction.to, parcels.length, late])).toEqual([["Frankfurt", 300, 0], ["Bremen", 150, 0]]);
});

test("of very many the first are read, and that there are more is known", async () => {
  const heard: number[] = [];
  const found = await findLying(place(LYING_MAX + 1), (count) => heard.push(count));
  expect([heard.length, found.parcels.length, found.isWhole]).toEqual([10, LYING_MAX, false]);
  expect((await findLying(place(LYING_MAX), () => undefined)).isWhole).toBe(true);
});

test("what broke off is an error, not a part", async () => {
  const ask = (cursor: string | null) => (cursor === "200" ? Promise.reject(new Error("gone")) : place(450)(cursor));
  await expect(findLying(ask, () => undefined)).rejects.toThrow("gone");
});
