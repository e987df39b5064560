// Scans over bad lines: none lost, none out of order, each counted once.
import { ApiError } from "@sesame/shared/api/client";
import { MemoryShelf } from "@sesame/shared/phone/memory-shelf";
import { BATCH } from "@sesame/shared/phone/sender";
import { beforeEach, expect, test } from "vitest";
import { KEYS, load, type Rows } from "./log";
import { made, parcel } from "./sample";
import { sendAll, type Line } from "./sender";
import type { HubScan, ScanResult } from "./wire";

/** A server that remembers, and fails when told to. */
class Server implements Line {
  readonly counted: string[] = [];
  readonly requests: string[] = [];
  /** Each request takes one: an error that is thrown before, or after the work is done. */
  troubles: ({ before: Error } | { after: Error } | undefined)[] = [];
  unreadable = "";

  async scans(place: string, scans: HubScan[]) {
    this.requests.push(`${place}: ${scans.map(({ label }) => label).join(" ")}`);
    const trouble = this.troubles.shift();
    if (trouble && "before" in trouble) throw trouble.before;
    if (scans.some(({ label }) => label === this.unreadable)) throw new ApiError(422, "code", "cannot be read");
    const results = scans.map(({ key, label }): ScanResult => {
      const isKnown = this.counted.includes(key);
      if (!isKnown) this.counted.push(key);
      return { key, result: isKnown ? "known" : "taken", code: "", message: "", parcel: parcel(label) };
    });
    if (trouble) throw trouble.after;
    return { results };
  }
}

const offline = () => new ApiError(0, "offline", "no line");
let shelf: MemoryShelf<Rows>;
let server: Server;
beforeEach(() => {
  shelf = new MemoryShelf<Rows>(KEYS);
  server = new Server();
});

const scan = (labels: string[], more = {}) => shelf.write(labels.map((label) => ({ add: made(label, "arrived", more) })));
const send = () => sendAll(shelf, server, "op", () => 1_100, async () => undefined);
const states = async () => (await load(shelf)).entries.map(({ scan, state }) => `${scan.label} ${state}`);

test("all is sent in order, in batches, and the answer stands beside each", async () => {
  const labels = Array.from({ length: BATCH + 1 }, (_, at) => `n${at}`);
  await scan(labels);
  expect(await send()).toBe("empty");
  expect(server.counted).toEqual(labels.map((label) => `k-${label}`));
  expect(server.requests).toHaveLength(2);
  const { entries, facts } = await load(shelf);
  expect(entries.every((entry) => entry.parcel?.number === entry.scan.label)).toBe(true);
  expect(facts).toContainEqual({ name: "sent", at: 1_100 });
});

test("an answer that got lost is asked for again, and each scan counts once", async () => {
  await scan(["a", "b"]);
  server.troubles = [{ after: offline() }];
  expect(await send()).toBe("later");
  expect(await states()).toEqual(["a waiting", "b waiting"]);
  await scan(["c"]);
  expect(await send()).toBe("empty");
  expect(server.counted).toEqual(["k-a", "k-b", "k-c"]);
  expect(await states()).toEqual(["a known", "b known", "c taken"]);
});

test("scans of another place go in a request of their own, in their turn", async () => {
  await scan(["a"]);
  await scan(["b"], { place: "place_2" });
  await scan(["c"]);
  expect(await send()).toBe("empty");
  expect(server.requests).toEqual(["place_1: a", "place_2: b", "place_1: c"]);
});

test("one that cannot be read holds up no other", async () => {
  await scan(["a", "b", "c"]);
  server.unreadable = "b";
  expect(await send()).toBe("empty");
  expect(await states()).toEqual(["a taken", "b refused", "c taken"]);
});

test("what somebody else scanned with this device waits for them; without a session everything waits", async () => {
  await scan(["theirs"], { operator: "other" });
  await scan(["mine"]);
  server.troubles = [{ before: new ApiError(401, "not_signed_in", "sign in") }];
  expect(await send()).toBe("signed_out");
  expect(await send()).toBe("empty");
  expect(await states()).toEqual(["theirs waiting", "mine taken"]);
});

test("an answer about something else does not turn in circles", async () => {
  await scan(["a"]);
  server.scans = async () => ({ results: [] });
  expect(await send()).toBe("later");
  expect(await states()).toEqual(["a waiting"]);
});
