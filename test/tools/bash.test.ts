import { mkdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ToolContext, ToolOutput } from "../../src/core/tool.ts";
import { childEnvironment } from "../../src/policy/secrets.ts";
import { bashTool, maxTimeoutSeconds } from "../../src/tools/bash.ts";
import { isAlive, marked, never, processBench, until } from "./process/support.ts";

const bench = processBench();
const host = bench.host();

/** Secrets under the names people keep them, each value findable in any output. */
const canaries = {
  ANTHROPIC_API_KEY: "canary-anthropic-1",
  OPENAI_API_KEY: "canary-openai-2",
  AWS_SECRET_ACCESS_KEY: "canary-aws-3",
  GITHUB_TOKEN: "canary-github-4",
  DATABASE_URL: "postgres://user:canary-db-5@host/db",
  HTTPS_PROXY: "http://user:canary-proxy-6@proxy:3128",
  NPM_TOKEN: "canary-npm-7",
  GOFLAGS: "-ldflags=-X=key=canary-anthropic-1",
  SOME_THING: "canary-unknown-8",
};

const environment = childEnvironment(
  { ...canaries, PATH: process.env.PATH, HOME: bench.dir, LC_ALL: "C", GOPATH: "/go", WANTED: "asked for" },
  ["WANTED"],
  ["canary-anthropic-1"],
);

const tool = bashTool({ host, shell: "/bin/bash", environment, now: Date.now });

function run(input: object, more: Partial<ToolContext> = {}) {
  const context = { callId: "c1", cwd: bench.dir, signal: never, emit: () => undefined, ...more };
  return tool.run(tool.input.parse(input), context);
}

describe("bash", () => {
  it("runs in the project with the output as the model's answer", async () => {
    const result = await run({ command: "pwd; echo $GOPATH $LC_ALL $WANTED $PAGER $TERM" });
    expect(result.output).toBe(`${realpathSync(bench.dir)}\n/go C asked for cat dumb`);
    expect(result).not.toHaveProperty("isError");
    expect(result).not.toHaveProperty("note");
    expect(result.facts).toMatchObject({
      exitCode: 0,
      signal: null,
      timedOut: false,
      savedPath: null,
      truncated: false,
    });
  });

  it("starts each command afresh", async () => {
    mkdirSync(join(bench.dir, "below"));
    await run({ command: "cd below; export X=1" });
    expect((await run({ command: "pwd; echo [$X]" })).output).toBe(`${realpathSync(bench.dir)}\n[]`);
  });

  it("says how a command failed, to the model and to people", async () => {
    const result = await run({ command: "echo oops >&2; exit 3" });
    expect(result).toMatchObject({ output: "oops", note: "Exit code 3.", isError: true });
    expect(result.display).toEqual([
      {
        type: "terminal",
        command: "echo oops >&2; exit 3",
        output: "oops",
        exitCode: 3,
        durationMs: expect.any(Number),
      },
    ]);
    expect(await run({ command: "true" })).toMatchObject({ output: "(no output)" });
    expect(await run({ command: "kill -9 $$" })).toMatchObject({
      isError: true,
      note: expect.stringContaining("SIGKILL"),
    });
  });

  it("gives the model plain text and keeps the raw bytes on disk", async () => {
    const line = String.raw`printf '\033[31mred\033[0m\033]0;title\007\n10%%\r50%%\r100%%\r\nend\n'`;
    expect((await run({ command: line })).output).toBe("red\n100%\nend");
    const long = await run({ command: `${line}; seq 1 30000` });
    const spilled = readFileSync(String(long.facts?.savedPath), "utf8");
    expect(spilled.startsWith("\u001b[31mred")).toBe(true);
    expect(spilled.endsWith("30000\n")).toBe(true);
  });

  it("leaves out the middle of long output at line ends, and says how much and where it is", async () => {
    const result = await run({ command: "seq 1 30000" });
    const lines = String(result.output).split("\n");
    const gap = lines.findIndex((line) => line.startsWith("[..."));
    expect(lines[gap]).toBe(
      `[... ${168_894 - 40 * 1024} of 168894 bytes left out; full output in ${result.facts?.savedPath} ...]`,
    );
    expect(lines.slice(0, gap)).toEqual(Array.from({ length: gap }, (_, index) => String(index + 1)));
    const rest = lines.slice(gap + 1);
    expect(rest).toEqual(
      Array.from({ length: rest.length }, (_, index) => String(30_001 - rest.length + index)),
    );
    expect(String(result.output).length).toBeLessThan(41 * 1024);
  });

  it("counts down to its timeout, ends the command there and keeps what it said", async () => {
    const shown: ToolOutput[] = [];
    const result = await run(
      { command: "echo begun; sleep 300", timeout: 2 },
      { emit: (output) => shown.push(output) },
    );
    expect(result).toMatchObject({ output: "begun", isError: true, facts: { timedOut: true } });
    expect(result.note).toContain("Timed out after 2 s");
    expect(shown).toContainEqual({ type: "text", text: "begun\n" });
    const counts = shown.flatMap((output) => (output.type === "countdown" ? [output.remainingMs] : []));
    expect(counts.length).toBeGreaterThanOrEqual(1);
    expect(counts.every((ms) => ms >= 0 && ms < 2_000)).toBe(true);
  });

  it("ends at an interrupt", async () => {
    const abort = new AbortController();
    const result = await run(
      { command: "echo begun; sleep 300" },
      { signal: abort.signal, emit: () => abort.abort() },
    );
    expect(result).toMatchObject({ output: "begun", isError: true, facts: { aborted: true } });
  });

  it("ends what a command leaves behind and tells the model the better way", async () => {
    const result = await run({ command: "sleep 300 & echo started" });
    expect(result.output).toBe("started");
    expect(result.note).toBe(
      "1 background process was ended; use background:true for what must keep running.",
    );
  });

  it("starts jobs in the background and returns at once", async () => {
    const result = await run({ command: "exec sleep 300", background: true });
    expect(result.output).toMatch(/^Started background job \d+ \(pid \d+\)\.$/);
    expect(isAlive(Number(result.facts?.pid))).toBe(true);
    await host.stop(Number(result.facts?.job));
    expect(isAlive(Number(result.facts?.pid))).toBe(false);
  });

  it("never lets a secret of the environment reach a command", async () => {
    const result = await run({
      command: "env; cat /proc/self/environ; tr '\\0' '\\n' < /proc/$PPID/environ; cat /proc/$PPID/cmdline",
    });
    expect(result.output).toContain("PATH=");
    expect(result.output).not.toContain("canary");
    await until(() => marked(bench.markerOf(host)).length === 0, 2_000, "nothing is left");
  });

  it.each([
    [{ command: " " }],
    [{ command: "ls", timeout: 0 }],
    [{ command: "ls", timeout: maxTimeoutSeconds + 1 }],
    [{ command: "ls", cwd: "/" }],
    [{}],
  ])("refuses %j", (input) => {
    expect(tool.input.safeParse(input).success).toBe(false);
  });

  it("declares its command for policy, and one line for people", () => {
    const intent = tool.intent(tool.input.parse({ command: "npm test\nnpm run lint" }), bench.dir);
    expect(intent).toEqual({ summary: "npm test …", paths: [], command: "npm test\nnpm run lint" });
  });
});
