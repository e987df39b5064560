// Bad lines, lost answers, refusals and pictures: nothing is lost, nothing is out of order, nothing holds up the rest.
import { ApiError } from "@sesame/shared/api/client";
import { MemoryShelf } from "@sesame/shared/phone/memory-shelf";
import { BATCH } from "@sesame/shared/phone/sender";
import { beforeEach, expect, test } from "vitest";
import { KEYS, load, type Entry, type EntryState, type Rows } from "./log";
import { sample } from "./sample";
import { sendAll, type Line } from "./sender";
import type { CourierEvent, EventResult } from "./wire";

const offline = () => new ApiError(0, "offline", "no line");
const status = (code: number) => new ApiError(code, "code", `status ${code}`);

/** A server that remembers, and fails when told to. */
class Server implements Line {
  readonly keys: string[] = [];
  readonly requests: string[] = [];
  /** Each request takes one: an error that is thrown before, or after the work is done. */
  troubles: ({ before: Error } | { after: Error } | undefined)[] = [];
  isReadable = (_event: CourierEvent): boolean => true;
  result = (_event: CourierEvent): EventResult["result"] => "taken";
  private version = 1;

  async events(_round: string, events: CourierEvent[]) {
    this.requests.push(events.map(({ key }) => key).join(" "));
    const trouble = this.troubles.shift();
    if (trouble && "before" in trouble) throw trouble.before;
    if (!events.every(this.isReadable)) throw status(422);
    const results = events.map((event): EventResult => {
      const isKnown = this.keys.includes(event.key);
      if (!isKnown) this.keys.push(event.key);
      return { key: event.key, result: isKnown ? "known" : this.result(event), code: "", message: "words" };
    });
    if (trouble) throw trouble.after;
    return { round: { ...sample(), version: ++this.version }, results };
  }

  async proof(_round: string, key: string) {
    this.requests.push(`picture ${key}`);
    const trouble = this.troubles.shift();
    if (trouble && "before" in trouble) throw trouble.before;
  }
}

let shelf: MemoryShelf<Rows>;
let server: Server;
beforeEach(() => {
  shelf = new MemoryShelf<Rows>(KEYS);
  server = new Server();
});

const made = (event: CourierEvent, operator = "op"): Omit<Entry, "seq"> => ({ round: "round_1", operator, event, before: {}, tap: event.key, state: "waiting", message: "" });
const loads = (keys: string[]) => shelf.write(keys.map((key) => ({ add: made({ key, at: 1, what: "load", parcel: key }) })));
const delivered = (key: string, picture: string): CourierEvent => ({ key, at: 1, what: "delivered", parcel: key, proof: { by: "photo", picture } });
const send = () => sendAll(shelf, server, "op", () => 99, async () => undefined);
const states = async (): Promise<EntryState[]> => (await load(shelf)).entries.map(({ state }) => state);

test("all is sent in order, in batches, and the moment is kept", async () => {
  const keys = Array.from({ length: BATCH + 1 }, (_, at) => `k${at}`);
  await loads(keys);
  expect(await send()).toBe("empty");
  expect(server.keys).toEqual(keys);
  expect(server.requests).toHaveLength(2);
  expect((await load(shelf)).facts).toContainEqual({ name: "sent", at: 99 });
});

test("without a line everything waits", async () => {
  await loads(["a", "b"]);
  server.troubles = [{ before: offline() }];
  expect(await send()).toBe("later");
  expect(await states()).toEqual(["waiting", "waiting"]);
  expect(await send()).toBe("empty");
  expect(server.keys).toEqual(["a", "b"]);
});

test("a lost answer is asked for again and counts once", async () => {
  await loads(["a", "b"]);
  server.troubles = [{ after: offline() }];
  expect(await send()).toBe("later");
  await loads(["c"]);
  expect(await send()).toBe("empty");
  expect(server.keys).toEqual(["a", "b", "c"]);
  expect(await states()).toEqual(["taken", "taken", "taken"]);
});

test.each([[401, "signed_out"], [403, "forbidden"], [429, "later"], [503, "later"]] as const)("status %d stops and loses nothing", async (code, stop) => {
  await loads(["a"]);
  server.troubles = [{ before: status(code) }];
  expect(await send()).toBe(stop);
  expect(await states()).toEqual(["waiting"]);
});

test("a refused entry is kept with the server's words and does not stop the others", async () => {
  await loads(["a", "b", "c"]);
  server.result = ({ key }) => (key === "b" ? "refused" : "taken");
  expect(await send()).toBe("empty");
  expect(await states()).toEqual(["taken", "refused", "taken"]);
  expect((await load(shelf)).entries[1]!.message).toBe("words");
});

test("one entry that cannot be read holds up no other", async () => {
  await loads(["a", "b", "c"]);
  server.isReadable = ({ key }) => key !== "b";
  expect(await send()).toBe("empty");
  expect(await states()).toEqual(["taken", "refused", "taken"]);
  expect(server.keys).toEqual(["a", "c"]);
});

test("a picture goes before its event, and what needs none before the picture", async () => {
  await loads(["a"]);
  await shelf.write([{ table: "pictures", put: { key: "p", round: "round_1", blob: new Blob(["x"]), refused: "" } }, { add: made(delivered("b", "p")) }, { add: made(delivered("c", "p")) }]);
  expect(await send()).toBe("empty");
  expect(server.requests).toEqual(["a", "picture p", "b c"]);
  expect(await shelf.one("pictures", "p")).toBeUndefined();
});

test("a picture that does not get through waits; one that the server will not have stays, and its delivery counts", async () => {
  await shelf.write([{ table: "pictures", put: { key: "p", round: "round_1", blob: new Blob(["x"]), refused: "" } }, { add: made(delivered("b", "p")) }]);
  server.troubles = [{ before: offline() }];
  expect(await send()).toBe("later");
  expect(await states()).toEqual(["waiting"]);
  server.troubles = [{ before: status(413) }];
  expect(await send()).toBe("empty");
  expect(await states()).toEqual(["taken"]);
  expect(await shelf.one("pictures", "p")).toMatchObject({ refused: "status 413" });
});

test("what another courier did on this phone waits for them", async () => {
  await shelf.write([{ add: made({ key: "theirs", at: 1, what: "start" }, "other") }, { add: made({ key: "mine", at: 1, what: "start" }) }]);
  expect(await send()).toBe("empty");
  expect(server.keys).toEqual(["mine"]);
  expect(await states()).toEqual(["waiting", "taken"]);
});

test("an answer about something else does not turn in circles", async () => {
  await loads(["a"]);
  server.events = async () => ({ round: sample(), results: [] });
  expect(await send()).toBe("later");
  expect(await states()).toEqual(["waiting"]);
});
