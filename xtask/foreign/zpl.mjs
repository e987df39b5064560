// Draws each label of a ZPL file as a PNG of 800 × 1200 dots: `node zpl.mjs PACKAGE FILE FOLDER`.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, file, out] = process.argv.slice(2);
const { ready } = createRequire(import.meta.url)(folder);
const { api } = await ready;
const [widthMm, heightMm, dotsPerMm] = [100, 150, 8];
const labels = await api.zplToBase64MultipleAsync(readFileSync(file, "utf8"), widthMm, heightMm, dotsPerMm);
labels.forEach((label, n) => writeFileSync(join(out, `${String(n).padStart(4, "0")}.png`), Buffer.from(label, "base64")));
// The program inside never ends by itself.
process.exit(0);
