/** What the Responses API can say, for the laws; `normal*` are the written exceptions that are not options. */
import fc from "fast-check";
import type { Json, Message, Part } from "../../../src/core/message.ts";
import {
  type ModelError,
  type ModelEvent,
  type ModelRequest,
  modelErrorCodes,
} from "../../../src/core/model.ts";
import type { Peer } from "../../../src/wire/codec.ts";
import { arbJsonObject, arbText, arbUsage, plainSayable, type Sayable } from "../../support/arbitraries.ts";

/** The peer of the laws. */
export const peer: Peer = { provider: "openai", model: "gpt-5.2" };

const fields = (value: { [key: string]: Json }): Json => ({ dialect: "responses", fields: value });
const id = (prefix: string) => fc.stringMatching(/^[a-f0-9]{6,12}$/).map((hex) => `${prefix}_own${hex}`);

/** Failures with what the dialect can say of one: a code, a sentence, a wait, a reset, a request id. */
export const arbError: fc.Arbitrary<ModelError> = fc
  .record(
    {
      code: fc.constantFrom(...modelErrorCodes),
      message: fc.lorem({ maxCount: 5 }),
      retryAfterMs: fc.nat(100_000),
      resetsAt: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
      requestId: fc.stringMatching(/^req_[a-z0-9]{8}$/),
    },
    { requiredKeys: ["code", "message"] },
  )
  .map((error): ModelError => error);

/** The dialect, as options of the arbitraries. */
export const sayable: Sayable = {
  ...plainSayable(peer),
  opaque: {
    text: fc.oneof(
      id("msg").map((value) => fields({ id: value })),
      fc
        .record({ id: id("msg"), phase: fc.constantFrom("commentary", "final_answer"), url: fc.webUrl() })
        .map(({ id: own, phase, url }) =>
          fields({
            id: own,
            phase,
            part: {
              annotations: [{ type: "url_citation", title: "A page", url, start_index: 0, end_index: 1 }],
            },
          }),
        ),
    ),
    reasoning: fc
      .record({ id: id("rs"), encrypted_content: fc.base64String({ minLength: 4 }) })
      .map((value) => fields(value)),
    toolCall: id("fc").map((value) => fields({ id: value })),
    block: fc
      .record({
        type: fc.constantFrom(
          "web_search_call",
          "code_interpreter_call",
          "mcp_call",
          "shell_call",
          "compaction",
          "x_new",
        ),
        id: id("item"),
        action: arbJsonObject,
      })
      .map((item) => ({ kind: item.type, data: fields(item) })),
  },
  reasoning: "signed",
  redacted: true,
  refusal: true,
  adjacentText: true,
  manySystem: false,
  malformed: true,
  toolResultTexts: "parts",
  toolResultImages: true,
  images: "both",
  files: "both",
  fileTypes: ["application/pdf", "text/plain", "audio/wav"],
  fileNames: "always",
  userRuns: true,
  userAfterTool: true,
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
  visible: true,
  parallelToolCalls: true,
  strictTools: "optional",
  output: "with-strict",
  cacheKey: true,
  extra: fc
    .dictionary(
      fc.constantFrom("previous_response_id", "metadata", "service_tier", "truncation", "x_new"),
      arbText,
      {
        minKeys: 1,
        noNullPrototype: true,
      },
    )
    .map((extra) => ({ dialect: "responses" as const, fields: { ...extra, store: true } })),
  stream: {
    ...plainSayable(peer).stream,
    interleaved: true,
    usage: arbUsage(["input", "cacheRead", "cacheWrite5m", "output", "reasoning"]),
    ends: [
      { reason: "stop", raw: "completed" },
      { reason: "length", raw: "max_output_tokens" },
      { reason: "refusal", raw: "content_filter" },
      { reason: "paused", raw: "pause_turn" },
    ],
    toolEnd: { reason: "tool_calls", raw: "completed" },
    errors: arbError,
    unknown: fc
      .record({ type: fc.constantFrom("response.x_new.delta", "keepalive"), value: arbText })
      .map((data) => ({ type: "unknown" as const, dialect: "responses" as const, name: data.type, data })),
  },
};

/**
 * A request as the dialect can say it: reasoning only before another item of its answer, `strict: false`,
 * `visible: false` and reasoning without any wish as their absence.
 */
export function normalRequest(request: ModelRequest): ModelRequest {
  const copy = structuredClone(request);
  copy.messages = copy.messages.map(withoutTrailingReasoning);
  for (const tool of copy.tools) if (tool.strict === false) delete tool.strict;
  if (copy.reasoning?.visible === false) delete copy.reasoning.visible;
  if (Object.keys(copy.reasoning ?? {}).length === 0) delete copy.reasoning;
  return copy;
}

function withoutTrailingReasoning(message: Message): Message {
  const last = message.parts.findLastIndex((part) => part.type !== "reasoning");
  return message.role === "assistant" ? { ...message, parts: message.parts.slice(0, last + 1) } : message;
}

/** Ids of the encoder's own making: every item must have one, and the decoder cannot tell them from others. */
const madeId = /^(msg|rs|fc|item)_resp_/;

/**
 * Events as the dialect can say them: item ids made up where a part has none, unknown events renumbered, a refusal in
 * words is why the model stopped, errors bring their raw body.
 */
export function normalEvents(events: readonly ModelEvent[]): ModelEvent[] {
  const refused = events.some(
    (event) => event.type === "part.end" && event.part.type === "text" && event.part.refusal,
  );
  return events.map((event): ModelEvent => {
    switch (event.type) {
      case "part.end":
        return { ...event, part: withoutMadeId(event.part) };
      case "unknown": {
        const { sequence_number: _, ...data } = event.data as { [key: string]: Json };
        return { ...event, data };
      }
      case "end":
        return refused && (event.reason === "stop" || event.reason === "refusal")
          ? { type: "end", reason: "refusal", raw: "completed" }
          : event;
      case "error": {
        const { raw: _, ...error } = event.error;
        return { type: "error", error };
      }
      default:
        return event;
    }
  });
}

function withoutMadeId(part: Part): Part {
  if (part.type === "tool_result" || part.opaque === undefined) return part;
  const { opaque, ...rest } = part;
  const { fields: own } = opaque.data as { fields: { [key: string]: Json } };
  if (typeof own.id !== "string" || !madeId.test(own.id)) return part;
  const { id: _, ...others } = own;
  if (Object.keys(others).length === 0 && part.type !== "opaque") return rest as Part;
  return { ...part, opaque: { ...opaque, data: { dialect: "responses", fields: others } } } as Part;
}
