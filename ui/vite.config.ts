import react from "@vitejs/plugin-react";
import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

// What invoices are set in. The server embeds the files with the rest of dist; no page of ours loads them.
const FONTS = ["fonts-latin/fonts/NotoSans-Regular.ttf", "fonts-latin/fonts/NotoSans-Bold.ttf", "fonts-sc/fonts/NotoSansHans-Regular.otf", "fonts-arabic/fonts/NotoNaskhArabic-Regular.ttf", "fonts-hebrew/fonts/NotoSansHebrew-Regular.ttf"];
const fonts = {
  name: "fonts-for-paper",
  apply: "build" as const,
  generateBundle(this: { emitFile: (file: { type: "asset"; fileName: string; source: Uint8Array }) => string }) {
    for (const path of FONTS) {
      const source = readFileSync(new URL(`./node_modules/@embedpdf/${path}`, import.meta.url));
      this.emitFile({ type: "asset", fileName: `fonts/${path.split("/").at(-1)}`, source });
    }
  },
};

// One build, several entries. Everything with a hash in its name lands in dist/static and may be cached for ever;
// dist/manifest.json tells the server which hashed files belong to an entry. The server answers /ui/… from dist.
export default defineConfig({
  base: "/ui/",
  plugins: [react(), fonts],
  build: {
    outDir: "dist",
    assetsDir: "static",
    emptyOutDir: true,
    manifest: "manifest.json",
    rolldownOptions: {
      input: { ops: "ops/index.html", screen: "screen/index.html", courier: "courier/index.html", hub: "hub/index.html", islands: "islands/src/main.ts" },
    },
  },
  server: {
    proxy: { "/api": process.env.SESAME_URL ?? "http://127.0.0.1:8080" },
  },
  test: {
    include: ["{shared,ops,islands,screen,courier,hub}/**/*.test.{ts,tsx}"],
  },
});
