/** Whole (not streamed) answers of `generateContent`. */
import type { Json } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { replayable } from "../dialect-data.ts";
import { boundedRaw } from "../http-failure.ts";
import { isObject, type JsonObject, objectOf, parseJson } from "../json.ts";
import { encodePart } from "./encode-part.ts";
import { encodeErrorBody } from "./error.ts";
import { encodeFinish, encodeMalformedFinish } from "./finish-reason.ts";
import { ContentReader } from "./stream-decoder.ts";
import { encodeUsage } from "./usage.ts";

/**
 * An answer as the events its stream would have given. An array of chunks, which streaming without `alt=sse` gives, is
 * read as well.
 */
export function decodeResponse(body: Json, peer: Peer): ModelEvent[] {
  const chunks = (Array.isArray(body) ? body : [body]).map(objectOf);
  if (chunks.every((chunk) => !("candidates" in chunk || "promptFeedback" in chunk || "error" in chunk))) {
    const message = "The provider's answer is not one of generateContent.";
    return [{ type: "error", error: { code: "unknown", message, raw: boundedRaw(JSON.stringify(body)) } }];
  }
  const out: ModelEvent[] = [];
  const reader = new ContentReader(peer);
  for (const chunk of chunks) if (!reader.done) reader.read(chunk, JSON.stringify(chunk), out);
  if (!reader.done) reader.finish(out);
  return out;
}

/** The answer that a stream's events come to, or the error object if they end in one. */
export function encodeResponse(events: readonly ModelEvent[], peer: Peer): JsonObject {
  const parts = new Map<number, Json>();
  let candidate: JsonObject = {};
  let finishReason = "STOP";
  let malformed = false;
  let usage: JsonObject | undefined;
  let rest: JsonObject = {};
  let responseId = "unknown";
  let modelVersion = peer.model;
  for (const event of events) {
    switch (event.type) {
      case "start":
        responseId = event.responseId ?? responseId;
        modelVersion = event.model ?? modelVersion;
        break;
      case "part.start":
        // Parts stand in the order in which they began.
        parts.set(event.index, null);
        break;
      case "part.end": {
        const { part } = event;
        if (part.type === "tool_result") break;
        if (part.type === "tool_call" && part.malformed !== undefined) {
          malformed = true;
          break;
        }
        const own =
          part.type === "opaque" ? replayable(part.opaque, peer, "generate-content")?.candidate : undefined;
        if (isObject(own)) candidate = { ...candidate, ...own };
        else if (part.type === "reasoning" && part.text !== "") {
          // Thoughts are shown even where their maker's signature means nothing.
          const fields = replayable(part.opaque, peer, "generate-content");
          parts.set(event.index, { text: part.text, thought: true, ...fields });
        } else parts.set(event.index, encodePart(part, peer) ?? null);
        break;
      }
      case "usage":
        usage = encodeUsage(event.usage);
        break;
      case "unknown":
        if (event.dialect === "generate-content" && isObject(event.data)) rest = { ...rest, ...event.data };
        break;
      case "end":
        finishReason = malformed
          ? encodeMalformedFinish(event.reason)
          : encodeFinish(event.reason, event.raw);
        break;
      case "error":
        return objectOf(parseJson(encodeErrorBody(event.error)));
      case "part.delta":
        break;
    }
  }
  const said = [...parts.values()].filter((part) => part !== null);
  const first = { content: { parts: said, role: "model" }, ...candidate, finishReason, index: 0 };
  return {
    ...rest,
    candidates: [first, ...(Array.isArray(rest.candidates) ? rest.candidates : [])],
    ...(usage === undefined ? {} : { usageMetadata: usage }),
    modelVersion,
    responseId,
  };
}
