/** What generateContent cannot say, as data and as normalisers. The prose is in docs/codecs.md. */
import fc from "fast-check";
import type { Json, Part } from "../../../src/core/message.ts";
import type { ModelError, ModelEvent, ModelRequest } from "../../../src/core/model.ts";
import {
  arbEventStream,
  arbJson,
  arbModelRequest,
  arbText,
  arbToolName,
  arbUsage,
  plainSayable,
  type Sayable,
} from "../../support/arbitraries.ts";

export const peer = { provider: "google", model: "gemini-3-test" };

const own = (fields: { [key: string]: Json }): Json => ({ dialect: "generate-content", fields });
const signature = arbToolName.map((thoughtSignature) => own({ thoughtSignature }));

const errors: fc.Arbitrary<ModelError> = fc
  .tuple(
    fc.constantFrom(
      { code: "auth" as const, message: "API key not valid" },
      { code: "quota" as const, message: "You exceeded your current quota" },
      { code: "rate_limited" as const, message: "You exceeded your current quota" },
      { code: "overloaded" as const, message: "The model is overloaded" },
      { code: "timeout" as const, message: "Deadline expired" },
      { code: "invalid_request" as const, message: "no such field" },
      { code: "context_overflow" as const, message: "The input token count (9) exceeds the maximum" },
      { code: "refused" as const, message: "The answer was blocked by content rules" },
      { code: "aborted" as const, message: "The caller left" },
    ),
    fc.constantFrom({}, { requestId: "req_1" }),
    fc.constantFrom({}, { retryAfterMs: 34_400 }),
  )
  .map(([error, id, wait]) => ({ ...error, ...id, ...wait }));

const common: Sayable = {
  ...plainSayable(peer),
  opaque: {
    text: signature,
    reasoning: signature,
    toolCall: signature,
    block: arbText.map((code) => ({
      kind: "executableCode",
      data: own({ executableCode: { language: "PYTHON", code } }),
    })),
  },
  toolResultImages: true,
  toolResultTexts: "parts",
  toolResultErrors: true,
  images: "both",
  files: "both",
  fileTypes: ["application/pdf", "audio/wav", "text/plain"],
  userRuns: true,
  userAfterTool: true,
  efforts: ["minimal", "low", "medium", "high"],
  budgetTokens: true,
  visible: true,
  stop: true,
  output: "without-strict",
  extra: fc
    .dictionary(fc.constantFrom("safetySettings", "cachedContent", "labels", "newField"), arbJson, {
      noNullPrototype: true,
    })
    .filter((fields) => Object.keys(fields).length > 0)
    .map((fields) => ({ dialect: "generate-content" as const, fields })),
  stream: {
    ...plainSayable(peer).stream,
    toolInput: "whole",
    media: true,
    usage: arbUsage(["input", "cacheRead", "output", "reasoning"]),
    ends: [
      { reason: "stop", raw: "STOP" },
      { reason: "length", raw: "MAX_TOKENS" },
      { reason: "refusal", raw: "SAFETY" },
      { reason: "refusal", raw: "RECITATION" },
      { reason: "paused", raw: "CONTINUATION" },
    ],
    toolEnd: { reason: "tool_calls", raw: "STOP" },
    errors,
  },
};

/** In requests: thoughts only with their signature, and neighbouring texts stay apart. */
export const requests = arbModelRequest({ ...common, reasoning: "signed", adjacentText: true });

/** In streams: thoughts with or without signature; neighbouring texts are one, because chunks cut texts anywhere. */
const inStreams: Sayable = { ...common, reasoning: "either" };
export const streams = arbEventStream(inStreams);
export const interleaved = arbEventStream({
  ...inStreams,
  stream: { ...inStreams.stream, interleaved: true },
});

/** Removes what the API cannot say from a request. */
export function normalRequest(request: ModelRequest): ModelRequest {
  const normal: ModelRequest = {
    ...request,
    // Whether to stream is said by the URL.
    stream: false,
    messages: request.messages.map((message) => ({ ...message, parts: message.parts.map(normalPart) })),
  };
  // Level and budget together are refused: the level wins.
  if (normal.reasoning?.effort !== undefined) {
    const { budgetTokens: _, ...reasoning } = normal.reasoning;
    normal.reasoning = reasoning;
  }
  return normal;
}

function normalPart(part: Part): Part {
  if (part.type !== "tool_result") return part;
  // The pictures of a result stand beside its texts, not between them.
  const content = [
    ...part.content.filter((inner) => inner.type === "text"),
    ...part.content.filter((inner) => inner.type === "image"),
  ];
  return { ...part, content };
}

/** Removes what the API cannot say from a stream. */
export function normalEvents(events: readonly ModelEvent[]): ModelEvent[] {
  // Counts ride on chunks, and whether a text goes on shows only in the chunk after.
  const usage = events.filter((event) => event.type === "usage");
  const others = events.filter((event) => event.type !== "usage");
  return [...others.slice(0, -1), ...usage, ...others.slice(-1)];
}
