import { describe, expect, it } from "vitest";
import { choose } from "./photos";

const file = (name: string, type: string, size: number): File => ({ name, type, size }) as File;
const limits = { bytes: 100, count: 2 };

describe("choosing photos", () => {
  it("takes photos up to the count, those that are kept included", () => {
    const files = [file("a", "image/jpeg", 10), file("b", "image/png", 10), file("c", "image/webp", 10)];
    expect(choose(files, 0, limits).good).toEqual(files.slice(0, 2));
    expect(choose(files, 1, limits).wrong.map(([f, why]) => [f.name, why])).toEqual([
      ["b", "too-many"],
      ["c", "too-many"],
    ]);
  });

  it("leaves out what is too long or no photo, and takes the rest", () => {
    const files = [file("t", "text/plain", 1), file("l", "image/jpeg", 101), file("g", "image/jpeg", 100)];
    const { good, wrong } = choose(files, 0, limits);
    expect(good.map((f) => f.name)).toEqual(["g"]);
    expect(wrong.map(([, why]) => why)).toEqual(["no-picture", "too-long"]);
  });
});
