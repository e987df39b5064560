// The types the consoles use are the ones of the server's OpenAPI document.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { typesOf } from "./types.mjs";

test("types.ts is what docs/openapi.json says (`npm run api-types` writes it)", () => {
  const openapi = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8"));
  expect(readFileSync(new URL("./types.ts", import.meta.url), "utf8")).toBe(typesOf(openapi));
});

test("schemas become types", () => {
  const schemas = {
    Money: { type: "object", required: ["amount"], properties: { amount: { type: "integer", description: "Minor\nunits." }, note: { type: ["string", "null"] } } },
    List: { type: "object", required: ["items", "next"], properties: { items: { type: "array", items: { $ref: "#/components/schemas/Money" } }, next: { oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Money" }] } } },
    State: { type: "string", enum: ["open", "done"] },
  };
  expect(typesOf({ components: { schemas } }).split("\n\n").slice(1).join("\n\n")).toBe(`export type List = {
  items: Money[];
  next: null | Money;
};

export type Money = {
  /** Minor units. */
  amount: number;
  note?: string | null;
};

export type State = "open" | "done";
`);
});
