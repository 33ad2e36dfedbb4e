import { describe, expect, test } from "vitest";
import type { Json, Message } from "../../../src/core/message.ts";
import type { ModelRequest } from "../../../src/core/model.ts";
import { WireError } from "../../../src/wire/codec.ts";
import { responsesCodec as codec } from "../../../src/wire/responses/codec.ts";

const peer = { provider: "openai", model: "gpt-5.2" };
const own = (fields: Json) => ({ ...peer, data: { dialect: "responses", fields } });
const base: ModelRequest = { model: "gpt-5.2", system: [], messages: [], tools: [], stream: true };
const encode = (request: Partial<ModelRequest>, to = peer) =>
  codec.encodeRequest({ ...base, ...request }, to, undefined);

describe("what the provider keeps", () => {
  test.each<[string, Partial<ModelRequest>, Json, Json | undefined]>([
    [
      "nothing, and ciphertext is asked for where the model reasons",
      { reasoning: { effort: "low" } },
      false,
      ["reasoning.encrypted_content"],
    ],
    ["nothing, and no ciphertext is asked of a model that does not reason", {}, false, undefined],
    ["nothing, and none when reasoning is off", { reasoning: { effort: "none" } }, false, undefined],
    [
      "everything, if the request's own fields say so",
      { reasoning: {}, extra: { dialect: "responses", fields: { store: true } } },
      true,
      undefined,
    ],
    [
      "nothing, when the fields are another dialect's",
      { extra: { dialect: "messages", fields: { store: true } } },
      false,
      undefined,
    ],
  ])("%s", (_, request, store, include) => {
    const body = encode(request);
    expect(body.store).toBe(store);
    expect(body.include).toEqual(include);
  });

  test("an absent `store` is the API's default, true, when the body is written again", () => {
    const decoded = codec.decodeRequest({ model: "m", input: "hi" }, peer);
    expect(codec.encodeRequest(decoded, peer, undefined).store).toBe(true);
  });
});

describe("history for another model", () => {
  const messages: Message[] = [
    { role: "user", parts: [{ type: "text", text: "hi" }] },
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "hm", opaque: own({ id: "rs_1", encrypted_content: "gAAA" }) },
        { type: "opaque", kind: "web_search_call", opaque: own({ type: "web_search_call", id: "ws_1" }) },
        { type: "text", text: "Reading.", opaque: own({ id: "msg_1", phase: "commentary" }) },
        { type: "tool_call", id: "call_1", name: "read", input: { path: "a" }, opaque: own({ id: "fc_1" }) },
      ],
    },
  ];
  test("keeps text and calls and drops everything that is its maker's own", () => {
    expect(encode({ messages }, { provider: "openai", model: "gpt-4.1" }).input).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
      {
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Reading.", annotations: [] }],
      },
      {
        type: "function_call",
        call_id: "call_1",
        name: "read",
        arguments: '{"path":"a"}',
        status: "completed",
      },
    ]);
  });
  test("replays it to its maker, ids and phase included", () => {
    expect(encode({ messages }).input).toMatchObject([
      {},
      {
        type: "reasoning",
        id: "rs_1",
        encrypted_content: "gAAA",
        summary: [{ type: "summary_text", text: "hm" }],
      },
      { type: "web_search_call", id: "ws_1" },
      { type: "message", id: "msg_1", phase: "commentary" },
      { type: "function_call", id: "fc_1", call_id: "call_1" },
    ]);
  });
});

describe("reasoning items the API would refuse are left out", () => {
  const thought = (fields: { [key: string]: Json }) => ({
    type: "reasoning" as const,
    text: "hm",
    opaque: own(fields),
  });
  const inputOf = (parts: Message["parts"], extra?: ModelRequest["extra"]) =>
    encode({ messages: [{ role: "assistant", parts }], ...(extra === undefined ? {} : { extra }) }).input;

  test("with nothing after them", () => {
    const text = { type: "text" as const, text: "a" };
    expect(inputOf([text, thought({ id: "rs_1", encrypted_content: "g" })])).toHaveLength(1);
    expect(inputOf([thought({ id: "rs_1", encrypted_content: "g" }), text])).toHaveLength(2);
  });
  test("named by an id alone, unless the provider keeps responses", () => {
    const parts = [thought({ id: "rs_1" }), { type: "text" as const, text: "a" }];
    expect(inputOf(parts)).toHaveLength(1);
    expect(inputOf(parts, { dialect: "responses", fields: { store: true } })).toHaveLength(2);
  });
});

test("a message of several texts is written as the one item it came as", () => {
  const item = {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [
      { type: "output_text", text: "a", annotations: [] },
      { type: "refusal", refusal: "b" },
    ],
  };
  const request = codec.decodeRequest({ model: "m", input: [item] }, peer);
  expect(request.messages[0]?.parts).toMatchObject([
    { type: "text", text: "a" },
    { type: "text", text: "b", refusal: true },
  ]);
  expect(codec.encodeRequest(request, peer, undefined).input).toEqual([
    {
      ...item,
      content: [
        { type: "output_text", text: "a", annotations: [] },
        { type: "refusal", refusal: "b" },
      ],
    },
  ]);
});

test("developer messages are system at the head, and stand where they stood later on", () => {
  const input = [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Now in French." }] },
  ];
  const request = codec.decodeRequest({ model: "m", instructions: "You are Tau.", input }, peer);
  expect(request.system.map((part) => part.text)).toEqual(["You are Tau.", "Be brief."]);
  const body = codec.encodeRequest(request, peer, undefined);
  expect(body).toMatchObject({ instructions: "You are Tau.", input });
  const foreign = codec.encodeRequest(request, { provider: "xai", model: "grok" }, undefined);
  expect(foreign.instructions).toBe("You are Tau.\n\nBe brief.");
});

test("tools of other kinds and fields of functions without a word here come back", () => {
  const tools = [
    {
      type: "function",
      name: "read",
      description: "Reads.",
      parameters: { type: "object" },
      strict: false,
      defer_loading: true,
    },
    { type: "web_search", search_context_size: "low" },
    { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: /x/" } },
  ];
  const request = codec.decodeRequest({ model: "m", input: "hi", tools }, peer);
  expect(request.tools.map((tool) => tool.name)).toEqual(["read"]);
  expect(codec.encodeRequest(request, peer, undefined).tools).toEqual(tools);
});

test.each<[Json, string]>([
  [[], "body"],
  [{ input: "hi" }, "model"],
  [{ model: "m", input: 5 }, "input"],
  [{ model: "m", input: ["hi"] }, "input[0]"],
  [{ model: "m", input: [{ role: "oracle", content: "x" }] }, "input[0].role"],
  [{ model: "m", input: [{ role: "user", content: [{ type: "input_text" }] }] }, "input[0].content[0].text"],
  [{ model: "m", input: [{ type: "function_call", name: "a", arguments: "{}" }] }, "input[0].call_id"],
  [{ model: "m", input: [{ type: "function_call_output", call_id: "a", output: 5 }] }, "input[0].output"],
  [{ model: "m", input: "hi", tools: [{ type: "function" }] }, "tools[0].name"],
  [{ model: "m", input: "hi", max_output_tokens: "many" }, "max_output_tokens"],
])("%j is refused at %s", (body, path) => {
  expect(() => codec.decodeRequest(body, peer)).toThrowError(WireError);
  try {
    codec.decodeRequest(body, peer);
  } catch (error) {
    expect(error).toMatchObject({ path });
  }
});
