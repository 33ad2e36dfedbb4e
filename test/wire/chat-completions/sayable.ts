/** What Chat Completions can say, for the laws; `normal*` are the written exceptions that are not options. */
import fc from "fast-check";
import type { Json, Message, Part } from "../../../src/core/message.ts";
import {
  type ModelError,
  type ModelEvent,
  type ModelRequest,
  modelErrorCodes,
} from "../../../src/core/model.ts";
import type { Peer } from "../../../src/wire/codec.ts";
import {
  arbJson,
  arbJsonObject,
  arbText,
  arbUsage,
  plainSayable,
  type Sayable,
} from "../../support/arbitraries.ts";

/** OpenAI's own server. */
export const openai: Peer = { provider: "openai", model: "gpt-5.2" };
/** A gateway with thoughts, signatures and breakpoints. */
export const openrouter: Peer = { provider: "openrouter", model: "anthropic/claude-opus" };

const own = (fields: { [key: string]: Json }): Json => ({ dialect: "chat-completions", fields });

const details = fc
  .array(
    fc.record({
      type: fc.constant("reasoning.encrypted"),
      data: fc.base64String({ minLength: 4 }),
      format: fc.constant("anthropic-claude-v1"),
      index: fc.nat(2),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) => own({ reasoning_details: list }));

const annotations = fc
  .array(fc.record({ type: fc.constant("url_citation"), url_citation: arbJsonObject }), {
    minLength: 1,
    maxLength: 2,
  })
  .map((list) => own({ annotations: list }));

const extraContent = arbJsonObject
  .filter((value) => !("tau" in value))
  .map((google) => own({ extra_content: { google } }));

const block = fc
  .record({ type: fc.constantFrom("reference", "x_new"), ids: fc.array(fc.nat(9)) })
  .map((content) => ({ kind: content.type, data: own({ content }) }));

/** Failures with what the dialect can say of one: a code, a sentence, a wait, a reset. */
export const arbError: fc.Arbitrary<ModelError> = fc
  .record(
    {
      code: fc.constantFrom(...modelErrorCodes),
      message: fc.lorem({ maxCount: 5 }),
      retryAfterMs: fc.integer({ min: 1, max: 100_000 }),
      resetsAt: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
    },
    { requiredKeys: ["code", "message"] },
  )
  .map((error): ModelError => error);

const base: Sayable = {
  ...plainSayable(openai),
  order: "fixed",
  malformed: true,
  toolResultTexts: "parts",
  images: "both",
  files: "both",
  fileTypes: ["application/pdf", "text/plain"],
  urlImageType: "image/*",
  urlFileType: "application/pdf",
  fileNames: "always",
  userRuns: true,
  userAfterTool: true,
  callId: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh"],
  stop: true,
  parallelToolCalls: true,
  strictTools: "optional",
  output: "with-strict",
  cacheKey: true,
  extra: fc
    .dictionary(fc.constantFrom("seed", "metadata", "service_tier", "logit_bias", "x_new"), arbText, {
      minKeys: 1,
      noNullPrototype: true,
    })
    .map((fields) => ({ dialect: "chat-completions" as const, fields })),
};

/** Requests to OpenAI: no thoughts go back, a refusal has a field of its own. */
export const openaiRequest: Sayable = {
  ...base,
  refusal: true,
  opaque: { toolCall: extraContent },
};

/** Requests to OpenRouter with an Anthropic model. */
export const openrouterRequest: Sayable = {
  ...base,
  peer: openrouter,
  reasoning: "either",
  redacted: true,
  cache: true,
  budgetTokens: true,
  visible: true,
  opaque: { reasoning: details, toolCall: extraContent, text: annotations },
};

/** Answers, as Tau's own server sends them: opaque data of other dialects rides along. */
export const answers: Sayable = {
  ...base,
  peer: openrouter,
  order: "free",
  reasoning: "either",
  redacted: true,
  opaque: {
    reasoning: fc.oneof(details, arbJson),
    toolCall: fc.oneof(extraContent, arbJson),
    text: annotations,
    block,
  },
  stream: {
    ...plainSayable(openrouter).stream,
    media: true,
    usage: arbUsage(["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "output", "reasoning"]),
    ends: [
      { reason: "stop", raw: "stop" },
      { reason: "length", raw: "length" },
      { reason: "refusal", raw: "content_filter" },
    ],
    toolEnd: { reason: "tool_calls", raw: "tool_calls" },
    errors: arbError,
    responseId: fc.stringMatching(/^chatcmpl-[a-z0-9]{4,12}$/),
    unknown: fc
      .tuple(fc.constantFrom("chunk", "choice", "delta"), fc.uuid(), fc.integer())
      .map(([name, key, value]) => ({
        type: "unknown" as const,
        dialect: "chat-completions" as const,
        name,
        data: { ...(name === "choice" ? { index: 0 } : {}), [`x_${key}`]: value },
      })),
  },
};

/**
 * A request as the dialect can say it: effort or a budget, not both; nothing asked is no reasoning at all; parallel
 * calls are a matter of tools.
 */
export function normalRequest(request: ModelRequest): ModelRequest {
  const copy = structuredClone(request);
  if (copy.reasoning?.effort !== undefined) delete copy.reasoning.budgetTokens;
  if (Object.keys(copy.reasoning ?? {}).length === 0) delete copy.reasoning;
  if (copy.tools.length === 0) delete copy.parallelToolCalls;
  return { ...copy, messages: copy.messages.filter(says) };
}

/** An answer of thoughts alone cannot be sent. */
function says(message: Message): boolean {
  return message.role !== "assistant" || message.parts.some((part) => part.type !== "reasoning");
}

/** One answer told apart from how it was cut: parts by index with their text, unknown events, usage, the end. */
export type Told = {
  start: ModelEvent | undefined;
  parts: { index: number; header: unknown; deltas: string; part: Part | undefined }[];
  unknown: ModelEvent[];
  usage: ModelEvent | undefined;
  last: unknown;
};

/**
 * Events as the dialect can say them. When a part ends is not said, nor is the order of unknown events, parts and usage among
 * each other; errors bring their raw body.
 */
export function told(events: readonly ModelEvent[]): Told {
  const parts: Told["parts"] = [];
  for (const event of events) {
    if (event.type === "part.start")
      parts[event.index] = { index: event.index, header: event.part, deltas: "", part: undefined };
    const part = "index" in event ? parts[event.index] : undefined;
    if (part === undefined) continue;
    if (event.type === "part.delta") part.deltas += event.delta;
    if (event.type === "part.end") part.part = event.part;
  }
  const last = events.at(-1);
  return {
    start: events.find((event) => event.type === "start"),
    parts,
    unknown: events.filter((event) => event.type === "unknown"),
    usage: events.findLast((event) => event.type === "usage"),
    last: last?.type === "error" ? { ...last.error, raw: undefined, status: undefined } : last,
  };
}
