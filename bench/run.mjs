// The budgets, printed as ratios against floors of the same run: `npm run bench [rounds]`. Rounds are interleaved and
// medians are shown, because machines are shared; a figure over its budget is marked and makes the exit code 1.
import { fork, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const rounds = Number(process.argv[2] ?? 9);
const here = import.meta.dirname;
const root = resolve(here, "..");
const tau = join(root, "bin/tau.js");
const scratch = mkdtempSync(join(tmpdir(), "tau-bench-"));
const project = join(scratch, "project");
mkdirSync(join(project, ".git"), { recursive: true });

const upstream = fork(join(here, "upstream.mjs"));
const exchanges = [];
const url = await new Promise((done) => {
  upstream.on("message", (message) => {
    if (message.type === "listening") done(message.url);
    else exchanges.push(message);
  });
});

const env = {
  PATH: process.env.PATH,
  HOME: scratch,
  TAU_HOME: join(scratch, "home"),
  ANTHROPIC_API_KEY: "bench-key-0123456789",
  ANTHROPIC_BASE_URL: url,
};
const clock = () => performance.timeOrigin + performance.now();

/** Runs a program to its end: wall time, and the exchanges it had. */
async function run(args, { probe = false } = {}) {
  exchanges.length = 0;
  const probeFile = join(scratch, "probe.json");
  const startedAt = clock();
  const child = spawn(process.execPath, [...(probe ? ["--require", join(here, "probe.cjs")] : []), ...args], {
    cwd: project,
    env: { ...env, TAU_BENCH_PROBE: probeFile },
    stdio: ["ignore", "pipe", "pipe"],
  });
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

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
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
const bare = ["-e", "0"];
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

const rows = [];
let over = 0;
function report(what, value, unit, stated, detail = "") {
  const budget = unit === "ms" ? stated * stretch : stated;
  const bad = value > budget;
  if (bad) over += 1;
  rows.push([
    bad ? "over" : "ok",
    what,
    `${value.toFixed(unit === "x" ? 2 : 1)} ${unit}`,
    `<= ${budget} ${unit}`,
    detail,
  ]);
}

await run(tauExec("short")); // fills the code cache, as a user's first run does
await run(tauExec("steps-2-true"));

const start = await interleave({
  bare,
  version: [tau, "--version"],
  oneShot: tauExec("short"),
  rawOneShot: raw("short"),
});
const floor = median(start.bare.map((one) => one.wallMs));
// The budgets were set on a machine where bare node takes 31 ms; on a slower one all times stretch alike.
const stretch = Math.max(1, floor / 31);
const firstRequest = (one) => one.exchanges[0].at - one.startedAt;
report(
  "tau --version over bare node",
  median(start.version.map((one) => one.wallMs)) - floor,
  "ms",
  15,
  `bare ${floor.toFixed(0)} ms, ${stretch.toFixed(1)} times the 31 ms of the budgets' machine`,
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
rows.push([
  "",
  "  of it beyond a short answer",
  `${((cpu("long") - cpu("oneShot")) / Math.max(1, cpu("rawLong") - cpu("rawShort"))).toFixed(2)} x`,
  "",
  `tau ${(cpu("long") - cpu("oneShot")).toFixed(0)} ms, raw ${(cpu("rawLong") - cpu("rawShort")).toFixed(0)} ms`,
]);
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

const bytes = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (sum, entry) =>
      sum + (entry.isFile() ? statSync(join(entry.parentPath ?? entry.path, entry.name)).size : 0),
    0,
  );
report("dist", bytes(join(root, "dist")) / 2 ** 20, "MB", 4);
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
const native = /node_modules\/(better-sqlite3|@vscode\/ripgrep-[^/]+)$/;
const runtime = Object.entries(lock).filter(
  ([path, entry]) => path && !entry.dev && !entry.devOptional && !native.test(path),
);
const installed = runtime
  .map(([path]) => join(root, path))
  .filter((path) => statSync(path, { throwIfNoEntry: false }));
report(
  "runtime dependencies beside native and binary ones",
  installed.reduce((sum, path) => sum + bytes(path), 0) / 2 ** 20,
  "MB",
  60,
  `${installed.length} packages`,
);

const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
console.log(
  `\n${rounds} rounds, medians, node ${process.version}; ${over === 0 ? "every budget held" : `${over} over budget`}`,
);
upstream.disconnect();
rmSync(scratch, { recursive: true, force: true });
process.exit(over === 0 ? 0 : 1);
