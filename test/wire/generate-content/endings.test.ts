import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";
import { decodeText, partsOf } from "../../support/stream-cases.ts";
import { type Body, chunk, decode, last, peer, sse, usageMetadata } from "./cases.ts";

describe("endings", () => {
  const ending = (finishReason: Json, more: Body = {}) =>
    decode(chunk([{ text: "so" }]), chunk([], { finishReason, ...more })).at(-1);

  test.each<[Json, string, string]>([
    ["STOP", "stop", "STOP"],
    [1, "stop", "STOP"],
    ["MAX_TOKENS", "length", "MAX_TOKENS"],
    [2, "length", "MAX_TOKENS"],
    ["SAFETY", "refusal", "SAFETY"],
    ["RECITATION", "refusal", "RECITATION"],
    ["PROHIBITED_CONTENT", "refusal", "PROHIBITED_CONTENT"],
    ["MODEL_ARMOR", "refusal", "MODEL_ARMOR"],
    ["CONTINUATION", "paused", "CONTINUATION"],
  ])("%j is %s", (word, reason, raw) => {
    expect(ending(word)).toEqual({ type: "end", reason, raw });
  });

  test.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER"])(
    "%s is an answer broken off, with the provider's words",
    (word) => {
      expect(ending(word, { finishMessage: "because" })).toMatchObject({
        type: "error",
        error: { code: "truncated", message: expect.stringMatching(new RegExp(`${word}.*because`)) },
      });
    },
  );

  test("a reason not known is an error that names it, not a success", () => {
    expect(ending("BORED")).toMatchObject({
      type: "error",
      error: { code: "unknown", message: expect.stringContaining("BORED") },
    });
  });

  test("a blocked prompt is a refusal", () => {
    expect(decode({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata })).toMatchObject([
      { type: "start" },
      { type: "usage" },
      { type: "end", reason: "refusal", raw: "PROHIBITED_CONTENT" },
    ]);
  });

  test.each([
    [
      "no finish reason",
      sse([chunk([{ text: "so" }], { finishReason: "FINISH_REASON_UNSPECIFIED" })]),
      "truncated",
    ],
    ["a chunk cut off by the end of the body", `${sse([chunk([{ text: "so" }])])}data: {"candi`, "truncated"],
    ["garbage", `${sse([chunk([{ text: "so" }])])}data: oops\n\n${sse([last])}`, "unknown"],
    [
      "an error among the chunks",
      `${sse([chunk([{ text: "so" }])])}data: {"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}\n\n`,
      "overloaded",
    ],
  ])("%s keeps what was said", (_, text, code) => {
    const events = decodeText(codec, peer, text);
    expect(partsOf(events)).toEqual([{ type: "text", text: "so" }]);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code } });
  });
});

describe("what has no word of its own", () => {
  test("other candidates, unknown fields and unknown chunks are kept", () => {
    const other = { content: { parts: [{ text: "else" }] }, index: 1 };
    const events = decode(
      { ...chunk([{ text: "so" }]), turnToken: "t" },
      { candidates: [other] },
      { novelty: { a: 1 } },
      last,
    );
    expect(events.flatMap((event) => (event.type === "unknown" ? [event.data] : []))).toEqual([
      { turnToken: "t" },
      { candidates: [other] },
      { novelty: { a: 1 } },
    ]);
    expect(partsOf(events)).toEqual([{ type: "text", text: "so" }]);
    expect(codec.encodeResponse(events, peer)).toMatchObject({ turnToken: "t", novelty: { a: 1 } });
  });
});

describe("usage", () => {
  const count = (...blocks: Body[]) => {
    const events = decode(
      ...blocks.map((usage) => chunk([{ text: "x" }], {}, { usageMetadata: usage })),
      chunk([], { finishReason: "STOP" }),
    );
    return events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
  };
  const usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };

  test.each<[name: string, raw: Body, expected: Partial<typeof usage>]>([
    [
      "cached tokens are part of the prompt",
      { promptTokenCount: 10, cachedContentTokenCount: 8 },
      { input: 2, cacheRead: 8 },
    ],
    [
      "thoughts are beside the answer",
      { promptTokenCount: 1, candidatesTokenCount: 5, thoughtsTokenCount: 7 },
      { input: 1, output: 12, reasoning: 7 },
    ],
    [
      "server-side tools add to the prompt",
      { promptTokenCount: 10, toolUsePromptTokenCount: 90 },
      { input: 100 },
    ],
  ])("%s", (_, raw, expected) => {
    expect(count(raw)).toEqual([{ ...usage, ...expected }]);
  });

  test("repeated counts are told once, the last ones stand, blocks without counts say nothing", () => {
    const first = { promptTokenCount: 9, candidatesTokenCount: 21, thoughtsTokenCount: 35 };
    const final = { promptTokenCount: 87, thoughtsTokenCount: 78 };
    expect(count(first, first, { trafficType: "ON_DEMAND" }, final)).toEqual([
      { ...usage, input: 9, output: 56, reasoning: 35 },
      { ...usage, input: 87, output: 78, reasoning: 78 },
    ]);
  });
});
