import { defineConfig } from "vite";

// The shop's service worker: a script by itself, since not every browser takes a module there. The server puts what
// belongs to the shell before it and answers /sw.js with it.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: false,
    lib: { entry: "islands/src/worker.ts", formats: ["iife"], name: "worker", fileName: () => "worker.js" },
  },
});
