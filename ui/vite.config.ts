import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// One build, several entries. Everything with a hash in its name lands in dist/static and may be cached for ever;
// dist/manifest.json tells the server which hashed files belong to an entry. The server answers /ui/… from dist.
export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  build: {
    outDir: "dist",
    assetsDir: "static",
    emptyOutDir: true,
    manifest: "manifest.json",
    rolldownOptions: {
      input: { ops: "ops/index.html", screen: "screen/index.html", islands: "islands/src/main.ts" },
    },
  },
  server: {
    proxy: { "/api": process.env.SESAME_URL ?? "http://127.0.0.1:8080" },
  },
  test: {
    include: ["{shared,ops,islands,screen}/**/*.test.{ts,tsx}"],
  },
});
