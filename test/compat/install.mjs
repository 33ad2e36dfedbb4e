// Installs what the tests of the screen on other versions of Ink need, beside this file and never in the package:
// `node test/compat/install.mjs`. Where it cannot be had (no network, another system) those tests say that they are skipped.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

const [major] = process.versions.node.split(".").map(Number);
const folders = ["ink-7", "ink-8", ...(major < 22 ? ["node-22"] : [])];
for (const name of folders) {
  const cwd = join(import.meta.dirname, name);
  if (existsSync(join(cwd, "node_modules/.package-lock.json"))) continue;
  // An older npm warns about the engines of Ink; the Node it is for is the one installed here.
  const { status } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"],
    { cwd, stdio: ["ignore", "ignore", "inherit"], timeout: 180_000 },
  );
  if (status === 0) continue;
  // Half of it would be taken for all of it.
  rmSync(join(cwd, "node_modules"), { recursive: true, force: true });
  process.stderr.write(`${name} could not be installed; the tests on it will be skipped\n`);
}
