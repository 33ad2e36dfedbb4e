import { describe, expect, test } from "vitest";
import type { Json, Part } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { usd } from "../../../src/core/usage.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";
import { compatFor } from "../../../src/wire/chat-completions/compat.ts";

const peer = { provider: "host", model: "m" };

/** The events of raw stream text. */
function decode(text: string, provider = "host"): ModelEvent[] {
  const decoder = codec.streamDecoder(peer, compatFor(provider));
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
}

const sse = (...chunks: Json[]): string =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
const delta = (fields: { [key: string]: Json }): Json => ({
  id: "r",
  model: "m",
  choices: [{ index: 0, delta: fields }],
});
const finish = (reason: string, more: { [key: string]: Json } = {}): Json => ({
  choices: [{ index: 0, delta: {}, finish_reason: reason, ...more }],
});
const call = (entry: { [key: string]: Json }): Json => delta({ tool_calls: [entry] });
const done = "data: [DONE]\n\n";

const partsOf = (events: ModelEvent[]): Part[] =>
  events
    .filter((event) => event.type === "part.end")
    .sort((a, b) => a.index - b.index)
    .map((event) => event.part);
const own = (fields: { [key: string]: Json }) => ({ ...peer, data: { dialect: "chat-completions", fields } });

describe("tool calls", () => {
  const tool = (id: string, name: string, input: Json, rest = {}) => ({
    type: "tool_call",
    id,
    name,
    input,
    ...rest,
  });

  test.each<[string, Json[], unknown[]]>([
    [
      "without an index are told apart by id",
      [
        call({ id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ id: "b", function: { name: "g", arguments: '{"y":2}' } }),
      ],
      [tool("a", "f", { x: 1 }), tool("b", "g", { y: 2 })],
    ],
    [
      "all numbered 0 are told apart by id",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }),
        call({ index: 0, id: "b", function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [tool("a", "f", {}), tool("b", "f", { x: 1 })],
    ],
    [
      "with a new id in every delta but one name are one call",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        call({ index: 0, id: "b", function: { arguments: '{"x":' } }),
        call({ index: 0, id: "c", function: { arguments: "1}" } }),
      ],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "repeating id and name with the arguments are one call",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "sent whole a second time at the end are one call",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "without any id get one that is the same each time, and two that are alike stay two",
      [
        call({ index: 0, function: { name: "f", arguments: "{}" } }),
        call({ index: 0, function: { name: "f", arguments: "{}" } }),
      ],
      [tool("call_r_0", "f", {}), tool("call_r_1", "f", {})],
    ],
    [
      "with one id for two indexes are two, with ids that differ",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ index: 1, id: "a", function: { name: "f", arguments: '{"x":2}' } }),
      ],
      [tool("a", "f", { x: 1 }), tool("a_2", "f", { x: 2 })],
    ],
    [
      "interleaved keep their own arguments",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        call({ index: 1, id: "b", function: { name: "g", arguments: '{"y"' } }),
        call({ index: 0, function: { arguments: ":1}" } }),
        call({ index: 1, function: { arguments: ":2}" } }),
      ],
      [tool("a", "f", { x: 1 }), tool("b", "g", { y: 2 })],
    ],
    [
      "without arguments, or with null for them, have none",
      [
        call({ index: 0, id: "a", function: { name: "f" } }),
        call({ index: 1, id: "b", function: { name: "g", arguments: "null" } }),
      ],
      [tool("a", "f", {}), tool("b", "g", {})],
    ],
    [
      "with arguments as an object are read all the same",
      [call({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } })],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "under the old name are tool calls",
      [
        delta({ function_call: { name: "f", arguments: "" } }),
        delta({ function_call: { arguments: '{"x":1}' } }),
      ],
      [tool("call_r_0", "f", { x: 1 })],
    ],
    [
      "keep Gemini's thought signature",
      [
        call({
          index: 0,
          id: "a",
          function: { name: "f", arguments: "{}" },
          extra_content: { google: { s: "x" } },
        }),
      ],
      [tool("a", "f", {}, { opaque: own({ extra_content: { google: { s: "x" } } }) })],
    ],
  ])("%s", (_title, chunks, expected) => {
    const events = decode(sse(...chunks, finish("tool_calls")) + done);
    expect(partsOf(events)).toEqual(expected);
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "tool_calls" });
  });

  test("that are cut off are kept as they are and never look complete", () => {
    const cut = sse(
      call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
      call({ index: 1, id: "b", function: { name: "g", arguments: '{"y":' } }),
      finish("length"),
    );
    expect(partsOf(decode(cut + done))).toEqual([
      tool("a", "f", { x: 1 }),
      tool("b", "g", {}, { malformed: '{"y":' }),
    ]);
  });

  test("cut off before their arguments began are not calls without arguments", () => {
    const cut = sse(call({ index: 0, id: "a", function: { name: "f", arguments: "" } }));
    expect(partsOf(decode(cut))).toEqual([tool("a", "f", {}, { malformed: "" })]);
    expect(partsOf(decode(cut + sse(finish("length")) + done))).toEqual([
      tool("a", "f", {}, { malformed: "" }),
    ]);
    expect(partsOf(decode(cut + sse(finish("tool_calls")) + done))).toEqual([tool("a", "f", {})]);
  });

  test("end as soon as the next one begins, so that they can run", () => {
    const decoder = codec.streamDecoder(peer, compatFor("host"));
    const events = decoder.push(
      Buffer.from(
        sse(
          call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
          call({ index: 1, id: "b", function: { name: "g", arguments: "" } }),
        ),
      ),
    );
    expect(partsOf(events)).toEqual([tool("a", "f", { x: 1 })]);
  });
});

describe("thoughts", () => {
  const signed = [
    { type: "reasoning.text", text: "let me", index: 0, format: "anthropic-claude-v1" },
    { type: "reasoning.text", text: " see", index: 0, format: "anthropic-claude-v1" },
    { type: "reasoning.text", text: "", signature: "sig", index: 0, format: "anthropic-claude-v1" },
  ];
  const joined = [
    { type: "reasoning.text", text: "let me see", signature: "sig", index: 0, format: "anthropic-claude-v1" },
  ];
  const secret = {
    type: "reasoning.encrypted",
    data: "AAAA",
    id: "rs_1",
    index: 0,
    format: "openai-responses-v1",
  };

  test.each<[string, string, Json[], unknown[]]>([
    [
      "in reasoning_content",
      "deepseek",
      [
        delta({ reasoning_content: "hm" }),
        delta({ reasoning_content: "m", content: null }),
        delta({ content: "yes" }),
      ],
      [
        { type: "reasoning", text: "hmm" },
        { type: "text", text: "yes" },
      ],
    ],
    [
      "in reasoning",
      "groq",
      [delta({ reasoning: "hm", channel: "analysis" })],
      [{ type: "reasoning", text: "hm" }],
    ],
    [
      "in both fields are said once",
      "ollama",
      [delta({ reasoning: "hm", reasoning_content: "hm" })],
      [{ type: "reasoning", text: "hm" }],
    ],
    [
      "beside details are said once, and the details joined",
      "openrouter",
      signed.map((entry) => delta({ reasoning: entry.text, reasoning_details: [entry] })),
      [{ type: "reasoning", text: "let me see", opaque: own({ reasoning_details: joined }) }],
    ],
    [
      "in details alone",
      "openrouter",
      signed.map((entry) => delta({ reasoning_details: [entry] })),
      [{ type: "reasoning", text: "let me see", opaque: own({ reasoning_details: joined }) }],
    ],
    [
      "plain first and complete details after are said once",
      "openrouter",
      [delta({ reasoning: "let me see" }), delta({ reasoning_details: joined })],
      [{ type: "reasoning", text: "let me see", opaque: own({ reasoning_details: joined }) }],
    ],
    [
      "of which only ciphertext came",
      "openrouter",
      [delta({ reasoning: null, reasoning_details: [secret] }), delta({ content: "yes" })],
      [
        { type: "reasoning", text: "", redacted: true, opaque: own({ reasoning_details: [secret] }) },
        { type: "text", text: "yes" },
      ],
    ],
    [
      "in Mistral's content arrays",
      "mistral",
      [
        delta({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }], closed: true }] }),
        delta({
          content: [
            { type: "text", text: "yes" },
            { type: "reference", reference_ids: [1] },
          ],
        }),
        delta({ content: "!" }),
      ],
      [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "yes" },
        {
          type: "opaque",
          kind: "reference",
          opaque: own({ content: { type: "reference", reference_ids: [1] } }),
        },
        { type: "text", text: "!" },
      ],
    ],
    [
      "between tags, cut anywhere, where the compat entry says so",
      "vllm",
      ["<thi", "nk>\nhm</", "thin", "k>\n\n", "yes <think> no"].map((content) => delta({ content })),
      [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "yes <think> no" },
      ],
    ],
    [
      "between tags stay text for other servers",
      "openai",
      [delta({ content: "<think>hm</think>yes" })],
      [{ type: "text", text: "<think>hm</think>yes" }],
    ],
    [
      "whose tag never closed are thoughts",
      "vllm",
      [delta({ content: "<think>hm</th" })],
      [{ type: "reasoning", text: "hm</th" }],
    ],
  ])("%s", (_title, provider, chunks, expected) => {
    expect(partsOf(decode(sse(...chunks, finish("stop")) + done, provider))).toEqual(expected);
  });
});

test.each<[string, Json[], unknown[]]>([
  [
    "refusals are text marked as such",
    [delta({ refusal: "I " }), delta({ refusal: "won't" })],
    [{ type: "text", text: "I won't", refusal: true }],
  ],
  [
    "citations go with the text",
    [delta({ content: "yes" }), delta({ annotations: [{ type: "url_citation" }] })],
    [{ type: "text", text: "yes", opaque: own({ annotations: [{ type: "url_citation" }] }) }],
  ],
  [
    "pictures are pictures",
    [delta({ images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }] })],
    [{ type: "image", mediaType: "image/png", data: "AA==" }],
  ],
])("%s", (_title, chunks, expected) => {
  expect(partsOf(decode(sse(...chunks, finish("stop")) + done))).toEqual(expected);
});

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

test("comments, names and line ends of any kind are no matter", () => {
  const stream = `: ping\r\n\r\nevent: message\r\nid: 1\r\ndata: ${JSON.stringify(delta({ content: "é😀" }))}\r\n\r\n: ping\r\r${sse(finish("stop"))}`;
  expect(partsOf(decode(stream))).toEqual([{ type: "text", text: "é😀" }]);
});

test("what is not known is kept, once for each value it takes", () => {
  const events = decode(
    sse(
      { ...(delta({ content: "a" }) as object), provider: "X", citations: ["u"], obfuscation: "zz" },
      { ...(delta({ content: "b", channel: "final" }) as object), provider: "X", citations: ["u", "v"] },
      {
        choices: [
          { index: 0, delta: {}, logprobs: { content: [] }, finish_reason: "stop" },
          { index: 1, delta: { content: "other" } },
        ],
      },
    ) + done,
  );
  expect(events.flatMap((event) => (event.type === "unknown" ? [[event.name, event.data]] : []))).toEqual([
    ["chunk", { provider: "X", citations: ["u"] }],
    ["chunk", { citations: ["u", "v"] }],
    ["delta", { channel: "final" }],
    ["choice", { index: 0, logprobs: { content: [] } }],
    ["choice", { index: 1, delta: { content: "other" } }],
  ]);
  expect(partsOf(events)).toEqual([{ type: "text", text: "ab" }]);
});

test("a filter report before the answer's first chunk comes after its start", () => {
  const events = decode(
    sse(
      { id: "", model: "", choices: [], prompt_filter_results: [1] },
      delta({ content: "a" }),
      finish("stop"),
    ) + done,
  );
  expect(events.slice(0, 2)).toEqual([
    { type: "start", responseId: "r", model: "m" },
    { type: "unknown", dialect: "chat-completions", name: "chunk", data: { prompt_filter_results: [1] } },
  ]);
});

describe("usage", () => {
  const zero = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
  test.each<[string, string, { [key: string]: Json }, unknown]>([
    [
      "cached tokens are part of the prompt",
      "openai",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { usage: { ...zero, input: 6, cacheRead: 4, output: 5, reasoning: 3 } },
    ],
    [
      "DeepSeek's names",
      "deepseek",
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      { usage: { ...zero, input: 6, cacheRead: 4, output: 5 } },
    ],
    [
      "cache writes, and OpenRouter's cost",
      "openrouter",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        cost: 0.001,
        prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 7 },
      },
      { usage: { ...zero, input: 2, cacheRead: 1, cacheWrite5m: 7, output: 5 }, cost: usd(0.001) },
    ],
    [
      "writes by lifetime",
      "host",
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        cache_creation_input_tokens: 7,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      },
      { usage: { ...zero, input: 3, cacheWrite5m: 3, cacheWrite1h: 4, output: 5 } },
    ],
    [
      "a key of one's own at OpenRouter pays both",
      "openrouter",
      {
        prompt_tokens: 1,
        completion_tokens: 1,
        cost: 0.001,
        is_byok: true,
        cost_details: { upstream_inference_cost: 0.02 },
      },
      { usage: { ...zero, input: 1, output: 1 }, cost: usd(0.021) },
    ],
    [
      "xAI leaves reasoning out of the completion, and bills in ticks",
      "xai",
      {
        prompt_tokens: 401,
        completion_tokens: 44,
        total_tokens: 630,
        cost_in_usd_ticks: 1_489_500,
        prompt_tokens_details: { cached_tokens: 305 },
        completion_tokens_details: { reasoning_tokens: 185 },
      },
      { usage: { ...zero, input: 96, cacheRead: 305, output: 229, reasoning: 185 }, cost: usd(0.00014895) },
    ],
    [
      "Vercel leaves it out without saying so",
      "vercel-ai-gateway",
      {
        prompt_tokens: 19,
        completion_tokens: 93,
        total_tokens: 112,
        completion_tokens_details: { reasoning_tokens: 64 },
      },
      { usage: { ...zero, input: 19, output: 157, reasoning: 64 } },
    ],
    [
      "reasoning above the completion is counted within it elsewhere",
      "openrouter",
      {
        prompt_tokens: 43,
        completion_tokens: 10,
        total_tokens: 53,
        completion_tokens_details: { reasoning_tokens: 11 },
      },
      { usage: { ...zero, input: 43, output: 10, reasoning: 10 } },
    ],
    [
      "Grok on Azure counts cached tokens beside the prompt",
      "azure",
      {
        prompt_tokens: 23,
        completion_tokens: 110,
        total_tokens: 133,
        prompt_tokens_details: { cached_tokens: 158 },
        cost_in_usd_ticks: 0,
      },
      { usage: { ...zero, input: 23, cacheRead: 158, output: 110 } },
    ],
    [
      "voxtral counts audio beside the prompt",
      "mistral",
      {
        prompt_tokens: 11,
        completion_tokens: 15,
        total_tokens: 401,
        prompt_tokens_details: { audio_tokens: 375, cached_tokens: 9 },
      },
      { usage: { ...zero, input: 377, cacheRead: 9, output: 15 } },
    ],
  ])("%s", (_title, provider, usage, expected) => {
    const last = decode(
      sse(delta({ content: "a" }), finish("stop"), { choices: [], usage }) + done,
      provider,
    );
    expect(last.findLast((event) => event.type === "usage")).toEqual({
      type: "usage",
      ...(expected as object),
    });
  });

  const counts = { prompt_tokens: 2, completion_tokens: 1 };
  test.each<[string, Json[], number]>([
    [
      "in the last chunk, without choices",
      [delta({ content: "a" }), finish("stop"), { choices: [], usage: counts }],
      1,
    ],
    ["with the finish reason", [{ ...(finish("stop") as object), usage: counts }], 1],
    [
      "in every chunk, of which the last counts",
      [
        { choices: [], usage: { ...counts, completion_tokens: 0 } },
        { choices: [], usage: counts },
        { choices: [], usage: counts },
        finish("stop"),
      ],
      2,
    ],
    ["in x_groq", [{ ...(finish("stop") as object), x_groq: { id: "q", usage: counts } }], 1],
    ["in the choice", [finish("stop", { usage: counts })], 1],
    [
      "null in between",
      [
        { ...(delta({ content: "a" }) as object), usage: null },
        finish("stop"),
        { choices: [], usage: counts },
      ],
      1,
    ],
  ])("%s", (_title, chunks, times) => {
    const told = decode(sse(...chunks) + done).filter((event) => event.type === "usage");
    expect(told).toHaveLength(times);
    expect(told.at(-1)?.usage).toEqual({ ...zero, input: 2, output: 1 });
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
