// A piece of the map on the screen: degrees to pixels and back in scale. A city is small enough to be flat.
import type { Position } from "../api/types";

/** Pixels per degree of latitude, how much narrower a degree of longitude is, and where 0/0 lies. */
export type View = { scale: number; narrow: number; x: number; y: number };
export type Size = { width: number; height: number };

const MARGIN = 40;
/** What the map's buttons take at its right. */
const BUTTONS = 64;
/** A single point is shown with about this much around it, in degrees. */
const SPAN_MIN = 0.01;
const METERS_PER_DEGREE = 111_320;
/** So that nobody zooms out to a dot or in to nothing: about 100 km and 10 m across a phone. */
const SCALE_MIN = 400;
const SCALE_MAX = 4_000_000;

/** All points with a margin around them. */
export function fitted(points: readonly Position[], { width, height }: Size): View {
  const [south, north] = range(points.map(({ latitude }) => latitude));
  const [west, east] = range(points.map(({ longitude }) => longitude));
  const narrow = Math.max(0.01, Math.cos((((south + north) / 2) * Math.PI) / 180));
  const free = width - BUTTONS;
  const room = { width: Math.max(1, free - 2 * MARGIN), height: Math.max(1, height - 2 * MARGIN) };
  const scale = Math.min(room.width / Math.max(SPAN_MIN, (east - west) * narrow), room.height / Math.max(SPAN_MIN, north - south));
  return { scale, narrow, x: free / 2 - ((west + east) / 2) * narrow * scale, y: height / 2 + ((south + north) / 2) * scale };
}

const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

export function onScreen({ scale, narrow, x, y }: View, { latitude, longitude }: Position): { x: number; y: number } {
  return { x: x + longitude * narrow * scale, y: y - latitude * scale };
}

/** Closer or farther, with what lies at `at` staying there. */
export function zoomed(view: View, factor: number, at: { x: number; y: number }): View {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, view.scale * factor));
  const by = scale / view.scale;
  return { ...view, scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

export const metersPerPixel = ({ scale }: View): number => METERS_PER_DEGREE / scale;

/** A round length that is 50 to 125 pixels long. */
export function scaleBar(perPixel: number): { meters: number; pixels: number } {
  const most = perPixel * 125;
  const power = 10 ** Math.floor(Math.log10(most));
  const meters = [5, 2, 1].map((step) => step * power).find((length) => length <= most) ?? power;
  return { meters, pixels: meters / perPixel };
}

/** Pixels from one sign to the next where several would lie on each other. */
const APART = 28;

/** Signs that would lie on one pixel, such as doors of which only the town is known, lie around it in a ring instead. */
export function apart<Sign extends { x: number; y: number }>(signs: readonly Sign[]): Sign[] {
  const rings = new Map<string, Sign[]>();
  const ringOf = ({ x, y }: Sign): Sign[] => {
    const place = `${Math.round(x)} ${Math.round(y)}`;
    const ring = rings.get(place) ?? [];
    rings.set(place, ring);
    return ring;
  };
  for (const sign of signs) ringOf(sign).push(sign);
  return signs.map((sign) => {
    const ring = ringOf(sign);
    if (ring.length < 2) return sign;
    const angle = (2 * Math.PI * ring.indexOf(sign)) / ring.length;
    const radius = APART / 2 / Math.sin(Math.PI / ring.length);
    return { ...sign, x: sign.x + radius * Math.cos(angle), y: sign.y + radius * Math.sin(angle) };
  });
}
