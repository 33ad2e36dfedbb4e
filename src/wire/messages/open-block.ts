/** A content block of a stream while it is being written. */
import type { Part } from "../../core/message.ts";
import type { PartHeader } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { arrayOf, type JsonObject, objectOf, parseJson, stringOf } from "../json.ts";
import { decodeBlock, opaquePart } from "./decode-block.ts";

/** How a block grows. `whole` blocks are given once, at their end. */
export type BlockKind = "text" | "thinking" | "tool_use" | "whole";

/** A block between its start and its stop. */
export type OpenBlock = {
  kind: BlockKind;
  /** As its start gave it, and grown by deltas that are not text. */
  block: JsonObject;
  /** Text, thinking, or the JSON of a tool call's input so far. */
  text: string;
  /** Whether a delta has added to `text`. */
  grown: boolean;
  /** The JSON of a server-side tool's input so far. */
  json: string;
};

/** Opens a block with what its `content_block_start` already holds. */
export function openBlock(block: JsonObject): OpenBlock {
  const open: OpenBlock = { kind: "whole", block: { ...block }, text: "", grown: false, json: "" };
  if (block.type === "text") {
    open.kind = "text";
    open.text = stringOf(block.text) ?? "";
  } else if (block.type === "thinking") {
    open.kind = "thinking";
    open.text = stringOf(block.thinking) ?? "";
  } else if (block.type === "tool_use") {
    open.kind = "tool_use";
    // Some compatible hosts give the whole input here and send no deltas.
    if (typeof block.input === "string") open.text = block.input;
    else if (Object.keys(objectOf(block.input)).length > 0) open.text = JSON.stringify(block.input);
  }
  return open;
}

/** What is known of the part a block becomes. */
export function headerOf(block: JsonObject): PartHeader {
  switch (block.type) {
    case "text":
      return { type: "text" };
    case "thinking":
    case "redacted_thinking":
      return { type: "reasoning" };
    case "tool_use":
      return { type: "tool_call", id: stringOf(block.id) ?? "", name: stringOf(block.name) ?? "" };
    default:
      return { type: "opaque", kind: stringOf(block.type) ?? "unknown" };
  }
}

/**
 * Adds a delta to a block that is not text, thinking text or tool input: signatures, citations, the input of
 * server-side tools, and whatever new kinds bring. Strings grow, arrays grow, anything else replaces.
 */
export function growBlock(open: OpenBlock, delta: JsonObject): void {
  if (delta.type === "input_json_delta") {
    open.json += stringOf(delta.partial_json) ?? "";
    return;
  }
  if (delta.type === "citations_delta") {
    open.block.citations = [...arrayOf(open.block.citations), delta.citation ?? null];
    return;
  }
  for (const [key, value] of Object.entries(delta)) {
    if (key === "type") continue;
    const before = open.block[key];
    if (typeof before === "string" && typeof value === "string") open.block[key] = before + value;
    else if (Array.isArray(before) && Array.isArray(value)) open.block[key] = [...before, ...value];
    else open.block[key] = value;
  }
}

/** The part a block has become. A tool input that is not JSON (cut off, mostly) is kept as text and never repaired. */
export function closeBlock(open: OpenBlock, peer: Peer): Part {
  const block = open.block;
  switch (open.kind) {
    case "text":
      return decodeBlock({ ...block, text: open.text }, "content_block", peer);
    case "thinking":
      return decodeBlock({ ...block, thinking: open.text }, "content_block", peer);
    case "tool_use": {
      const input = open.text === "" ? {} : parseJson(open.text);
      const named = { ...block, id: stringOf(block.id) ?? "", name: stringOf(block.name) ?? "" };
      const part = decodeBlock({ ...named, input: input ?? {} }, "content_block", peer);
      return input === undefined && part.type === "tool_call" ? { ...part, malformed: open.text } : part;
    }
    case "whole":
      if (open.json !== "") block.input = parseJson(open.json) ?? open.json;
      return block.type === "redacted_thinking"
        ? decodeBlock(block, "content_block", peer)
        : opaquePart(block, peer);
  }
}
