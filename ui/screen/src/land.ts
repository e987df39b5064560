// Outlines of countries out of a TopoJSON file (Natural Earth, public domain), and the map's projection.

/** Longitude and latitude in degrees. */
export type Degrees = [number, number];
export type Ring = Degrees[];
export type Country = { name: string; rings: Ring[] };

type Topology = {
  transform: { scale: [number, number]; translate: [number, number] };
  arcs: [number, number][][];
  objects: Record<string, { geometries: Geometry[] }>;
};
type Geometry = { type: string; arcs?: number[][] | number[][][]; properties?: { name?: string } };

/** The countries of a file, each as the outer rings of its parts. */
export function countriesOf(file: Topology): Country[] {
  const { scale, translate } = file.transform;
  const arcs = file.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): Degrees => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  // A negative index is an arc walked backwards; neighbors share the point where they meet.
  const ringOf = (indexes: number[]): Ring =>
    indexes.flatMap((index, place) => {
      const arc = index < 0 ? [...arcs[~index]!].reverse() : arcs[index]!;
      return place === 0 ? arc : arc.slice(1);
    });
  return file.objects.countries!.geometries.map((geometry) => {
    const polygons = geometry.type === "Polygon" ? [geometry.arcs as number[][]] : ((geometry.arcs ?? []) as number[][][]);
    return { name: geometry.properties?.name ?? "", rings: polygons.map((polygon) => ringOf(polygon[0] ?? [])) };
  });
}

/** Twice the area of a ring in square degrees, whichever way it runs. */
function areaOf(ring: Ring): number {
  let sum = 0;
  ring.forEach(([x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length]!;
    sum += x * nextY - nextX * y;
  });
  return Math.abs(sum);
}

/** The middle of a ring's frame, and the frame's diagonal. */
function middleOf(ring: Ring): [number, number, number] {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return [(left + right) / 2, (bottom + top) / 2, Math.hypot(right - left, top - bottom)];
}

/** The parts of a country that a map is made for: not the islands on the other side of the world. */
export function mainland(country: Country): Ring[] {
  const largest = country.rings.reduce((best, ring) => (areaOf(ring) > areaOf(best) ? ring : best));
  const [x, y, reach] = middleOf(largest);
  return country.rings.filter((ring) => {
    const [ringX, ringY] = middleOf(ring);
    return areaOf(ring) >= areaOf(largest) * 0.02 && Math.hypot(ringX - x, ringY - y) <= reach * 0.75;
  });
}

/** Names of Natural Earth that are not those of `Intl`. */
const OTHER_NAMES: Record<string, string> = {
  US: "United States of America", BA: "Bosnia and Herz.", CZ: "Czechia", MK: "Macedonia", TR: "Turkey", DO: "Dominican Rep.", CD: "Dem. Rep. Congo", CI: "Côte d'Ivoire", HK: "Hong Kong", MM: "Myanmar",
};

/** The country of a code such as DE. */
export function countryOf(countries: Country[], code: string): Country | undefined {
  const name = OTHER_NAMES[code] ?? new Intl.DisplayNames("en", { type: "region", fallback: "code" }).of(code);
  return countries.find((country) => country.name === name);
}

export type Projection = (degrees: Degrees) => [number, number];

const mercator = (latitude: number) => Math.log(Math.tan(Math.PI / 4 + (Math.max(-84, Math.min(84, latitude)) * Math.PI) / 360));

/** Mercator, so that these rings fill a field of this size but for a margin, all in pixels. */
export function fit(rings: Ring[], width: number, height: number, margin: number): Projection {
  const points = rings.flat();
  const xs = points.map(([x]) => (x * Math.PI) / 180);
  const ys = points.map(([, y]) => mercator(y));
  const range = (all: number[]) => [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity)] as const;
  const [[left, right], [bottom, top]] = [range(xs), range(ys)];
  const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (top - bottom || 1));
  const [middleX, middleY] = [(left + right) / 2, (bottom + top) / 2];
  return ([x, y]) => [width / 2 + ((x * Math.PI) / 180 - middleX) * scale, height / 2 - (mercator(y) - middleY) * scale];
}
