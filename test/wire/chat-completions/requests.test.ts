import { describe, expect, test } from "vitest";
import type { Json, Message, Part } from "../../../src/core/message.ts";
import type { Effort, ModelRequest } from "../../../src/core/model.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";
import { chatCompat, compatFor, defaultCompat } from "../../../src/wire/chat-completions/compat.ts";
import { WireError } from "../../../src/wire/codec.ts";

const request = (messages: Message[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  model: "m",
  system: [],
  messages,
  tools: [],
  stream: true,
  ...more,
});
const encode = (provider: string, messages: Message[], more: Partial<ModelRequest> = {}, model = "m") =>
  codec.encodeRequest(request(messages, more), { provider, model }, compatFor(provider));
const user = (...parts: Part[]): Message => ({ role: "user", parts });
const text = (value: string): Part => ({ type: "text", text: value });
const call = (id: string): Part => ({ type: "tool_call", id, name: "read", input: { path: "a" } });
const tool = { name: "read", description: "Reads.", inputSchema: { type: "object" }, strict: true };

describe("each server gets its own words", () => {
  const asked = { maxOutputTokens: 9, reasoning: { effort: "high" as Effort }, cacheKey: "k", tools: [tool] };
  test.each<[string, { [key: string]: Json | undefined }]>([
    [
      "openai",
      {
        max_completion_tokens: 9,
        max_tokens: undefined,
        reasoning_effort: "high",
        prompt_cache_key: "k",
        store: false,
        stream_options: { include_usage: true },
      },
    ],
    ["azure", { max_completion_tokens: 9, store: undefined, prompt_cache_key: "k" }],
    [
      "deepseek",
      { max_tokens: 9, thinking: { type: "enabled" }, reasoning_effort: "high", prompt_cache_key: undefined },
    ],
    ["groq", { max_completion_tokens: 9, reasoning_effort: "high" }],
    ["mistral", { max_tokens: 9, stream_options: undefined, reasoning_effort: "high" }],
    ["openrouter", { max_tokens: 9, reasoning: { effort: "high" }, reasoning_effort: undefined }],
    [
      "llamacpp",
      { max_tokens: 9, chat_template_kwargs: { enable_thinking: true }, reasoning_effort: "high" },
    ],
    [
      "a-host-nobody-described",
      { max_tokens: 9, store: undefined, prompt_cache_key: undefined, reasoning_effort: "high" },
    ],
  ])("%s", (provider, expected) => {
    const body = encode(provider, [user(text("hi"))], asked);
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, body[key]]))).toEqual(expected);
  });

  test.each<[string, { [key: string]: Json }]>([
    ["openai", { reasoning_effort: "none" }],
    ["deepseek", { thinking: { type: "disabled" } }],
    ["vllm", { chat_template_kwargs: { enable_thinking: false } }],
    ["openrouter", { reasoning: { effort: "none" } }],
    ["xai", {}],
  ])("%s is told not to think", (provider, expected) => {
    const {
      model: _m,
      messages: _ms,
      stream: _s,
      stream_options: _so,
      store: _st,
      ...rest
    } = encode(provider, [user(text("hi"))], {
      reasoning: { effort: "none" },
    });
    expect(rest).toEqual(expected);
  });

  test.each([
    ["openai", true],
    ["groq", undefined],
  ])("%s: strict tools %s", (provider, strict) => {
    const [sent] = encode(provider, [user(text("hi"))], { tools: [tool] }).tools as {
      function: { strict?: boolean };
    }[];
    expect(sent?.function.strict).toBe(strict);
  });

  test("every entry of the table has a word, or silence, for every level", () => {
    for (const compat of [defaultCompat, ...Object.values(chatCompat)]) {
      for (const effort of ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const) {
        expect(compat.efforts[effort] === null || typeof compat.efforts[effort] === "string").toBe(true);
      }
    }
  });
});

describe("thoughts of earlier answers", () => {
  const fields = { reasoning_details: [{ type: "reasoning.encrypted", data: "AA", index: 0 }] };
  const history = (provider: string, model = "m"): Message[] => [
    user(text("hi")),
    {
      role: "assistant",
      parts: [
        {
          type: "reasoning",
          text: "hm",
          opaque: { provider, model, data: { dialect: "chat-completions", fields } },
        },
        text("yes"),
        call("a"),
      ],
    },
  ];
  const answer = (provider: string, messages = history(provider)) =>
    (encode(provider, messages).messages as { [key: string]: Json }[])[1];

  test.each<[string, { [key: string]: Json }]>([
    ["openai", { content: "yes" }],
    ["deepseek", { content: "yes", reasoning_content: "hm" }],
    ["ollama", { content: "yes", reasoning: "hm" }],
    ["openrouter", { content: "yes", reasoning: "hm", reasoning_details: fields.reasoning_details }],
    [
      "mistral",
      {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
          { type: "text", text: "yes" },
        ],
      },
    ],
  ])("to %s", (provider, expected) => {
    const { role: _r, tool_calls: _t, ...rest } = answer(provider) ?? {};
    expect(rest).toEqual(expected);
  });

  test("details of another model or provider are not sent", () => {
    for (const messages of [history("openrouter", "other"), history("venice")]) {
      expect(answer("openrouter", messages)?.reasoning_details).toBeUndefined();
    }
  });

  test("DeepSeek gets an empty thought on calls that have none, as it refuses them otherwise", () => {
    expect(answer("deepseek", [user(text("hi")), { role: "assistant", parts: [call("a")] }])).toMatchObject({
      content: "",
      reasoning_content: "",
    });
  });
});

describe("tool results", () => {
  const history: Message[] = [
    user(text("go")),
    { role: "assistant", parts: [call("a"), call("b")] },
    {
      role: "tool",
      parts: [
        {
          type: "tool_result",
          callId: "a",
          content: [
            { type: "text", text: "1" },
            { type: "image", mediaType: "image/png", data: "AA==" },
          ],
        },
        { type: "tool_result", callId: "b", content: [{ type: "text", text: "2" }] },
      ],
    },
  ];

  test("pictures follow in a user message, after all results", () => {
    const { messages } = encode("openai", history);
    expect((messages as Json[]).slice(2)).toEqual([
      { role: "tool", tool_call_id: "a", content: "1" },
      { role: "tool", tool_call_id: "b", content: "2" },
      {
        role: "user",
        content: [
          { type: "text", text: "Images from the result of tool call a:" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      },
    ]);
  });

  test("Mistral gets the tool's name, and an answer before the user speaks again", () => {
    const roles = (
      encode("mistral", [
        ...history.slice(0, 2),
        { role: "tool", parts: history[2]?.parts.slice(1) ?? [] },
        user(text("and?")),
      ]).messages as { role: string; name?: string }[]
    ).map(({ role, name }) => [role, name]);
    expect(roles).toEqual([
      ["user", undefined],
      ["assistant", undefined],
      ["tool", "read"],
      ["assistant", undefined],
      ["user", undefined],
    ]);
  });

  test("a tool list is there for LiteLLM, and left out for OpenAI, which refuses an empty one", () => {
    expect(encode("litellm", history).tools).toEqual([]);
    expect(encode("openai", history).tools).toBeUndefined();
  });
});

describe("breakpoints", () => {
  const marked: Message[] = [user({ type: "text", text: "hi", cache: "1h" })];
  test("are written for Anthropic models behind OpenRouter", () => {
    expect(encode("openrouter", marked, {}, "anthropic/claude-opus").messages).toEqual([
      {
        role: "user",
        content: [{ type: "text", text: "hi", cache_control: { type: "ephemeral", ttl: "1h" } }],
      },
    ]);
  });
  test.each([
    ["openrouter", "openai/gpt-5"],
    ["openai", "anthropic/claude-opus"],
  ])("are not for %s with %s", (provider, model) => {
    expect(JSON.stringify(encode(provider, marked, {}, model))).not.toContain("cache_control");
  });
});

test("audio, documents and texts of several parts are said as each server takes them", () => {
  const parts: Part[] = [
    { type: "file", mediaType: "audio/wav", data: "AA==" },
    { type: "file", mediaType: "application/pdf", data: "AA==", name: "a.pdf" },
  ];
  const content = (provider: string) =>
    (encode(provider, [user(...parts)]).messages as { content: Json }[])[0]?.content;
  expect(content("openai")).toEqual([
    { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
  ]);
  expect((content("mistral") as Json[])[1]).toEqual({
    type: "document_url",
    document_url: "data:application/pdf;base64,AA==",
    document_name: "a.pdf",
  });
  const texts = (provider: string) =>
    (encode(provider, [user(text("a"), text("b"))]).messages as { content: Json }[])[0]?.content;
  expect(texts("openai")).toEqual([
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ]);
  expect(texts("somebody")).toBe("a\n\nb");
});

test("fields of the dialect without a name here are kept for it alone", () => {
  const body = {
    model: "m",
    messages: [],
    stream: true,
    provider: { order: ["x"] },
    tools: [{ type: "web_search" }],
    stream_options: { include_usage: true, include_obfuscation: false },
  };
  const decoded = codec.decodeRequest(body, { provider: "openrouter", model: "m" });
  expect(decoded.extra).toEqual({
    dialect: "chat-completions",
    fields: {
      provider: { order: ["x"] },
      tools: [{ type: "web_search" }],
      stream_options: { include_obfuscation: false },
    },
  });
  const peer = { provider: "openrouter", model: "m" };
  expect(codec.encodeRequest(decoded, peer, compatFor("openrouter"))).toEqual(body);
  const foreign = { ...decoded, extra: { dialect: "messages" as const, fields: { container: "c" } } };
  expect(codec.encodeRequest(foreign, peer, compatFor("openrouter"))).not.toHaveProperty("container");
});

test("instructions at the head are the system prompt, later ones stay where they stand", () => {
  const { system, messages } = codec.decodeRequest(
    {
      model: "m",
      messages: [
        { role: "system", content: "a" },
        { role: "developer", content: [{ type: "text", text: "b" }] },
        { role: "user", content: "hi" },
        { role: "system", content: "c" },
      ],
    },
    { provider: "p", model: "m" },
  );
  expect(system).toEqual([text("a"), text("b")]);
  expect(messages).toEqual([user(text("hi")), user(text("c"))]);
});

test.each<[string, Json]>([
  ["body", []],
  ["model", { messages: [] }],
  ["messages", { model: "m" }],
  ["messages[0].role", { model: "m", messages: [{ role: "robot", content: "" }] }],
  [
    "messages[1].content[0].text",
    {
      model: "m",
      messages: [
        { role: "user", content: "a" },
        { role: "user", content: [{ type: "text" }] },
      ],
    },
  ],
  [
    "messages[0].tool_calls[0].id",
    {
      model: "m",
      messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "" } }] }],
    },
  ],
  ["messages[0].tool_call_id", { model: "m", messages: [{ role: "tool", content: "x" }] }],
  ["tools[0].function.name", { model: "m", messages: [], tools: [{ type: "function", function: {} }] }],
  ["temperature", { model: "m", messages: [], temperature: "hot" }],
  ["response_format.json_schema", { model: "m", messages: [], response_format: { type: "json_schema" } }],
])("a body that is wrong at %s is told so", (path, body) => {
  const decode = () => codec.decodeRequest(body, { provider: "p", model: "m" });
  expect(decode).toThrow(WireError);
  expect(decode).toThrow(expect.objectContaining({ path }));
});
