import { defineConfig } from "vitest/config";

/** End-to-end tests run the built binary: `npm run build` comes first. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 180_000,
  },
});
