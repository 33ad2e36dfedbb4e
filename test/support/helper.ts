/** What runs commands, bundled from the sources as the build does it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll } from "vitest";

/** Makes what bundles it at its first use, once for a file of tests; it goes away after them. */
export function bundledHelper(): () => Promise<string> {
  let made: Promise<string> | null = null;
  let folder: string | null = null;
  const make = async (): Promise<string> => {
    folder = mkdtempSync(join(tmpdir(), "tau-helper-"));
    const outfile = join(folder, "helper.cjs");
    const entry = fileURLToPath(new URL("../../src/tools/process/helper.ts", import.meta.url));
    await build({
      entryPoints: [entry],
      outfile,
      format: "cjs",
      bundle: true,
      platform: "node",
      logLevel: "error",
    });
    return outfile;
  };
  afterAll(() => {
    if (folder !== null) rmSync(folder, { recursive: true });
  });
  return () => {
    made ??= make();
    return made;
  };
}
