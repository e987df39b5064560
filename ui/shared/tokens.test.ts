// Reads tokens.css as it is shipped and checks that what stands on a ground can be read, in light and in dark.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Mode = "light" | "dark";

const TEXT_MIN = 4.5; // WCAG 2.2, 1.4.3: text
const SHAPE_MIN = 3; // WCAG 2.2, 1.4.11: edges and icons that carry meaning

const plainGrounds = ["ground", "raised", "sunken"];
const tintedGrounds = ["positive-ground", "warning-ground", "danger-ground"];

const textPairs: [text: string, ground: string][] = [
  ...cross(["text", "text-quiet"], [...plainGrounds, ...tintedGrounds]),
  ...cross(["accent-text", "positive-text", "warning-text", "danger-text"], plainGrounds),
  ["positive-text", "positive-ground"],
  ["warning-text", "warning-ground"],
  ["danger-text", "danger-ground"],
  ["on-accent", "accent"],
  ["on-positive", "positive"],
  ["on-danger", "danger"],
];

const shapePairs: [shape: string, ground: string][] = cross(
  ["line-strong", "focus", "accent", "positive", "warning", "danger"],
  plainGrounds,
);

const tokens = parseTokens(readFileSync(new URL("./tokens.css", import.meta.url), "utf8"));

describe.each<Mode>(["light", "dark"])("%s", (mode) => {
  test.each(textPairs)("%s on %s can be read", (text, ground) => {
    expect(contrast(color(text, mode), color(ground, mode))).toBeGreaterThanOrEqual(TEXT_MIN);
  });
  test.each(shapePairs)("%s on %s can be seen", (shape, ground) => {
    expect(contrast(color(shape, mode), color(ground, mode))).toBeGreaterThanOrEqual(SHAPE_MIN);
  });
});

test("every text and ground token is checked against something", () => {
  const checked = new Set([...textPairs, ...shapePairs].flat());
  const exempt = ["line", "picture-ground"]; // a hairline carries no meaning; a picture is not text
  expect([...tokens.keys()].filter((name) => !checked.has(name) && !exempt.includes(name))).toEqual([]);
});

test("the contrast formula gives the known extremes", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#d9381e", "#d9381e")).toBe(1);
});

function cross(texts: string[], grounds: string[]): [string, string][] {
  return texts.flatMap((text) => grounds.map((ground): [string, string] => [text, ground]));
}

function parseTokens(css: string): Map<string, Record<Mode, string>> {
  const pattern = /--color-([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\);/g;
  const found = new Map<string, Record<Mode, string>>();
  for (const [, name, light, dark] of css.matchAll(pattern)) found.set(name!, { light: light!, dark: dark! });
  const declared = css.match(/--color-[a-z-]+:/g)?.length ?? 0;
  if (found.size !== declared) throw new Error(`${declared} color tokens declared, ${found.size} in the form light-dark(#……, #……)`);
  return found;
}

function color(name: string, mode: Mode): string {
  const token = tokens.get(name);
  if (!token) throw new Error(`no token --color-${name} in tokens.css`);
  return token[mode];
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

// Relative luminance as WCAG defines it over sRGB.
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
