// What lies at a place, by where it goes next.
import { isLate } from "./verdict";
import type { Direction, HubParcel } from "./wire";

export type Group = {
  key: string;
  direction: Direction;
  /** Those that lie there longest first. */
  parcels: HubParcel[];
  late: number;
};

/** By when they leave, the next first; what leaves at no known time behind. */
export function grouped(parcels: readonly HubParcel[]): Group[] {
  const groups = new Map<string, Group>();
  for (const parcel of parcels) {
    const { direction } = parcel;
    const key = [direction.kind, direction.line, direction.to].join("\n");
    const group = groups.get(key) ?? { key, direction, parcels: [], late: 0 };
    // Parcels of one line may make different departures: what leaves first says how much time there is.
    const leaves = earlier(group.direction.leaves, direction.leaves);
    group.parcels.push(parcel);
    groups.set(key, { ...group, direction: { ...direction, leaves }, late: group.late + (isLate(parcel) ? 1 : 0) });
  }
  const since = (parcel: HubParcel) => parcel.since ?? Number.MAX_SAFE_INTEGER;
  const leaves = (group: Group) => group.direction.leaves ?? Number.MAX_SAFE_INTEGER;
  const sorted = [...groups.values()].map((group) => ({ ...group, parcels: group.parcels.sort((a, b) => since(a) - since(b)) }));
  return sorted.sort((a, b) => leaves(a) - leaves(b) || b.parcels.length - a.parcels.length);
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
