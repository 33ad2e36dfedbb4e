// Runs a TypeScript script of this folder on any supported Node: `node scripts/run.mjs scripts/NAME.ts ARGS...`
import { mkdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) {
  console.error("usage: node scripts/run.mjs scripts/NAME.ts [arguments]");
  process.exit(2);
}
// Inside node_modules so that bare imports resolve as they do from the project.
const outdir = resolve(import.meta.dirname, "../node_modules/.cache/scripts");
mkdirSync(outdir, { recursive: true });
const outfile = resolve(outdir, `${basename(script, ".ts")}-${process.pid}.mjs`);
await build({
  entryPoints: [script],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
process.argv = [process.argv[0], script, ...rest];
try {
  await import(pathToFileURL(outfile).href);
} finally {
  const { rmSync } = await import("node:fs");
  rmSync(outfile, { force: true });
}
