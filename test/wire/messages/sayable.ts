/** What the Messages API cannot say, as data and as normalisers. The prose is in docs/codecs.md. */
import fc from "fast-check";
import type { Json, Message, Part, TextPart } from "../../../src/core/message.ts";
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

export const peer = { provider: "anthropic", model: "claude-test" };

const own = (fields: { [key: string]: Json }): Json => ({ dialect: "messages", fields });

const citation = arbText.map((cited_text) => ({ type: "char_location", cited_text, document_index: 0 }));

const errors: fc.Arbitrary<ModelError> = fc
  .tuple(
    fc.constantFrom(
      { code: "auth" as const, message: "invalid x-api-key" },
      { code: "quota" as const, message: "Your credit balance is too low" },
      { code: "rate_limited" as const, message: "slow down" },
      { code: "overloaded" as const, message: "Overloaded" },
      { code: "timeout" as const, message: "too slow" },
      { code: "invalid_request" as const, message: "no such field" },
      { code: "context_overflow" as const, message: "prompt is too long: 9 tokens > 8 maximum" },
      { code: "refused" as const, message: "Output blocked by content filtering policy" },
    ),
    fc.constantFrom({}, { requestId: "req_1" }),
  )
  .map(([error, id]) => ({ ...error, ...id }));

const common: Sayable = {
  ...plainSayable(peer),
  opaque: {
    text: fc.array(citation, { minLength: 1, maxLength: 2 }).map((citations) => own({ citations })),
    reasoning: arbToolName.map((signature) => own({ signature })),
    block: arbToolName.map((id) => ({
      kind: "server_tool_use",
      data: own({ type: "server_tool_use", id, name: "web_search", input: { query: id } }),
    })),
  },
  redacted: true,
  cache: true,
  adjacentText: true,
  toolResultImages: true,
  toolResultTexts: "parts",
  toolResultErrors: true,
  images: "both",
  files: "both",
  fileNames: "optional",
  userRuns: true,
  userAfterTool: true,
  callId: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
  efforts: ["none", "low", "medium", "high", "xhigh", "max"],
  budgetTokens: true,
  visible: true,
  stop: true,
  maxOutputTokensRequired: true,
  parallelToolCalls: true,
  strictTools: "optional",
  output: "without-strict",
  extra: fc
    .dictionary(fc.constantFrom("metadata", "service_tier", "top_k", "mcp_servers", "new_field"), arbJson, {
      noNullPrototype: true,
    })
    .filter((fields) => Object.keys(fields).length > 0)
    .map((fields) => ({ dialect: "messages" as const, fields })),
  stream: {
    ...plainSayable(peer).stream,
    usage: arbUsage(["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "output", "reasoning"]),
    ends: [
      { reason: "stop", raw: "end_turn" },
      { reason: "length", raw: "max_tokens" },
      { reason: "length", raw: "model_context_window_exceeded" },
      { reason: "refusal", raw: "refusal" },
      { reason: "paused", raw: "pause_turn" },
    ],
    toolEnd: { reason: "tool_calls", raw: "tool_use" },
    stopSequence: true,
    errors,
    responseId: fc.stringMatching(/^msg_[a-z0-9]{4,12}$/),
    unknown: fc.dictionary(arbToolName, arbJson, { noNullPrototype: true }).map((fields) => ({
      type: "unknown" as const,
      dialect: "messages" as const,
      name: "future_event",
      data: { ...fields, type: "future_event" },
    })),
  },
};

/** In requests: reasoning only with its signature; a broken tool input is sent as an empty object. */
const inRequests: Sayable = {
  ...common,
  reasoning: "signed",
  opaque: { ...common.opaque, toolCall: fc.constant(own({ caller: { type: "direct" } })) },
};

/** In streams: reasoning with or without signature, broken inputs; a tool call's caller is not known in time. */
const inStreams: Sayable = { ...common, reasoning: "either", malformed: true };

export const requests = arbModelRequest(inRequests).map((request) => ({
  ...request,
  // A budget must stay below the cap on the answer; what happens when it does not is a case of its own.
  maxOutputTokens: (request.maxOutputTokens ?? 0) + 40_000,
}));
export const streams = arbEventStream(inStreams);
export const interleaved = arbEventStream({
  ...inStreams,
  stream: { ...inStreams.stream, interleaved: true },
});

/** Removes what the API cannot say from a request. */
export function normalRequest(request: ModelRequest): ModelRequest {
  const normal: ModelRequest = {
    ...request,
    system: request.system.filter(isSaid),
    messages: request.messages.map(normalMessage).filter((message) => message.parts.length > 0),
  };
  // `none` wins over a budget, and nothing else is said beside it.
  if (normal.reasoning?.effort === "none") normal.reasoning = { effort: "none" };
  // Whether calls may be parallel is a field of the choice of tool, which needs tools; `none` has no such field.
  if (normal.tools.length === 0) {
    delete normal.toolChoice;
    delete normal.parallelToolCalls;
  }
  if (normal.toolChoice === "none") delete normal.parallelToolCalls;
  if (normal.parallelToolCalls !== undefined) normal.toolChoice ??= "auto";
  return normal;
}

/** Blank text is refused by the API and not sent. */
const isSaid = (part: Part): boolean => part.type !== "text" || part.text.trim() !== "";

function normalMessage(message: Message): Message {
  return { ...message, parts: message.parts.filter(isSaid).map(normalPart) };
}

function normalPart(part: Part): Part {
  // The API does not say what a picture's URL holds.
  if (part.type === "image" && typeof part.data !== "string") return { ...part, mediaType: "image/jpeg" };
  if (part.type !== "tool_result") return part;
  const content = part.content.filter(isSaid).map((inner) => normalPart(inner) as TextPart);
  return { ...part, content };
}

/** Removes what the API cannot say from a stream. */
export function normalEvents(events: readonly ModelEvent[]): ModelEvent[] {
  const lastUsage = events.findLast((event) => event.type === "usage");
  return events.flatMap((event): ModelEvent[] => {
    // `message_start` has a usage block of its own; each replaces the one before.
    if (event.type === "usage") return event === lastUsage ? [event] : [];
    // A stop sequence has a stop reason of its own.
    if (event.type === "end" && event.stopSequence !== undefined) return [{ ...event, raw: "stop_sequence" }];
    return [event];
  });
}
