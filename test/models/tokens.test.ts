import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImagePart, Message } from "../../src/core/message.ts";
import {
  calibrated,
  calibrationFor,
  familyOf,
  observe,
  startingCalibration,
  upperEstimate,
} from "../../src/models/calibration.ts";
import { estimateTokens } from "../../src/models/estimate.ts";
import { fileTokens, imageTokens, pixelSize } from "../../src/models/media-tokens.ts";
import { estimateMessage, estimateTools } from "../../src/models/request-tokens.ts";
import { encodingOf, loadCounter } from "../../src/models/tokenizer.ts";

describe("the quick estimate", () => {
  const passages: [string, string][] = [
    [
      "prose",
      "The meter reserves the worst case before a request leaves and settles it once the answer is there. ".repeat(
        20,
      ),
    ],
    [
      "code",
      'export function add(a: number, b: number): number {\n  return a + b; // sums "a" and "b"\n}\n\n'.repeat(
        20,
      ),
    ],
    [
      "JSON",
      JSON.stringify(
        Array.from({ length: 40 }, (_, id) => ({ id, name: `file-${id}.ts`, size: id * 137, ok: true })),
      ),
    ],
    [
      "a directory listing",
      Array.from(
        { length: 40 },
        (_, n) => `-rw-r--r-- 1 root root ${n * 731} Nov 24 23:${10 + n} report-${n}.md`,
      ).join("\n"),
    ],
    ["Chinese", "模型在发送请求之前会估算所需的标记数量，并检查上下文窗口是否足够。".repeat(20)],
    ["Japanese", "ツールの結果は会話に追加され、次の要求で送られます。".repeat(20)],
    ["Russian", "Каждый шаг записывается в журнал до того, как его увидит пользователь. ".repeat(20)],
    ["German", "Größere Änderungen müssen vor dem Zusammenführen überprüft werden. ".repeat(20)],
  ];
  it.each(passages)("comes near the exact count on %s", async (name, text) => {
    const count = await loadCounter("o200k_base");
    expect(Math.abs(estimateTokens(text) / count(text) - 1)).toBeLessThan(
      /Russian|German/.test(name) ? 0.4 : 0.25,
    );
  });

  it("is a whole number, grows with the text, and never fails on any of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ unit: "binary" }), (a, b) => {
        const [whole, head] = [estimateTokens(a + b), estimateTokens(a)];
        expect(Number.isSafeInteger(whole)).toBe(true);
        expect(whole > 0).toBe(a + b !== "");
        // Cutting a text can split a piece in two, so the parts may count a little more than the whole.
        expect(whole).toBeLessThanOrEqual(head + estimateTokens(b) + 2);
        expect(whole).toBeGreaterThanOrEqual(head - 3);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes time by the length, whatever the text", () => {
    for (const text of [
      "a".repeat(1_000_000),
      " ".repeat(1_000_000),
      "=".repeat(1_000_000),
      "🤨".repeat(250_000),
    ]) {
      expect(estimateTokens(text)).toBeGreaterThan(0);
    }
  });
});

describe("exact counts", () => {
  it("know the encoding of OpenAI's models and of nobody else's", () => {
    const table = {
      "gpt-5.5": "o200k_base",
      "openai/gpt-oss-120b": "o200k_base",
      o3: "o200k_base",
      "gpt-4o-mini": "o200k_base",
      "gpt-4.1": "o200k_base",
      "gpt-4-turbo": "cl100k_base",
      "gpt-3.5-turbo": "cl100k_base",
      "claude-opus-5": null,
      "gemini-2.5-pro": null,
      o3x: null,
    };
    for (const [model, encoding] of Object.entries(table)) expect(encodingOf(model), model).toBe(encoding);
  });

  it("do not hang on a megabyte without a space", async () => {
    const count = await loadCounter("cl100k_base");
    const around = count("before ") + count(" after");
    const tokens = count(`before ${"x".repeat(1_000_000)} after`);
    expect(tokens).toBe(around + estimateTokens("x".repeat(1_000_000)));
  });

  it("count what looks like a special token as text", async () => {
    const count = await loadCounter("cl100k_base");
    expect(count("<|endoftext|>")).toBeGreaterThan(1);
  });
});

describe("calibration", () => {
  it("names a family by the tokenizer behind the model", () => {
    const table = {
      "claude-sonnet-4-5-20250929": "claude",
      "anthropic/claude-opus-4.6": "claude",
      "claude-opus-4-7": "claude-2026",
      "us.anthropic.claude-opus-4-8": "claude-2026",
      "claude-fable-5-1": "claude-2026",
      "gpt-5.5": "openai",
      "openai/o3": "openai",
      "gemini-3-pro-preview": "gemini",
      "deepseek-r1-distill-llama-70b": "deepseek",
      "my-finetune": "other",
    };
    for (const [model, family] of Object.entries(table)) expect(familyOf(model), model).toBe(family);
  });

  it("learns a tokenizer's ratio from what is reported, and its own error with it", () => {
    let state = startingCalibration("other");
    for (let call = 0; call < 20; call += 1) state = observe(state, 10_000, 13_000);
    expect(state.ratio).toBeCloseTo(1.3, 2);
    expect(state.error).toBeLessThan(0.05);
    expect(Math.abs(calibrated(5_000, state) - 6_500)).toBeLessThan(65);
  });

  it("is not led away by outliers, small requests or nonsense", () => {
    let state = startingCalibration("openai");
    for (let call = 0; call < 20; call += 1) state = observe(state, 10_000, 10_000);
    const settled = state.ratio;
    state = observe(state, 10_000, 900_000);
    state = observe(state, 10_000, 3);
    expect(state.ratio).toBe(settled);
    expect(state.error).toBeGreaterThan(0.05);
    expect(Math.abs(observe(state, 10, 25).ratio - settled)).toBeLessThan(0.001);
    for (const [estimated, reported] of [
      [0, 5],
      [5, 0],
      [Number.NaN, 5],
      [5, Number.NaN],
      [-1, 5],
    ] as const) {
      expect(observe(state, estimated, reported)).toEqual(state);
    }
  });

  it("stays bounded and converges, whatever is reported", () => {
    const count = fc.oneof(fc.integer({ min: -10, max: 2_000_000 }), fc.double());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(count, count), { maxLength: 40 }),
        fc.double({ min: 0.6, max: 2.5, noNaN: true }),
        (calls, truth) => {
          let state = startingCalibration("other");
          for (const [estimated, reported] of calls) state = observe(state, estimated, reported);
          expect(state.ratio).toBeGreaterThanOrEqual(0.5);
          expect(state.ratio).toBeLessThanOrEqual(3);
          expect(state.error).toBeGreaterThanOrEqual(0);
          expect(state.error).toBeLessThanOrEqual(1);
          for (let call = 0; call < 120; call += 1)
            state = observe(state, 20_000, Math.round(20_000 * truth));
          expect(Math.abs(state.ratio / truth - 1)).toBeLessThan(0.02);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  describe("kept from other sessions", () => {
    const anyNumber = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, -1, 0, 1e9, Number.POSITIVE_INFINITY),
    );
    const anyModel = fc.constantFrom(
      "claude-opus-5",
      "gpt-5.5",
      "gemini-3-pro",
      "my-finetune",
      "constructor",
    );

    it("moves the start within bounds, whatever was kept, so that no bound falls far below the family's", () => {
      fc.assert(
        fc.property(anyModel, anyNumber, anyNumber, anyNumber, (model, ratio, weight, error) => {
          const start = startingCalibration(familyOf(model));
          const begun = calibrationFor({ ratio, weight, error }, model);
          expect(begun.ratio).toBeGreaterThanOrEqual(start.ratio / 1.5001);
          expect(begun.ratio).toBeLessThanOrEqual(start.ratio * 2);
          expect(begun.weight).toBeLessThanOrEqual(4);
          expect(upperEstimate(10_000, begun)).toBeGreaterThan(10_000 * start.ratio * 0.75);
          // What this session is told soon counts for more.
          let state = begun;
          for (let call = 0; call < 60; call += 1) state = observe(state, 10_000, 10_000 * start.ratio);
          expect(Math.abs(state.ratio / start.ratio - 1)).toBeLessThan(0.1);
        }),
        { numRuns: 2_000 },
      );
    });

    it("begins where the session before ended: its first bound covers what an honest upstream then counts", () => {
      const noise = fc.double({ min: 0.95, max: 1.05, noNaN: true });
      fc.assert(
        fc.property(
          anyModel,
          fc.double({ min: 0.7, max: 1.9, noNaN: true }),
          fc.array(fc.tuple(fc.integer({ min: 2_000, max: 60_000 }), noise), {
            minLength: 25,
            maxLength: 60,
          }),
          fc.array(fc.tuple(fc.integer({ min: 2_000, max: 60_000 }), noise), { minLength: 1, maxLength: 10 }),
          (model, factor, before, after) => {
            const truth = startingCalibration(familyOf(model)).ratio * factor;
            let state = calibrationFor(null, model);
            for (const [estimated, off] of before) state = observe(state, estimated, estimated * truth * off);
            let begun = calibrationFor(state, model);
            for (const [call, [estimated, off]] of after.entries()) {
              const counted = Math.round(estimated * truth * off);
              // Later ones lean on what this session was told, which noise of one sign may make too sure.
              if (call === 0) expect(upperEstimate(estimated, begun)).toBeGreaterThanOrEqual(counted);
              expect(calibrated(estimated, begun)).toBeLessThan(counted * 1.2);
              begun = observe(begun, estimated, counted);
            }
          },
        ),
        { numRuns: 1_000 },
      );
    });
  });

  it("leaves room above the estimate", () => {
    const calibration = { ratio: 1.2, weight: 5, error: 0.04 };
    expect(upperEstimate(1_000, calibration)).toBe(1_345);
    expect(upperEstimate(1_000, { ...calibration, error: 0 })).toBe(1_260);
  });
});

/** The smallest heads that carry a size. */
function picture(kind: "png" | "gif" | "jpeg" | "webp", width: number, height: number): string {
  const bytes = Buffer.alloc(64);
  if (kind === "png") {
    bytes.writeUInt32BE(0x89504e47, 0);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
  } else if (kind === "gif") {
    bytes.write("GIF89a", 0, "latin1");
    bytes.writeUInt16LE(width, 6);
    bytes.writeUInt16LE(height, 8);
  } else if (kind === "jpeg") {
    // SOI, a comment segment of 8 bytes, then a progressive frame header.
    bytes.set([0xff, 0xd8, 0xff, 0xfe, 0, 8, 1, 2, 3, 4, 5, 6, 0xff, 0xc2, 0, 17, 8]);
    bytes.writeUInt16BE(height, 17);
    bytes.writeUInt16BE(width, 19);
  } else {
    bytes.write("RIFF....WEBPVP8X", 0, "latin1");
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  }
  return bytes.toString("base64");
}

const image = (data: ImagePart["data"]): ImagePart => ({ type: "image", mediaType: "image/png", data });

describe("pictures and documents", () => {
  it.each(["png", "gif", "jpeg", "webp"] as const)("reads the size of a %s from its head", (kind) => {
    expect(pixelSize(picture(kind, 1_000, 700))).toEqual({ width: 1_000, height: 700 });
  });

  it("reads no size from what is no picture, or from half of one", () => {
    const whole = Buffer.from(picture("jpeg", 10, 10), "base64");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(64), (junk, cut) => {
        expect(() => pixelSize(Buffer.from(junk).toString("base64"))).not.toThrow();
        expect(() =>
          pixelSize(Buffer.concat([whole.subarray(0, cut), junk]).toString("base64")),
        ).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
    expect(pixelSize(Buffer.from("not a picture at all, just some words").toString("base64"))).toBeNull();
  });

  it("counts a picture as its vendor says", () => {
    const square = image(picture("png", 1_000, 1_000));
    const huge = image(picture("png", 8_000, 4_000));
    expect(imageTokens(square, "messages", "claude-sonnet-4-5")).toBe(1_334);
    expect(imageTokens(huge, "messages", "claude-sonnet-4-5")).toBe(1_600);
    expect(imageTokens(huge, "messages", "claude-opus-5")).toBe(4_424);
    expect(imageTokens(image(picture("png", 1_024, 1_024)), "responses", "gpt-4o")).toBe(765);
    expect(imageTokens(image(picture("png", 2_048, 4_096)), "chat-completions", "gpt-4o")).toBe(1_105);
    expect(imageTokens(image(picture("png", 300, 300)), "generate-content", "gemini-2.5-pro")).toBe(258);
    expect(imageTokens(square, "generate-content", "gemini-3-pro-preview")).toBe(1_120);
    expect(imageTokens(image({ url: "https://x/y.png" }), "messages", "claude-sonnet-4-5")).toBe(1_600);
  });

  it("counts a PDF by its pages and text by its size", () => {
    const pdf = (text: string) => ({
      type: "file" as const,
      mediaType: "application/pdf",
      data: Buffer.from(text).toString("base64"),
    });
    const two = "%PDF-1.4 /Type /Pages /Type /Page /x /Type/Page ";
    expect(fileTokens(pdf(two), "messages")).toBe(7_700);
    expect(fileTokens(pdf(two), "generate-content")).toBe(516);
    expect(fileTokens(pdf("%PDF-1.7 ".padEnd(120_000)), "messages")).toBe(3 * 3_850);
    const text = {
      type: "file" as const,
      mediaType: "text/plain",
      data: Buffer.alloc(3_500, "a").toString("base64"),
    };
    expect(fileTokens(text, "messages")).toBeGreaterThanOrEqual(1_000);
  });
});

describe("requests by their parts", () => {
  const target = { dialect: "messages", model: "claude-sonnet-4-5" } as const;
  const tools = [
    {
      name: "read",
      description: "Reads a file.",
      inputSchema: { type: "object", properties: { path: { type: "string" } } },
    },
  ];
  const messages: Message[] = [
    { role: "user", parts: [{ type: "text", text: "Fix the failing test, please." }] },
    {
      role: "assistant",
      parts: [
        {
          type: "reasoning",
          text: "",
          redacted: true,
          opaque: { provider: "anthropic", model: "m", data: "A".repeat(1_600) },
        },
        { type: "tool_call", id: "c1", name: "read", input: { path: "src/a.ts" } },
      ],
    },
    {
      role: "tool",
      parts: [
        {
          type: "tool_result",
          callId: "c1",
          content: [{ type: "text", text: "export const a = 1;\n".repeat(30) }],
        },
      ],
    },
  ];

  it("count every kind of part", () => {
    const [user, assistant, tool] = messages.map((message) => estimateMessage(message, target));
    expect(user).toBeGreaterThan(8);
    expect(assistant).toBeGreaterThan(300);
    expect(tool).toBeGreaterThan(150);
    expect(estimateTools([], target)).toBe(0);
    expect(estimateTools(tools, target)).toBeGreaterThan(346);
    const exact = estimateMessage(messages[0] ?? { role: "user", parts: [] }, {
      ...target,
      count: () => 1_000,
    });
    expect(exact).toBe(1_004);
  });
});
