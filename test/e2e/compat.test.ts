/** `tau exec --compat`: the built binary in the line formats of other tools, to the end and after a signal. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CompatDialect, compatDialects } from "../../src/cli/print/compat/dialects.ts";
import { compatObjectSchemas, isTerminal, readLines, saidIn } from "../support/compat-lines.ts";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { latestSession, ledgerOf, until } from "./support/run.ts";
import { call, model, type Scene, scene } from "./support/scene.ts";
import { runTau, startTau } from "./support/tau.ts";

const answers: FakeAnswer[] = [
  {
    thinking: "Look first.",
    text: "I look.",
    calls: [
      call("read", { path: "a.txt" }),
      call("todo", { items: [{ text: "change it", status: "in_progress" }] }),
      call("bash", { command: "echo it\\'s out; exit 3" }),
    ],
    usage: { input: 100, cached: 300, output: 20 },
  },
  {
    text: "I change it.",
    calls: [
      call("edit", { path: "a.txt", edits: [{ old_string: "alpha", new_string: "beta" }] }),
      call("bash", { command: "rm a.txt" }, "call_rm"),
    ],
  },
  { text: "It is changed; I may not remove it." },
];
const said = answers.map(({ text }) => text).join("");

async function stage(): Promise<Scene> {
  const made = await scene(answers);
  made.world.file("a.txt", "alpha\n");
  return made;
}

const args = (dialect: CompatDialect, ...more: string[]): string[] => [
  "exec",
  "--compat",
  dialect,
  "-m",
  model,
  "--effort",
  "low",
  "--mode",
  "full",
  "--deny",
  "Bash(rm:*)",
  ...more,
  "change it",
];

const kinds = (lines: readonly Record<string, unknown>[]): string[] =>
  lines.map((line) => {
    const { type, subtype, item, part } = line as { [field: string]: { type?: string } & string };
    return [type, subtype ?? item?.type ?? part?.type].filter(Boolean).join(" ");
  });

describe("a task with thoughts, words, a failing command, an edit and a refused call", () => {
  const stories: Record<CompatDialect, string[]> = {
    codex: [
      "thread.started",
      "turn.started",
      "item.completed reasoning",
      "item.completed agent_message",
      "item.started mcp_tool_call",
      "item.completed mcp_tool_call",
      "item.started todo_list",
      "item.started command_execution",
      "item.completed command_execution",
      "item.completed agent_message",
      "item.completed command_execution",
      "item.started file_change",
      "item.completed file_change",
      "item.completed agent_message",
      "item.completed todo_list",
      "turn.completed",
    ],
    claude: [
      "system init",
      "assistant",
      "assistant",
      "assistant",
      "assistant",
      "assistant",
      "user",
      "user",
      "user",
      "assistant",
      "assistant",
      "assistant",
      "system permission_denied",
      "user",
      "user",
      "assistant",
      "result success",
    ],
    gemini: [
      "init",
      "message",
      "message",
      "tool_use",
      "tool_use",
      "tool_use",
      "tool_result",
      "tool_result",
      "tool_result",
      "message",
      "tool_use",
      "tool_use",
      "tool_result",
      "tool_result",
      "message",
      "result",
    ],
    opencode: [
      "step_start step-start",
      "text text",
      "tool_use tool",
      "tool_use tool",
      "tool_use tool",
      "step_finish step-finish",
      "step_start step-start",
      "text text",
      "tool_use tool",
      "tool_use tool",
      "step_finish step-finish",
      "step_start step-start",
      "text text",
      "step_finish step-finish",
    ],
  };
  it.each(compatDialects)("%s", async (dialect) => {
    const { world } = await stage();
    const run = await runTau(world, args(dialect));
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    const lines = readLines(dialect, run.stdout);
    expect(kinds(lines).toSorted()).toEqual(stories[dialect].toSorted());
    expect(kinds(lines).at(-1)).toBe(stories[dialect].at(-1));
    expect(saidIn(dialect, lines)).toBe(said);
    expect(readFileSync(join(world.project, "a.txt"), "utf8")).toBe("beta\n");
    const file = join(world.project, "a.txt");
    const id = await latestSession(world);
    const find = (...words: string[]): unknown =>
      lines.find((line) => words.every((word) => JSON.stringify(line).includes(word)));
    switch (dialect) {
      case "codex":
        expect(lines[0]).toEqual({ type: "thread.started", thread_id: id });
        expect(find("item.completed", "exit 3")).toMatchObject({
          item: {
            command: "/bin/bash -lc 'echo it\\'\\''s out; exit 3'",
            aggregated_output: "it's out",
            exit_code: 3,
            status: "failed",
          },
        });
        expect(find("declined")).toMatchObject({ item: { command: "/bin/bash -lc 'rm a.txt'" } });
        expect(find("item.completed", "file_change")).toMatchObject({
          item: { changes: [{ path: file, kind: "update" }], status: "completed" },
        });
        expect(lines.at(-1)).toEqual({
          type: "turn.completed",
          usage: {
            input_tokens: 600,
            cached_input_tokens: 300,
            cache_write_input_tokens: 0,
            output_tokens: 60,
            reasoning_output_tokens: 0,
          },
        });
        break;
      case "claude":
        expect(lines[0]).toMatchObject({
          session_id: id,
          cwd: world.project,
          permissionMode: "bypassPermissions",
        });
        expect(find("tool_use", "old_string")).toMatchObject({
          message: { content: [{ input: { file_path: file, old_string: "alpha", new_string: "beta" } }] },
        });
        expect(find("structuredPatch")).toMatchObject({
          tool_use_result: { structuredPatch: [{ oldStart: 1, lines: ["-alpha", "+beta"] }] },
        });
        expect(lines.at(-1)).toMatchObject({
          subtype: "success",
          is_error: false,
          num_turns: 3,
          result: answers[2]?.text,
          session_id: id,
          usage: { input_tokens: 300, cache_read_input_tokens: 300, output_tokens: 60 },
          permission_denials: [
            { tool_name: "Bash", tool_use_id: "call_rm", tool_input: { command: "rm a.txt" } },
          ],
        });
        break;
      case "gemini":
        expect(lines[0]).toMatchObject({ session_id: id, model: "claude-haiku-4-5" });
        expect(find("tool_use", "run_shell_command", "exit 3")).toBeDefined();
        expect(find("tool_result", "call_rm")).toMatchObject({ status: "error", error: { type: "denied" } });
        expect(lines.at(-1)).toMatchObject({
          status: "success",
          stats: { input_tokens: 600, cached: 300, output_tokens: 60, tool_calls: 5 },
        });
        break;
      case "opencode":
        expect(lines[0]).toMatchObject({ sessionID: id });
        expect(find("exit 3")).toMatchObject({
          part: { state: { status: "completed", metadata: { exit: 3 } } },
        });
        expect(find("call_rm")).toMatchObject({ part: { state: { status: "error" } } });
        expect(find("oldString")).toMatchObject({
          part: {
            tool: "edit",
            state: { metadata: { filepath: file, diff: expect.stringContaining("+beta") } },
          },
        });
        break;
    }
  });

  it.each(["claude", "gemini"] as const)("%s as one object", async (dialect) => {
    const { world } = await stage();
    const run = await runTau(world, args(dialect, "-o", "json"));
    expect(run.stdout.trim().split("\n")).toHaveLength(1);
    const object: unknown = JSON.parse(run.stdout);
    compatObjectSchemas[dialect].parse(object);
    expect(object).toMatchObject(
      dialect === "claude"
        ? { subtype: "success", result: answers[2]?.text }
        : {
            response: answers[2]?.text,
            stats: {
              tools: { totalCalls: 5, totalSuccess: 3, totalFail: 2, totalDecisions: { reject: 1 } },
              files: { totalLinesAdded: 1, totalLinesRemoved: 1 },
            },
          },
    );
  });
});

describe("the last line is the terminal one", () => {
  it.each(compatDialects)("%s: after SIGINT in a command, with Tau's own exit code", async (dialect) => {
    const { world } = await scene([
      { text: "It takes long.", calls: [call("bash", { command: "echo begun; touch begun; sleep 300" })] },
    ]);
    const { child, finished } = startTau(world, args(dialect));
    await until("the command runs", () => existsSync(join(world.project, "begun")), 20_000);
    child.kill("SIGINT");
    const run = await finished;
    expect(run.code).toBe(130);
    const lines = readLines(dialect, run.stdout);
    const last = lines.at(-1);
    expect(last && isTerminal(dialect, last)).toBe(true);
    expect(saidIn(dialect, lines)).toBe("It takes long.");
    // The call that was cut off is answered, not left open.
    expect(run.stdout).toContain("begun");
    expect(JSON.stringify(last)).toContain("interrupted");
    const entries = await ledgerOf(world, await latestSession(world));
    expect(entries.at(-1)).toMatchObject({ type: "turn.ended", reason: "interrupted" });
  });

  it.each([
    {
      dialect: "codex",
      more: ["--timeout", "4"],
      script: [{ text: "Half", fault: { type: "silence", pings: true } }],
      code: 124,
    },
    { dialect: "claude", more: [], script: [{ fault: { type: "status", status: 401 } }], code: 4 },
    { dialect: "gemini", more: [], script: [{ fault: { type: "status", status: 400 } }], code: 5 },
    { dialect: "opencode", more: ["--max-cost", "0.000001"], script: [], code: 8 },
  ] satisfies { dialect: CompatDialect; more: string[]; script: FakeAnswer[]; code: number }[])(
    "$dialect: code $code",
    async ({ dialect, more, script, code }) => {
      const { world } = await scene(script);
      const run = await runTau(world, args(dialect, ...more));
      expect(run.code).toBe(code);
      const last = readLines(dialect, run.stdout).at(-1);
      expect(last && isTerminal(dialect, last)).toBe(true);
      if (dialect === "claude") expect(last).toMatchObject({ is_error: true, api_error_status: 401 });
    },
  );

  it.each([
    ["an unknown option", ["--compat", "claude", "--no-such"], 2, /no-such/],
    ["text", ["--compat=claude", "--output", "text"], 2, /does not go with --output text/],
    ["one object of a format without one", ["--compat", "codex", "-o", "json"], 2, /no single object/],
    ["--max-turns without --compat", ["--json", "--max-turns", "3"], 2, /--max-steps N does the same/],
    [
      "two names of one limit",
      ["--compat", "claude", "--max-turns", "3", "--max-steps", "3"],
      2,
      /same limit/,
    ],
  ] as const)("also with %s on the command line", async (_, more, code, says) => {
    const { world, fake } = await scene();
    const run = await runTau(world, ["exec", "-m", model, ...more, "go"]);
    expect(run.code).toBe(code);
    expect(run.stdout + run.stderr).toMatch(says);
    expect(fake.requests).toEqual([]);
  });

  it("--max-turns of another tool's script is the limit of steps", async () => {
    const { world } = await scene(() => ({ calls: [call("bash", { command: "true" })] }));
    const run = await runTau(world, args("claude", "--max-turns", "3"));
    expect(run.code).toBe(9);
    expect(readLines("claude", run.stdout).at(-1)).toMatchObject({
      subtype: "error_max_turns",
      num_turns: 3,
    });
  });
});
