import { describe, expect, test } from "vitest";
import type { Part } from "../../../src/core/message.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";
import { deltasOf, partsOf } from "../../support/stream-cases.ts";
import { block, decode, delta, type Event, ending, json, opaque, peer, start, stop, tool } from "./cases.ts";

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
