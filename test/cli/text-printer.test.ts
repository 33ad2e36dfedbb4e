import { describe, expect, it } from "vitest";
import type { InitLine, ResultLine } from "../../src/cli/print/json.ts";
import { textPrinter } from "../../src/cli/print/text.ts";
import type { AgentEvent } from "../../src/core/event.ts";
import { noEvidence } from "../../src/core/evidence.ts";
import type { EntryId, SessionId, TurnId } from "../../src/core/ids.ts";
import { zeroUsage } from "../../src/core/usage.ts";

const header = {
  v: 1 as const,
  seq: 1,
  at: 0,
  sessionId: "s" as SessionId,
  turnId: "t" as TurnId,
  agent: "main",
  id: "e" as EntryId,
  parent: null,
};

type Finished = Extract<AgentEvent, { type: "tool.finished" }>;

const started = (summary: string): AgentEvent => ({
  ...header,
  type: "tool.started",
  step: 1,
  callId: "c",
  name: "bash",
  input: {},
  summary,
  decision: { effect: "allow", rule: "mode:full", source: "mode", reason: "" },
  access: "execute",
});

const finished = (status: Finished["status"], text: string, facts?: Finished["facts"]): AgentEvent => ({
  ...header,
  type: "tool.finished",
  step: 1,
  callId: "c",
  name: "bash",
  status,
  output: [{ type: "text", text }],
  display: [],
  durationMs: 1,
  ...(facts && { facts }),
});

const init = (sessionId: string | null): InitLine => ({
  type: "init",
  v: 1,
  seq: 0,
  at: 0,
  turnId: null,
  agent: "main",
  version: "1.2.3",
  sessionId: sessionId as SessionId | null,
  model: "a/b",
  mode: "ask",
  cwd: "/p",
  tools: [],
});

const result = (fields: Partial<ResultLine>): ResultLine => ({
  type: "result",
  v: 1,
  seq: 2,
  at: 0,
  sessionId: null,
  turnId: null,
  agent: "main",
  exitCode: 0,
  hosts: [],
  reason: "done",
  text: "",
  steps: 1,
  usage: zeroUsage,
  cost: null,
  durationMs: 0,
  toolCalls: 0,
  denied: 0,
  evidence: noEvidence,
  ...fields,
});

function printed(use: (printer: ReturnType<typeof textPrinter>) => void): string[] {
  let told = "";
  use(
    textPrinter(
      () => undefined,
      (text) => {
        told += text;
      },
    ),
  );
  return told.trimEnd().split("\n");
}

describe("textPrinter", () => {
  it.each([
    { what: "a success", events: [started("npm test"), finished("ok", "fine")], lines: ["• npm test"] },
    {
      what: "a failing command",
      events: [started("npm test"), finished("error", "TAP version 13\nnot ok", { exitCode: 3 })],
      lines: ["• npm test", "  exit code 3"],
    },
    {
      what: "a command that took too long",
      events: [started("npm test"), finished("error", "begun", { exitCode: null, timedOut: true })],
      lines: ["• npm test", "  timed out"],
    },
    {
      what: "a tool's own error",
      events: [started("edit a"), finished("error", "The text was not found.\nMore.")],
      lines: ["• edit a", "  error: The text was not found."],
    },
    {
      what: "a call that was refused, named though it never started",
      events: [finished("denied", "Denied (mode:ask): No.")],
      lines: ["• bash", "  Denied (mode:ask): No."],
    },
    {
      what: "a name with a line break in one line",
      events: [started("read a\n! budget raised")],
      lines: ["• read a ! budget raised"],
    },
  ])("tells of $what", ({ events, lines }) => {
    expect(printed((printer) => events.forEach((event) => void printer.event(event)))).toEqual(lines);
  });

  it("frames a run by what it is and what it came to", () => {
    expect(
      printed((printer) => {
        printer.init(init("s1"));
        printer.result(result({}));
      }),
    ).toEqual(["tau 1.2.3 · a/b · ask · s1", "done · 1 step · 0 tokens in, 0 out · unpriced · 0.0 s"]);
  });

  it("shows the end of a failed verify command's output, and the evidence in one line", () => {
    const output = `${Array.from({ length: 20 }, (_, n) => `line ${n}`).join("\n")}\n`;
    const verify = (exitCode: number): AgentEvent => ({
      ...header,
      type: "verify.finished",
      command: "make",
      exitCode,
      output,
      durationMs: 1,
    });
    const claim = {
      kind: "test" as const,
      text: "All\ntests pass",
      verdict: "unsupported" as const,
      run: null,
    };
    const told = printed((printer) => {
      printer.init(init("s1"));
      printer.event(verify(0));
      printer.event(verify(2));
      printer.result(result({ evidence: { ...noEvidence, claims: [claim] } }));
    });
    expect(told.slice(1, 5)).toEqual([
      "• verify make: passed",
      "• verify make: exit code 2",
      "  │ … 8 lines above",
      "  │ line 8",
    ]);
    expect(told.slice(15, 17)).toEqual(["  │ line 19", "evidence: claims tests pass, but none ran"]);
  });

  it("says only what is wrong when nothing could begin", () => {
    const error = { code: "usage", message: "no task was given", hint: "pipe it in" };
    expect(
      printed((printer) => {
        printer.init(init(null));
        printer.result(result({ reason: "usage", exitCode: 2, steps: 0, error }));
      }),
    ).toEqual(["tau: no task was given", "     pipe it in"]);
  });
});
