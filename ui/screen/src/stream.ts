// The stream of figures: server-sent events over fetch, so that a wall's secret goes in a header and in no address.
// It comes again by itself, and says what stands in the way.
import type { ScreenState, ScreenTick } from "@sesame/shared/api/types";

/** What became of the connection. */
export type Trouble = "lost" | "refused" | "full" | "bad_day";

export type Listener = {
  whole: (state: ScreenState) => void;
  tick: (tick: ScreenTick) => void;
  end: () => void;
  trouble: (trouble: Trouble) => void;
};

/** Without a sign of life for so long, the connection is taken for lost: the server sends one each second. */
const SILENCE_MS = 5_000;
const RETRY_MS = [500, 1_000, 2_000, 5_000];

/** Follows the stream until the page closes. */
export async function follow(query: string, key: string, listener: Listener): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await once(query, key, listener, () => (attempt = 0));
    if (outcome === "end") return listener.end();
    listener.trouble(outcome);
    if (outcome === "bad_day") return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
  }
}

async function once(query: string, key: string, listener: Listener, alive: () => void): Promise<Trouble | "end"> {
  const abort = new AbortController();
  let silence = setTimeout(() => abort.abort(), SILENCE_MS * 6);
  const sign = () => {
    clearTimeout(silence);
    silence = setTimeout(() => abort.abort(), SILENCE_MS);
  };
  try {
    const headers: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
    const answer = await fetch(`/api/v1/screen/stream${query}`, { headers, signal: abort.signal, cache: "no-store" });
    if (answer.status === 401) return "refused";
    if (answer.status === 400) return "bad_day";
    if (answer.status === 503) return "full";
    if (!answer.ok || !answer.body) return "lost";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = parser((name, data) => {
      alive();
      if (name === "whole") listener.whole(JSON.parse(data) as ScreenState);
      if (name === "tick") listener.tick(JSON.parse(data) as ScreenTick);
    });
    for (let isOver = false; !isOver; ) {
      const { value, done } = await reader.read();
      if (done) return "lost";
      sign();
      isOver = parse(value);
    }
    return "end";
  } catch {
    return "lost";
  } finally {
    clearTimeout(silence);
    abort.abort();
  }
}

/** Takes a stream apart as it comes; says whether its last event was `end`. */
export function parser(event: (name: string, data: string) => void): (text: string) => boolean {
  let rest = "";
  return (text) => {
    rest += text;
    let isOver = false;
    for (let at = rest.indexOf("\n\n"); at >= 0; at = rest.indexOf("\n\n")) {
      const lines = rest.slice(0, at).split("\n");
      rest = rest.slice(at + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
      const name = field("event");
      if (name === "end") isOver = true;
      else if (name) event(name, field("data"));
    }
    return isOver;
  };
}
