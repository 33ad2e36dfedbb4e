import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import { decode, delta, done, finish, own, partsOf, sse } from "./chunks.ts";

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
