import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    exclude: ["test/e2e/**", "node_modules/**"],
    pool: "forks",
    // Files share their worker's modules: no module of src/ holds state, and loading them 200 times took a third of the time.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
