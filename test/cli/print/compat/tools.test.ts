/** Tau's tools under other tools' names: one table for all formats. */
import { describe, expect, it } from "vitest";
import type { Call, Fields } from "../../../../src/cli/print/compat/calls.ts";
import { claudeCall } from "../../../../src/cli/print/compat/claude-tools.ts";
import { commandLine, finishedItem, startedItem } from "../../../../src/cli/print/compat/codex-items.ts";
import { geminiCall } from "../../../../src/cli/print/compat/gemini-tools.ts";
import { opencodeCall } from "../../../../src/cli/print/compat/opencode-tools.ts";
import { asRead, chained, finished, sessionId } from "../../../support/entries.ts";

const cwd = "/w";
const call = (name: string, input: Fields): Call => ({
  id: "c",
  name,
  input,
  step: 1,
  summary: name,
  startedAt: 1,
});

type Named = { name: string; input: Fields };
const one = { old_string: "a", new_string: "b" };
const two = [one, { old_string: "c", new_string: "d", replace_all: true }];

const cases: { tool: string; input: Fields; claude: Named; gemini: Named; opencode: Named }[] = [
  {
    tool: "bash",
    input: { command: "ls", timeout: 5, background: true },
    claude: { name: "Bash", input: { command: "ls", timeout: 5000, run_in_background: true } },
    gemini: { name: "run_shell_command", input: { command: "ls", timeout: 5, is_background: true } },
    opencode: { name: "bash", input: { command: "ls", timeout: 5000, background: true } },
  },
  {
    tool: "read",
    input: { path: "src/a.ts", offset: 3, limit: 2 },
    claude: { name: "Read", input: { file_path: "/w/src/a.ts", offset: 3, limit: 2 } },
    gemini: { name: "read_file", input: { file_path: "/w/src/a.ts", offset: 3, limit: 2 } },
    opencode: { name: "read", input: { filePath: "/w/src/a.ts", offset: 3, limit: 2 } },
  },
  {
    tool: "write",
    input: { path: "/x/a", content: "hi" },
    claude: { name: "Write", input: { file_path: "/x/a", content: "hi" } },
    gemini: { name: "write_file", input: { file_path: "/x/a", content: "hi" } },
    opencode: { name: "write", input: { filePath: "/x/a", content: "hi" } },
  },
  {
    tool: "edit",
    input: { path: "a", edits: [one] },
    claude: { name: "Edit", input: { file_path: "/w/a", replace_all: false, ...one } },
    gemini: { name: "replace", input: { file_path: "/w/a", ...one } },
    opencode: { name: "edit", input: { filePath: "/w/a", oldString: "a", newString: "b" } },
  },
  {
    tool: "edit",
    input: { path: "a", edits: two },
    claude: { name: "MultiEdit", input: { file_path: "/w/a", edits: two } },
    gemini: { name: "edit", input: { path: "a", edits: two } },
    opencode: { name: "edit", input: { filePath: "/w/a", edits: two } },
  },
  {
    tool: "grep",
    input: { pattern: "x", path: "src", glob: "*.ts", ignore_case: true, context: 2, limit: 9 },
    claude: {
      name: "Grep",
      input: {
        pattern: "x",
        path: "src",
        glob: "*.ts",
        "-i": true,
        "-C": 2,
        head_limit: 9,
        output_mode: "content",
      },
    },
    gemini: {
      name: "grep_search",
      input: {
        pattern: "x",
        dir_path: "src",
        include_pattern: "*.ts",
        ignore_case: true,
        context: 2,
        limit: 9,
      },
    },
    opencode: {
      name: "grep",
      input: { pattern: "x", path: "src", include: "*.ts", ignore_case: true, context: 2, limit: 9 },
    },
  },
  {
    tool: "todo",
    input: { items: [{ text: "t", status: "done" }] },
    claude: { name: "TodoWrite", input: { todos: [{ content: "t", status: "completed", activeForm: "t" }] } },
    gemini: { name: "write_todos", input: { todos: [{ description: "t", status: "completed" }] } },
    opencode: {
      name: "todowrite",
      input: { todos: [{ content: "t", status: "completed", priority: "medium", id: "1" }] },
    },
  },
  {
    tool: "ls",
    input: {},
    claude: { name: "LS", input: {} },
    gemini: { name: "list_directory", input: { dir_path: "." } },
    opencode: { name: "list", input: {} },
  },
  {
    tool: "somebody_elses",
    input: { a: [1] },
    claude: { name: "somebody_elses", input: { a: [1] } },
    gemini: { name: "somebody_elses", input: { a: [1] } },
    opencode: { name: "somebody_elses", input: { a: [1] } },
  },
];

describe("a call has its counterpart's name and arguments", () => {
  it.each(cases)("$tool $input", ({ tool, input, claude, gemini, opencode }) => {
    expect(claudeCall(call(tool, input), cwd)).toEqual(claude);
    expect(geminiCall(call(tool, input), cwd)).toEqual(gemini);
    expect(opencodeCall(call(tool, input), cwd)).toEqual(opencode);
  });

  it.each(["bash", "read", "write", "edit", "apply_patch", "grep", "todo", "web_fetch"])(
    "also %s with arguments that are none",
    (tool) => {
      for (const input of [{}, { path: 7, edits: "no", items: null, patch: 1, command: [], url: {} }]) {
        claudeCall(call(tool, input), cwd);
        geminiCall(call(tool, input), cwd);
        opencodeCall(call(tool, input), cwd);
        expect(() => startedItem(call(tool, input), cwd)).not.toThrow();
      }
    },
  );
});

describe("codex items", () => {
  it("quote a command as a shell would need it", () => {
    expect(commandLine("ls")).toBe("/bin/bash -lc ls");
    expect(commandLine("echo 'a b'")).toBe("/bin/bash -lc 'echo '\\''a b'\\'''");
  });

  it("name the files of a patch and what becomes of each", () => {
    const patch =
      "*** Begin Patch\n*** Add File: n.ts\n+x\n*** Update File: u.ts\n@@\n-a\n+b\n*** Delete File: /d\n*** End Patch";
    expect(startedItem(call("apply_patch", { patch }), cwd)).toEqual({
      type: "file_change",
      changes: [
        { path: "/w/n.ts", kind: "add" },
        { path: "/w/u.ts", kind: "update" },
        { path: "/d", kind: "delete" },
      ],
      status: "in_progress",
    });
  });

  it("tell a new file from an old one when the write is done", () => {
    const kinds = [true, false].map((created) => {
      const [entry] = chained([{ ...finished("c"), name: "write", facts: { created } }]);
      const event = entry && asRead(sessionId(1), entry);
      if (event?.type !== "tool.finished") throw new Error("a finished call");
      return finishedItem(call("write", { path: "a" }), event, cwd).changes;
    });
    expect(kinds).toEqual([[{ path: "/w/a", kind: "add" }], [{ path: "/w/a", kind: "update" }]]);
  });
});
