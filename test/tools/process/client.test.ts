import { setMaxListeners } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spillMaxBytes } from "../../../src/tools/process/output.ts";
import { command, exited, isAlive, marked, never, processBench, until } from "./support.ts";

const bench = processBench();

describe("a command", () => {
  const host = bench.host();

  it("gives stdout and stderr in the order they were written, and its exit code", async () => {
    const line = "for i in 1 2 3 4 5; do echo out$i; echo err$i >&2; done; exit 7";
    const outcome = exited(await host.run(command(line), { signal: never }));
    expect(outcome.head).toBe("out1\nerr1\nout2\nerr2\nout3\nerr3\nout4\nerr4\nout5\nerr5\n");
    expect(outcome).toMatchObject({ exitCode: 7, signal: null, tail: "", omittedBytes: 0, spillPath: null });
  });

  it("may open /dev/stdout and /dev/stderr", async () => {
    const line = "echo a > /dev/stderr; echo b | tee /dev/stdout";
    const outcome = exited(await host.run(command(line), { signal: never }));
    expect(outcome.head).toBe("a\nb\nb\n");
  });

  it("has an empty stdin, no terminal, and only the environment it was given", async () => {
    const line = "cat; tty; (exec 3</dev/tty) 2>/dev/null && echo has a tty; env";
    const outcome = exited(
      await host.run(command(line, { env: { PATH: process.env.PATH ?? "", ONLY: "this" } }), {
        signal: never,
      }),
    );
    const lines = outcome.head.trim().split("\n");
    expect(lines[0]).toBe("not a tty");
    expect(lines.slice(1).map((line) => line.split("=")[0])).toEqual(
      expect.arrayContaining(["ONLY", "PATH", "TAU_JOB"]),
    );
    expect(lines.filter((line) => !/^(not a tty|(ONLY|PATH|TAU_JOB|PWD|SHLVL|_)=.*)$/.test(line))).toEqual(
      [],
    );
  });

  it("that was ended by a signal says which", async () => {
    const outcome = exited(await host.run(command("kill -SEGV $$"), { signal: never }));
    expect(outcome).toMatchObject({ exitCode: null, signal: "SIGSEGV" });
  });

  it.each([
    ["no such program", { argv: ["/no/such/program"] as const }, /ENOENT$/],
    [
      "no such directory",
      { cwd: "/no/such/directory" },
      /working directory \/no\/such\/directory does not exist/,
    ],
    ["an argument with a NUL", { argv: ["echo", "a\0b"] as const }, /null bytes/],
  ])("that cannot start says so: %s", async (_name, more, says) => {
    const outcome = await host.run(command("true", more), { signal: never });
    expect(outcome.status).toBe("not_started");
    expect(outcome).toHaveProperty("message", expect.stringMatching(says));
  });

  it("runs beside many others, each with its own output", async () => {
    setMaxListeners(0, never);
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const outcomes = await Promise.all(
      numbers.map((number) => host.run(command(`echo ${number}; exit ${number}`), { signal: never })),
    );
    expect(outcomes.map((outcome) => exited(outcome).head)).toEqual(numbers.map((number) => `${number}\n`));
    expect(outcomes.map((outcome) => exited(outcome).exitCode)).toEqual(numbers);
  });
});

describe("output beyond the bound", () => {
  const host = bench.host();

  it("keeps head and tail, and all of it on disk", async () => {
    const outcome = exited(await host.run(command("seq 1 20000"), { signal: never }));
    const whole = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(outcome.head).toBe(whole.slice(0, 1024));
    expect(outcome.tail).toBe(whole.slice(-4096));
    expect(outcome).toMatchObject({ totalBytes: whole.length, omittedBytes: whole.length - 5120 });
    expect(readFileSync(outcome.spillPath ?? "", "utf8")).toBe(whole);
    expect(statSync(outcome.spillPath ?? "").mode & 0o777).toBe(0o600);
  });

  it("of 1 GB fills neither disk nor memory, and the command finishes", async () => {
    const line = "yes 0123456789abcde | head -c 1000000000";
    const outcome = exited(await host.run(command(line, { timeoutMs: 60_000 }), { signal: never }));
    expect(outcome).toMatchObject({ exitCode: 0, totalBytes: 1_000_000_000, timedOut: false });
    expect(statSync(outcome.spillPath ?? "").size).toBe(spillMaxBytes);
    expect(outcome.lostBytes).toBe(1_000_000_000 - spillMaxBytes);
    const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${host.helperPid}/status`, "utf8"))?.[1]);
    expect(peakKb).toBeLessThan(160 * 1024);
  }, 90_000);

  it("is shown live at a bounded rate", async () => {
    let shownBytes = 0;
    let skipped = 0;
    let calls = 0;
    const outcome = exited(
      await host.run(command("yes | head -c 300000000"), {
        signal: never,
        onOutput(text, skippedBytes) {
          shownBytes += text.length;
          skipped += skippedBytes;
          calls += 1;
        },
      }),
    );
    expect(shownBytes + skipped).toBe(300_000_000);
    expect(calls).toBeLessThanOrEqual(outcome.durationMs / 40 + 3);
    expect(shownBytes).toBeLessThanOrEqual(calls * 8192);
  });

  it("still comes out when the disk refuses the full copy", async () => {
    const blocked = join(bench.dir, "blocked");
    writeFileSync(blocked, "a file where a directory should be");
    Object.assign(bench, { spillDir: join(blocked, "spill") });
    const poor = bench.host();
    Object.assign(bench, { spillDir: join(bench.dir, "spill") });
    const outcome = exited(await poor.run(command("seq 1 20000"), { signal: never }));
    expect(outcome).toMatchObject({ exitCode: 0, spillPath: null, lostBytes: outcome.totalBytes });
    expect(outcome.tail.endsWith("20000\n")).toBe(true);
  });
});

describe("what a command leaves behind", () => {
  const host = bench.host();

  it.each([
    ["a child that holds the pipe", "sleep 300 & echo done"],
    ["a child that let go of the pipe", "sleep 300 >/dev/null 2>&1 & echo done"],
    ["a child that ignores SIGTERM", "(trap '' TERM; sleep 300; sleep 300) & echo done"],
    ["a child in a session of its own that holds the pipe", "setsid sleep 300 & sleep 0.05; echo done"],
    ["a child in a process group of its own", "set -m; sleep 300 & echo done"],
  ])("is ended without waiting for it: %s", async (_name, line) => {
    const outcome = exited(await host.run(command(line), { signal: never }));
    expect(outcome).toMatchObject({ exitCode: 0, head: "done\n" });
    expect(outcome.killedSurvivors).toBeGreaterThanOrEqual(1);
    expect(outcome.durationMs).toBeLessThan(5_000);
    expect(marked(bench.markerOf(host))).toEqual([]);
  });

  it("is nothing for a command that cleans up itself", async () => {
    const outcome = exited(await host.run(command("sleep 0.01 & wait; echo done"), { signal: never }));
    expect(outcome).toMatchObject({ head: "done\n", killedSurvivors: 0 });
  });
});

describe("a command that never ends", () => {
  const host = bench.host();

  it("is ended at its timeout with all it started, and its output is kept", async () => {
    const line = "echo begun; (trap '' TERM; setsid sleep 300) & sleep 300";
    const outcome = exited(await host.run(command(line, { timeoutMs: 300 }), { signal: never }));
    expect(outcome).toMatchObject({ timedOut: true, aborted: false, head: "begun\n" });
    expect(outcome.durationMs).toBeLessThan(5_000);
  });

  it("that ignores SIGTERM is killed", async () => {
    const line = "trap '' TERM; echo begun; while :; do sleep 1; done";
    const outcome = exited(await host.run(command(line, { timeoutMs: 200 }), { signal: never }));
    expect(outcome).toMatchObject({ timedOut: true, signal: "SIGKILL", exitCode: null });
  });

  it("prints for ever and is ended all the same", async () => {
    const outcome = exited(await host.run(command("yes", { timeoutMs: 500 }), { signal: never }));
    expect(outcome).toMatchObject({ timedOut: true });
    expect(outcome.head.length).toBe(1024);
  });

  it("ends when it is aborted, wherever it is", async () => {
    const abort = new AbortController();
    const running = host.run(command("echo begun; sleep 300"), {
      signal: abort.signal,
      onOutput: () => abort.abort(),
    });
    expect(exited(await running)).toMatchObject({ aborted: true, timedOut: false, head: "begun\n" });
    const before = await host.run(command("echo never"), { signal: abort.signal });
    expect(before.status).toBe("not_started");
    const racing = new AbortController();
    const raced = host.run(command("sleep 300"), { signal: racing.signal });
    racing.abort();
    expect(await raced).toSatisfy((outcome) => outcome.status === "not_started" || outcome.aborted);
  });
});

describe("background jobs", () => {
  it("are listed, read from any byte, stopped, and end with the host", async () => {
    const host = bench.host();
    const server = await host.start(command("echo up; exec sleep 300", { timeoutMs: null }), "server");
    const batch = await host.start(command("echo ä; exit 3", { timeoutMs: null }), "batch");
    if (!server.started || !batch.started) throw new Error("did not start");
    await until(() => batch.job.outcome !== null, 5_000, "the batch job ends");
    expect(host.list().map((job) => [job.label, job.outcome?.status])).toEqual([
      ["server", undefined],
      ["batch", "exited"],
    ]);
    expect(await host.output(batch.job.id, 0)).toMatchObject({ text: "ä\n", next: 3, skippedBytes: 0 });
    expect(await host.output(batch.job.id, 3)).toMatchObject({ text: "", next: 3 });
    expect(await host.output(12345, 0)).toBeNull();
    expect(await host.stop(12345)).toBeNull();
    const stopped = await host.stop(server.job.id);
    expect(stopped?.outcome).toMatchObject({ aborted: true });
    const last = await host.start(command("exec sleep 300", { timeoutMs: null }), "last");
    if (!last.started) throw new Error("did not start");
    await host.close();
    expect(isAlive(last.job.pid)).toBe(false);
    expect(await host.start(command("true"), "late")).toMatchObject({ started: false });
  });

  it("are bounded in number", async () => {
    const host = bench.host();
    const specs = Array.from({ length: 16 }, () => command("exec sleep 300", { timeoutMs: null }));
    for (const spec of specs) expect(await host.start(spec, "x")).toMatchObject({ started: true });
    expect(await host.start(command("true"), "x")).toMatchObject({
      started: false,
      message: expect.stringContaining("16"),
    });
    await host.close();
  });
});

describe("a helper that cannot start", () => {
  it("is reported, and the host goes on trying", async () => {
    const helperPath = join(bench.dir, "late", "helper.cjs");
    const { helperPath: real } = bench;
    Object.assign(bench, { helperPath });
    const host = bench.host();
    Object.assign(bench, { helperPath: real });
    expect(await host.run(command("true"), { signal: never })).toMatchObject({
      status: "not_started",
      message: expect.stringContaining("helper"),
    });
    mkdirSync(join(bench.dir, "late"));
    writeFileSync(helperPath, readFileSync(real));
    expect(exited(await host.run(command("true"), { signal: never })).exitCode).toBe(0);
  });
});
