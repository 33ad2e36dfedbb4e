/** What holds of every mapper, whatever the run: valid lines, one terminal line at the end, and all that was said. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClaudeMapper } from "../../../../src/cli/print/compat/claude.ts";
import { CodexMapper } from "../../../../src/cli/print/compat/codex.ts";
import { type CompatDialect, compatDialects } from "../../../../src/cli/print/compat/dialects.ts";
import { GeminiMapper } from "../../../../src/cli/print/compat/gemini.ts";
import type { Mapper } from "../../../../src/cli/print/compat/mapper.ts";
import { OpencodeMapper } from "../../../../src/cli/print/compat/opencode.ts";
import { type InitLine, type ResultLine, resultLine } from "../../../../src/cli/print/json.ts";
import { type ExitReason, exitCodes } from "../../../../src/core/errors.ts";
import type { AgentEvent, EphemeralEvent } from "../../../../src/core/event.ts";
import { noEvidence } from "../../../../src/core/evidence.ts";
import { textOf } from "../../../../src/core/message.ts";
import { arbitrarySession } from "../../../support/arbitrary-session.ts";
import { compatObjectSchemas, isTerminal, readLines, saidIn } from "../../../support/compat-lines.ts";
import { asRead, nano, sessionId, usageOf } from "../../../support/entries.ts";

const runs = { numRuns: 1_000 };
const session = sessionId(1);
const model = "test/model-a";
const error = { code: "overloaded", message: "busy", status: 529 } as const;
const breakdown = { system: 1, tools: 1, files: 0, history: 1, reserve: 1 };

const live: fc.Arbitrary<EphemeralEvent> = fc.constantFrom<EphemeralEvent>(
  { type: "text.delta", step: 1, delta: "half of it" },
  { type: "reasoning.delta", step: 1, delta: "hm" },
  { type: "tool.input.delta", step: 1, callId: "call_0", name: "bash", delta: "{" },
  { type: "tool.output", callId: "call_0", output: { type: "text", text: "printed" } },
  { type: "retry.scheduled", step: 1, attempt: 1, delayMs: 500, model, error },
  { type: "limit.waiting", step: 1, model, resetsAt: 1_700_000_000_000, remainingMs: 1 },
  { type: "upstream.switched", step: 1, from: model, to: "test/model-b", error },
  { type: "context.usage", tokens: 10, window: 1000, breakdown },
);

/** Any session whatever, with live events anywhere in it. */
const stream: fc.Arbitrary<AgentEvent[]> = fc
  .tuple(arbitrarySession, fc.array(fc.tuple(fc.nat(), live), { maxLength: 6 }))
  .map(([entries, extras]) => {
    const events: AgentEvent[] = entries.map((entry) => asRead(session, entry));
    for (const [index, event] of extras) {
      const header = { v: 1 as const, seq: 0, at: 0, sessionId: session, turnId: null, agent: "main" };
      events.splice(index % (events.length + 1), 0, { ...header, ...event });
    }
    return events;
  });

const ending: fc.Arbitrary<ResultLine> = fc
  .record({
    reason: fc.constantFrom(...(Object.keys(exitCodes) as ExitReason[])),
    text: fc.string({ maxLength: 12 }),
    cost: fc.constantFrom(null, nano(0), nano(12_345)),
  })
  .map(({ reason, text, cost }) =>
    resultLine(
      {
        reason,
        text,
        cost,
        ...(reason !== "done" && { error: { code: reason, message: "it went wrong", hint: "try again" } }),
        ...(reason === "rate_limited" && { resetsAt: 1_800_000_000_123 }),
        steps: 1,
        usage: usageOf(30, 4),
        durationMs: 5,
        toolCalls: 0,
        denied: 0,
        evidence: noEvidence,
      },
      { seq: 9_999, sessionId: session, turnId: null, agent: "main" },
      [],
      1_700_000_999_000,
    ),
  );

const init: Omit<InitLine, "sessionId"> = {
  type: "init",
  v: 1,
  seq: 0,
  at: 1_700_000_000_000,
  version: "1.2.3",
  turnId: null,
  agent: "main",
  model,
  mode: "ask",
  cwd: "/home/dev/project",
  tools: ["read", "bash", "somebody_elses"],
};

function open(dialect: CompatDialect): Mapper {
  let ids = 0;
  switch (dialect) {
    case "codex":
      return new CodexMapper();
    case "claude":
      return new ClaudeMapper(() => `uuid-${++ids}`);
    case "gemini":
      return new GeminiMapper();
    case "opencode":
      return new OpencodeMapper();
  }
}

function printed(mapper: Mapper, events: readonly AgentEvent[], result: ResultLine): string {
  const lines = [
    ...mapper.init({ ...init, sessionId: session }),
    ...events.flatMap((event) => mapper.event(event)),
    ...mapper.result(result),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

describe.each(compatDialects)("any run as %s would say it", (dialect) => {
  it("has only lines of that format, and the terminal line once, at the end (1,000 runs)", () => {
    fc.assert(
      fc.property(stream, ending, (events, result) => {
        const lines = readLines(dialect, printed(open(dialect), events, result));
        const terminal = lines.filter((line) => isTerminal(dialect, line));
        const last = lines.at(-1);
        expect(last !== undefined && isTerminal(dialect, last)).toBe(true);
        // opencode ends each stretch of a turn as it ends the run; a failure is told once all the same.
        if (dialect !== "opencode") expect(terminal).toHaveLength(1);
        else
          expect(lines.filter(({ type }) => type === "error")).toHaveLength(result.reason === "done" ? 0 : 1);
      }),
      runs,
    );
  });

  it("holds what the model said, once and in order (1,000 runs)", () => {
    fc.assert(
      fc.property(stream, ending, (events, result) => {
        const said = events.map((event) => (event.type === "assistant.message" ? textOf(event.parts) : ""));
        const lines = readLines(dialect, printed(open(dialect), events, result));
        expect(saidIn(dialect, lines)).toBe(said.join(""));
      }),
      runs,
    );
  });

  it("that never began is its terminal line alone", () => {
    const mapper = open(dialect);
    const [result] = fc.sample(
      ending.filter(({ reason }) => reason === "config"),
      1,
    );
    if (!result) throw new Error("a sample");
    const lines = [
      ...mapper.init({ ...init, sessionId: null }),
      ...mapper.result({ ...result, sessionId: null }),
    ];
    const read = readLines(dialect, lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(read.map(({ type }) => type)).toEqual(
      { codex: ["error", "turn.failed"], claude: ["result"], gemini: ["result"], opencode: ["error"] }[
        dialect
      ],
    );
    expect(JSON.stringify(read.at(-1))).toContain("it went wrong (try again)");
  });
});

describe("the single objects", () => {
  it.each([
    ["claude", () => new ClaudeMapper(() => "uuid")],
    ["gemini", () => new GeminiMapper()],
  ] as const)("of %s are valid for any run (1,000 runs)", (dialect, make) => {
    fc.assert(
      fc.property(stream, ending, (events, result) => {
        const mapper = make();
        mapper.init({ ...init, sessionId: session });
        for (const event of events) mapper.event(event);
        compatObjectSchemas[dialect].parse(JSON.parse(JSON.stringify(mapper.object(result))));
      }),
      runs,
    );
  });
});
