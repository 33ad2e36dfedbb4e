/** Parts as content blocks of the Messages API. Key order is fixed: type, content, opaque fields, cache_control. */
import type { Json, Part, TextPart, ToolResultPart } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { replayable } from "../dialect-data.ts";
import { isObject, type JsonObject } from "../json.ts";
import { encodeCache } from "./cache.ts";
import { encodeSource } from "./media.ts";
import { wireToolId } from "./tool-id.ts";

/**
 * A part as a block, or nothing when the API would refuse it: blank text ("text content blocks must contain
 * non-whitespace text"), reasoning whose signature is absent or of another model, opaque blocks of another model.
 */
export function encodePart(part: Part, peer: Peer): JsonObject | undefined {
  switch (part.type) {
    case "text":
      return encodeText(part, peer);
    case "reasoning": {
      const fields = replayable(part.opaque, peer, "messages");
      if (fields === undefined) return undefined;
      return part.redacted === true
        ? { type: "redacted_thinking", ...fields }
        : { type: "thinking", thinking: part.text, ...fields };
    }
    case "tool_call":
      return {
        type: "tool_use",
        id: wireToolId(part.id),
        name: part.name,
        input: objectInput(part.malformed === undefined ? part.input : {}),
        ...replayable(part.opaque, peer, "messages"),
        ...encodeCache(part.cache),
      };
    case "tool_result":
      return encodeToolResult(part, peer);
    case "image":
      return {
        type: "image",
        source: encodeSource(part),
        ...replayable(part.opaque, peer, "messages"),
        ...encodeCache(part.cache),
      };
    case "file":
      return {
        type: "document",
        source: encodeSource(part),
        ...(part.name === undefined ? {} : { title: part.name }),
        ...replayable(part.opaque, peer, "messages"),
        ...encodeCache(part.cache),
      };
    case "opaque":
      return replayable(part.opaque, peer, "messages");
  }
}

/** A text part of a request as a block; nothing for blank text. */
export function encodeText(part: TextPart, peer: Peer): JsonObject | undefined {
  const fields = replayable(part.opaque, peer, "messages");
  // A whole block of another type travels on the text that describes it (documents inside tool results).
  if (typeof fields?.type === "string") return fields;
  return part.text.trim() === "" ? undefined : textBlock(part, peer);
}

function textBlock(part: TextPart, peer: Peer): JsonObject {
  const fields = replayable(part.opaque, peer, "messages");
  return { type: "text", text: part.text, ...fields, ...encodeCache(part.cache) };
}

/**
 * A part of an answer as a block, or nothing when the API has none for it (pictures, blocks of other dialects).
 * Unlike a request, an answer may hold blank text, and thoughts that cannot be sent back.
 */
export function encodeAnswerPart(part: Part, peer: Peer): JsonObject | undefined {
  if (part.type === "text") return textBlock(part, peer);
  if (part.type === "image" || part.type === "file") return undefined;
  if (part.type === "tool_call" && part.malformed !== undefined) {
    // Never an empty object: the client would act on it. Text where an object must be, no client's schema accepts.
    return { ...encodePart(part, peer), input: part.malformed };
  }
  if (part.type === "reasoning" && part.redacted !== true && part.text !== "") {
    return {
      type: "thinking",
      thinking: part.text,
      signature: "",
      ...replayable(part.opaque, peer, "messages"),
    };
  }
  return encodePart(part, peer);
}

function encodeToolResult(part: ToolResultPart, peer: Peer): JsonObject {
  const content = part.content.flatMap((inner) => encodePart(inner, peer) ?? []);
  return {
    type: "tool_result",
    tool_use_id: wireToolId(part.callId),
    ...(content.length === 0 ? {} : { content }),
    ...(part.isError === true ? { is_error: true } : {}),
    ...encodeCache(part.cache),
  };
}

/** The API takes only objects as tool input. */
function objectInput(input: Json): JsonObject {
  return isObject(input) ? input : { value: input };
}
