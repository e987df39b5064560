// What hub staff and dispatchers must see alike of what lies at a place: where it goes next, and what of it will be late.
import type { Answered } from "./api/answered";
import type * as api from "./api/types";

export type Hub = Answered<api.Hub>;
export type HubParcel = Answered<api.HubParcel>;
export type Direction = HubParcel["direction"];
export type DirectionKind = Direction["kind"];
export type ParcelPage = Answered<api.HubParcelList>;

/** Whether going on from here it is there later than was promised. */
export const isLate = ({ promised, expected }: HubParcel): boolean => promised !== null && expected !== null && expected > promised;

/** Where a parcel goes, by the name that stands on a gate or a cage. */
export function whereTo({ direction, carrier }: HubParcel): string {
  return direction.to || direction.line || (direction.kind === "carrier" ? carrier.name : "");
}

export type Group = {
  key: string;
  direction: Direction;
  /** Those that lie there longest first; at least one. */
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

/** What is known of what lies at a place; `isWhole` once nothing is left to be read. */
export type Lying = { parcels: HubParcel[]; isWhole: boolean };

/** What lies at a place, as far as it is known after each page; it ends with the last page, or with `most` parcels. */
export async function* readLying(ask: (cursor: string | null) => Promise<ParcelPage>, most = Number.MAX_SAFE_INTEGER): AsyncGenerator<Lying> {
  const found = new Map<string, HubParcel>();
  let cursor: string | null = null;
  do {
    const page = await ask(cursor);
    // While pages are read, parcels come and go: none stands there twice.
    for (const parcel of page.items) found.set(parcel.fulfillment, parcel);
    cursor = page.next;
    yield { parcels: [...found.values()].slice(0, most), isWhole: cursor === null && found.size <= most };
  } while (cursor !== null && found.size < most);
}
