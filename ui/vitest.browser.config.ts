import { defineConfig } from "vitest/config";

// Tests in real Chromium against a running server (SESAME_URL). One after the other: they share the shop.
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
