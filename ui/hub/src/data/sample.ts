// A scan for tests, and the parcel of its answer.
export { parcel } from "@sesame/shared/hub-sample";
import type { Entry } from "./log";
import type { What } from "./wire";

export const made = (label: string, what: What = "arrived", more: Partial<Entry> = {}): Omit<Entry, "seq"> => ({
  operator: "op",
  place: "place_1",
  scan: { key: `k-${label}`, at: 1_000, label, what },
  state: "waiting",
  code: "",
  message: "",
  parcel: null,
  isUnseen: false,
  ...more,
});
