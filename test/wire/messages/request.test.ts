import { describe, expect, test } from "vitest";
import type { Json, Message, Part } from "../../../src/core/message.ts";
import type { ModelRequest } from "../../../src/core/model.ts";
import { WireError } from "../../../src/wire/codec.ts";
import { messagesCodec as codec } from "../../../src/wire/messages/codec.ts";

const peer = { provider: "anthropic", model: "claude-test" };
const elsewhere = { provider: "openai", model: "gpt-test" };
const own = (fields: { [key: string]: Json }, maker = peer) => ({
  ...maker,
  data: { dialect: "messages", fields },
});

const request = (over: Partial<ModelRequest>): ModelRequest => ({
  model: "claude-test",
  system: [],
  messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
  tools: [],
  maxOutputTokens: 8000,
  stream: true,
  ...over,
});
const encode = (over: Partial<ModelRequest>) => codec.encodeRequest(request(over), peer, undefined);
const said = (...messages: Message[]) => encode({ messages }).messages;
const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts });
const result = (callId: string, text: string): Message => ({
  role: "tool",
  parts: [{ type: "tool_result", callId, content: [{ type: "text", text }] }],
});

test("the bytes of a request, in their order", () => {
  const body = encode({
    system: [{ type: "text", text: "Be brief.", cache: "1h" }],
    tools: [
      { name: "read", description: "Reads.", inputSchema: { type: "object" }, strict: true, cache: "5m" },
    ],
    toolChoice: "required",
    parallelToolCalls: false,
    reasoning: { effort: "high", visible: true },
    output: { name: "answer", schema: { type: "object" } },
    temperature: 1,
    stop: ["END"],
    extra: { dialect: "messages", fields: { metadata: { user_id: "u" } } },
  });
  expect(JSON.stringify(body)).toBe(
    JSON.stringify({
      model: "claude-test",
      max_tokens: 8000,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }],
      tools: [
        {
          name: "read",
          description: "Reads.",
          input_schema: { type: "object" },
          strict: true,
          cache_control: { type: "ephemeral" },
        },
      ],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
      temperature: 1,
      stop_sequences: ["END"],
      stream: true,
      metadata: { user_id: "u" },
      messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    }),
  );
});

describe("history", () => {
  test("what another model made is not replayed", () => {
    const foreign = own({ signature: "s" }, elsewhere);
    const other = { ...peer, data: { dialect: "chat-completions", fields: { signature: "s" } } };
    expect(
      said(
        assistant(
          { type: "reasoning", text: "unsigned" },
          { type: "reasoning", text: "foreign", opaque: foreign },
          { type: "reasoning", text: "of another dialect", opaque: other },
          { type: "reasoning", text: "", redacted: true, opaque: own({ data: "x" }, elsewhere) },
          { type: "opaque", kind: "server_tool_use", opaque: own({ type: "server_tool_use" }, elsewhere) },
          { type: "text", text: "yes", opaque: own({ citations: [1] }, elsewhere) },
        ),
      ),
    ).toEqual([{ role: "assistant", content: [{ type: "text", text: "yes" }] }]);
  });

  test("what this model made is replayed where it stood", () => {
    expect(
      said(
        assistant(
          { type: "reasoning", text: "hm", opaque: own({ signature: "s" }) },
          { type: "reasoning", text: "", redacted: true, opaque: own({ data: "x" }) },
          { type: "opaque", kind: "server_tool_use", opaque: own({ type: "server_tool_use", id: "1" }) },
          { type: "text", text: "yes", opaque: own({ citations: [1] }) },
        ),
      ),
    ).toEqual([
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "redacted_thinking", data: "x" },
          { type: "server_tool_use", id: "1" },
          { type: "text", text: "yes", citations: [1] },
        ],
      },
    ]);
  });

  test("results of one answer are one message, a user's words after them another", () => {
    const call = (id: string): Part => ({ type: "tool_call", id, name: "read", input: {} });
    const messages = said(assistant(call("a"), call("b")), result("a", "1"), result("b", "2"), {
      role: "user",
      parts: [{ type: "text", text: "go on" }],
    });
    const block = (id: string, text: string) => ({
      type: "tool_result",
      tool_use_id: id,
      content: [{ type: "text", text }],
    });
    expect(Array.isArray(messages) && messages.slice(1)).toEqual([
      { role: "user", content: [block("a", "1"), block("b", "2")] },
      { role: "user", content: [{ type: "text", text: "go on" }] },
    ]);
  });

  test("ids of other servers become ones the API takes, the same for call and result, different for each", () => {
    const call = (id: string): Part => ({ type: "tool_call", id, name: "bash", input: {} });
    const body = JSON.stringify(
      said(assistant(call("functions.bash:0"), call("functions_bash:0")), result("functions.bash:0", "x")),
    );
    const ids = [...body.matchAll(/"(?:id|tool_use_id)":"([^"]*)"/g)].map((match) => match[1]);
    expect(ids).toHaveLength(3);
    expect(ids.every((id) => /^[a-zA-Z0-9_-]+$/.test(id ?? ""))).toBe(true);
    expect(ids[2]).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  test("a broken call is sent with an empty input, an input that is no object inside one", () => {
    expect(
      said(
        assistant(
          { type: "tool_call", id: "a", name: "x", input: {}, malformed: '{"a' },
          { type: "tool_call", id: "b", name: "x", input: [1] },
        ),
      ),
    ).toMatchObject([{ content: [{ input: {} }, { input: { value: [1] } }] }]);
  });

  test("blank text is not sent, nor a message or result of nothing else", () => {
    expect(
      said(assistant({ type: "text", text: " \n" }), result("a", "\t"), {
        role: "user",
        parts: [{ type: "text", text: "" }],
      }),
    ).toEqual([{ role: "user", content: [{ type: "tool_result", tool_use_id: "a" }] }]);
  });

  test("documents of text go as text, others as base64", () => {
    const file = (mediaType: string): Part => ({
      type: "file",
      mediaType,
      data: Buffer.from("# é").toString("base64"),
      name: "n",
    });
    expect(said({ role: "user", parts: [file("text/markdown"), file("application/pdf")] })).toMatchObject([
      {
        content: [
          { type: "document", title: "n", source: { type: "text", media_type: "text/plain", data: "# é" } },
          { type: "document", source: { type: "base64", media_type: "application/pdf" } },
        ],
      },
    ]);
  });
});

describe("reasoning", () => {
  test.each([
    [{ effort: "none" as const }, 8000, { type: "disabled" }, undefined],
    [{ effort: "minimal" as const }, 8000, { type: "adaptive" }, "low"],
    [{ effort: "max" as const, visible: false }, 8000, { type: "adaptive", display: "omitted" }, "max"],
    [{ budgetTokens: 2000 }, 8000, { type: "enabled", budget_tokens: 2000 }, undefined],
    [{ budgetTokens: 10 }, 8000, { type: "enabled", budget_tokens: 1024 }, undefined],
    [{ budgetTokens: 9000 }, 8000, { type: "enabled", budget_tokens: 7999 }, undefined],
    [{ budgetTokens: 9000 }, 1024, { type: "disabled" }, undefined],
    [{}, 8000, { type: "adaptive" }, undefined],
  ])("%j within %d tokens", (reasoning, maxOutputTokens, thinking, effort) => {
    const body = encode({ reasoning, maxOutputTokens });
    expect(body.thinking).toEqual(thinking);
    expect(body.output_config).toEqual(effort === undefined ? undefined : { effort });
  });

  test("what Tau has no word for stays as it came", () => {
    const body = {
      model: "m",
      max_tokens: 9,
      messages: [],
      thinking: { type: "between_tools" },
      output_config: { effort: "low", task_budget: { total: 5 } },
    };
    const decoded = codec.decodeRequest(body, peer);
    expect(decoded.reasoning).toEqual({ effort: "low" });
    expect(codec.encodeRequest(decoded, peer, undefined)).toEqual(body);
  });

  test("an effort without thinking beside disabled thinking survives", () => {
    const body = {
      model: "m",
      max_tokens: 9,
      messages: [],
      thinking: { type: "disabled" },
      output_config: { effort: "low" },
    };
    expect(codec.encodeRequest(codec.decodeRequest(body, peer), peer, undefined)).toEqual(body);
  });
});

describe("the gateway's side", () => {
  const body = (over: { [key: string]: Json }): Json => ({
    model: "claude-test",
    max_tokens: 100,
    messages: [{ role: "user", content: "hi" }],
    ...over,
  });
  const again = (over: { [key: string]: Json }) => {
    const decoded = codec.decodeRequest(body(over), peer);
    return { decoded, encoded: codec.encodeRequest(decoded, peer, undefined) };
  };

  test("strings are text, and the shortest request is read", () => {
    expect(codec.decodeRequest(body({ system: "s" }), peer)).toEqual({
      model: "claude-test",
      system: [{ type: "text", text: "s" }],
      messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
      tools: [],
      maxOutputTokens: 100,
      stream: false,
    });
  });

  test("server-side tools and unknown fields of tools pass, other dialects see what they can", () => {
    const tools = [
      { name: "read", description: "d", input_schema: { type: "object" }, defer_loading: true },
      { name: "plain", description: "d", input_schema: { type: "object" } },
      { type: "web_search_20250305", name: "web_search", max_uses: 3 },
    ];
    const { decoded, encoded } = again({ tools, tool_choice: { type: "auto" } });
    expect(decoded.tools.map((tool) => tool.name)).toEqual(["read", "plain"]);
    expect(encoded.tools).toEqual(tools);
  });

  test("blocks without a word pass in order; results inside messages become messages of their own", () => {
    const messages = [
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } },
          { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
          { type: "tool_use", id: "t1", name: "read", input: {}, caller: { type: "direct" } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "t1",
            content: [
              { type: "text", text: "see" },
              {
                type: "document",
                title: "T",
                source: { type: "text", media_type: "text/plain", data: "body" },
              },
            ],
            is_error: true,
          },
        ],
      },
      { role: "user", content: [{ type: "image", source: { type: "file", file_id: "f1" } }] },
      { role: "system", content: [{ type: "text", text: "new rule" }] },
    ];
    const { decoded, encoded } = again({ messages });
    expect(
      decoded.messages.map((message) => [message.role, ...message.parts.map((part) => part.type)]),
    ).toEqual([
      ["assistant", "reasoning", "opaque", "opaque", "tool_call"],
      ["tool", "tool_result"],
      ["user", "opaque"],
      ["user", "text"],
    ]);
    expect(decoded.messages[1]?.parts[0]).toMatchObject({ content: [{ text: "see" }, { text: "T\nbody" }] });
    expect(encoded.messages).toEqual(messages);
  });

  test("the older place of a schema is read", () => {
    const format = { type: "json_schema", schema: { type: "object" } };
    expect(again({ output_format: format }).encoded.output_config).toEqual({ format });
  });

  test.each([
    ["body", null],
    ["max_tokens", { model: "m", messages: [] }],
    ["messages", { max_tokens: 1, model: "m", messages: {} }],
    ["messages[0].role", { max_tokens: 1, messages: [{ role: "bot", content: "x" }] }],
    ["messages[0].content", { max_tokens: 1, messages: [{ role: "user", content: 3 }] }],
    [
      "messages[0].content[1].text",
      { max_tokens: 1, messages: [{ role: "user", content: [{ type: "x" }, { type: "text" }] }] },
    ],
    [
      "messages[0].content[0].tool_use_id",
      { max_tokens: 1, messages: [{ role: "user", content: [{ type: "tool_result" }] }] },
    ],
    [
      "messages[0].content[0].source",
      { max_tokens: 1, messages: [{ role: "user", content: [{ type: "image" }] }] },
    ],
    ["tools[0].input_schema", { max_tokens: 1, messages: [], tools: [{ name: "a" }] }],
    ["tool_choice.type", { max_tokens: 1, messages: [], tool_choice: { type: "some" } }],
    ["temperature", { max_tokens: 1, messages: [], temperature: "hot" }],
  ])("a wrong %s is named", (path, wrong: Json) => {
    let thrown: unknown;
    try {
      codec.decodeRequest(wrong, peer);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(WireError);
    expect(thrown instanceof WireError && thrown.path).toBe(path);
  });
});
