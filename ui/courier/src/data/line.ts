// What a courier's phone asks the server.
import { put, read } from "@sesame/shared/api/client";
import { answered, whole } from "@sesame/shared/phone/line";
import type { Line } from "./sender";
import type { CodeChecked, EventsAnswer, Round, RoundEntry } from "./wire";

/** A photo on the slowest line that one would still wait for. */
const PICTURE_PATIENCE_MS = 180_000;

/** The receiver stands there and waits. */
const CODE_PATIENCE_MS = 8_000;

export const line: Line = {
  events: (round, events) => whole((signal) => put<EventsAnswer | null>("POST", `/courier/rounds/${round}/events`, { events }, signal)),
  proof: (round, key, picture) => answered((signal) => put<void>("PUT", `/courier/rounds/${round}/proofs/${key}`, picture, signal), PICTURE_PATIENCE_MS),
};

/** Whether a receiver's code is right for parcels; the same `key` counts once. */
export const askCode = (round: string, key: string, code: string, parcels: string[]) => answered((signal) => put<CodeChecked | null>("POST", `/courier/rounds/${round}/codes`, { key, code, parcels }, signal), CODE_PATIENCE_MS);

export const askRounds = () => whole((signal) => read<{ rounds: RoundEntry[] } | null>("/courier/rounds", signal));
export const askRound = (id: string) => whole((signal) => read<Round | null>(`/courier/rounds/${id}`, signal));
