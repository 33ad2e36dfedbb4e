/** Chunks of generateContent, short to write in cases. */
import type { Json } from "../../../src/core/message.ts";
import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";
import { decodeText } from "../../support/stream-cases.ts";

export const peer = { provider: "google", model: "gemini-3-test" };
export type Body = { [key: string]: Json };

export const opaque = (fields: Body) => ({ ...peer, data: { dialect: "generate-content", fields } });
export const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 };
export const chunk = (parts: Body[], candidate: Body = {}, more: Body = {}): Body => ({
  candidates: [{ content: { parts, role: "model" }, index: 0, ...candidate }],
  modelVersion: "gemini-3-test-001",
  responseId: "r1",
  ...more,
});
export const sse = (chunks: Body[]) => chunks.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join("");
export const decode = (...chunks: Body[]) => decodeText(codec, peer, sse(chunks));
export const last = chunk([{ text: "" }], { finishReason: "STOP" }, { usageMetadata });
export const call = (name: string, args: Body, more: Body = {}) => ({
  functionCall: { name, args, ...more },
});
