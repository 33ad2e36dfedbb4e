/** Messages as input items. https://platform.openai.com/docs/api-reference/responses/create#input */
import type {
  FilePart,
  ImagePart,
  Json,
  MediaData,
  Message,
  Part,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { isObject, type JsonObject } from "../json.ts";
import { callItem, fieldsOf, messageItem, reasoningItem, textContent } from "./items.ts";

/** How a history is written. */
export type HistoryOptions = {
  peer: Peer;
  /** The provider keeps responses, so that a reasoning item may be named by its id alone. */
  stored: boolean;
};

/** The input items of a conversation. Parts the dialect or this peer has no use for are left out. */
export function encodeHistory(messages: readonly Message[], options: HistoryOptions): JsonObject[] {
  const items: JsonObject[] = [];
  const customCalls = new Set<string>();
  for (const message of messages) {
    if (message.role === "user") encodeUser(message.parts, options.peer, items);
    else encodeAnswer(message.parts, options, customCalls, items);
  }
  return items;
}

/** The system parts that came as items of their own (developer messages), before the history. */
export function encodeSystemItems(system: readonly TextPart[], peer: Peer): JsonObject[] {
  const items: JsonObject[] = [];
  for (const part of system) {
    const fields = fieldsOf(part, peer);
    if (typeof fields.role === "string") appendText(items, fields.role, part, fields);
  }
  return items;
}

function encodeUser(parts: readonly Part[], peer: Peer, items: JsonObject[]): void {
  let content: JsonObject[] | undefined;
  const add = (piece: JsonObject) => {
    if (content === undefined) {
      content = [];
      items.push({ type: "message", role: "user", content });
    }
    content.push(piece);
  };
  for (const part of parts) {
    const fields = fieldsOf(part, peer);
    if (part.type === "text" && typeof fields.role === "string") {
      appendText(items, fields.role, part, fields);
      content = undefined;
    } else if (part.type === "opaque" && isObject(fields.content)) {
      add(fields.content);
    } else if (part.type === "opaque" && typeof fields.type === "string") {
      items.push(fields);
      content = undefined;
    } else if (part.type === "tool_result") {
      items.push(resultItem(part, "function_call_output", peer));
      content = undefined;
    } else {
      const piece = contentOf(part, peer);
      if (piece !== undefined) add(piece);
    }
  }
}

/** One text in a message item of a given role; `index` above 0 goes on in the item before. */
function appendText(items: JsonObject[], role: string, part: TextPart, fields: JsonObject): void {
  const piece = { type: "input_text", text: part.text };
  const before = items.at(-1);
  if (typeof fields.index === "number" && before?.role === role && Array.isArray(before.content)) {
    before.content.push(piece);
    return;
  }
  const { role: _, index: __, ...own } = fields;
  items.push({ type: "message", role, content: [piece], ...own });
}

function encodeAnswer(
  parts: readonly Part[],
  options: HistoryOptions,
  customCalls: Set<string>,
  items: JsonObject[],
): void {
  const held: JsonObject[] = [];
  const add = (item: JsonObject) => {
    items.push(...held.splice(0), item);
  };
  for (const part of parts) {
    const fields = fieldsOf(part, options.peer);
    switch (part.type) {
      case "text":
        if (held.length === 0 && continues(items.at(-1), fields))
          pushContent(items.at(-1), textContent(part, fields));
        else add(messageItem(part, fields, undefined));
        break;
      case "reasoning":
        // "Item of type 'reasoning' was provided without its required following item": sent only before another.
        if (canReplay(part, fields, options)) held.push(reasoningItem(part, fields, undefined));
        break;
      case "tool_call": {
        const item = callItem(part, fields, undefined);
        if (item.type === "custom_tool_call") customCalls.add(part.id);
        add(item);
        break;
      }
      case "opaque":
        if (isObject(fields.content)) {
          const { content, index: _, ...own } = fields;
          if (continues(items.at(-1), fields)) pushContent(items.at(-1), content);
          else add({ type: "message", status: "completed", role: "assistant", content: [content], ...own });
        } else if (typeof fields.type === "string") add(fields);
        break;
      case "tool_result":
        add(
          resultItem(
            part,
            customCalls.has(part.callId) ? "custom_tool_call_output" : "function_call_output",
            options.peer,
          ),
        );
        break;
      // Models of this dialect say neither pictures nor files as items that may be sent back.
      case "image":
      case "file":
        break;
    }
  }
}

/** Whether a text belongs to the message item before it. */
function continues(before: JsonObject | undefined, fields: JsonObject): boolean {
  return (
    typeof fields.index === "number" &&
    before?.type === "message" &&
    before.role === "assistant" &&
    before.id === fields.id
  );
}

function pushContent(item: JsonObject | undefined, content: JsonObject): void {
  if (Array.isArray(item?.content)) item.content.push(content);
}

/**
 * Reasoning goes back only to its maker, and only with what the maker needs to read it: ciphertext, or raw thoughts
 * of open models. An id alone means something only where responses are stored ("Item with id 'rs_...' not found").
 */
function canReplay(part: ReasoningPart, fields: JsonObject, options: HistoryOptions): boolean {
  if (typeof fields.encrypted_content === "string" || Array.isArray(fields.content)) return true;
  return options.stored && part.opaque !== undefined && Object.keys(fields).length > 0;
}

/** A tool's result. One text is sent as a string, the form every server takes. */
function resultItem(part: ToolResultPart, type: string, peer: Peer): JsonObject {
  const [first] = part.content;
  const plain =
    part.content.length === 0 ||
    (part.content.length === 1 && first?.type === "text" && Object.keys(fieldsOf(first, peer)).length === 0);
  const output: Json = plain
    ? first?.type === "text"
      ? first.text
      : ""
    : part.content.flatMap((piece) => {
        const { content } = fieldsOf(piece, peer);
        return isObject(content) ? content : (contentOf(piece, peer) ?? []);
      });
  return { type, call_id: part.callId, output };
}

/** A content part of a user's message or a tool's output. */
function contentOf(part: Part, peer: Peer): JsonObject | undefined {
  const { part: own } = fieldsOf(part, peer);
  const fields = isObject(own) ? own : {};
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text, ...fields };
    case "image":
      return { type: "input_image", image_url: urlOf(part.mediaType, part.data), detail: "auto", ...fields };
    case "file":
      return { ...fileContent(part), ...fields };
    default:
      return undefined;
  }
}

function fileContent(part: FilePart): JsonObject {
  if (typeof part.data !== "string") {
    return {
      type: "input_file",
      file_url: part.data.url,
      ...(part.name === undefined ? {} : { filename: part.name }),
    };
  }
  // Bytes without a file name are refused ("Missing required parameter: 'filename'").
  return { type: "input_file", filename: part.name ?? "file", file_data: urlOf(part.mediaType, part.data) };
}

function urlOf(mediaType: ImagePart["mediaType"], data: MediaData): string {
  return typeof data === "string" ? `data:${mediaType};base64,${data}` : data.url;
}
