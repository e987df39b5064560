// The way to the server, with an end to patience: on a bad line a request may hang for minutes, and what hangs holds up
// all that waits behind it.
import { newKey, offline, read, write } from "../api/client";
import type { Me, SessionState } from "../api/types";

const PATIENCE_MS = 30_000;

export async function answered<Answer>(ask: (signal: AbortSignal) => Promise<Answer>, patience = PATIENCE_MS): Promise<Answer> {
  const signal = AbortSignal.timeout(patience);
  try {
    return await ask(signal);
  } catch (error) {
    throw signal.aborted ? offline() : error;
  }
}

/** An answer whose body was cut off on the way is none. */
export async function whole<Answer>(ask: (signal: AbortSignal) => Promise<Answer | null>): Promise<Answer> {
  const answer = await answered(ask);
  if (answer === null) throw offline();
  return answer;
}

export const askSession = () => whole((signal) => read<SessionState | null>("/session", signal));
export const signIn = (email: string, password: string) => write<Me>("POST", "/session", { email, password }, newKey());
export const signOut = () => write<void>("DELETE", "/session", undefined, newKey());
