import { describe, expect, test } from "vitest";
import type { Json, Part } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";
import { decodeText, deltasOf, partsOf } from "../../support/stream-cases.ts";

const peer = { provider: "anthropic", model: "claude-test" };
type Event = { type: string; [key: string]: Json };

const opaque = (fields: { [key: string]: Json }) => ({ ...peer, data: { dialect: "messages", fields } });
const sse = (...events: Event[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
const begin: Event = {
  type: "message_start",
  message: { id: "msg_1", model: "claude-test-1", content: [], usage: { input_tokens: 3, output_tokens: 1 } },
};
const start = (index: number, content_block: Json): Event => ({
  type: "content_block_start",
  index,
  content_block,
});
const delta = (index: number, value: Json): Event => ({ type: "content_block_delta", index, delta: value });
const stop = (index: number): Event => ({ type: "content_block_stop", index });
const ending = (stop_reason: string, more: { [key: string]: Json } = {}): Event[] => [
  {
    type: "message_delta",
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 9 },
    ...more,
  },
  { type: "message_stop" },
];
const block = (content: Json, ...deltas: Json[]): Event[] => [
  start(0, content),
  ...deltas.map((one) => delta(0, one)),
  stop(0),
];
const decode = (...events: Event[]) => decodeText(codec, peer, sse(begin, ...events));
const tool = (id: string) => ({ type: "tool_use", id, name: "read", input: {} });
const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });

test("a plain answer, event by event", () => {
  const events = decode(
    start(0, { type: "text", text: "" }),
    { type: "ping" },
    delta(0, { type: "text_delta", text: "Hel" }),
    delta(0, { type: "text_delta", text: "lo" }),
    stop(0),
    ...ending("end_turn"),
  );
  const usage = { input: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: 0 };
  expect(events).toEqual([
    { type: "start", responseId: "msg_1", model: "claude-test-1" },
    { type: "usage", usage },
    { type: "part.start", index: 0, part: { type: "text" } },
    { type: "part.delta", index: 0, delta: "Hel" },
    { type: "part.delta", index: 0, delta: "lo" },
    { type: "part.end", index: 0, part: { type: "text", text: "Hello" } },
    { type: "usage", usage: { ...usage, output: 9 } },
    { type: "end", reason: "stop", raw: "end_turn" },
  ]);
});

describe("blocks", () => {
  const table: [name: string, events: Event[], part: Part][] = [
    [
      "thinking keeps its signature",
      block(
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "hm" },
        { type: "signature_delta", signature: "s1" },
      ),
      { type: "reasoning", text: "hm", opaque: opaque({ signature: "s1" }) },
    ],
    [
      "thinking of which nothing is shown keeps its signature",
      block({ type: "thinking", thinking: "", signature: "" }, { type: "signature_delta", signature: "s1" }),
      { type: "reasoning", text: "", opaque: opaque({ signature: "s1" }) },
    ],
    [
      "redacted thinking keeps its ciphertext",
      block({ type: "redacted_thinking", data: "EmwK" }),
      { type: "reasoning", text: "", redacted: true, opaque: opaque({ data: "EmwK" }) },
    ],
    [
      "citations ride on their text",
      block(
        { type: "text", text: "", citations: [] },
        { type: "citations_delta", citation: { type: "page_location", cited_text: "a" } },
        { type: "text_delta", text: "as said" },
        { type: "citations_delta", citation: { type: "page_location", cited_text: "b" } },
      ),
      {
        type: "text",
        text: "as said",
        opaque: opaque({
          citations: [
            { type: "page_location", cited_text: "a" },
            { type: "page_location", cited_text: "b" },
          ],
        }),
      },
    ],
    [
      "a tool call keeps who may call it",
      block({ ...tool("t1"), caller: { type: "direct" } }, json(""), json('{"path":'), json('"a"}')),
      {
        type: "tool_call",
        id: "t1",
        name: "read",
        input: { path: "a" },
        opaque: opaque({ caller: { type: "direct" } }),
      },
    ],
    [
      "a tool call without input",
      block(tool("t1")),
      { type: "tool_call", id: "t1", name: "read", input: {} },
    ],
    [
      "a tool call whose input comes with its start",
      block({ ...tool("t1"), input: { path: "a" } }),
      { type: "tool_call", id: "t1", name: "read", input: { path: "a" } },
    ],
    [
      "input deltas replace the input of the start",
      block({ ...tool("t1"), input: { path: "old" } }, json('{"path":"new"}')),
      { type: "tool_call", id: "t1", name: "read", input: { path: "new" } },
    ],
    [
      "cut-off input is kept as text",
      block(tool("t1"), json('{"path": "a')),
      { type: "tool_call", id: "t1", name: "read", input: {}, malformed: '{"path": "a' },
    ],
    [
      "a server-side tool is kept whole, its input put together",
      block(
        { type: "server_tool_use", id: "s1", name: "web_search", input: {} },
        json('{"query":'),
        json('"x"}'),
      ),
      {
        type: "opaque",
        kind: "server_tool_use",
        opaque: opaque({ type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } }),
      },
    ],
    [
      "a compaction grows by its own deltas",
      block({ type: "compaction", content: null }, { type: "compaction_delta", content: "so far" }),
      { type: "opaque", kind: "compaction", opaque: opaque({ type: "compaction", content: "so far" }) },
    ],
    [
      "a block of a kind not known yet is kept whole",
      block({ type: "novelty", a: "x", list: [1] }, { type: "novelty_delta", a: "y", list: [2], b: 3 }),
      { type: "opaque", kind: "novelty", opaque: opaque({ type: "novelty", a: "xy", list: [1, 2], b: 3 }) },
    ],
  ];
  test.each(table)("%s", (_, events, part) => {
    const decoded = decode(...events, ...ending("end_turn"));
    expect(partsOf(decoded)).toEqual([part]);
    if (part.type === "tool_call") {
      const said = deltasOf(decoded, 0);
      expect(part.malformed ?? JSON.stringify(part.input)).toBe(said === "" ? "{}" : said);
    }
  });

  test("parallel calls whose deltas interleave are kept apart by their index", () => {
    const events = decode(
      start(0, tool("t1")),
      start(1, tool("t2")),
      delta(1, json('{"b"')),
      delta(0, json('{"a"')),
      delta(1, json(":2}")),
      stop(1),
      delta(0, json(":1}")),
      stop(0),
      ...ending("tool_use"),
    );
    expect(partsOf(events)).toEqual([
      { type: "tool_call", id: "t2", name: "read", input: { b: 2 } },
      { type: "tool_call", id: "t1", name: "read", input: { a: 1 } },
    ]);
    expect(events.at(-1)).toEqual({ type: "end", reason: "tool_calls", raw: "tool_use" });
  });
});

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

describe("whole answers", () => {
  test("blocks come as a stream would have given them", () => {
    const body = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [
        { type: "thinking", thinking: "hm", signature: "s1" },
        { type: "text", text: "hi" },
        { ...tool("t1"), input: { path: "a" } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 4 },
    };
    const events = codec.decodeResponse(body, peer, undefined);
    expect(partsOf(events)).toEqual([
      { type: "reasoning", text: "hm", opaque: opaque({ signature: "s1" }) },
      { type: "text", text: "hi" },
      { type: "tool_call", id: "t1", name: "read", input: { path: "a" } },
    ]);
    expect([0, 1, 2].map((index) => deltasOf(events, index))).toEqual(["hm", "hi", '{"path":"a"}']);
    expect(codec.encodeResponse(events, peer)).toMatchObject({ ...body, usage: body.usage });
  });

  test.each([
    [
      "an error object",
      { type: "error", error: { type: "overloaded_error", message: "busy" } },
      "overloaded",
    ],
    ["something else", { id: 1 }, "unknown"],
    ["nothing", null, "unknown"],
  ])("%s is an error", (_, body, code) => {
    expect(codec.decodeResponse(body, peer, undefined)).toMatchObject([{ type: "error", error: { code } }]);
  });
});

test("a stream without its last event is closed with an error, never like a finished message", () => {
  const encoder = codec.streamEncoder(peer);
  const text =
    encoder.push({ type: "start", responseId: "msg_1" }) +
    encoder.push({ type: "part.start", index: 0, part: { type: "text" } }) +
    encoder.end();
  expect(text).toContain("event: error\n");
  expect(text).not.toContain("message_stop");
  expect(encoder.end()).toBe("");
});
