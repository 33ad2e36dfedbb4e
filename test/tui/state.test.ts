import { describe, expect, it } from "vitest";
import type { AgentEvent, DurableEvent, EphemeralEvent } from "../../src/core/event.ts";
import { type Evidence, noEvidence } from "../../src/core/evidence.ts";
import type { EntryId, SessionId, TurnId } from "../../src/core/ids.ts";
import { nanoUsd, zeroUsage } from "../../src/core/usage.ts";
import { type ConversationState, emptyConversation, reduce } from "../../src/tui/state.ts";
import { noAnswer } from "../../src/tui/streaming.ts";

let seq = 0;
const header = () => ({
  v: 1 as const,
  seq: ++seq,
  at: 1000,
  sessionId: "s" as SessionId,
  turnId: "t" as TurnId,
  agent: "main",
});
const durable = (event: DurableEvent): AgentEvent => ({
  ...header(),
  id: `e${seq}` as EntryId,
  parent: null,
  ...event,
});
const live = (event: EphemeralEvent): AgentEvent => ({ ...header(), ...event });
const screenAfter = (events: AgentEvent[], state: ConversationState = emptyConversation): ConversationState =>
  events.reduce(reduce, state);

const decision = { effect: "allow" as const, rule: "mode:full", source: "mode", reason: "" };
const started = durable({
  type: "tool.started",
  step: 1,
  callId: "c",
  name: "bash",
  input: {},
  access: "execute",
  summary: "npm test",
  decision,
});
const finished = durable({
  type: "tool.finished",
  step: 1,
  callId: "c",
  name: "bash",
  status: "ok",
  output: [],
  display: [],
  durationMs: 5,
});
const answer = (text: string): AgentEvent =>
  durable({
    type: "assistant.message",
    step: 1,
    parts: [{ type: "text", text }],
    usage: { ...zeroUsage, input: 100, output: 10 },
    cost: nanoUsd(5),
    model: { requested: "a/b", answered: "b" },
    upstream: "a/b",
    requestId: null,
    attempt: 1,
    timings: { startedAt: 0, firstPartMs: 1, totalMs: 2 },
    end: { reason: "stop" },
    estimatedPromptTokens: 90,
  });

const saying = (text: string) => [{ content: { type: "text", text } }];

describe("the screen's state", () => {
  it("streams an answer, then moves it to the finished items exactly once", () => {
    const streaming = screenAfter([
      live({ type: "text.delta", step: 1, delta: "Hel" }),
      live({ type: "text.delta", step: 1, delta: "lo" }),
    ]);
    expect(streaming).toMatchObject({ answer: { scan: { line: "Hello" } }, finished: [] });
    const done = screenAfter([answer("Hello")], streaming);
    expect(done.answer).toBe(noAnswer);
    expect(done.finished).toMatchObject([{ type: "answer", pieces: saying("Hello") }]);
    expect(done).toMatchObject({ cost: 5, usage: { input: 100, output: 10 } });
  });

  it("keeps what of a failed attempt was final, drops what was live, says that it is void, and counts what it cost", () => {
    const failed = durable({
      type: "attempt.failed",
      step: 1,
      attempt: 1,
      model: "a/b",
      error: { code: "overloaded", message: "busy" },
      usage: { ...zeroUsage, input: 7 },
      cost: null,
      parts: [],
    });
    const half = live({ type: "text.delta", step: 1, delta: "half\n\nlive" });
    const state = screenAfter([half, failed]);
    expect(state).toMatchObject({ answer: noAnswer, cost: null, usage: { input: 7 } });
    expect(state.finished).toMatchObject([
      { type: "answer", pieces: saying("half") },
      { type: "notice", text: "busy; the answer begins again" },
    ]);
    expect(screenAfter([half, failed, half, answer("half a day")]).finished).toMatchObject([
      { type: "answer" },
      { type: "notice" },
      { type: "answer" },
      { type: "answer", pieces: saying("half a day"), continued: false },
    ]);
  });

  it("shows a running tool with the end of its output, then its card", () => {
    const running = screenAfter([
      started,
      live({ type: "tool.output", callId: "c", output: { type: "text", text: "x".repeat(5000) } }),
      live({ type: "tool.output", callId: "c", output: { type: "countdown", remainingMs: 9000 } }),
    ]);
    expect(running.tools).toHaveLength(1);
    expect(running.tools[0]).toMatchObject({ summary: "npm test", remainingMs: 9000 });
    expect(running.tools[0]?.tail.length).toBe(2000);
    expect(screenAfter([finished], running)).toMatchObject({
      tools: [],
      finished: [{ type: "tool", summary: "npm test", status: "ok" }],
    });
  });

  it("keeps several questions open and takes each away when it is answered", () => {
    const ask = (callId: string): AgentEvent =>
      live({
        type: "approval.requested",
        callId,
        name: "bash",
        summary: callId,
        decision: { ...decision, effect: "ask" },
        display: [],
        suggestedRule: null,
      });
    const asked = screenAfter([ask("a"), ask("b")]);
    const answered = screenAfter(
      [durable({ type: "approval.decided", callId: "a", answer: "allow", scope: "once" })],
      asked,
    );
    expect(answered.questions.map((question) => question.callId)).toEqual(["b"]);
  });

  it("clears everything live when the turn ends, and says why it ended otherwise than well", () => {
    const result = {
      reason: "budget" as const,
      error: { code: "budget", message: "cap reached", hint: "raise it" },
      text: "",
      steps: 1,
      usage: zeroUsage,
      cost: null,
      durationMs: 1,
      toolCalls: 0,
      denied: 0,
      evidence: noEvidence,
    };
    const { text: _, ...outcome } = result;
    const state = screenAfter([
      started,
      durable({ type: "turn.ended", ...outcome }),
      live({ type: "turn.finished", result }),
    ]);
    expect(state).toMatchObject({ tools: [], questions: [], waiting: null });
    // Said once, though the ledger's entry and the live event both say it.
    expect(state.finished).toMatchObject([
      { type: "tool", summary: "npm test", status: "interrupted" },
      { type: "notice", text: "cap reached (raise it)" },
    ]);
    expect(screenAfter([started, live({ type: "turn.finished", result })]).finished).toEqual(state.finished);
  });

  it("says in one line what the answer can be held against, as a warning where it says more", () => {
    const run = {
      kind: "test" as const,
      command: "npm test",
      outcome: "passed" as const,
      exitCode: 0,
      at: 0,
      thisTurn: true,
      editsSince: 0,
      commandsSince: 0,
    };
    const claim = { kind: "test" as const, text: "All tests pass", verdict: "supported" as const, run };
    const ended = (evidence: Evidence) =>
      screenAfter([
        durable({
          type: "turn.ended",
          reason: "done",
          steps: 1,
          usage: zeroUsage,
          cost: null,
          durationMs: 1,
          toolCalls: 1,
          denied: 0,
          evidence,
        }),
      ]).finished;
    expect(ended(noEvidence)).toEqual([]);
    expect(ended({ ...noEvidence, checks: [run], claims: [claim] })).toMatchObject([
      {
        type: "notice",
        level: "info",
        text: expect.stringMatching(/^evidence: tests passed \d\d:\d\d \(npm test\)$/),
      },
    ]);
    expect(ended({ ...noEvidence, claims: [{ ...claim, verdict: "unsupported", run: null }] })).toMatchObject(
      [{ type: "notice", level: "warning", text: "evidence: claims tests pass, but none ran" }],
    );
  });
});

describe("a compaction", () => {
  const compaction = (more: object) =>
    durable({
      type: "compaction.finished",
      method: "summary",
      trigger: "threshold",
      summary: "S",
      keptFrom: null,
      prunedCalls: [],
      tokensBefore: 9_000,
      tokensAfter: 2_000,
      usage: zeroUsage,
      cost: nanoUsd(12_300_000),
      model: "test/model",
      ...more,
    });
  const undone = durable({
    type: "compaction.undone",
    compactions: [],
    tokensBefore: 2_000,
    tokensAfter: 9_000,
  });
  it.each([
    [compaction({}), "context compacted (summary): 9000 to 2000 tokens, $0.0123"],
    [compaction({ cost: null }), "context compacted (summary): 9000 to 2000 tokens, unpriced"],
    [
      compaction({ method: "prune", cost: 0 }),
      "context compacted (old tool output): 9000 to 2000 tokens, $0.0000",
    ],
    [
      compaction({ method: "mechanical", error: { code: "auth", message: "bad key" } }),
      "context compacted (facts alone, no summary: bad key): 9000 to 2000 tokens, $0.0123",
    ],
    [undone, "compaction taken back: 2000 to 9000 tokens"],
  ])("is one line with what was done and what it cost (%#)", (event, text) => {
    const { finished: items, context } = screenAfter([event]);
    expect(items).toMatchObject([{ type: "notice", text }]);
    expect(context.tokens).toBe(event === undone ? 9_000 : 2_000);
  });
});
