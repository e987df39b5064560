// `npm run api-types`: writes types.ts from docs/openapi.json.
import { readFileSync, writeFileSync } from "node:fs";
import { typesOf } from "./types.mjs";

const openapi = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8"));
writeFileSync(new URL("./types.ts", import.meta.url), typesOf(openapi));
