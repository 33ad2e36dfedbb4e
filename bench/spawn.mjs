// What a command costs as Tau's memory grows: through the helper it must stay where it is, while a direct spawn pays
// for copying the parent's page tables. `node bench/spawn.mjs [megabytes of ballast]`.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const ballastMb = Number(process.argv[2] ?? 400);
const source = resolve(import.meta.dirname, "../src/tools/process");
const scratch = mkdtempSync(join(tmpdir(), "tau-spawn-"));
const bundled = (entry, outfile, format) =>
  build({
    entryPoints: [join(source, entry)],
    outfile: join(scratch, outfile),
    format,
    bundle: true,
    platform: "node",
  });
await bundled("helper.ts", "helper.cjs", "cjs");
await bundled("client.ts", "client.mjs", "esm");
const { ProcessHost } = await import(join(scratch, "client.mjs"));

const host = new ProcessHost({
  helperPath: join(scratch, "helper.cjs"),
  nodePath: process.execPath,
  hostId: `bench${process.pid}x${Date.now()}`,
  stateDir: join(scratch, "state"),
  spillDir: join(scratch, "spill"),
  env: process.env,
  now: Date.now,
});
const signal = new AbortController().signal;
const argv = ["/bin/true"];
const spec = { argv, cwd: "/", env: {}, timeoutMs: 5_000, keep: { head: 10_240, tail: 30_720 } };
const throughHelper = () => host.run(spec, { signal });
const direct = () =>
  new Promise((done) => {
    const child = spawn(argv[0], [], { detached: true, stdio: ["ignore", "pipe", "pipe"], env: {} });
    child.on("close", done);
  });

async function sample(act, into) {
  const start = performance.now();
  await act();
  into.push(performance.now() - start);
}

/** Medians of interleaved runs, because machines are shared. */
async function medians(count) {
  const times = { helper: [], direct: [] };
  for (let index = 0; index < count; index += 1) {
    await sample(throughHelper, times.helper);
    await sample(direct, times.direct);
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  return { helper: median(times.helper), direct: median(times.direct) };
}

await medians(20);
const small = await medians(150);
const ballast = Buffer.alloc(ballastMb * 1024 * 1024, 1);
const large = await medians(150);
const show = ({ helper, direct: plain }) => `helper ${helper.toFixed(2)} ms, direct ${plain.toFixed(2)} ms`;
console.log(`at rest:       ${show(small)} (+${(small.helper - small.direct).toFixed(2)} ms)`);
console.log(`with ${ballast.length / 1024 / 1024} MB:   ${show(large)}`);
console.log(
  `growth: helper x${(large.helper / small.helper).toFixed(2)}, direct x${(large.direct / small.direct).toFixed(2)}`,
);
await host.close();
rmSync(scratch, { recursive: true, force: true });
process.exitCode = large.helper > small.helper * 1.5 + 1 ? 1 : 0;
