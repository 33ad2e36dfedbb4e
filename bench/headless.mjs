// The headless rows: `tau exec` against bare node and against the plainest loop that does the same.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clock, median } from "./table.mjs";

const here = import.meta.dirname;

/** Adds the rows; `bench` is what bench/run.mjs made: the table, the upstream, a scratch folder. */
export async function headless({ table, rounds, tau, url, exchanges, env, project, scratch }) {
  const { report, note } = table;
  /** Runs a program to its end: wall time, and the exchanges it had. */
  async function run(args, { probe = false } = {}) {
    exchanges.length = 0;
    const probeFile = join(scratch, "probe.json");
    const startedAt = clock();
    const child = spawn(
      process.execPath,
      [...(probe ? ["--require", join(here, "probe.cjs")] : []), ...args],
      {
        cwd: project,
        env: { ...env, TAU_BENCH_PROBE: probeFile },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let out = 0;
    let errors = "";
    child.stdout.on("data", (chunk) => (out += chunk.length));
    child.stderr.on("data", (chunk) => (errors += chunk));
    const code = await new Promise((done) => child.on("close", done));
    const wallMs = clock() - startedAt;
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${errors}`);
    await new Promise((done) => setTimeout(done, 5));
    return {
      wallMs,
      out,
      startedAt,
      exchanges: [...exchanges],
      ...(probe && JSON.parse(readFileSync(probeFile, "utf8"))),
    };
  }

  const tauExec = (model, ...more) => [
    tau,
    "exec",
    "go",
    "--mode",
    "full",
    "--no-stdin",
    "-m",
    `anthropic/${model}`,
    ...more,
  ];
  const raw = (mode) => [join(here, "raw.cjs"), url, mode];
  const gaps = ({ exchanges: list }) => list.slice(1).map((exchange, index) => exchange.at - list[index].end);

  /** Interleaves the programs, so that a busy moment hits all alike. */
  async function interleave(programs, options) {
    const results = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, args] of Object.entries(programs)) results[name].push(await run(args, options));
    }
    return results;
  }

  await run(tauExec("short")); // fills the code cache, as a user's first run does
  await run(tauExec("steps-2-true"));

  const start = await interleave({
    bare: ["-e", "0"],
    version: [tau, "--version"],
    oneShot: tauExec("short"),
    rawOneShot: raw("short"),
  });
  const floor = median(start.bare.map((one) => one.wallMs));
  const firstRequest = (one) => one.exchanges[0].at - one.startedAt;
  report(
    "tau --version over bare node",
    median(start.version.map((one) => one.wallMs)) - floor,
    "ms",
    15,
    `bare ${floor.toFixed(0)} ms`,
  );
  report(
    "exec: first request over bare node",
    median(start.oneShot.map(firstRequest)) - floor,
    "ms",
    90,
    `raw loop ${(median(start.rawOneShot.map(firstRequest)) - floor).toFixed(0)} ms`,
  );
  report(
    "exec: whole one-shot over bare node",
    median(start.oneShot.map((one) => one.wallMs)) - floor,
    "ms",
    160,
    `raw loop ${(median(start.rawOneShot.map((one) => one.wallMs)) - floor).toFixed(0)} ms`,
  );

  const probed = await interleave(
    {
      oneShot: tauExec("short"),
      long: tauExec("long"),
      longJson: tauExec("long", "--json"),
      rawShort: raw("short"),
      rawLong: raw("long"),
    },
    { probe: true },
  );
  const cpu = (name) => median(probed[name].map((one) => one.cpuMs));
  report("exec: peak memory", median(probed.oneShot.map((one) => one.rssMb)), "MB", 95);
  report(
    "200 KB answer: CPU against a raw read (whole processes)",
    cpu("long") / cpu("rawLong"),
    "x",
    2.5,
    `tau ${cpu("long").toFixed(0)} ms, raw ${cpu("rawLong").toFixed(0)} ms`,
  );
  note(
    "of it beyond a short answer",
    `${((cpu("long") - cpu("oneShot")) / Math.max(1, cpu("rawLong") - cpu("rawShort"))).toFixed(2)} x`,
    `tau ${(cpu("long") - cpu("oneShot")).toFixed(0)} ms, raw ${(cpu("rawLong") - cpu("rawShort")).toFixed(0)} ms`,
  );
  report(
    "200 KB answer: JSON stream against its text",
    median(probed.longJson.map((one) => one.out)) / 200_000,
    "x",
    6,
  );

  const steps = await interleave({ tau: tauExec("steps-20-true"), raw: raw("steps-20-true") });
  const gap = (name) => median(steps[name].map((one) => median(gaps(one))));
  report(
    "step overhead over a raw loop that spawns the same",
    gap("tau") - gap("raw"),
    "ms",
    5,
    `tau ${gap("tau").toFixed(1)} ms, raw ${gap("raw").toFixed(1)} ms`,
  );
  report(
    "first request of an empty session",
    median(start.oneShot.map((one) => one.exchanges[0].bytes)) / 1024,
    "KB",
    12,
  );
}
