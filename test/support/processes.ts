/** Real processes for tests of what only real processes can show: races and sudden death. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** A bundled script that children can run; `dispose` removes it. */
export type WorkerScript = { path: string; dispose(): void };

/** Bundles `test/support/workers/<name>.ts` with the sources it uses: children run no TypeScript. */
export async function bundleWorker(name: string): Promise<WorkerScript> {
  const here = dirname(fileURLToPath(import.meta.url));
  const directory = mkdtempSync(join(tmpdir(), "tau-worker-"));
  // Children may run as another user.
  chmodSync(directory, 0o755);
  const outfile = join(directory, `${name}.mjs`);
  await build({
    entryPoints: [resolve(here, "workers", `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    plugins: [nativeByPlace],
  });
  return { path: outfile, dispose: () => rmSync(directory, { recursive: true }) };
}

/** The bundle stands outside the project, so the native module is named by its place. */
const nativeByPlace: Plugin = {
  name: "native-by-place",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^better-sqlite3$/ }, ({ path }) => ({
      path: createRequire(import.meta.url).resolve(path),
      external: true,
    }));
  },
};

/** A running child. */
export type Worker = {
  child: ChildProcess;
  /** Lines of stdout so far. */
  lines: string[];
  /** Resolves when `lines` holds so many, or the child is gone. */
  until(count: number): Promise<void>;
  /** Resolves when the child is gone and its output is read: exit code (null: killed) and stderr. */
  ended: Promise<{ code: number | null; stderr: string }>;
};

/** Starts a child with one JSON argument; `uid` runs it as another user (root only). */
export function startWorker(script: WorkerScript, argument: object, uid?: number): Worker {
  const child = spawn(process.execPath, [script.path, JSON.stringify(argument)], {
    stdio: "pipe",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let gone = false;
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(line);
    wake();
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const ended = Promise.all([once(child, "close"), once(reader, "close")]).then(([[code]]) => {
    gone = true;
    wake();
    return { code: typeof code === "number" ? code : null, stderr };
  });
  return {
    child,
    lines,
    ended,
    until: (count) =>
      new Promise((done) => {
        const check = () => {
          if (lines.length < count && !gone) return;
          waiting.delete(check);
          done();
        };
        waiting.add(check);
        check();
      }),
  };
}
