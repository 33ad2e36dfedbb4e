import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentEvent, DurableEvent, EphemeralEvent } from "../../src/core/event.ts";
import type { EntryId, SessionId, TurnId } from "../../src/core/ids.ts";
import { nanoUsd, zeroUsage } from "../../src/core/usage.ts";
import { type ConversationState, emptyConversation, reduce } from "../../src/tui/state.ts";

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

const answerText = ({ finished }: ConversationState): string =>
  finished.flatMap((item) => (item.type === "answer" ? [item.text] : [])).join("\n");
/** What is left of a text when the holes at its ends are not drawn. */
const drawn = (text: string): string => text.trimEnd().replace(/^\s*\n/, "");

const words = fc.array(fc.constantFrom("word", " ", "\n", "\n\n", "  indented", "- item\n", "漢"), {
  maxLength: 60,
});

describe("a streamed answer", () => {
  it("comes to the same lines, each once, however it was cut, and as one that was recorded", () => {
    fc.assert(
      fc.property(words, fc.array(fc.nat(200), { maxLength: 30 }), (parts, cuts) => {
        const text = parts.join("");
        const points = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const deltas = [0, ...points].map((start, index) => text.slice(start, points[index] ?? text.length));
        const { durable, live } = story();
        const streamed = [
          ...deltas.map((delta) => live({ type: "text.delta", step: 1, delta })),
          durable(answer(text)),
        ].reduce(reduce, emptyConversation);
        const recorded = [durable(answer(text))].reduce(reduce, emptyConversation);
        expect(answerText(streamed).trimEnd()).toBe(drawn(text));
        expect(answerText(recorded)).toBe(drawn(text));
        expect(streamed.answer.text).toBe("");
        expect(new Set(streamed.finished.map((item) => item.key)).size).toBe(streamed.finished.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("never keeps more than a few complete lines live", () => {
    const { live } = story();
    let state = emptyConversation;
    for (let n = 0; n < 100; n += 1) {
      state = reduce(state, live({ type: "text.delta", step: 1, delta: `line ${n}\nand` }));
      expect(state.answer.text.split("\n").length).toBeLessThanOrEqual(5);
    }
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
        { type: "answer", text: "Seen." },
      ]);
  });

  it("is shown whole when the recorded text is not the streamed one", () => {
    const { durable, live } = story();
    const state = [
      live({ type: "text.delta", step: 1, delta: "a\nb\nc\nd\nkey sk-1\n" }),
      durable(answer("another text")),
    ].reduce(reduce, emptyConversation);
    expect(answerText(state).endsWith("another text")).toBe(true);
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
