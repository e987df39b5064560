// Messages that the shop sends to a device: what is shown of them, and where a tap leads. Used by the service worker
// alone; whatever a message says, a tap never leads away from the shop.

export interface Note {
  title: string;
  body: string;
  path: string;
  /** Shown again under the same tag, a message replaces itself. */
  tag: string;
}

/** What is shown when a message cannot be read: browsers want something to be shown for each. */
const UNREADABLE: Record<string, string> = {
  en: "There is news of something you wait for.",
  de: "Es gibt Neues zu etwas, auf das Sie warten.",
  zh: "您等待的商品有新消息。",
};

function isNote(read: unknown): read is Note {
  if (typeof read !== "object" || read === null) return false;
  const { title, body, path, tag } = read as Record<string, unknown>;
  return [title, body, path, tag].every((part) => typeof part === "string") && title !== "";
}

/** Reads a message; `host` and `language` are for one that cannot be read. */
export function noteOf(text: string | undefined, host: string, language: string): Note {
  try {
    const read: unknown = JSON.parse(text ?? "");
    if (isNote(read)) return read;
  } catch {
    // What is no JSON is as good as nothing.
  }
  const body = UNREADABLE[language.slice(0, 2)] ?? UNREADABLE.en ?? "";
  return { title: host, body, path: "/account/favourites", tag: "unreadable" };
}

/** The address that a message leads to, within the shop. */
export function addressOf(path: unknown, origin: string): string {
  try {
    const url = new URL(typeof path === "string" ? path : "/", origin);
    if (url.origin === origin) return url.href;
  } catch {
    // What is no path leads to the first page.
  }
  return `${origin}/`;
}
