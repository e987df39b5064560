// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { again } from "./again";

const replaced: string[] = [];
let state = "visible";
let shown: () => void = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  replaced.length = 0;
  vi.stubGlobal("window", { setTimeout, location: { href: "/here", replace: (to: string) => replaced.push(to) } });
  vi.stubGlobal("document", {
    get visibilityState() {
      return state;
    },
    addEventListener: (_: string, listener: () => void) => (shown = listener),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const element = (dataset: Record<string, string>): HTMLElement => ({ dataset }) as unknown as HTMLElement;

describe("a page that is read again", () => {
  it("is, after its time, at its own address or another", () => {
    again(element({ seconds: "3" }));
    again(element({ seconds: "4", to: "/there" }));
    vi.advanceTimersByTime(2_999);
    expect(replaced).toEqual([]);
    vi.advanceTimersByTime(1_001);
    expect(replaced).toEqual(["/here", "/there"]);
  });

  it("waits until somebody looks", () => {
    state = "hidden";
    again(element({ seconds: "3" }));
    vi.advanceTimersByTime(60_000);
    expect(replaced).toEqual([]);
    state = "visible";
    shown();
    expect(replaced).toEqual(["/here"]);
  });

  it("is not when nothing says when", () => {
    again(element({}));
    vi.advanceTimersByTime(60_000);
    expect(replaced).toEqual([]);
  });
});
