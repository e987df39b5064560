import { defineConfig } from "vitest/config";

// Tests in real Chromium against a running server (SESAME_URL). One after the other: they share the shop.
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    fileParallelism: false,
    // Of those in a file that may run beside each other.
    maxConcurrency: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
