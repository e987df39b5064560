// What the answers mean, each kind of direction and each refusal.
import type { Direction } from "@sesame/shared/hubs";
import { expect, test } from "vitest";
import type { Entry } from "./log";
import { made, parcel } from "./sample";
import { verdictOf } from "./verdict";
import type { HubParcel } from "./wire";

const taken = (direction: Partial<Direction>, what: "arrived" | "left" | "damaged" = "arrived"): Entry => ({ ...made("a", what, { state: "taken", parcel: parcel("a", direction) }), seq: 1 });
const refused = (code: string, of: HubParcel | null = null): Entry => ({ ...made("a", "arrived", { state: "refused", code, parcel: of }), seq: 1 });
const read = (entry: Entry) => Object.values(verdictOf(entry)).join(" ").trim();

test.each([
  [taken({ kind: "line", to: "Frankfurt", line: "L2" }), "fine line Frankfurt"],
  [taken({ kind: "tour", to: "", line: "HH-1" }), "fine tour HH-1"],
  [taken({ kind: "tour", to: "", line: "" }), "fine tour"],
  [taken({ kind: "round", to: "Fast Eddie", line: "" }), "fine round Fast Eddie"],
  [taken({ kind: "carrier", to: "DHL", line: "" }), "fine carrier DHL"],
  [taken({ kind: "back", to: "Berlin", line: "" }), "attention back Berlin"],
  [taken({ kind: "held", to: "", line: "" }), "attention held"],
  [taken({ kind: "done", to: "", line: "" }), "wrong done"],
  [taken({ kind: "unknown", to: "", line: "" }), "wrong unknown"],
  [taken({ kind: "held", to: "", line: "" }, "damaged"), "attention damaged"],
  [taken({ kind: "line", to: "Frankfurt", line: "L2" }, "left"), "fine line Frankfurt"],
  [refused("not_found"), "wrong stranger"],
  [refused("carrier_declines", parcel("a", { kind: "carrier", to: "DHL", line: "" })), "attention foreign DHL"],
  [refused("field_invalid"), "wrong refused"],
  [refused(""), "wrong refused"],
  [{ ...made("a"), seq: 1 }, "waiting waiting"],
])("case %#", (entry, words) => {
  expect(read(entry)).toBe(words);
});
