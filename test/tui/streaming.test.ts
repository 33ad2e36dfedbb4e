import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentEvent, DurableEvent, EphemeralEvent } from "../../src/core/event.ts";
import type { EntryId, SessionId, TurnId } from "../../src/core/ids.ts";
import { nanoUsd, zeroUsage } from "../../src/core/usage.ts";
import type { Piece } from "../../src/tui/markdown/piece.ts";
import { type ConversationState, emptyConversation, reduce } from "../../src/tui/state.ts";
import { noAnswer } from "../../src/tui/streaming.ts";
import { markdown } from "./markdown/arbitrary.ts";

/** A conversation's events, numbered. */
function story() {
  let seq = 0;
  const header = () => ({
    v: 1 as const,
    seq: ++seq,
    at: 1000,
    sessionId: "s" as SessionId,
    turnId: "t" as TurnId,
    agent: "main",
  });
  return {
    durable: (event: DurableEvent): AgentEvent => ({
      ...header(),
      id: `e${seq}` as EntryId,
      parent: null,
      ...event,
    }),
    live: (event: EphemeralEvent): AgentEvent => ({ ...header(), ...event }),
  };
}

const answer = (text: string, reasoning = ""): DurableEvent => ({
  type: "assistant.message",
  step: 1,
  parts: [...(reasoning ? [{ type: "reasoning" as const, text: reasoning }] : []), { type: "text", text }],
  usage: zeroUsage,
  cost: nanoUsd(0),
  model: { requested: "a/b", answered: "b" },
  upstream: "a",
  requestId: null,
  attempt: 1,
  timings: { startedAt: 0, firstPartMs: 1, totalMs: 2 },
  end: { reason: "stop" },
  estimatedPromptTokens: 0,
});

const piecesOf = ({ finished }: ConversationState): Piece[] =>
  finished.flatMap((item) => (item.type === "answer" ? item.pieces : []));
const deltasOf = (text: string, cuts: readonly number[]): string[] => {
  const points = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...points].map((start, index) => text.slice(start, points[index] ?? text.length));
};

describe("a streamed answer", () => {
  it("comes to the same pieces, each once, however it was cut, and as one that was recorded", () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.nat(2000), { maxLength: 30 }), (text, cuts) => {
        const { durable, live } = story();
        const streamed = [
          ...deltasOf(text, cuts).map((delta) => live({ type: "text.delta", step: 1, delta })),
          durable(answer(text)),
        ].reduce(reduce, emptyConversation);
        const recorded = [durable(answer(text))].reduce(reduce, emptyConversation);
        expect(piecesOf(streamed)).toEqual(piecesOf(recorded));
        expect(streamed.answer).toBe(noAnswer);
      }),
      { numRuns: 2000 },
    );
  });

  it("that fails leaves the same pieces and notice whether it was watched or is read back", () => {
    const failed: DurableEvent = {
      type: "attempt.failed",
      step: 1,
      attempt: 1,
      model: "a/b",
      error: { code: "overloaded", message: "busy" },
      usage: zeroUsage,
      cost: null,
      parts: [{ type: "text", text: "# One\n\ntwo **three" }],
    } as Extract<DurableEvent, { type: "attempt.failed" }>;
    const { durable, live } = story();
    const watched = ["# One\n", "\ntwo", " **three"]
      .map((delta) => live({ type: "text.delta", step: 1, delta }))
      .concat(durable(failed))
      .reduce(reduce, emptyConversation);
    const readBack = reduce(emptyConversation, durable(failed));
    expect(piecesOf(watched)).toMatchObject([{ content: { type: "heading", text: "One" } }]);
    expect(piecesOf(readBack)).toEqual(piecesOf(watched));
    for (const { finished } of [watched, readBack]) expect(finished.at(-1)?.type).toBe("notice");
  });

  it("folds reasoning into one item before the text, live or recorded", () => {
    const { durable, live } = story();
    const streamed = [
      live({ type: "reasoning.delta", step: 1, delta: "let me " }),
      live({ type: "reasoning.delta", step: 1, delta: "see" }),
      live({ type: "text.delta", step: 1, delta: "Seen." }),
      durable(answer("Seen.", "let me see")),
    ].reduce(reduce, emptyConversation);
    const recorded = [durable(answer("Seen.", "let me see"))].reduce(reduce, emptyConversation);
    for (const { finished } of [streamed, recorded])
      expect(finished).toMatchObject([
        { type: "thought", characters: 10 },
        { type: "answer", pieces: [{ content: { type: "text", text: "Seen." } }] },
      ]);
  });

  it("is shown whole when the recorded text is not the streamed one", () => {
    const { durable, live } = story();
    const state = [
      live({ type: "text.delta", step: 1, delta: "a\nb\nc\nd\nkey sk-1\n" }),
      durable(answer("another text")),
    ].reduce(reduce, emptyConversation);
    expect(piecesOf(state).at(-1)?.content).toEqual({ type: "text", text: "another text" });
  });
});

describe("calls", () => {
  it("that never start are named by what they were given", () => {
    const { durable } = story();
    const refused: DurableEvent = {
      type: "tool.finished",
      step: 1,
      callId: "c",
      name: "bash",
      status: "denied",
      output: [],
      display: [],
      durationMs: 0,
    };
    const asked: DurableEvent = {
      ...answer(""),
      type: "assistant.message",
      parts: [{ type: "tool_call", id: "c", name: "bash", input: { timeout: 5, command: "rm x" } }],
    } as Extract<DurableEvent, { type: "assistant.message" }>;
    const state = [durable(asked), durable(refused)].reduce(reduce, emptyConversation);
    expect(state.finished).toMatchObject([{ type: "tool", summary: "bash rm x", status: "denied" }]);
  });
});
