import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import { ProcessHost } from "../../../src/tools/process/client.ts";
import type { CommandOutcome, CommandSpec } from "../../../src/tools/process/protocol.ts";
import {
  findProcesses,
  type ProcessRow,
  processRow,
  processTable,
} from "../../../src/tools/process/table.ts";

/** Bundles one entry of the sources the way the build does. */
export async function bundle(entry: string, outfile: string, format: "cjs" | "esm"): Promise<void> {
  const path = fileURLToPath(new URL(entry, import.meta.url));
  await build({ entryPoints: [path], outfile, format, bundle: true, platform: "node", logLevel: "error" });
}

export type Bench = {
  dir: string;
  helperPath: string;
  stateDir: string;
  spillDir: string;
  /** A host of its own; closed after the tests. */
  host(): ProcessHost;
  /** What the environment of every process of that host's commands contains. */
  markerOf(host: ProcessHost): string;
};

let hosts = 0;

/** A scratch directory with the bundled helper in it, and hosts that are closed afterwards. */
export function processBench(): Bench {
  const dir = mkdtempSync(join(tmpdir(), "tau-process-"));
  const opened = new Map<ProcessHost, string>();
  const bench: Bench = {
    dir,
    helperPath: join(dir, "helper.cjs"),
    stateDir: join(dir, "state"),
    spillDir: join(dir, "spill"),
    host() {
      const hostId = `test${process.pid}x${Date.now()}x${hosts++}`;
      const host = new ProcessHost({
        helperPath: bench.helperPath,
        nodePath: process.execPath,
        hostId,
        stateDir: bench.stateDir,
        spillDir: bench.spillDir,
        env: { PATH: process.env.PATH },
        now: Date.now,
      });
      opened.set(host, hostId);
      return host;
    },
    markerOf: (host) => opened.get(host) ?? "no such host",
  };
  beforeAll(() => bundle("../../../src/tools/process/helper.ts", bench.helperPath, "cjs"));
  afterAll(async () => {
    await Promise.all([...opened.keys()].map((host) => host.close()));
    rmSync(dir, { recursive: true, force: true });
  });
  return bench;
}

export const never = new AbortController().signal;

/** A bash command with small bounds. */
export function command(line: string, more: Partial<CommandSpec> = {}): CommandSpec {
  return {
    argv: ["bash", "-c", line],
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? "" },
    timeoutMs: 20_000,
    keep: { head: 1024, tail: 4096 },
    ...more,
  };
}

/** The outcome of a command that ran. */
export function exited(outcome: CommandOutcome): CommandOutcome & { status: "exited" } {
  if (outcome.status !== "exited") throw new Error(`${outcome.status}: ${outcome.message}`);
  return outcome;
}

/** Living processes whose environment has `marker`. */
export function marked(marker: string): ProcessRow[] {
  return findProcesses({ groups: [], marker }, processTable());
}

/** Waits until `condition` holds, looking often; fails after `ms`. */
export async function until(condition: () => boolean, ms: number, what: string): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  return processRow(pid) !== null;
}
