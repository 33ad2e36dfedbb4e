/**
 * Output items as parts and back. What the vocabulary has no word for (ids, phases, annotations, ciphertext) rides in
 * the part's opaque data and is written back only to the peer it came from:
 * - text: the item's own fields, `part` for those of the content part, `index` for its place in the item if not the first;
 * - reasoning: the item's fields; `summary` and `content` unless the text is exactly one summary;
 * - tool calls: the item's fields; `arguments` when the text is not what JSON.stringify would write, so that the
 *   upstream's cache of its own output still matches; `type` when it is not `function_call`;
 * - anything else: the whole item, or `content` for a content part of a kind without a word.
 */
import type { Json, Opaque, Part, ReasoningPart, TextPart, ToolCallPart } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { opaqueFields } from "../dialect-data.ts";
import { arrayOf, isObject, type JsonObject, otherFields, parseJson, stringOf } from "../json.ts";

/** A part and its slot in the item: the content index of a text, 0 for everything else. */
export type Slotted = { slot: number; part: Part };

const messageFields: ReadonlySet<string> = new Set(["type", "role", "content", "status"]);
const contentFields: ReadonlySet<string> = new Set(["type", "text", "refusal"]);
const callFields: ReadonlySet<string> = new Set(["type", "call_id", "name", "arguments", "input", "status"]);
const reasoningFields: ReadonlySet<string> = new Set(["type", "summary", "content", "status"]);

/** The parts an output item is made of, in order. */
export function partsOfItem(item: JsonObject, peer: Peer): Slotted[] {
  switch (item.type) {
    case "message":
      return messageParts(item, peer);
    case "reasoning":
      return [{ slot: 0, part: reasoningPart(item, reasoningText(item), peer) }];
    case "function_call":
    case "custom_tool_call":
      return [{ slot: 0, part: toolCallPart(item, callArguments(item), peer) }];
    default:
      return [{ slot: 0, part: blockPart(item, peer) }];
  }
}

/** An item this version has no word for, whole. */
export function blockPart(item: JsonObject, peer: Peer): Part {
  return {
    type: "opaque",
    kind: stringOf(item.type) ?? "unknown",
    opaque: opaqueFields(peer, "responses", item),
  };
}

function messageParts(item: JsonObject, peer: Peer): Slotted[] {
  if (typeof item.content === "string") {
    return [{ slot: 0, part: textPart(item, { type: "output_text", text: item.content }, 0, peer) }];
  }
  return arrayOf(item.content).flatMap((content, slot): Slotted[] =>
    isObject(content) ? [{ slot, part: contentPart(item, content, slot, peer) }] : [],
  );
}

function contentPart(item: JsonObject, content: JsonObject, slot: number, peer: Peer): Part {
  switch (content.type) {
    case "output_text":
    case "input_text":
    case "text":
    case "refusal":
      return textPart(item, content, slot, peer);
    default: {
      const fields = { ...ownFields(item), content };
      return {
        type: "opaque",
        kind: `content.${content.type}`,
        opaque: opaqueFields(peer, "responses", fields),
      };
    }
  }
}

function ownFields(item: JsonObject): JsonObject {
  return {
    ...otherFields(item, messageFields),
    ...(item.status === "incomplete" ? { status: "incomplete" } : {}),
  };
}

function textPart(item: JsonObject, content: JsonObject, slot: number, peer: Peer): TextPart {
  const refused = content.type === "refusal";
  const part = otherFields(content, contentFields);
  const opaque = opaqueUnlessEmpty(peer, {
    ...ownFields(item),
    ...(part === undefined ? {} : { part }),
    ...(slot === 0 ? {} : { index: slot }),
  });
  return {
    type: "text",
    text: stringOf(refused ? content.refusal : content.text) ?? "",
    ...(refused ? { refusal: true } : {}),
    ...opaque,
  };
}

/** Readable reasoning: summaries, then raw thoughts, as sections with a blank line between. */
export function reasoningText(item: JsonObject): string {
  return [...arrayOf(item.summary), ...arrayOf(item.content)]
    .map((section) => (isObject(section) ? stringOf(section.text) : undefined) ?? "")
    .filter((text) => text !== "")
    .join("\n\n");
}

/** A reasoning item whose readable text is `text` (as streamed, which may be in another order than in the item). */
export function reasoningPart(item: JsonObject, text: string, peer: Peer): ReasoningPart {
  const summary = arrayOf(item.summary);
  const content = arrayOf(item.content);
  const plain = content.length === 0 && JSON.stringify(summary) === JSON.stringify(summaryOf(text));
  const opaque = opaqueUnlessEmpty(peer, {
    ...otherFields(item, reasoningFields),
    ...(plain ? {} : { summary }),
    ...(content.length === 0 ? {} : { content }),
  });
  const redacted = text === "" && typeof item.encrypted_content === "string";
  return { type: "reasoning", text, ...(redacted ? { redacted: true } : {}), ...opaque };
}

/** The summary of a reasoning item whose text is one section. */
export function summaryOf(text: string): Json[] {
  return text === "" ? [] : [{ type: "summary_text", text }];
}

/**
 * The argument text of a call. A custom tool's input is free text; it becomes the one member of an object, so that it
 * can be handed to dialects whose tool inputs are objects.
 */
export function callArguments(item: JsonObject): string {
  if (item.type !== "custom_tool_call") return stringOf(item.arguments) ?? "";
  return `${customOpening}${escaped(stringOf(item.input) ?? "")}${customClosing}`;
}

/** What stands before the escaped text of a custom tool's input. */
export const customOpening = '{"input":"';
/** What stands after it. */
export const customClosing = '"}';

/** Free text as the inside of a JSON string. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A tool call whose argument text is `text`. One the provider marks incomplete is malformed even if it parses. */
export function toolCallPart(item: JsonObject, text: string, peer: Peer): ToolCallPart {
  const cut = item.status === "incomplete";
  const input = text.trim() === "" && !cut ? {} : parseJson(text);
  const malformed = input === undefined || cut;
  const opaque = opaqueUnlessEmpty(peer, {
    ...otherFields(item, callFields),
    ...(malformed || text === "" || text === JSON.stringify(input) ? {} : { arguments: text }),
    ...(item.type === "function_call" ? {} : { type: item.type ?? "function_call" }),
  });
  return {
    type: "tool_call",
    id: stringOf(item.call_id) ?? stringOf(item.id) ?? "",
    name: stringOf(item.name) ?? "",
    ...(malformed ? { input: {}, malformed: text } : { input }),
    ...opaque,
  };
}

function opaqueUnlessEmpty(peer: Peer, fields: JsonObject): { opaque?: Opaque } {
  return Object.keys(fields).length === 0 ? {} : { opaque: opaqueFields(peer, "responses", fields) };
}
