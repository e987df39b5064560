// The way to the server, with an end to patience: on a bad line a request may hang for minutes, and what hangs holds up
// all that waits behind it.
import { offline, put, read, write, newKey } from "@sesame/shared/api/client";
import type { Me, SessionState } from "@sesame/shared/api/types";
import type { Line } from "./sender";
import type { EventsAnswer, Round, RoundEntry } from "./wire";

const PATIENCE_MS = 30_000;
/** A photo on the slowest line that one would still wait for. */
const PICTURE_PATIENCE_MS = 180_000;

async function answered<Answer>(ask: (signal: AbortSignal) => Promise<Answer>, patience = PATIENCE_MS): Promise<Answer> {
  const signal = AbortSignal.timeout(patience);
  try {
    return await ask(signal);
  } catch (error) {
    throw signal.aborted ? offline() : error;
  }
}

/** An answer whose body was cut off on the way is none. */
async function whole<Answer>(ask: (signal: AbortSignal) => Promise<Answer | null>): Promise<Answer> {
  const answer = await answered(ask);
  if (answer === null) throw offline();
  return answer;
}

export const line: Line = {
  events: (round, events) => whole((signal) => put<EventsAnswer | null>("POST", `/courier/rounds/${round}/events`, { events }, signal)),
  proof: (round, key, picture) => answered((signal) => put<void>("PUT", `/courier/rounds/${round}/proofs/${key}`, picture, signal), PICTURE_PATIENCE_MS),
};

export const askSession = () => whole((signal) => read<SessionState | null>("/session", signal));
export const askRounds = () => whole((signal) => read<{ rounds: RoundEntry[] } | null>("/courier/rounds", signal));
export const askRound = (id: string) => whole((signal) => read<Round | null>(`/courier/rounds/${id}`, signal));
export const signIn = (email: string, password: string) => write<Me>("POST", "/session", { email, password }, newKey());
export const signOut = () => write<void>("DELETE", "/session", undefined, newKey());
