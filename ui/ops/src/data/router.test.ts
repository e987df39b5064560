// Leaving a screen with unsaved changes: whoever goes elsewhere is asked, and stays until they agree.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { guardLeaving, navigate } from "./router";

let address = "/ops/campaigns/new";
beforeEach(() => {
  address = "/ops/campaigns/new";
  const go = (_state: unknown, _title: string, to: string) => void (address = to);
  const location = { get pathname() { return address; }, search: "" };
  vi.stubGlobal("window", { location, history: { pushState: go, replaceState: go } });
});
afterEach(() => vi.unstubAllGlobals());

test("a guard is asked, and leaving takes its word", () => {
  let leave = () => undefined as void;
  guardLeaving((go) => (leave = go));
  navigate("/orders");
  expect(address).toBe("/ops/campaigns/new");
  leave();
  expect(address).toBe("/ops/orders");
  navigate("/stock");
  expect(address).toBe("/ops/stock");
});

test("a guard that was taken down asks nobody", () => {
  const release = guardLeaving(() => undefined);
  release();
  navigate("/orders");
  expect(address).toBe("/ops/orders");
});
