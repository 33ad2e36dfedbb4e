/** What a headless run makes of its standard input: joined when there is some, never waited for when there is none. */

import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ofType, told, until } from "./support/run.ts";
import { model, rows, saidTo, scene } from "./support/scene.ts";
import { launcher, startTau } from "./support/tau.ts";

const joined = (text: string): string => `the task\n\n<stdin>\n${text}\n</stdin>`;

describe("standard input that ends", () => {
  it.each([
    { what: "empty (/dev/null)", args: ["the task"], says: "the task" },
    { what: "a pipe with data", args: ["the task"], input: "piped\n", says: joined("piped\n") },
    { what: "a pipe that is closed empty", args: ["the task"], input: "", says: "the task" },
    { what: "only the pipe", args: [], input: "from the pipe\n", says: "from the pipe" },
    { what: "- for the pipe", args: ["-"], input: "from the pipe\n", says: "from the pipe" },
    { what: "--no-stdin", args: ["the task", "--no-stdin"], input: "piped\n", says: "the task" },
    { what: "--stdin", args: ["the task", "--stdin"], input: "piped\n", says: joined("piped\n") },
    { what: "several words", args: ["fix", "the", "test"], says: "fix the test" },
    { what: "text that looks like an option after --", args: ["--", "--weird"], says: "--weird" },
  ])("$what", async ({ args, input, says }) => {
    const { fake, exec } = await scene();
    const { result } = await exec(args, input === undefined ? {} : { input });
    expect(result.reason).toBe("done");
    expect(saidTo(fake, 0)).toEqual([says]);
  });

  it("is read from a file", async () => {
    const { fake, exec, world } = await scene();
    const file = openSync(world.file("input.txt", "in a file\n"), "r");
    const { result } = await exec(["the task"], { stdin: file });
    closeSync(file);
    expect(result.reason).toBe("done");
    expect(saidTo(fake, 0)).toEqual([joined("in a file\n")]);
  });

  it("is not missed when it is closed", async () => {
    const { world } = await scene();
    const run = spawnSync(
      "/bin/sh",
      ["-c", '"$0" "$@" <&-', process.execPath, launcher, "exec", "--json", "--model", "demo/fix", "hello"],
      { cwd: world.project, env: world.env, encoding: "utf8", timeout: 30_000 },
    );
    expect(run.status).toBe(0);
    expect(run.stdout.trim().split("\n").at(-1)).toMatch(/"type":"result".*"reason":"done"/);
  });

  it("is waited for while the command it comes from is at work, however long that takes", async () => {
    const { fake, world } = await scene();
    // It works until Tau has said that it waits for it, however slowly Tau starts beside it.
    const marker = join(world.home, "told");
    const busy = `const { existsSync } = require("node:fs"); while (!existsSync("${marker}"));`;
    const run = spawn(
      "/bin/sh",
      ["-c", `"$0" -e '${busy} console.log(42)' | "$0" "$@"`, process.execPath, launcher].concat([
        "exec",
        "--json",
        "--model",
        model,
        "the task",
      ]),
      { cwd: world.project, env: world.env, stdio: ["ignore", "ignore", "pipe"] },
    );
    let stderr = "";
    run.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (/waiting for standard input: .* is at work/.test(stderr)) writeFileSync(marker, "");
    });
    expect(await new Promise((ended) => run.on("close", ended))).toBe(0);
    expect(saidTo(fake, 0)).toEqual([joined("42\n")]);
    expect(existsSync(marker)).toBe(true);
  });
});

// They mostly wait, so they wait together.
describe("a pipe that is slow or stays silent", () => {
  it.concurrent("is waited for once its first byte has come", async ({ onTestFinished }) => {
    const { fake, world } = await scene(undefined, onTestFinished);
    const { child, finished } = startTau(world, ["exec", "--json", "--model", model, "the task"], {
      stdin: "open",
    });
    child.stdin?.write("slow, ");
    // Longer than the first byte may take.
    setTimeout(() => child.stdin?.end("late"), 3_400);
    expect(told(await finished).result.reason).toBe("done");
    expect(saidTo(fake, 0)).toEqual([joined("slow, late")]);
  });

  it.concurrent("is waited for with --stdin however long its first byte takes", async ({
    onTestFinished,
  }) => {
    const { fake, world } = await scene(undefined, onTestFinished);
    const { child, finished } = startTau(world, ["exec", "--json", "--model", model, "the task", "--stdin"], {
      stdin: "open",
    });
    setTimeout(() => child.stdin?.end("late"), 3_200);
    expect(told(await finished).result.reason).toBe("done");
    expect(saidTo(fake, 0)).toEqual([joined("late")]);
  });

  it.concurrent("is left alone after the grace when there is a task, and the run says so", async ({
    onTestFinished,
  }) => {
    const { fake, world } = await scene(undefined, onTestFinished);
    const { child, finished } = startTau(world, ["exec", "--json", "--model", model, "the task"], {
      stdin: "open",
    });
    const run = await finished;
    child.stdin?.destroy();
    const { events, result } = told(run);
    expect(result.reason).toBe("done");
    expect(saidTo(fake, 0)).toEqual(["the task"]);
    expect(run.stderr).toMatch(/standard input .* silent .* not read/);
    expect(ofType(events, "note")).toMatchObject([
      { level: "warning", code: "input", text: expect.stringMatching(/--stdin waits for it/) },
    ]);
  });

  it.concurrent("is waited for a bounded time when the task should come from it, and nothing is begun meanwhile", async ({
    onTestFinished,
  }) => {
    const { fake, world } = await scene(undefined, onTestFinished);
    const { child, finished } = startTau(world, ["exec", "--json", "--model", model], { stdin: "open" });
    const run = await until("the run ends", () => (child.exitCode === null ? null : finished), 20_000);
    child.stdin?.destroy();
    const { result, events } = told(await run);
    expect(result).toMatchObject({ reason: "usage", error: { message: expect.stringMatching(/no task/) } });
    expect(events).toEqual([]);
    expect(fake.requests).toEqual([]);
    expect(rows(world, "SELECT * FROM sessions")).toEqual([]);
  });

  it("does not outlast --timeout", async () => {
    const { world } = await scene();
    const { child, finished } = startTau(
      world,
      ["exec", "--json", "--model", model, "the task", "--stdin", "--timeout", "0.5"],
      { stdin: "open" },
    );
    const run = await finished;
    child.stdin?.destroy();
    expect(told(run).result).toMatchObject({ reason: "timeout", exitCode: 124, sessionId: null });
  });

  it("does not hold up a signal", async () => {
    const { world } = await scene();
    const { child, finished } = startTau(world, ["exec", "--json", "--model", model, "-"], { stdin: "open" });
    child.stdin?.write("half a task");
    // It listens to signals before it opens the ledger.
    await until("the ledger", () => existsSync(join(world.home, ".tau/data/tau.db")));
    child.kill("SIGTERM");
    const run = await finished;
    child.stdin?.destroy();
    expect(told(run).result.reason).toBe("terminated");
    expect(run.code).toBe(143);
  });
});

describe("no task at all", () => {
  it.each([
    { what: "nothing", args: [] },
    { what: "an empty word", args: [""] },
    { what: "- and an empty pipe", args: ["-"], input: "" },
    { what: "blank text", args: ["-"], input: " \n\n" },
  ])("$what is a usage error, and no session is made", async ({ args, input }) => {
    const { fake, exec, world } = await scene();
    const { result, finished } = await exec(args, input === undefined ? {} : { input });
    expect(result).toMatchObject({ reason: "usage", exitCode: 2, sessionId: null });
    expect(finished.stderr).not.toMatch(/\bat .*:\d+/);
    expect(fake.requests).toEqual([]);
    expect(rows(world, "SELECT * FROM sessions")).toEqual([]);
  });
});
