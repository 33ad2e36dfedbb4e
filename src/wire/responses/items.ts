/** Parts as output items: in answers we stream, and in the history we send. */
import type { Part, ReasoningPart, TextPart, ToolCallPart } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { replayable } from "../dialect-data.ts";
import { isObject, type JsonObject, stringOf } from "../json.ts";
import { summaryOf } from "./parts.ts";

/** What a part's own peer said of it in this dialect; empty for parts from elsewhere. */
export function fieldsOf(part: Part, peer: Peer): JsonObject {
  if (part.type === "tool_result") return {};
  return replayable(part.opaque, peer, "responses") ?? {};
}

/** The content part of an assistant's text. */
export function textContent(part: TextPart, fields: JsonObject): JsonObject {
  const own = isObject(fields.part) ? fields.part : {};
  return part.refusal === true
    ? { type: "refusal", refusal: part.text, ...own }
    : { type: "output_text", text: part.text, annotations: [], ...own };
}

/** A message item with one text. `id` is used when the part has none of its own. */
export function messageItem(part: TextPart, fields: JsonObject, id: string | undefined): JsonObject {
  const { part: _, index: __, ...own } = fields;
  return {
    type: "message",
    ...(id === undefined ? {} : { id }),
    status: "completed",
    role: "assistant",
    content: [textContent(part, fields)],
    ...own,
  };
}

/** A reasoning item. Its readable text is the summary, unless the fields say what it really was. */
export function reasoningItem(part: ReasoningPart, fields: JsonObject, id: string | undefined): JsonObject {
  return { type: "reasoning", ...(id === undefined ? {} : { id }), summary: summaryOf(part.text), ...fields };
}

/** A function call, or the custom tool call it came as. */
export function callItem(part: ToolCallPart, fields: JsonObject, id: string | undefined): JsonObject {
  const { arguments: raw, type, ...own } = fields;
  const head = { ...(id === undefined ? {} : { id }), call_id: part.id, name: part.name };
  const status = part.malformed === undefined ? "completed" : "incomplete";
  if (type === "custom_tool_call" && isObject(part.input)) {
    return { type, ...head, input: stringOf(part.input.input) ?? "", status, ...own };
  }
  const text = part.malformed ?? stringOf(raw) ?? JSON.stringify(part.input);
  return { type: "function_call", ...head, arguments: text, status, ...own };
}
