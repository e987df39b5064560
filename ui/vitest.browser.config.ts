import { defineConfig } from "vitest/config";

// Tests in real Chromium against a running server (SESAME_URL). One file after the other: they share the shop, and what
// some of them change is the shop's own: who is let in, which work is switched off, what an event or points take off,
// what the big screen has counted.
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    fileParallelism: false,
    // Of the tests in a file that say that they may run beside each other.
    maxConcurrency: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is asked for again and again waits as long as a busy machine needs: a worker may take seconds to wake.
    expect: { poll: { timeout: 20_000 } },
  },
});
