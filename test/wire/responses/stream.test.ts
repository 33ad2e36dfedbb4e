import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { responsesCodec as codec } from "../../../src/wire/responses/codec.ts";

const peer = { provider: "openai", model: "gpt-5.2" };
const own = (fields: Json) => ({ ...peer, data: { dialect: "responses", fields } });

function decode(...payloads: (Json | string)[]): ModelEvent[] {
  const decoder = codec.streamDecoder(peer, undefined);
  const text = payloads
    .map((data) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`)
    .join("");
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
}

const parts = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.type === "part.end" ? [event.part] : []));
const deltas = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.type === "part.delta" ? [[event.index, event.delta]] : []));

const created = {
  type: "response.created",
  response: { id: "resp_1", model: "gpt-5.2-2026", status: "in_progress" },
};
const completed = { type: "response.completed", response: { id: "resp_1", status: "completed", output: [] } };
const call = (index: number, id: string, args: string, more: { [key: string]: Json } = {}) => ({
  output_index: index,
  item: {
    type: "function_call",
    id: `fc_${index}`,
    call_id: id,
    name: "read",
    arguments: args,
    status: "completed",
    ...more,
  },
});

describe("parallel tool calls", () => {
  test("are told apart by output_index, even when every event has another item id (GitHub Copilot)", () => {
    const events = decode(
      created,
      { type: "response.output_item.added", ...call(0, "call_a", "", { id: "aa1" }) },
      { type: "response.output_item.added", ...call(1, "call_b", "", { id: "bb1" }) },
      { type: "response.function_call_arguments.delta", output_index: 1, item_id: "bb2", delta: '{"b":' },
      { type: "response.function_call_arguments.delta", output_index: 0, item_id: "aa2", delta: '{"a":1}' },
      { type: "response.function_call_arguments.delta", output_index: 1, item_id: "bb3", delta: "2}" },
      { type: "response.output_item.done", ...call(1, "call_b", '{"b":2}', { id: "bb4" }) },
      { type: "response.output_item.done", ...call(0, "call_a", '{"a":1}', { id: "aa3" }) },
      completed,
    );
    expect(deltas(events)).toEqual([
      [1, '{"b":'],
      [0, '{"a":1}'],
      [1, "2}"],
    ]);
    expect(parts(events)).toMatchObject([
      { id: "call_b", input: { b: 2 } },
      { id: "call_a", input: { a: 1 } },
    ]);
    expect(events.at(-1)).toEqual({ type: "end", reason: "tool_calls", raw: "completed" });
  });

  test("announced only when done are still whole parts", () => {
    const events = decode(
      created,
      { type: "response.output_item.done", ...call(0, "call_a", '{"a":1}') },
      completed,
    );
    expect(events.slice(1, 4)).toMatchObject([
      { type: "part.start", index: 0, part: { type: "tool_call", id: "call_a", name: "read" } },
      { type: "part.delta", index: 0, delta: '{"a":1}' },
      { type: "part.end", index: 0, part: { input: { a: 1 } } },
    ]);
  });

  test("that never came in the stream are taken from the finished response", () => {
    const output = [call(0, "call_a", "").item];
    const events = decode(created, { type: "response.completed", response: { status: "completed", output } });
    expect(parts(events)).toMatchObject([{ id: "call_a", input: {} }]);
  });

  test("keep their argument text when it is not what JSON.stringify writes, and send it back so", () => {
    const text = '{ "n": 12345678901234567890 }';
    const events = decode(
      created,
      { type: "response.output_item.done", ...call(0, "call_a", text) },
      completed,
    );
    const message = { role: "assistant" as const, parts: parts(events) };
    const body = codec.encodeRequest(
      { model: "m", system: [], messages: [message], tools: [], stream: true },
      peer,
      undefined,
    );
    expect(body.input).toMatchObject([{ type: "function_call", id: "fc_0", arguments: text }]);
  });
});

describe("a cut-off tool call is malformed, never repaired", () => {
  const half = [
    created,
    { type: "response.output_item.added", ...call(0, "call_a", "") },
    { type: "response.function_call_arguments.delta", output_index: 0, delta: '{"path":"a"}' },
  ];
  test("when the stream breaks off, even if its text happens to be JSON", () => {
    const events = decode(...half);
    expect(parts(events)).toEqual([
      { type: "tool_call", id: "call_a", name: "read", input: {}, malformed: '{"path":"a"}' },
    ]);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
  });
  test("when the provider calls it incomplete at the output limit", () => {
    const item = { ...call(0, "call_a", '{"path":"a"').item, status: "incomplete" };
    const events = decode(...half.slice(0, 2), {
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, output: [item] },
    });
    expect(parts(events)).toMatchObject([{ input: {}, malformed: '{"path":"a"' }]);
    expect(events.at(-1)).toEqual({ type: "end", reason: "length", raw: "max_output_tokens" });
  });
});

describe("a custom tool's free text", () => {
  const item = { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "apply_patch", input: "" };
  const events = decode(
    created,
    { type: "response.output_item.added", output_index: 0, item },
    { type: "response.custom_tool_call_input.delta", output_index: 0, delta: '*** "Begin' },
    { type: "response.custom_tool_call_input.delta", output_index: 0, delta: "\n" },
    { type: "response.output_item.done", output_index: 0, item: { ...item, input: '*** "Begin\n' } },
    completed,
  );
  test("becomes an object other dialects can take, its deltas the JSON of it", () => {
    const [part] = parts(events);
    expect(part).toMatchObject({ type: "tool_call", input: { input: '*** "Begin\n' } });
    expect(
      JSON.parse(
        deltas(events)
          .map(([, delta]) => delta)
          .join(""),
      ),
    ).toEqual({ input: '*** "Begin\n' });
  });
  test("goes back as it came, with a result of its own kind", () => {
    const messages = [
      { role: "assistant" as const, parts: parts(events) },
      {
        role: "tool" as const,
        parts: [
          {
            type: "tool_result" as const,
            callId: "call_1",
            content: [{ type: "text" as const, text: "done" }],
          },
        ],
      },
    ];
    const body = codec.encodeRequest(
      { model: "m", system: [], messages, tools: [], stream: true },
      peer,
      undefined,
    );
    expect(body.input).toEqual([
      {
        type: "custom_tool_call",
        id: "ctc_1",
        call_id: "call_1",
        name: "apply_patch",
        input: '*** "Begin\n',
        status: "completed",
      },
      { type: "custom_tool_call_output", call_id: "call_1", output: "done" },
    ]);
  });
});

describe("reasoning", () => {
  test("joins summary parts with a blank line and keeps the item for its maker", () => {
    const item = {
      type: "reasoning",
      id: "rs_1",
      encrypted_content: "gAAA",
      summary: [
        { type: "summary_text", text: "First." },
        { type: "summary_text", text: "Then." },
      ],
    };
    const delta = (summary_index: number, text: string) => ({
      type: "response.reasoning_summary_text.delta",
      output_index: 0,
      summary_index,
      delta: text,
    });
    const events = decode(
      created,
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "reasoning", id: "rs_1", summary: [] },
      },
      delta(0, "First"),
      delta(0, "."),
      delta(1, "Then."),
      { type: "response.output_item.done", output_index: 0, item },
      completed,
    );
    expect(deltas(events)).toEqual([
      [0, "First"],
      [0, "."],
      [0, "\n\nThen."],
    ]);
    const { type: _, ...fields } = item;
    expect(parts(events)).toEqual([{ type: "reasoning", text: "First.\n\nThen.", opaque: own(fields) }]);
  });

  test("that is only ciphertext is redacted", () => {
    const item = { type: "reasoning", id: "rs_1", encrypted_content: "gAAA", summary: [] };
    const events = decode(created, { type: "response.output_item.done", output_index: 0, item }, completed);
    expect(parts(events)).toEqual([
      { type: "reasoning", text: "", redacted: true, opaque: own({ id: "rs_1", encrypted_content: "gAAA" }) },
    ]);
  });
});

test("server-side tools and new kinds of items are opaque parts, whole and in order; their progress is unknown events", () => {
  const search = { type: "web_search_call", id: "ws_1", status: "completed", action: { query: "tau" } };
  const strange = { type: "x_new_call", id: "x_1", payload: { deep: [1] } };
  const progress = { type: "response.web_search_call.searching", output_index: 0, item_id: "ws_1" };
  const events = decode(
    created,
    { type: "response.output_item.added", output_index: 0, item: { ...search, status: "in_progress" } },
    progress,
    { type: "response.output_item.done", output_index: 0, item: search },
    { type: "response.output_item.done", output_index: 1, item: strange },
    completed,
  );
  expect(parts(events)).toEqual([
    { type: "opaque", kind: "web_search_call", opaque: own(search) },
    { type: "opaque", kind: "x_new_call", opaque: own(strange) },
  ]);
  expect(events).toContainEqual({
    type: "unknown",
    dialect: "responses",
    name: "response.web_search_call.searching",
    data: progress,
  });
});

describe("failures in a stream", () => {
  test("keep the usage that response.failed reports after an error event, and the first word on the cause", () => {
    const events = decode(
      created,
      { type: "error", code: "rate_limit_exceeded", message: "Slow down. Please try again in 1m30.5s." },
      {
        type: "response.failed",
        response: {
          status: "failed",
          error: { code: "server_error", message: "x" },
          usage: { input_tokens: 7, output_tokens: 2 },
        },
      },
    );
    expect(events.slice(1)).toMatchObject([
      { type: "usage", usage: { input: 7, output: 2 } },
      {
        type: "error",
        error: {
          code: "rate_limited",
          retryAfterMs: 90_500,
          message: "Slow down. Please try again in 1m30.5s.",
        },
      },
    ]);
  });

  test.each([
    ["nothing at all", []],
    ["only the beginning", [created]],
    ["[DONE] without a terminal event", [created, "[DONE]"]],
  ])("%s is truncated", (_, payloads) => {
    expect(decode(...payloads).at(-1)).toMatchObject({ type: "error", error: { code: "truncated" } });
  });

  test("garbage is told as what it is, unless the response ends all the same", () => {
    const error = { code: "unknown", raw: "<html>502</html>" };
    expect(decode(created, "<html>502</html>").at(-1)).toMatchObject({ type: "error", error });
    const completed = { type: "response.completed", response: { status: "completed", output: [] } };
    expect(decode(created, "<html>502</html>", completed).at(-1)?.type).toBe("end");
  });

  test("a whole response that is still queued is truncated; a terminal event with a stale status is not", () => {
    const queued = { id: "resp_1", status: "queued", output: [] };
    expect(codec.decodeResponse(queued, peer, undefined).at(-1)).toMatchObject({
      type: "error",
      error: { code: "truncated" },
    });
    expect(decode(created, { type: "response.completed", response: queued }).at(-1)?.type).toBe("end");
  });

  test("cancelled is aborted", () => {
    const events = decode(created, {
      type: "response.cancelled",
      response: { status: "cancelled", output: [] },
    });
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "aborted" } });
  });

  test("text that was said stays, and nothing after the terminal event counts", () => {
    const events = decode(
      created,
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "half" },
      {
        type: "response.failed",
        response: { status: "failed", error: { code: "server_error", message: "x" } },
      },
      completed,
    );
    expect(parts(events)).toEqual([{ type: "text", text: "half" }]);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "overloaded" } });
  });
});

describe("usage", () => {
  test.each([
    [
      {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 15 },
      },
      { input: 10, cacheRead: 60, cacheWrite5m: 30, cacheWrite1h: 0, output: 20, reasoning: 15 },
      undefined,
    ],
    [
      { input_tokens: 5, output_tokens: 1 },
      { input: 5, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: 0 },
      undefined,
    ],
    [
      {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 9 },
        output_tokens: 1,
        cost_in_usd_ticks: 8_393_500,
      },
      { input: 0, cacheRead: 5, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: 0 },
      839_350,
    ],
    [
      { input_tokens: 21, output_tokens: 10, cost: 4.05e-5 },
      { input: 21, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 10, reasoning: 0 },
      40_500,
    ],
  ])("%j is disjoint counts", (usage, expected, cost) => {
    const events = decode(created, {
      type: "response.completed",
      response: { status: "completed", output: [], usage },
    });
    expect(events[1]).toEqual({ type: "usage", usage: expected, ...(cost === undefined ? {} : { cost }) });
  });
});
