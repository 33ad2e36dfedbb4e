import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";
import { decodeText, partsOf } from "../../support/stream-cases.ts";
import { begin, decode, delta, type Event, ending, json, peer, sse, start, tool } from "./cases.ts";

describe("endings", () => {
  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["tool_use", "tool_calls"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "refusal"],
    ["pause_turn", "paused"],
  ])("%s is %s", (raw, reason) => {
    expect(decode(...ending(raw)).at(-1)).toEqual({ type: "end", reason, raw });
  });

  test("a stop sequence is named", () => {
    const [, last] = ending("stop_sequence");
    const told: Event = {
      type: "message_delta",
      delta: { stop_reason: "stop_sequence", stop_sequence: "END" },
    };
    expect(decode(told, last ?? told).at(-1)).toMatchObject({ stopSequence: "END" });
  });

  test("a reason not known is an error that names it, not a success", () => {
    expect(decode(...ending("bored")).at(-1)).toMatchObject({
      type: "error",
      error: { code: "unknown", message: expect.stringContaining("bored") },
    });
  });

  test("nothing counts after the end", () => {
    const events = decode(...ending("end_turn"), {
      type: "error",
      error: { type: "api_error", message: "late" },
    });
    expect(events.at(-1)).toMatchObject({ type: "end" });
  });

  test("a stream that stops early is truncated; what was said is kept", () => {
    const events = decode(
      start(0, { type: "text", text: "" }),
      delta(0, { type: "text_delta", text: "half" }),
      start(1, tool("t1")),
      delta(1, json('{"path')),
    );
    expect(partsOf(events)).toEqual([
      { type: "text", text: "half" },
      { type: "tool_call", id: "t1", name: "read", input: {}, malformed: '{"path' },
    ]);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
  });

  test("a stop reason without message_stop is not yet an end", () => {
    const [told] = ending("end_turn");
    expect(decode(told ?? begin).at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
  });

  test("an error in the stream keeps what came before, and its own words", () => {
    const raw =
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}';
    const events = decodeText(
      codec,
      peer,
      `${sse(begin, start(0, { type: "text", text: "ha" }))}event: error\ndata: ${raw}\n\n`,
    );
    expect(partsOf(events)).toEqual([{ type: "text", text: "ha" }]);
    expect(events.at(-1)).toEqual({
      type: "error",
      error: { code: "overloaded", message: "Overloaded", requestId: "req_1", raw },
    });
  });

  test.each([
    [
      "garbage between events",
      `${sse(begin)}data: <html>\n\n${sse(...ending("end_turn"))}`,
      "unknown",
      "<html>",
    ],
    ["an event cut off by the end of the body", `${sse(begin)}data: {"type":"mess`, "truncated", undefined],
    ["a body that is no event stream", '{"id":1}', "truncated", undefined],
  ])("%s", (_, text, code, raw) => {
    const events = decodeText(codec, peer, text);
    const last = events.at(-1);
    expect(last).toMatchObject({ type: "error", error: { code } });
    expect(last?.type === "error" && last.error.raw).toBe(raw);
  });
});

describe("what has no word of its own", () => {
  test("unknown events are kept as they came", () => {
    const event: Event = { type: "novelty", nested: { a: [1, null] } };
    expect(decode(event, ...ending("end_turn"))).toContainEqual({
      type: "unknown",
      dialect: "messages",
      name: "novelty",
      data: event,
    });
  });

  test("unknown fields at the end are kept, and written back into the same event", () => {
    const rest = {
      type: "message_delta",
      delta: { container: { id: "c1" } },
      usage: { server_tool_use: { web_search_requests: 2 } },
      context_management: { applied_edits: [1] },
    };
    const [told = begin, last = begin] = ending("end_turn");
    const events = decode(
      {
        ...told,
        delta: { stop_reason: "end_turn", stop_sequence: null, stop_details: null, container: { id: "c1" } },
        usage: { output_tokens: 9, server_tool_use: { web_search_requests: 2 }, service_tier: "standard" },
        context_management: { applied_edits: [1] },
      },
      last,
    );
    expect(events).toContainEqual({
      type: "unknown",
      dialect: "messages",
      name: "message_delta",
      data: rest,
    });
    const encoder = codec.streamEncoder(peer);
    const text = events.map((event) => encoder.push(event)).join("");
    expect(decodeText(codec, peer, text).filter((event) => event.type === "unknown")).toEqual([
      { type: "unknown", dialect: "messages", name: "message_delta", data: rest },
    ]);
    expect(codec.encodeResponse(events, peer)).toMatchObject({
      container: { id: "c1" },
      context_management: { applied_edits: [1] },
      usage: { output_tokens: 9, server_tool_use: { web_search_requests: 2 } },
    });
  });
});

describe("usage", () => {
  const last = (events: ModelEvent[]) => events.findLast((event) => event.type === "usage");
  const finish = (usage: Json): Event[] => [
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
    { type: "message_stop" },
  ];

  test("later counts stand over earlier ones; what is left out or null stands", () => {
    const events = decodeText(
      codec,
      peer,
      sse(
        {
          type: "message_start",
          message: {
            id: "m",
            usage: {
              input_tokens: 5,
              cache_read_input_tokens: 100,
              cache_creation_input_tokens: 30,
              cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
              output_tokens: 1,
            },
          },
        },
        ...finish({ input_tokens: null, output_tokens: 50, output_tokens_details: { thinking_tokens: 40 } }),
      ),
    );
    expect(last(events)).toEqual({
      type: "usage",
      usage: { input: 5, cacheRead: 100, cacheWrite5m: 10, cacheWrite1h: 20, output: 50, reasoning: 40 },
    });
  });

  test("writes whose lifetime is not told count as five minutes", () => {
    const usage = { input_tokens: 1, cache_creation_input_tokens: 7, output_tokens: 1 };
    expect(last(decode(...finish(usage)))).toMatchObject({ usage: { cacheWrite5m: 7, cacheWrite1h: 0 } });
  });

  test("compaction passes are billed, passes of other models are not this model's", () => {
    const pass = { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 1000 };
    const iterations = [
      { ...pass, type: "compaction" },
      { ...pass, type: "advisor_message", model: "other" },
      { input_tokens: 5, output_tokens: 2, type: "message" },
    ];
    expect(last(decode(...finish({ input_tokens: 5, output_tokens: 2, iterations })))).toMatchObject({
      usage: { input: 105, cacheWrite5m: 1000, output: 22 },
    });
  });

  test("a price the upstream states is told in nano-dollars", () => {
    expect(last(decode(...finish({ output_tokens: 2, cost: 0.000112 })))).toMatchObject({ cost: 112_000 });
  });
});
