import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { CommandSpec } from "../../../src/tools/process/protocol.ts";
import { reapOrphans } from "../../../src/tools/process/registry.ts";
import { bundle, command, exited, isAlive, marked, never, processBench, until } from "./support.ts";

const bench = processBench();
const parentPath = join(bench.dir, "parent.mjs");

beforeAll(() => bundle("./parent.ts", parentPath, "esm"));

/** Commands that do all they can to outlive their parent. */
const stubborn: CommandSpec[] = [
  "sleep 300",
  "trap '' TERM INT HUP; while :; do sleep 1; done",
  "setsid sleep 300 >/dev/null 2>&1 & exec sleep 300",
  "setsid bash -c 'trap \"\" TERM; while :; do sleep 1; done' >/dev/null 2>&1 & (sleep 300 & sleep 300) & wait",
  "yes",
].map((line) => command(line, { timeoutMs: null }));

/** The helper, and at least the processes the commands are known to start. */
const leastProcesses = 9;

let parents = 0;

async function startParent() {
  const hostId = `parent${process.pid}x${Date.now()}x${parents++}`;
  const { helperPath, stateDir, spillDir } = bench;
  const options = {
    helperPath,
    nodePath: process.execPath,
    hostId,
    stateDir,
    spillDir,
    env: { PATH: process.env.PATH },
  };
  const child = spawn(process.execPath, [parentPath, JSON.stringify({ options, specs: stubborn })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { helper } = JSON.parse(line.toString("utf8")) as { helper: number };
  await until(() => marked(hostId).length >= leastProcesses, 5_000, "all stubborn commands run");
  return { child, helper, hostId };
}

describe("when Tau dies", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s, its helper and every process of its commands are gone within two seconds",
    async (signal) => {
      const { child, helper, hostId } = await startParent();
      child.kill(signal);
      await until(() => marked(hostId).length === 0 && !isAlive(helper), 2_000, "no process is left");
      expect(readdirSync(bench.stateDir).filter((name) => name.startsWith(hostId))).toEqual([]);
    },
  );

  it("together with its helper, the next start ends what is left", async () => {
    const { child, helper, hostId } = await startParent();
    process.kill(helper, "SIGSTOP");
    child.kill("SIGKILL");
    process.kill(helper, "SIGKILL");
    await until(() => !isAlive(helper), 2_000, "the helper is gone");
    expect(marked(hostId).length).toBeGreaterThanOrEqual(leastProcesses - 1);
    const living = bench.host();
    const job = await living.start(command("exec sleep 300", { timeoutMs: null }), "of a living session");
    if (!job.started) throw new Error("did not start");
    // The new helper reaps by itself; asking again must find nothing it may touch.
    await until(() => marked(hostId).length === 0, 3_000, "orphans are reaped");
    expect((await reapOrphans(bench.stateDir)).problems).toEqual([]);
    expect(isAlive(job.job.pid)).toBe(true);
    await living.close();
    expect(readdirSync(bench.stateDir)).toEqual([]);
  });
});

describe("when the helper dies", () => {
  it("the command is reported as interrupted, ended, and the next one runs", async () => {
    const host = bench.host();
    const job = await host.start(command("exec sleep 300", { timeoutMs: null }), "job");
    if (!job.started) throw new Error("did not start");
    const running = host.run(command("setsid sleep 300 & sleep 300"), { signal: never });
    const helper = host.helperPid ?? 0;
    await until(() => marked(bench.markerOf(host)).length >= 4, 5_000, "the command runs");
    process.kill(helper, "SIGKILL");
    expect(await running).toMatchObject({
      status: "interrupted",
      message: expect.stringContaining("helper died"),
    });
    expect(isAlive(job.job.pid)).toBe(false);
    expect(job.job.outcome).toMatchObject({ status: "interrupted" });
    expect(await host.output(job.job.id, 0)).toBeNull();
    expect(exited(await host.run(command("echo again"), { signal: never })).head).toBe("again\n");
    expect(host.helperPid).not.toBe(helper);
  });

  it("politely, it takes its commands with it", async () => {
    const host = bench.host();
    const running = host.run(command("trap '' TERM; while :; do sleep 1; done"), { signal: never });
    await until(() => marked(bench.markerOf(host)).length >= 2, 5_000, "the command runs");
    process.kill(host.helperPid ?? 0, "SIGTERM");
    // Whether its last word comes through before it leaves is a race; a success it must never be.
    const outcome = await running;
    if (outcome.status !== "interrupted")
      expect(outcome).toMatchObject({ status: "exited", exitCode: null, signal: "SIGKILL" });
    expect(marked(bench.markerOf(host))).toEqual([]);
  });
});

describe("what an earlier Tau left", () => {
  it("and cannot be cleared away is told of, keeps nothing else from being dealt with, and fails nobody's start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tau-reap-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const header = JSON.stringify({ v: 1, hostId: "gone", pid: 4_194_304, start: "1", machine: machine() });
    // A folder where the file to remove should be cannot be removed as one.
    for (const name of ["a", "c"]) writeFileSync(join(folder, `${name}.processes`), `${header}\n`);
    mkdirSync(join(folder, "b.processes"));
    utimesSync(join(folder, "b.processes"), 1, 1);
    const { ended, problems } = await reapOrphans(folder);
    expect(ended).toBe(0);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(join(folder, "b.processes"));
    expect(readdirSync(folder)).toEqual(["b.processes"]);
    expect(await reapOrphans(join(folder, "none"))).toEqual({ ended: 0, problems: [] });
  });
});

/** This boot and pid namespace, as the registry writes them. */
function machine(): string {
  const boot = existsSync("/proc") ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() : "";
  const namespace = existsSync("/proc") ? readlinkSync("/proc/self/ns/pid") : "";
  return `${boot} ${namespace}`.trim();
}
