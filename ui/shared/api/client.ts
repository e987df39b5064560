// The one way to the server: JSON both ways, a header that only our own pages can send, an idempotency key on writes.
import type { ErrorBody } from "./types";

/** A request that was refused or did not arrive. `code` is one of docs/errors, or `offline`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** Whether the same request may succeed in a moment. */
  get isPassing(): boolean {
    // What is shed stays so for longer than a moment.
    if (this.code === "work_shed") return false;
    return this.code === "offline" || this.status === 503 || this.status === 502;
  }
}

export const API = "/api/v1";

export function read<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return request("GET", path, { signal });
}

export type WriteMethod = "POST" | "PUT" | "PATCH" | "DELETE";

/** A write. The same `key` may be sent again: it is done once. */
export function write<Answer>(method: WriteMethod, path: string, body: unknown, key: string): Promise<Answer> {
  return request(method, path, { body, key });
}

/** A write that is given up when `signal` says so. A picture goes as it is, everything else as JSON. */
export function put<Answer>(method: WriteMethod, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
  return request(method, path, { body, signal });
}

/** A write whose answer is a file. The same `key` may be sent again: it is done once. */
export async function writeFile(path: string, body: unknown, key: string): Promise<Blob> {
  const response = await send("POST", path, { body, key });
  return response.blob().catch(() => {
    throw offline();
  });
}

/** What is thrown when no answer came. */
export const offline = () => new ApiError(0, "offline", "the server cannot be reached");

type Options = { body?: unknown; key?: string; signal?: AbortSignal };

async function request<Answer>(method: string, path: string, options: Options): Promise<Answer> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as Answer;
  return (await response.json().catch(() => null)) as Answer;
}

/** An answer that is none of an error. */
async function send(method: string, path: string, { body, key, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, */*;q=0.5" };
  if (method !== "GET") headers["X-Sesame-Console"] = "1";
  const isPicture = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = isPicture ? body.type : "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response: Response;
  try {
    response = await fetch(API + path, { method, headers, body: isPicture ? body : JSON.stringify(body), signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw offline();
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => null);
  const error = (answer as ErrorBody | null)?.error;
  throw new ApiError(response.status, error?.code ?? "unavailable", error?.message ?? response.statusText, error?.details ?? {});
}

/** A random key. `crypto.randomUUID` is missing on pages that came over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `?a=1&b=2` of what is set. */
export function queryString(values: Record<string, string | number | undefined | null>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return set.length === 0 ? "" : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
}
