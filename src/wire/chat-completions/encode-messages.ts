/** Messages in the dialect. */
import type {
  FilePart,
  ImagePart,
  Json,
  Message,
  Part,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../core/message.ts";
import type { ModelRequest } from "../../core/model.ts";
import { arrayOf, isObject, type JsonObject, objectOf } from "../json.ts";
import { cacheControl, type Target } from "./cache-control.ts";
import { audioFormat, writeUrl } from "./media.ts";
import { detailsText, fieldsFor } from "./opaque.ts";

/** Stands between a tool result and a user message for servers that insist on it. */
const bridge = "Tool results received.";

/** The system prompt and all messages. */
export function writeMessages(request: ModelRequest, target: Target): Json[] {
  const out: JsonObject[] = [];
  if (request.system.length > 0) {
    out.push({ role: target.compat.systemRole, content: writeTexts(request.system, target) });
  }
  const names = new Map<string, string>();
  for (const message of request.messages) {
    if (message.role === "assistant") {
      for (const part of message.parts) if (part.type === "tool_call") names.set(part.id, part.name);
      const written = writeAssistant(message, target);
      if (written !== undefined) out.push(written);
      continue;
    }
    const results = message.parts.filter((part) => part.type === "tool_result");
    for (const result of results) out.push(writeToolResult(result, names.get(result.callId), target));
    const content = [...picturesOf(results), ...message.parts.filter((part) => part.type !== "tool_result")];
    if (content.length === 0) continue;
    if (out.at(-1)?.role === "tool" && target.compat.assistantAfterToolResult) {
      out.push({ role: "assistant", content: bridge });
    }
    out.push({ role: "user", content: writeContent(content, target) });
  }
  return out;
}

/**
 * Text-only content: a string where one says it all, else an array where the server takes one. Always an array where
 * breakpoints are taken: they move on with each request, and a message that changed its shape would be another prefix.
 */
function writeTexts(parts: TextPart[], target: Target): Json {
  const marked = target.caching || parts.some((part) => fieldsFor(part, target.peer)?.item !== undefined);
  const only = parts[0];
  if (!marked && parts.length === 1 && only !== undefined) return only.text;
  if (!marked && !target.compat.contentArrays) return parts.map((part) => part.text).join("\n\n");
  return parts.map((part) => writeText(part, target));
}

function writeText(part: TextPart, target: Target): JsonObject {
  const item = objectOf(fieldsFor(part, target.peer)?.item);
  return { type: "text", text: part.text, ...item, ...cacheControl(target, part.cache) };
}

function writeContent(parts: Part[], target: Target): Json {
  if (parts.every((part) => part.type === "text")) return writeTexts(parts, target);
  return parts.flatMap((part): Json[] => {
    switch (part.type) {
      case "text":
        return [writeText(part, target)];
      case "image":
        return [writeImage(part, target)];
      case "file":
        return [{ ...writeFile(part, target), ...cacheControl(target, part.cache) }];
      case "opaque": {
        const content = fieldsFor(part, target.peer)?.content;
        return isObject(content) ? [content] : [];
      }
      default:
        return [];
    }
  });
}

function writeImage(part: ImagePart, target: Target): JsonObject {
  const detail = fieldsFor(part, target.peer)?.detail;
  return {
    type: "image_url",
    image_url: { url: writeUrl(part), ...(detail === undefined ? {} : { detail }) },
    ...cacheControl(target, part.cache),
  };
}

function writeFile(part: FilePart, target: Target): JsonObject {
  const format = audioFormat(part.mediaType);
  if (format !== undefined && typeof part.data === "string") {
    return { type: "input_audio", input_audio: { data: part.data, format } };
  }
  if (target.compat.documents === "document_url") {
    return {
      type: "document_url",
      document_url: writeUrl(part),
      ...(part.name === undefined ? {} : { document_name: part.name }),
    };
  }
  // OpenAI refuses inline files without a name.
  return { type: "file", file: { filename: part.name ?? "file", file_data: writeUrl(part) } };
}

/** The dialect has no pictures in tool messages, so they follow in a user message that says whose they are. */
function picturesOf(results: ToolResultPart[]): Part[] {
  return results.flatMap((result): Part[] => {
    const pictures = result.content.filter((part) => part.type === "image");
    if (pictures.length === 0) return [];
    return [{ type: "text", text: `Images from the result of tool call ${result.callId}:` }, ...pictures];
  });
}

function writeToolResult(result: ToolResultPart, name: string | undefined, target: Target): JsonObject {
  const texts = result.content.filter((part) => part.type === "text");
  const last = texts.at(-1);
  // A breakpoint after the result is one after its last text.
  const marked =
    result.cache === undefined || last === undefined
      ? texts
      : [...texts.slice(0, -1), { ...last, cache: result.cache }];
  const shown = result.content.length > texts.length ? "(see the images in the next message)" : "";
  return {
    role: "tool",
    tool_call_id: result.callId,
    ...(name === undefined || !target.compat.toolResultName ? {} : { name }),
    content: marked.length === 0 ? shown : writeTexts(marked, target),
  };
}

/** One answer; undefined when nothing of it can be said to this server. */
function writeAssistant(message: Message, target: Target): JsonObject | undefined {
  const { peer, compat } = target;
  const { parts } = message;
  const calls = parts.filter((part) => part.type === "tool_call");
  const texts = parts.filter((part) => part.type === "text");
  const spoken = compat.refusalField ? texts.filter((part) => part.refusal !== true) : texts;
  const refusal = texts.filter((part) => !spoken.includes(part)).map((part) => part.text);
  const thoughts = writeThoughts(parts, calls.length > 0, target);
  const chunks = thoughtChunks(parts, target);
  const annotations = parts.flatMap((part) => arrayOf(fieldsFor(part, peer)?.annotations));

  let content: Json = compat.emptyContent === "null" ? null : "";
  if (chunks.length > 0) content = [...chunks, ...spoken.map((part) => writeText(part, target))];
  else if (target.caching && spoken.length > 0) content = writeTexts(spoken, target);
  else if (spoken.length > 0) content = spoken.map((part) => part.text).join("");

  const empty = spoken.length === 0 && refusal.length === 0 && chunks.length === 0 && calls.length === 0;
  if (empty) return undefined;
  return {
    role: "assistant",
    content,
    ...(refusal.length === 0 ? {} : { refusal: refusal.join("") }),
    ...thoughts,
    ...(annotations.length > 0 && compat.annotationsReplay ? { annotations } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => writeToolCall(call, target)) }),
  };
}

/** The fields in which thoughts go back. */
function writeThoughts(parts: Part[], calls: boolean, target: Target): JsonObject {
  const thoughts = parts.filter((part) => part.type === "reasoning");
  const text = thoughts.map((part) => part.text).join("");
  switch (target.compat.reasoningReplay) {
    case "none":
    case "thinking_chunks":
      return {};
    case "reasoning_content":
      return text === "" ? {} : { reasoning_content: text };
    case "reasoning_content_required":
      return text === "" && !calls ? {} : { reasoning_content: text };
    case "reasoning":
      return text === "" ? {} : { reasoning: text };
    case "reasoning_details": {
      const details = thoughts.flatMap((part) => arrayOf(fieldsFor(part, target.peer)?.reasoning_details));
      // Details hold the words, but for some models only ciphertext.
      const said = details.length > 0 && detailsText(details.filter(isObject)) !== "";
      return {
        ...(text === "" || said ? {} : { reasoning: text }),
        ...(details.length === 0 ? {} : { reasoning_details: details }),
      };
    }
  }
}

/** What goes before the text in a content array: thoughts for servers that want them there, and the server's own blocks. */
function thoughtChunks(parts: Part[], target: Target): Json[] {
  const chunks = target.compat.reasoningReplay === "thinking_chunks";
  return parts.flatMap((part): Json[] => {
    if (part.type === "reasoning" && chunks && part.text !== "") {
      return [{ type: "thinking", thinking: [{ type: "text", text: part.text }] }];
    }
    const content = part.type === "opaque" ? fieldsFor(part, target.peer)?.content : undefined;
    return isObject(content) ? [content] : [];
  });
}

function writeToolCall(call: ToolCallPart, target: Target): JsonObject {
  const extra = fieldsFor(call, target.peer)?.extra_content;
  return {
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.malformed ?? JSON.stringify(call.input) },
    ...(isObject(extra) ? { extra_content: extra } : {}),
    ...cacheControl(target, call.cache),
  };
}
