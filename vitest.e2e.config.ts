import { defineConfig } from "vitest/config";

/** End-to-end tests run the built binary: `npm run build` comes first. Much of them is waiting: more workers than cores. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 3,
    testTimeout: 180_000,
  },
});
