import { describe, expect, test } from "vitest";
import type { Part } from "../../../src/core/message.ts";
import type { ModelEvent } from "../../../src/core/model.ts";
import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";
import { deltasOf, partsOf } from "../../support/stream-cases.ts";
import { type Body, call, chunk, decode, last, opaque, peer, usageMetadata } from "./cases.ts";

test("a plain answer, event by event", () => {
  expect(decode(chunk([{ text: "Hel" }]), chunk([{ text: "lo" }]), last)).toEqual([
    { type: "start", responseId: "r1", model: "gemini-3-test-001" },
    { type: "part.start", index: 0, part: { type: "text" } },
    { type: "part.delta", index: 0, delta: "Hel" },
    { type: "part.delta", index: 0, delta: "lo" },
    { type: "part.end", index: 0, part: { type: "text", text: "Hello" } },
    {
      type: "usage",
      usage: { input: 10, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0 },
    },
    { type: "end", reason: "stop", raw: "STOP" },
  ]);
});

describe("parts", () => {
  const table: [name: string, chunks: Body[][], parts: Part[]][] = [
    [
      "thoughts and text are parts of their own",
      [[{ text: "h", thought: true }], [{ text: "m", thought: true }], [{ text: "yes" }]],
      [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "yes" },
      ],
    ],
    [
      "a signature on an empty text belongs to the text before",
      [[{ text: "a" }], [{ text: "b" }], [{ text: "", thoughtSignature: "s" }]],
      [{ type: "text", text: "ab", opaque: opaque({ thoughtSignature: "s" }) }],
    ],
    [
      "a signature does not cut a text in two",
      [[{ text: "a", thoughtSignature: "s" }], [{ text: "b" }]],
      [{ type: "text", text: "ab", opaque: opaque({ thoughtSignature: "s" }) }],
    ],
    [
      "two signatures are two parts",
      [[{ text: "a", thoughtSignature: "s" }], [{ text: "b", thoughtSignature: "t" }]],
      [
        { type: "text", text: "a", opaque: opaque({ thoughtSignature: "s" }) },
        { type: "text", text: "b", opaque: opaque({ thoughtSignature: "t" }) },
      ],
    ],
    [
      "a signature without text before it is kept",
      [[{ text: "hm", thought: true }], [{ text: "", thoughtSignature: "s" }]],
      [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "", opaque: opaque({ thoughtSignature: "s" }) },
      ],
    ],
    [
      "calls keep the id and signature the model gave",
      [[{ ...call("read", { path: "a" }, { id: "x1" }), thoughtSignature: "s" }]],
      [
        {
          type: "tool_call",
          id: "x1",
          name: "read",
          input: { path: "a" },
          opaque: opaque({ thoughtSignature: "s" }),
        },
      ],
    ],
    [
      "parallel calls without ids get different ones, named after the answer and their place",
      [[call("read", { path: "a" }), call("read", { path: "a" })], [call("list", {})]],
      [
        { type: "tool_call", id: "tau-call-r1-0", name: "read", input: { path: "a" } },
        { type: "tool_call", id: "tau-call-r1-1", name: "read", input: { path: "a" } },
        { type: "tool_call", id: "tau-call-r1-2", name: "list", input: {} },
      ],
    ],
    [
      "server-side code and its result are kept whole, in order",
      [
        [{ text: "so: " }, { executableCode: { language: "PYTHON", code: "1" }, thoughtSignature: "s" }],
        [{ codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } }, { text: "one" }],
      ],
      [
        { type: "text", text: "so: " },
        {
          type: "opaque",
          kind: "executableCode",
          opaque: opaque({ executableCode: { language: "PYTHON", code: "1" }, thoughtSignature: "s" }),
        },
        {
          type: "opaque",
          kind: "codeExecutionResult",
          opaque: opaque({ codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } }),
        },
        { type: "text", text: "one" },
      ],
    ],
    [
      "pictures and documents are parts",
      [
        [
          { inlineData: { mimeType: "image/png", data: "AA==" } },
          { fileData: { mimeType: "text/csv", fileUri: "gs://x" } },
        ],
      ],
      [
        { type: "image", mediaType: "image/png", data: "AA==" },
        { type: "file", mediaType: "text/csv", data: { url: "gs://x" } },
      ],
    ],
    [
      "a kind of part not known yet is kept whole",
      [[{ novelty: { a: 1 }, thought: true }]],
      [{ type: "opaque", kind: "novelty", opaque: opaque({ novelty: { a: 1 }, thought: true }) }],
    ],
  ];
  test.each(table)("%s", (_, chunks, parts) => {
    const events = decode(...chunks.map((list) => chunk(list)), last);
    expect(partsOf(events)).toEqual(parts);
    expect(events.at(-1)).toMatchObject({
      type: "end",
      reason: parts.some((part) => part.type === "tool_call") ? "tool_calls" : "stop",
    });
  });

  test("grounding and citations are kept, but are not sent back as something said", () => {
    const events = decode(
      chunk([{ text: "It rained." }], {
        finishReason: "STOP",
        groundingMetadata: { webSearchQueries: ["rain"] },
        citationMetadata: { citations: [{ uri: "x" }] },
        safetyRatings: [{ category: "c" }],
      }),
    );
    const parts = partsOf(events);
    expect(parts.map((part) => (part.type === "opaque" ? part.kind : part.type))).toEqual([
      "text",
      "groundingMetadata",
      "citationMetadata",
    ]);
    const history = {
      model: peer.model,
      system: [],
      tools: [],
      stream: true,
      messages: [{ role: "assistant" as const, parts }],
    };
    expect(codec.encodeRequest(history, peer, undefined).contents).toEqual([
      { role: "model", parts: [{ text: "It rained." }] },
    ]);
    expect(codec.encodeResponse(events, peer).candidates).toMatchObject([
      { groundingMetadata: { webSearchQueries: ["rain"] }, citationMetadata: { citations: [{ uri: "x" }] } },
    ]);
  });
});

describe("arguments in pieces", () => {
  const piece = (jsonPath: string, value: Body, willContinue = true) => ({
    functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue },
  });
  const opening = { functionCall: { name: "edit", willContinue: true }, thoughtSignature: "s" };

  test("are put together by their paths", () => {
    const events = decode(
      chunk([opening]),
      chunk([piece("$.path", { stringValue: "src/", willContinue: true })]),
      chunk([piece("$.path", { stringValue: "a.ts" })]),
      chunk([
        piece("$.edits[0].line", { numberValue: 3 }),
        piece("$.edits[1]['all done']", { boolValue: true }),
      ]),
      chunk([piece("$.note", { nullValue: "NULL_VALUE" })]),
      chunk([{ functionCall: {} }, { functionCall: { name: "list" } }]),
      last,
    );
    const input = { path: "src/a.ts", edits: [{ line: 3 }, { "all done": true }], note: null };
    expect(partsOf(events)).toEqual([
      {
        type: "tool_call",
        id: "tau-call-r1-0",
        name: "edit",
        input,
        opaque: opaque({ thoughtSignature: "s" }),
      },
      { type: "tool_call", id: "tau-call-r1-1", name: "list", input: {} },
    ]);
    expect(deltasOf(events, 0)).toBe(JSON.stringify(input));
  });

  test.each([
    ["the stream stops", [], "truncated"],
    ["the answer is cut off", [chunk([], { finishReason: "MAX_TOKENS" })], undefined],
  ])("a call not closed when %s is never one to run", (_, ending, code) => {
    const events = decode(chunk([opening]), chunk([piece("$.path", { stringValue: "/" })]), ...ending);
    expect(partsOf(events)).toMatchObject([{ name: "edit", input: {}, malformed: '{"path":"/"' }]);
    const end = events.at(-1);
    expect(end?.type === "error" ? end.error.code : undefined).toBe(code);
  });

  test("wild paths neither reserve memory nor touch prototypes", () => {
    const events = decode(
      chunk([opening]),
      chunk([
        piece("$.list[4000000000]", { stringValue: "a" }),
        piece("$.__proto__.polluted", { stringValue: "b" }),
        piece("no path", { stringValue: "c" }),
      ]),
      chunk([{ functionCall: {} }]),
      last,
    );
    expect(JSON.stringify(partsOf(events)[0])).toContain(
      '"input":{"list":["a"],"__proto__":{"polluted":"b"}}',
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("whole answers", () => {
  test("come as a stream would have given them; an array of chunks as well", () => {
    const chunks = [
      chunk([{ text: "a" }, call("read", {})]),
      chunk([{ text: "b" }], { finishReason: "STOP" }, { usageMetadata }),
    ];
    expect(codec.decodeResponse(chunks, peer, undefined)).toEqual(decode(...chunks));
    expect(codec.decodeResponse(chunks[1] ?? null, peer, undefined)).toEqual(decode(chunks[1] ?? {}));
  });

  test.each([
    ["an error object", { error: { code: 503, status: "UNAVAILABLE", message: "busy" } }, "overloaded"],
    ["something else", { name: "operations/1" }, "unknown"],
    ["nothing", null, "unknown"],
  ])("%s is an error", (_, body, code) => {
    expect(codec.decodeResponse(body, peer, undefined).at(-1)).toMatchObject({
      type: "error",
      error: { code },
    });
  });
});

describe("the gateway's side", () => {
  const encode = (events: ModelEvent[]) => {
    const encoder = codec.streamEncoder(peer);
    return events.map((event) => encoder.push(event)).join("") + encoder.end();
  };
  const broken: ModelEvent[] = [
    { type: "start", responseId: "r1" },
    { type: "part.start", index: 0, part: { type: "tool_call", id: "a", name: "rm" } },
    { type: "part.delta", index: 0, delta: '{"path' },
    {
      type: "part.end",
      index: 0,
      part: { type: "tool_call", id: "a", name: "rm", input: {}, malformed: '{"path' },
    },
  ];

  test("a call that is not JSON is not written, and the answer does not look whole", () => {
    const ends = (reason: "tool_calls" | "length") => [...broken, { type: "end" as const, reason }];
    expect(encode(ends("tool_calls"))).toContain('"finishReason":"MALFORMED_FUNCTION_CALL"');
    expect(encode(ends("tool_calls"))).not.toContain("functionCall");
    expect(encode(ends("length"))).toContain('"finishReason":"MAX_TOKENS"');
    expect(codec.encodeResponse(ends("tool_calls"), peer).candidates).toMatchObject([
      { content: { parts: [] }, finishReason: "MALFORMED_FUNCTION_CALL" },
    ]);
  });

  test("a stream without its last event is closed with an error", () => {
    const text = encode([{ type: "start" }]);
    expect(text).toContain('"error"');
    expect(text).not.toContain("finishReason");
  });

  test("ids we made up are not shown to the client", () => {
    const part: Part = { type: "tool_call", id: "tau-call-r1-0", name: "x", input: {} };
    expect(
      encode([
        { type: "part.start", index: 0, part },
        { type: "part.end", index: 0, part },
      ]),
    ).toContain('"functionCall":{"name":"x","args":{}}');
  });
});
