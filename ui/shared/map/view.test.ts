import { expect, test } from "vitest";
import { apart, fitted, onScreen, scaleBar, zoomed } from "./view";

const SIZE = { width: 390, height: 600 };
const HAMBURG = [{ latitude: 53.55, longitude: 9.93 }, { latitude: 53.58, longitude: 10.01 }];

test("all points are in sight, north above, east at the right", () => {
  const [a, b] = HAMBURG.map((point) => onScreen(fitted(HAMBURG, SIZE), point)) as [{ x: number; y: number }, { x: number; y: number }];
  expect(a.x).toBeLessThan(b.x);
  expect(a.y).toBeGreaterThan(b.y);
  for (const { x, y } of [a, b]) expect(x > 0 && x < SIZE.width && y > 0 && y < SIZE.height).toBe(true);
});

test("a single point lies in the middle of what the buttons leave free", () => {
  const { x, y } = onScreen(fitted(HAMBURG.slice(0, 1), SIZE), HAMBURG[0]!);
  expect([Math.round(x), Math.round(y)]).toEqual([163, 300]);
});

test("what lies under the fingers stays there, in both directions and at the ends", () => {
  let view = fitted(HAMBURG, SIZE);
  const at = onScreen(view, HAMBURG[0]!);
  for (const factor of [2, 1000, 1e-9]) {
    view = zoomed(view, factor, at);
    const now = onScreen(view, HAMBURG[0]!);
    expect(now.x).toBeCloseTo(at.x, 3);
    expect(now.y).toBeCloseTo(at.y, 3);
  }
});

test("the scale is round", () => {
  expect(scaleBar(10)).toEqual({ meters: 1000, pixels: 100 });
  expect(scaleBar(1.7).meters).toBe(200);
});

test("what would lie on one point lies apart around it, everything else stays", () => {
  const alone = { x: 10, y: 10, name: "alone" };
  const there = [1, 2, 3].map((number) => ({ x: 100.2, y: 100, name: `door ${number}` }));
  const [first, ...ring] = apart([alone, ...there]);
  expect(first).toEqual(alone);
  const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);
  expect([[0, 1], [1, 2], [0, 2]].map(([a, b]) => Math.round(distance(ring[a!]!, ring[b!]!)))).toEqual([28, 28, 28]);
  expect(new Set(ring.map((sign) => Math.round(distance(sign, there[0]!)))).size).toBe(1);
});
