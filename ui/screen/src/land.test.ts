import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { countriesOf, countryOf, fit, mainland } from "./land";

const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
const countries = countriesOf(JSON.parse(readFileSync(file, "utf8")));

test.each(["DE", "AT", "CH", "CN", "US", "GB", "FR", "NL", "PL", "IT", "ES", "JP", "KR", "BR", "IN", "CZ", "TR"])("%s is on the map", (code) => {
  const country = countryOf(countries, code);
  expect(country?.rings.flat().length).toBeGreaterThan(10);
});

test("a country fills its field, with its cities where they are", () => {
  const germany = countryOf(countries, "DE")!;
  const project = fit(mainland(germany), 800, 1000, 50);
  const points = mainland(germany).flat().map(project);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  expect(Math.min(...ys)).toBeGreaterThanOrEqual(49);
  expect(Math.max(...ys)).toBeLessThanOrEqual(951);
  expect(Math.min(...xs)).toBeGreaterThanOrEqual(49);
  const [hamburg, munich, berlin] = [project([10, 53.55]), project([11.58, 48.14]), project([13.4, 52.52])];
  expect(hamburg[1]).toBeLessThan(munich[1]);
  expect(berlin[0]).toBeGreaterThan(hamburg[0]);
});

test("far islands don't shrink the mainland", () => {
  const france = mainland(countryOf(countries, "FR")!).flat();
  expect(Math.min(...france.map(([x]) => x))).toBeGreaterThan(-10);
});
