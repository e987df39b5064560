// Sending again what may be possible in a moment, and the key under which a request counts once.
import { ApiError, newKey } from "./api";

/** How long is waited before each time that something is sent again. */
export const PAUSES_MS: readonly number[] = [500, 1_000];

/** Does something again, after each of the pauses, while the server cannot be reached or is busy. */
export async function again<Answer>(work: () => Promise<Answer>, pausesMs = PAUSES_MS): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const pause = pausesMs[attempt];
      if (!(error instanceof ApiError) || !error.isPassing || pause === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * The key of a request until it is answered for good: whoever sends the same thing once more, because no answer came,
 * has it done once. What was changed in between is another request.
 */
export class KeptKey {
  #kept: { said: string; key: string } | null = null;

  of(input: unknown): string {
    const said = JSON.stringify(input);
    if (this.#kept?.said !== said) this.#kept = { said, key: newKey() };
    return this.#kept.key;
  }

  /** Hears what came of it: an error that leaves open whether it was done keeps the key, everything else lets it go. */
  answered(error: unknown = null): void {
    const isOpen = error instanceof ApiError && (error.isPassing || error.code === "timed_out");
    if (!isOpen) this.#kept = null;
  }
}
