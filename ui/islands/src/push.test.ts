import { describe, expect, it, vi } from "vitest";
import { bytesOf, type Known, type State, stateOf, turnOn, type Way } from "./push";

describe("what is offered", () => {
  const plain: Known = { can: true, isAppleTab: false, permission: "default", isKept: false, isSubscribed: false };
  it.each<[State, Partial<Known>]>([
    ["offered", {}],
    ["offered", { permission: "granted" }],
    ["offered", { permission: "granted", isSubscribed: true }],
    ["offered", { permission: "granted", isKept: true }],
    ["on", { permission: "granted", isKept: true, isSubscribed: true }],
    ["denied", { permission: "denied" }],
    ["denied", { permission: "denied", isKept: true, isSubscribed: true }],
    ["unable", { can: false }],
    ["install", { can: false, isAppleTab: true }],
    ["offered", { isAppleTab: true }],
  ])("%s for %o", (state, known) => {
    expect(stateOf({ ...plain, ...known })).toBe(state);
  });
});

function subscription(endpoint: string): PushSubscription {
  return { endpoint, unsubscribe: vi.fn(() => Promise.resolve(true)), toJSON: () => ({ endpoint }) } as unknown as PushSubscription;
}

function way(changes: Partial<Way>): Way {
  return {
    askPermission: vi.fn(() => Promise.resolve("granted" as const)),
    subscription: vi.fn(() => Promise.resolve(null)),
    subscribe: vi.fn(() => Promise.resolve(subscription("new"))),
    keep: vi.fn(() => Promise.resolve("/there")),
    ...changes,
  };
}

describe("turning messages on", () => {
  it("tells the shop and goes on", async () => {
    const all = way({});
    expect(await turnOn(all)).toEqual({ to: "/there" });
    expect(all.keep).toHaveBeenCalledExactlyOnceWith({ endpoint: "new" });
  });
  it.each([
    ["denied", "denied"],
    ["default", "failed"],
  ] as const)("does nothing when the answer is %s", async (permission, done) => {
    const all = way({ askPermission: () => Promise.resolve(permission) });
    expect(await turnOn(all)).toBe(done);
    expect(all.subscribe).not.toHaveBeenCalled();
    expect(all.keep).not.toHaveBeenCalled();
  });
  it("ends what somebody else had here before", async () => {
    const old = subscription("old");
    expect(await turnOn(way({ subscription: () => Promise.resolve(old) }))).toEqual({ to: "/there" });
    expect(old.unsubscribe).toHaveBeenCalledOnce();
  });
  it("leaves nothing behind when the shop does not take it", async () => {
    const made = subscription("new");
    const failing = way({ subscribe: () => Promise.resolve(made), keep: () => Promise.reject(new Error("503")) });
    await expect(turnOn(failing)).rejects.toThrow("503");
    expect(made.unsubscribe).toHaveBeenCalledOnce();
  });
});

it("reads a key", () => {
  expect([...bytesOf("_-8AAQ")]).toEqual([255, 239, 0, 1]);
});
