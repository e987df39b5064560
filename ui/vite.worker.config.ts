import { defineConfig } from "vite";

// Service workers: each a script by itself, since not every browser takes a module there. The server puts what belongs
// to the shell before it and answers /sw.js with the shop's, /courier/worker.js and /hub/worker.js with that of phones.
const WORKERS: Record<string, { entry: string; file: string }> = {
  shop: { entry: "islands/src/worker.ts", file: "worker.js" },
  phone: { entry: "shared/phone/worker.ts", file: "phone-worker.js" },
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
