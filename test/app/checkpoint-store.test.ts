import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { cutOffText, storeFile } from "../../src/app/checkpoint-store.ts";
import { tauPaths } from "../../src/config/paths.ts";
import { markRestore, unmarkRestore } from "../../src/sessions/checkpoints/marker.ts";
import { thisProcess } from "../../src/sessions/process.ts";

it("a restore that its process did not end is told with what goes on from there, and one that goes on is not", async () => {
  const root = mkdtempSync(join(tmpdir(), "tau-cut-off-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const paths = tauPaths({ TAU_HOME: join(root, "home") }, root);
  const store = storeFile(paths, root);
  mkdirSync(dirname(store), { recursive: true });
  const { pid, startedAt } = thisProcess();
  const marker = { root, session: "s", paths: 2, at: 1, pid, started: startedAt };

  expect(await cutOffText(paths, root)).toBeNull();
  markRestore(store, { ...marker, started: "another process that had this number" });
  expect(await cutOffText(paths, root)).toMatch(/2 files was cut off.*tau checkpoints finish --undo/);
  markRestore(store, marker);
  expect(await cutOffText(paths, root)).toBeNull();
  unmarkRestore(store);
  expect(await cutOffText(paths, root)).toBeNull();
});
