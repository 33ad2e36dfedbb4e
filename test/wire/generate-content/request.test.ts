import { describe, expect, test } from "vitest";
import type { Json, Message, Part } from "../../../src/core/message.ts";
import type { ModelRequest } from "../../../src/core/model.ts";
import { WireError } from "../../../src/wire/codec.ts";
import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";

const peer = { provider: "google", model: "gemini-3-test" };
const older = { provider: "google", model: "gemini-2.5-flash" };
const own = (fields: { [key: string]: Json }, maker = peer) => ({
  ...maker,
  data: { dialect: "generate-content", fields },
});

const encode = (over: Partial<ModelRequest>, to = peer) =>
  codec.encodeRequest(
    { model: to.model, system: [], messages: [], tools: [], stream: true, ...over },
    to,
    undefined,
  );
const contents = (messages: Message[], to = peer) => encode({ messages }, to).contents;
const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts });
const call = (id: string, name = "read"): Part => ({ type: "tool_call", id, name, input: { n: 1 } });
const text = (words: string) => ({ type: "text" as const, text: words });
const picture = { type: "image" as const, mediaType: "image/png", data: "AA==" };
const result = (callId: string, ...content: (ReturnType<typeof text> | typeof picture)[]): Message => ({
  role: "tool",
  parts: [{ type: "tool_result", callId, content }],
});

test("the bytes of a request, in their order", () => {
  const body = encode({
    system: [text("Be brief.")],
    messages: [{ role: "user", parts: [text("hi")] }],
    tools: [{ name: "read", description: "Reads.", inputSchema: { type: "object" } }],
    toolChoice: { name: "read" },
    maxOutputTokens: 100,
    temperature: 0,
    topP: 0.5,
    stop: ["END"],
    output: { name: "answer", schema: { type: "object" } },
    reasoning: { effort: "low", visible: true },
    extra: {
      dialect: "generate-content",
      fields: { safetySettings: [], generationConfig: { seed: 1 }, tools: [{ googleSearch: {} }] },
    },
  });
  expect(JSON.stringify(body)).toBe(
    JSON.stringify({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      tools: [
        {
          functionDeclarations: [
            { name: "read", description: "Reads.", parametersJsonSchema: { type: "object" } },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["read"] } },
      generationConfig: {
        maxOutputTokens: 100,
        temperature: 0,
        topP: 0.5,
        stopSequences: ["END"],
        responseMimeType: "application/json",
        responseJsonSchema: { type: "object" },
        thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true },
        seed: 1,
      },
      safetySettings: [],
      contents: [{ role: "user", parts: [{ text: "hi" }] }],
    }),
  );
});

describe("history", () => {
  test("results name their function, stand in one content, and keep ids only the model gave", () => {
    const messages = [
      assistant(call("x1", "read"), call("tau-call-r1-0", "list")),
      result("x1", text("one")),
      result("tau-call-r1-0", text("a"), text("b")),
    ];
    expect(contents(messages, older)).toEqual([
      {
        role: "model",
        parts: [
          { functionCall: { id: "x1", name: "read", args: { n: 1 } } },
          { functionCall: { name: "list", args: { n: 1 } } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "x1", name: "read", response: { output: "one" } } },
          { functionResponse: { name: "list", response: { output: ["a", "b"] } } },
        ],
      },
    ]);
  });

  test("a failed result says so", () => {
    const failed: Message = {
      role: "tool",
      parts: [{ type: "tool_result", callId: "x1", content: [text("no")], isError: true }],
    };
    expect(contents([assistant(call("x1")), failed])).toMatchObject([
      {},
      { parts: [{ functionResponse: { response: { error: "no" } } }] },
    ]);
  });

  test("pictures of a result stand inside it from the third generation on, after all results before", () => {
    const messages = [
      assistant(call("x1"), call("x2")),
      result("x1", text("see"), picture),
      result("x2", picture),
    ];
    const inline = { inlineData: { mimeType: "image/png", data: "AA==" } };
    expect(contents(messages)).toMatchObject([
      {},
      {
        parts: [
          { functionResponse: { id: "x1", response: { output: "see" }, parts: [inline] } },
          { functionResponse: { id: "x2", response: {}, parts: [inline] } },
        ],
      },
    ]);
    const before = contents(messages, older);
    expect(before).toMatchObject([
      {},
      { parts: [{ functionResponse: { id: "x1" } }, { functionResponse: { id: "x2" } }, inline, inline] },
    ]);
    expect(JSON.stringify(before)).not.toContain('"parts":[{"inlineData"');
  });

  test("signatures go back to the model that made them, and only to it", () => {
    const parts = (maker: typeof peer): Part[] => [
      { type: "reasoning", text: "hm", opaque: own({ thoughtSignature: "t" }, maker) },
      { type: "text", text: "a", opaque: own({ thoughtSignature: "s" }, maker) },
      { type: "opaque", kind: "executableCode", opaque: own({ executableCode: { code: "1" } }, maker) },
      { ...call("x1"), opaque: own({ thoughtSignature: "u" }, maker) } as Part,
    ];
    const functionCall = { id: "x1", name: "read", args: { n: 1 } };
    expect(contents([assistant(...parts(peer))])).toEqual([
      {
        role: "model",
        parts: [
          { text: "hm", thought: true, thoughtSignature: "t" },
          { text: "a", thoughtSignature: "s" },
          { executableCode: { code: "1" } },
          { functionCall, thoughtSignature: "u" },
        ],
      },
    ]);
    expect(contents([assistant(...parts(older))])).toEqual([
      {
        role: "model",
        parts: [{ text: "a" }, { functionCall, thoughtSignature: "skip_thought_signature_validator" }],
      },
    ]);
    expect(contents([assistant(...parts(peer))], older)).toEqual([
      { role: "model", parts: [{ text: "a" }, { functionCall }] },
    ]);
  });

  test("only the first foreign call of an answer needs a stand-in, and reading it back leaves none", () => {
    const encoded = encode({ messages: [assistant(call("a"), call("b"))] });
    expect(JSON.stringify(encoded).match(/skip_thought/g)).toHaveLength(1);
    expect(JSON.stringify(codec.decodeRequest(encoded, peer))).not.toContain("skip_thought");
  });

  test("broken calls, odd inputs and empty texts are sent as the API takes them", () => {
    const parts: Part[] = [
      { type: "tool_call", id: "a", name: "x", input: {}, malformed: '{"a' },
      { type: "tool_call", id: "b", name: "x", input: "y" },
      text(""),
    ];
    expect(contents([assistant(...parts)], older)).toMatchObject([
      { parts: [{ functionCall: { args: {} } }, { functionCall: { args: { value: "y" } } }] },
    ]);
    expect(contents([assistant(text(""))])).toEqual([]);
  });
});

describe("reasoning", () => {
  test.each<[model: string, reasoning: NonNullable<ModelRequest["reasoning"]>, config: Json | undefined]>([
    ["gemini-3-pro", { effort: "none" }, { thinkingLevel: "MINIMAL" }],
    ["gemini-3-pro", { effort: "max" }, { thinkingLevel: "HIGH" }],
    ["gemini-3-pro", { effort: "low", budgetTokens: 9 }, { thinkingLevel: "LOW" }],
    ["gemini-3-pro", { budgetTokens: 9 }, { thinkingBudget: 9 }],
    ["gemini-flash-latest", { effort: "low" }, { thinkingLevel: "LOW" }],
    ["gemini-2.5-flash", { effort: "none" }, { thinkingBudget: 0 }],
    ["gemini-2.5-flash", { effort: "medium" }, { thinkingBudget: 8192 }],
    [
      "gemini-2.5-flash",
      { effort: "medium", budgetTokens: 9, visible: false },
      { thinkingBudget: 9, includeThoughts: false },
    ],
    ["gemini-2.5-flash", {}, undefined],
  ])("%s: %j", (model, reasoning, config) => {
    const body = encode({ reasoning }, { provider: "google", model });
    expect(body.generationConfig).toEqual(config === undefined ? undefined : { thinkingConfig: config });
  });
});

describe("the gateway's side", () => {
  const decode = (body: Json, from = peer) => codec.decodeRequest(body, from);
  const contentsOf = (...list: Json[]) => ({ contents: list });

  test("snake case, a missing role and a string instruction are understood", () => {
    expect(
      decode({
        system_instruction: "s",
        contents: [{ parts: [{ text: "hi" }, { inline_data: { mime_type: "image/png", data: "AA==" } }] }],
        generation_config: { max_output_tokens: 5, thinking_config: { thinking_level: "high" } },
      }),
    ).toEqual({
      model: "gemini-3-test",
      system: [text("s")],
      messages: [{ role: "user", parts: [text("hi"), picture] }],
      tools: [],
      maxOutputTokens: 5,
      reasoning: { effort: "high" },
      stream: false,
    });
  });

  test("calls and results without ids find each other by name and order", () => {
    const functionCall = (name: string) => ({ functionCall: { name, args: {} } });
    const functionResponse = (name: string) => ({ functionResponse: { name, response: { output: name } } });
    const { messages } = decode(
      contentsOf(
        { role: "model", parts: [functionCall("a"), functionCall("b"), functionCall("a")] },
        { role: "function", parts: [functionResponse("a"), functionResponse("b"), functionResponse("a")] },
        { role: "model", parts: [functionCall("a")] },
        { role: "user", parts: [functionResponse("a"), { text: "go on" }] },
      ),
    );
    const ids = messages.flatMap((message) =>
      message.parts.flatMap((part) =>
        part.type === "tool_call" ? part.id : part.type === "tool_result" ? part.callId : [],
      ),
    );
    expect(messages.map((message) => message.role)).toEqual([
      "assistant",
      "tool",
      "assistant",
      "tool",
      "user",
    ]);
    expect(ids).toEqual([
      "tau-call-m0-0",
      "tau-call-m0-1",
      "tau-call-m0-2",
      "tau-call-m0-0",
      "tau-call-m0-1",
      "tau-call-m0-2",
      "tau-call-m2-0",
      "tau-call-m2-0",
    ]);
  });

  test("a response of any shape is told as text and sent back as it was", () => {
    const response = { result: { temperature: 20 }, unit: "C" };
    const part = { functionResponse: { name: "weather", response } };
    const request = decode(contentsOf({ role: "user", parts: [part] }));
    expect(request.messages[0]?.parts[0]).toMatchObject({ content: [{ text: JSON.stringify(response) }] });
    expect(codec.encodeRequest(request, peer, undefined).contents).toMatchObject([
      { parts: [{ functionResponse: { response } }] },
    ]);
  });

  test("schemas in the API's own language become JSON Schema", () => {
    const parameters = {
      type: "OBJECT",
      properties: {
        type: { type: "STRING", nullable: true, enum: ["A"] },
        list: { type: "ARRAY", items: { type: "INTEGER" }, minItems: "2" },
      },
      required: ["type"],
      propertyOrdering: ["type", "list"],
    };
    const { tools } = decode({
      contents: [],
      tools: [{ functionDeclarations: [{ name: "f", parameters }] }],
    });
    expect(tools[0]?.inputSchema).toEqual({
      type: "object",
      properties: {
        type: { type: ["string", "null"], enum: ["A"] },
        list: { type: "array", items: { type: "integer" }, minItems: 2 },
      },
      required: ["type"],
    });
  });

  test("tools and settings without a word pass in the same dialect", () => {
    const body = {
      tools: [
        {
          functionDeclarations: [
            { name: "f", parametersJsonSchema: { type: "object" }, behavior: "BLOCKING" },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: {
        functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f", "g"] },
        retrievalConfig: {},
      },
      generationConfig: {
        temperature: 1,
        responseMimeType: "application/json",
        thinkingConfig: { thinkingBudget: -1 },
        topK: 3,
      },
      cachedContent: "cachedContents/1",
      contents: [],
    };
    const request = decode(body);
    expect(request.tools.map((tool) => tool.name)).toEqual(["f"]);
    expect(request.toolChoice).toBe("required");
    expect(codec.encodeRequest(request, peer, undefined)).toEqual(body);
    const elsewhere = { ...request, extra: { dialect: "messages" as const, fields: { top_k: 3 } } };
    expect(codec.encodeRequest(elsewhere, peer, undefined)).not.toHaveProperty("top_k");
  });

  test.each([
    ["body", 1],
    ["contents", {}],
    ["contents[0].role", contentsOf({ role: "system", parts: [] })],
    ["contents[0].parts[1].functionCall.name", contentsOf({ parts: [{ text: "" }, { functionCall: {} }] })],
    [
      "contents[0].parts[0].functionResponse.response",
      contentsOf({ parts: [{ functionResponse: { name: "a", response: 1 } }] }),
    ],
    [
      "systemInstruction.parts[0]",
      { contents: [], systemInstruction: { parts: [{ fileData: { fileUri: "x" } }] } },
    ],
    ["tools[0].functionDeclarations[0].name", { contents: [], tools: [{ functionDeclarations: [{}] }] }],
    ["generationConfig.temperature", { contents: [], generationConfig: { temperature: "hot" } }],
  ])("a wrong %s is named", (path, wrong: Json) => {
    let thrown: unknown;
    try {
      decode(wrong);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(WireError);
    expect(thrown instanceof WireError && thrown.path).toBe(path);
  });
});
