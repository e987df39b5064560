// What a hub's phone asks the server.
import { put, queryString, read } from "@sesame/shared/api/client";
import { whole } from "@sesame/shared/phone/line";
import type { Line } from "./sender";
import type { Hub, ParcelPage, ScansAnswer } from "./wire";

/** Parcels in one answer. */
const PAGE = 100;

export const line: Line = {
  scans: (place, scans) => whole((signal) => put<ScansAnswer | null>("POST", `/hubs/${place}/scans`, { scans }, signal)),
};

export const askHubs = () => whole((signal) => read<{ hubs: Hub[] } | null>("/hubs", signal));
export const askParcels = (place: string, cursor: string | null) => whole((signal) => read<ParcelPage | null>(`/hubs/${place}/parcels${queryString({ limit: PAGE, cursor })}`, signal));
