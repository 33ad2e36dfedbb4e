// The budgets, printed against floors of the same run: `npm run bench [rounds] [headless|terminal|screens|checkpoints|policy]`. Rounds are
// interleaved and medians are shown, because machines are shared; a figure over its budget is marked and makes the exit
// code 1.
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkpoints } from "./checkpoints.mjs";
import { headless } from "./headless.mjs";
import { policy } from "./policy.mjs";
import { screens } from "./screens.mjs";
import { sizes } from "./sizes.mjs";
import { newTable } from "./table.mjs";
import { terminal } from "./terminal.mjs";

const [rounds = "9", only] = process.argv.slice(2);
const here = import.meta.dirname;
const root = resolve(here, "..");
const scratch = mkdtempSync(join(tmpdir(), "tau-bench-"));
const project = join(scratch, "project");
mkdirSync(join(project, ".git"), { recursive: true });
writeFileSync(join(project, ".git/HEAD"), "ref: refs/heads/main\n");

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
const table = await newTable(Number(rounds), env);
const bench = {
  table,
  rounds: Number(rounds),
  root,
  tau: join(root, "bin/tau.js"),
  url,
  exchanges,
  env,
  project,
  scratch,
};
const parts = { headless, terminal, screens, checkpoints, policy, sizes };
try {
  for (const [name, part] of Object.entries(parts)) if (!only || only === name) await part(bench);
} finally {
  upstream.disconnect();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(table.print() ? 0 : 1);
