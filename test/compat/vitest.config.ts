/** The tests of the screen on another version of Ink, which INK_FOLDER names; see ink.test.ts. */
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const modules = join(process.env.INK_FOLDER ?? "", "node_modules");

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ink$/, replacement: join(modules, "ink/build/index.js") },
      { find: /^react$/, replacement: join(modules, "react/index.js") },
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: join(modules, "react/jsx-$1runtime.js") },
    ],
  },
  // The rest of the screen's tests know nothing of Ink.
  test: { include: ["test/tui/screen/{ink,open-screen}.test.{ts,tsx}"], pool: "forks", maxWorkers: 2 },
});
