import { defineConfig } from "vite";

// Service workers: each a script by itself, since not every browser takes a module there. The server puts what belongs
// to the shell before it and answers /sw.js with the shop's and /courier/worker.js with that of couriers' phones.
const WORKERS: Record<string, { entry: string; file: string }> = {
  shop: { entry: "islands/src/worker.ts", file: "worker.js" },
  courier: { entry: "courier/src/worker.ts", file: "courier-worker.js" },
};

export default defineConfig(({ mode }) => {
  const { entry, file } = WORKERS[mode]!;
  return {
    publicDir: false,
    build: {
      outDir: "dist",
      emptyOutDir: false,
      lib: { entry, formats: ["iife"], name: "worker", fileName: () => file },
    },
  };
});
