import { describe, expect, it } from "vitest";
import { Window } from "../../src/agent/window.ts";
import type { Message } from "../../src/core/message.ts";
import { type Usage, zeroUsage } from "../../src/core/usage.ts";
import { promptOf } from "../../src/meter/preflight.ts";
import { loadCounter } from "../../src/models/tokenizer.ts";

const said = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });
const answered = (text: string): Message => ({ role: "assistant", parts: [{ type: "text", text }] });
const open = (model: string, contextWindow = 10_000) =>
  new Window(
    { dialect: "messages", model },
    { contextWindow, maxInput: null },
    { system: "", files: "", tools: [] },
  );
const usage = (more: Partial<Usage>): Usage => ({ ...zeroUsage, ...more });
const total = (
  window: Window,
  messages: Message[],
  measured: { usage: Usage; messages: number } | null,
): number => promptOf(window.breakdown({ messages, measured }, 0));

describe("the size of the next request", () => {
  it("is what the upstream counted, and an estimate of only what came after", () => {
    const window = open("model");
    const messages = [said("a ".repeat(500)), answered("b"), said("one two three")];
    const counted = { usage: usage({ input: 3_000, cacheRead: 1_000, output: 200 }), messages: 2 };
    expect(total(window, messages, null)).toBeLessThan(700);
    expect(total(window, messages, counted)).toBeGreaterThan(4_200);
    expect(total(window, messages, counted)).toBeLessThan(4_215);
  });

  it("leaves out thoughts that are not sent back, and reserves for them all the same", () => {
    const window = open("model");
    const messages = [said("a"), answered("b"), said("c")];
    const counted = { usage: usage({ input: 100, output: 5_000, reasoning: 4_900 }), messages: 2 };
    expect(total(window, messages, counted)).toBeLessThan(220);
    expect(window.upperBound()).toBeGreaterThan(5_100);
    const kept: Message = {
      role: "assistant",
      parts: [{ type: "reasoning", text: "thought ".repeat(1_000) }, ...answered("b").parts],
    };
    expect(total(window, [said("a"), kept, said("c")], counted)).toBeGreaterThan(1_000);
  });

  it("learns its family's tokens from what the upstream counts", () => {
    const window = open("model");
    const text = "some words that are counted ".repeat(800);
    const before = total(window, [said(text)], null);
    for (let n = 0; n < 40; n++) {
      total(window, [said(text)], null);
      window.learn(usage({ input: Math.round(before * 1.5) }));
    }
    expect(total(window, [said(text)], null)).toBeGreaterThan(before * 1.4);
    expect(window.upperBound()).toBeGreaterThan(before * 1.5);
  });

  it("begins with what sessions before it learned of the model, and passes on nothing it counted exactly", async () => {
    const text = "some words that are counted ".repeat(800);
    const first = open("model");
    const before = total(first, [said(text)], null);
    let kept = null;
    for (let n = 0; n < 40; n++) {
      total(first, [said(text)], null);
      kept = first.learn(usage({ input: Math.round(before * 1.5) }));
    }
    const second = new Window(
      { dialect: "messages", model: "model" },
      { contextWindow: 10_000, maxInput: null },
      { system: "", files: "", tools: [] },
      kept,
    );
    expect(total(second, [said(text)], null)).toBeGreaterThan(before * 1.4);
    const exact = open("gpt-5", 1_000);
    await exact.sharpen(900);
    total(exact, [said(text)], null);
    expect(exact.learn(usage({ input: 5_000 }))).toBeNull();
  });

  it("is never taken for smaller in a fallback's tokens", () => {
    const window = open("gpt-5");
    expect(window.inTokensOf("claude-opus-4-8", 1_000)).toBeGreaterThan(1_300);
    expect(window.inTokensOf("grok-4", 1_000)).toBe(1_000);
  });

  it("is counted by the vendor's own encoding once half the window is full, and not before", async () => {
    const window = open("gpt-5", 2_000);
    expect(window.sharpen(999)).toBe(null);
    const text = "Ünïcödé wörds and_identifiers likeThis_42 ".repeat(20);
    const estimated = window.tokensOf(said(text));
    await window.sharpen(1_001);
    const exact = (await loadCounter("o200k_base"))(text);
    const framing = window.tokensOf(said(""));
    expect(window.tokensOf(said(text))).toBe(exact + framing);
    expect(estimated).not.toBe(exact + framing);
    expect(open("claude-sonnet-5", 2_000).sharpen(1_999)).toBe(null);
  });

  it("is held against a smaller window once the upstream refused it", () => {
    const window = open("model", 100_000);
    window.refused(40_000);
    window.refused(60_000);
    expect(window.size).toBe(40_000);
  });
});
