import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";
import { compatFor } from "../../../src/wire/chat-completions/compat.ts";
import { call, decode, delta, done, finish, partsOf, peer, sse } from "./chunks.ts";

describe("the end", () => {
  const text = delta({ content: "yes" });
  const tools = call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } });
  test.each<[string, string, unknown]>([
    ["stop", sse(text, finish("stop")) + done, { reason: "stop", raw: "stop" }],
    ["a finish reason and no [DONE]", sse(text, finish("stop")), { reason: "stop", raw: "stop" }],
    ["[DONE] and no finish reason", sse(text) + done, { reason: "stop" }],
    [
      "a finish reason in the last line, unterminated",
      sse(text) + sse(finish("stop")).trimEnd(),
      { reason: "stop", raw: "stop" },
    ],
    ["eos", sse(text, finish("eos")) + done, { reason: "stop", raw: "eos" }],
    ["an unknown word", sse(text, finish("ripe")) + done, { reason: "stop", raw: "ripe" }],
    ["length", sse(text, finish("length")) + done, { reason: "length", raw: "length" }],
    ["model_length", sse(text, finish("model_length")) + done, { reason: "length", raw: "model_length" }],
    [
      "repetition",
      sse(text, finish("repetition_truncation")) + done,
      { reason: "length", raw: "repetition_truncation" },
    ],
    [
      "content_filter",
      sse(text, finish("content_filter")) + done,
      { reason: "refusal", raw: "content_filter" },
    ],
    ["sensitive", sse(text, finish("sensitive")) + done, { reason: "refusal", raw: "sensitive" }],
    [
      "a refusal that says stop",
      sse(delta({ refusal: "no" }), finish("stop")) + done,
      { reason: "refusal", raw: "stop" },
    ],
    ["tools called and stop said", sse(tools, finish("stop")) + done, { reason: "tool_calls", raw: "stop" }],
    [
      "tool_calls said and none made",
      sse(text, finish("tool_calls")) + done,
      { reason: "stop", raw: "tool_calls" },
    ],
    [
      "function_call",
      sse(tools, finish("function_call")) + done,
      { reason: "tool_calls", raw: "function_call" },
    ],
    [
      "a call cut off behind OpenRouter",
      sse(tools, finish("tool_calls", { native_finish_reason: "max_output_tokens" })) + done,
      { reason: "length", raw: "max_output_tokens" },
    ],
  ])("%s", (_title, stream, expected) => {
    expect(decode(stream).at(-1)).toEqual({ type: "end", ...(expected as object) });
  });

  test.each<[string, string, unknown]>([
    ["nothing at all", "", { code: "truncated" }],
    ["no finish reason and no [DONE]", sse(text), { code: "truncated" }],
    ["a last line cut in the middle", sse(text) + sse(finish("stop")).slice(0, -9), { code: "truncated" }],
    ["a line that is not JSON", `${sse(text)}data: <html>\n\n`, { code: "unknown", raw: "<html>" }],
    [
      "an error object",
      sse(text, { error: { message: "Server is overloaded", code: 503 } }),
      { code: "overloaded", status: 503 },
    ],
    [
      "an error event",
      `${sse(text)}event: error\ndata: {"message":"no","type":"invalid_request_error"}\n\n`,
      { code: "invalid_request", message: "no" },
    ],
    ["an error sentence", sse(text, { error: "prompt is too long" }), { code: "context_overflow" }],
    [
      "OpenRouter's error in a chunk",
      sse(text, {
        error: { code: 429, message: "Rate limited" },
        choices: [{ delta: { content: "" }, finish_reason: "error" }],
      }) + done,
      { code: "rate_limited", status: 429 },
    ],
    [
      "an error in a choice",
      sse(text, {
        choices: [
          { delta: {}, error: { code: 502, message: "Provider disconnected" }, finish_reason: "error" },
        ],
      }) + done,
      { code: "overloaded", message: "Provider disconnected" },
    ],
    ["finish reason error", sse(text, finish("error")) + done, { code: "unknown" }],
    ["no resources", sse(text, finish("insufficient_system_resource")) + done, { code: "overloaded" }],
  ])("%s is an error, with what came before it kept", (_title, stream, expected) => {
    const events = decode(stream);
    expect(events.at(-1)).toMatchObject({ type: "error", error: expected as object });
    expect(events.filter((event) => event.type === "error" || event.type === "end")).toHaveLength(1);
    expect(partsOf(events)).toEqual(stream === "" ? [] : [{ type: "text", text: "yes" }]);
  });
});

describe("a whole body", () => {
  const body = (message: Json, more: { [key: string]: Json } = {}): Json => ({
    id: "r",
    model: "m",
    choices: [{ index: 0, message, finish_reason: "stop", ...more }],
  });
  const read = (value: Json): ModelEvent[] => codec.decodeResponse(value, peer, compatFor("host"));

  test("with two calls of one index and name keeps both", () => {
    const entry = (id: string) => ({
      index: 0,
      id,
      type: "function",
      function: { name: "f", arguments: "{}" },
    });
    const parts = partsOf(
      read(body({ role: "assistant", content: null, tool_calls: [entry("a"), entry("a")] })),
    );
    expect(parts.map((part) => part.type === "tool_call" && part.id)).toEqual(["a", "a_2"]);
  });

  test("that is an error, or nothing, is an error", () => {
    expect(read({ error: { message: "Invalid API Key", code: 401 } }).at(-1)).toMatchObject({
      type: "error",
      error: { code: "auth" },
    });
    expect(read({ id: "r", choices: [] }).at(-1)).toMatchObject({ type: "error" });
    expect(read("<html>").at(-1)).toMatchObject({ type: "error" });
  });

  test("with Go's empty fields for everything it lacks is an answer", () => {
    const message = {
      role: "assistant",
      content: "yes",
      refusal: "",
      audio: { data: "" },
      function_call: { name: "", arguments: "" },
      tool_calls: null,
    };
    const events = read(body(message, { finish_reason: "" }));
    expect(partsOf(events)).toEqual([{ type: "text", text: "yes" }]);
    expect(events.at(-1)).toEqual({ type: "end", reason: "stop" });
  });
});
