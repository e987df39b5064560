// Where the phone is, if it may say so. A stop's screen asks beforehand, so that "delivered" never waits for it.
import type { Fix, Point } from "./wire";

/** An older place says nothing about a door. */
const FRESH_MS = 60_000;
const PATIENCE_MS = 20_000;
const PRECISE: PositionOptions = { enableHighAccuracy: true, maximumAge: 10_000, timeout: PATIENCE_MS };

let last: { fix: Fix; at: number } | undefined;

function seen({ coords }: GeolocationPosition): void {
  last = { fix: { latitude: coords.latitude, longitude: coords.longitude, accuracy_meters: Math.round(coords.accuracy) }, at: Date.now() };
}

export function lastFix(now: number): Fix | undefined {
  return last && now - last.at <= FRESH_MS ? last.fix : undefined;
}

/** Looks once; who does not allow it is not asked for a reason. */
export function look(): void {
  navigator.geolocation?.getCurrentPosition(seen, () => undefined, PRECISE);
}

/** Follows the phone until the returned function is called. `told` hears null when it may not or cannot. */
export function follow(told: (point: Point | null) => void): () => void {
  const { geolocation } = navigator;
  if (!geolocation) {
    told(null);
    return () => undefined;
  }
  const watch = geolocation.watchPosition(
    (position) => {
      seen(position);
      told(last!.fix);
    },
    () => told(null),
    PRECISE,
  );
  return () => geolocation.clearWatch(watch);
}
