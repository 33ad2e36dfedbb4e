/** Content blocks of the Messages API as parts. One reader for requests, whole answers and finished stream blocks. */
import type { ImagePart, Opaque, OpaquePart, Part, TextPart, ToolResultPart } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { opaqueFields } from "../dialect-data.ts";
import {
  expectArray,
  expectBoolean,
  expectObject,
  expectString,
  isObject,
  type JsonObject,
  optional,
  otherFields,
} from "../json.ts";
import { decodeCache } from "./cache.ts";
import { decodeSource, describeBlock } from "./media.ts";

const textFields = new Set(["type", "text", "cache_control"]);
const thinkingFields = new Set(["type", "thinking"]);
const redactedFields = new Set(["type"]);
const toolUseFields = new Set(["type", "id", "name", "input", "cache_control"]);
const imageFields = new Set(["type", "source", "cache_control"]);
const documentFields = new Set(["type", "source", "title", "cache_control"]);

/**
 * A block as a part. What has no word in Tau (server-side tools and their results, uploaded files, new kinds) becomes
 * an opaque part with the whole block.
 * @throws WireError naming the path when a known block lacks what it must have.
 */
export function decodeBlock(block: JsonObject, path: string, peer: Peer): Part {
  switch (expectString(block.type, `${path}.type`)) {
    case "text":
      return decodeText(block, path, peer);
    case "thinking":
      return {
        type: "reasoning",
        text: expectString(block.thinking, `${path}.thinking`),
        // A block without a signature cannot be sent back, so it carries nothing worth keeping.
        ...(block.signature === "" || block.signature === undefined ? {} : rest(block, thinkingFields, peer)),
      };
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: true, ...rest(block, redactedFields, peer) };
    case "tool_use":
      return {
        type: "tool_call",
        id: expectString(block.id, `${path}.id`),
        name: expectString(block.name, `${path}.name`),
        ...(typeof block.input === "string"
          ? { input: {}, malformed: block.input }
          : { input: block.input ?? {} }),
        ...rest(block, toolUseFields, peer),
        ...decodeCache(block.cache_control),
      };
    case "tool_result":
      return decodeToolResult(block, path, peer);
    case "image":
    case "document":
      return decodeMedia(block, path, peer) ?? opaquePart(block, peer);
    default:
      return opaquePart(block, peer);
  }
}

/** A text block as a part; citations ride along. */
export function decodeText(block: JsonObject, path: string, peer: Peer): TextPart {
  return {
    type: "text",
    text: expectString(block.text, `${path}.text`),
    ...rest(block, textFields, peer),
    ...decodeCache(block.cache_control),
  };
}

function decodeMedia(block: JsonObject, path: string, peer: Peer): Part | undefined {
  const kind = block.type === "image" ? "image" : "document";
  const source = decodeSource(expectObject(block.source, `${path}.source`), kind);
  if (source === undefined) return undefined;
  if (kind === "image") {
    return {
      type: "image",
      ...source,
      ...rest(block, imageFields, peer),
      ...decodeCache(block.cache_control),
    };
  }
  const name = optional(block.title, `${path}.title`, expectString);
  return {
    type: "file",
    ...source,
    ...(name === undefined ? {} : { name }),
    ...rest(block, documentFields, peer),
    ...decodeCache(block.cache_control),
  };
}

function decodeToolResult(block: JsonObject, path: string, peer: Peer): ToolResultPart {
  const isError = optional(block.is_error, `${path}.is_error`, expectBoolean);
  return {
    type: "tool_result",
    callId: expectString(block.tool_use_id, `${path}.tool_use_id`),
    content: decodeResultContent(block.content, `${path}.content`, peer),
    ...(isError === true ? { isError } : {}),
    ...decodeCache(block.cache_control),
  };
}

function decodeResultContent(
  content: JsonObject[string] | undefined,
  path: string,
  peer: Peer,
): (TextPart | ImagePart)[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return expectArray(content, path).map((item, at) => {
    const here = `${path}[${at}]`;
    const block = expectObject(item, here);
    const part = decodeBlock(block, here, peer);
    if (part.type === "text" || part.type === "image") return part;
    // Documents, search results and tool references have no word inside a result: the whole block rides on a text.
    return { type: "text", text: describeBlock(block), opaque: opaqueFields(peer, "messages", block) };
  });
}

/** A block without a word in Tau, kept whole. */
export function opaquePart(block: JsonObject, peer: Peer): OpaquePart {
  return {
    type: "opaque",
    kind: typeof block.type === "string" ? block.type : "unknown",
    opaque: opaqueFields(peer, "messages", block),
  };
}

function rest(block: JsonObject, known: ReadonlySet<string>, peer: Peer): { opaque?: Opaque } {
  const fields = otherFields(block, known);
  return isObject(fields) ? { opaque: opaqueFields(peer, "messages", fields) } : {};
}
