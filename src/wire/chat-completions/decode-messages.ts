/** Messages of the dialect, as the server side receives them. */
import type { ImagePart, Json, Message, Part, TextPart, ToolResultPart } from "../../core/message.ts";
import { type Peer, WireError } from "../codec.ts";
import {
  arrayOf,
  expectArray,
  expectObject,
  expectString,
  isObject,
  type JsonObject,
  objectOf,
  optional,
  otherFields,
} from "../json.ts";
import { readCache } from "./cache-control.ts";
import { audioType, readUrl } from "./media.ts";
import { detailsText, readDetails, readExtra, stamp } from "./opaque.ts";
import { readArguments } from "./tool-calls.ts";
import { textOr } from "./values.ts";

/**
 * The system prompt and the conversation. Instructions at the head are the system prompt; later ones, for which
 * Tau has no word, become user messages where they stand, so that the prefix before them stays what it was.
 */
export function readMessages(list: Json[], peer: Peer): { system: TextPart[]; messages: Message[] } {
  const system: TextPart[] = [];
  const messages: Message[] = [];
  for (const [at, entry] of list.entries()) {
    const path = `messages[${at}]`;
    const message = expectObject(entry, path);
    switch (message.role) {
      case "system":
      case "developer": {
        const texts = markLast(readTexts(message.content, `${path}.content`, peer), message);
        if (messages.length === 0) system.push(...texts);
        else messages.push({ role: "user", parts: texts });
        break;
      }
      case "user":
        messages.push({
          role: "user",
          parts: markLast(readContent(message.content, `${path}.content`, peer), message),
        });
        break;
      case "assistant":
        messages.push({ role: "assistant", parts: readAssistant(message, path, peer) });
        break;
      case "tool":
      case "function":
        addResult(messages, readResult(message, path, messages, peer));
        break;
      default:
        throw new WireError(`${path}.role`, "must be system, developer, user, assistant or tool");
    }
  }
  return { system, messages };
}

/** Some clients put `cache_control` on the message instead of its last part. */
function markLast<P extends Part>(parts: P[], message: JsonObject): P[] {
  const cache = readCache(message);
  const last = parts.at(-1);
  return last === undefined || cache.cache === undefined
    ? parts
    : [...parts.slice(0, -1), { ...last, ...cache }];
}

/** Results of one answer share a message, as the calls do. */
function addResult(messages: Message[], result: ToolResultPart): void {
  const last = messages.at(-1);
  if (last?.role === "tool") last.parts.push(result);
  else messages.push({ role: "tool", parts: [result] });
}

function readTexts(value: Json | undefined, path: string, peer: Peer): TextPart[] {
  if (typeof value === "string") return [{ type: "text", text: value }];
  return expectArray(value, path).map((entry, at) =>
    readText(expectObject(entry, `${path}[${at}]`), `${path}[${at}]`, peer),
  );
}

/** Fields of a text item with a word of their own; others (OpenAI's `prompt_cache_breakpoint`) go back as they came. */
const textFields = new Set(["type", "text", "cache_control"]);

function readText(item: JsonObject, path: string, peer: Peer): TextPart {
  if (item.type === "refusal") {
    return { type: "text", text: expectString(item.refusal, `${path}.refusal`), refusal: true };
  }
  if (item.type !== "text") throw new WireError(`${path}.type`, "must be text");
  const rest = otherFields(item, textFields);
  return {
    type: "text",
    text: expectString(item.text, `${path}.text`),
    ...readCache(item),
    ...(rest === undefined ? {} : { opaque: stamp(peer, { item: rest }) }),
  };
}

function readContent(value: Json | undefined, path: string, peer: Peer): Part[] {
  if (typeof value === "string") return [{ type: "text", text: value }];
  return expectArray(value, path).map((entry, at) => {
    const item = expectObject(entry, `${path}[${at}]`);
    return { ...readItem(item, `${path}[${at}]`, peer), ...readCache(item) };
  });
}

function readItem(item: JsonObject, path: string, peer: Peer): Part {
  switch (item.type) {
    case "text":
      return readText(item, path, peer);
    case "image_url": {
      // Mistral takes the address without an object around it.
      const image =
        typeof item.image_url === "string"
          ? { url: item.image_url }
          : expectObject(item.image_url, `${path}.image_url`);
      const part: ImagePart = {
        type: "image",
        ...readUrl(expectString(image.url, `${path}.image_url.url`), "image/*"),
      };
      return image.detail === undefined || image.detail === null
        ? part
        : { ...part, opaque: stamp(peer, { detail: image.detail }) };
    }
    case "input_audio": {
      const audio = expectObject(item.input_audio, `${path}.input_audio`);
      const format = expectString(audio.format, `${path}.input_audio.format`);
      return {
        type: "file",
        mediaType: audioType(format),
        data: expectString(audio.data, `${path}.input_audio.data`),
      };
    }
    case "file": {
      const file = expectObject(item.file, `${path}.file`);
      const data = textOr(file.file_data);
      if (data !== undefined) return readFile(data, textOr(file.filename));
      break;
    }
    case "document_url": {
      const url = textOr(item.document_url);
      if (url !== undefined) return readFile(url, textOr(item.document_name));
      break;
    }
    default:
      break;
  }
  // Uploaded files, video and kinds to come: only the provider they were meant for can read them.
  return {
    type: "opaque",
    kind: expectString(item.type, `${path}.type`),
    opaque: stamp(peer, { content: item }),
  };
}

function readFile(url: string, name: string | undefined): Part {
  return { type: "file", ...readUrl(url, "application/pdf"), ...(name === undefined ? {} : { name }) };
}

function readAssistant(message: JsonObject, path: string, peer: Peer): Part[] {
  const parts: Part[] = [];
  const details = arrayOf(message.reasoning_details).filter(isObject);
  const thought = textOr(message.reasoning_content) ?? textOr(message.reasoning) ?? detailsText(details);
  if (thought !== "" || details.length > 0) {
    parts.push({
      type: "reasoning",
      text: thought,
      ...(thought === "" ? { redacted: true as const } : {}),
      ...(details.length > 0 ? { opaque: readDetails(details, peer) } : {}),
    });
  }
  parts.push(...readSaid(message, path, peer));
  const refusal = textOr(message.refusal);
  if (refusal !== undefined) parts.push({ type: "text", text: refusal, refusal: true });
  const calls = optional(message.tool_calls, `${path}.tool_calls`, expectArray) ?? [];
  for (const [at, entry] of calls.entries()) {
    const where = `${path}.tool_calls[${at}]`;
    const call = expectObject(entry, where);
    parts.push({
      ...readCall(call.function, `${where}.function`, expectString(call.id, `${where}.id`)),
      ...(isObject(call.extra_content) ? { opaque: readExtra(call.extra_content, peer) } : {}),
      ...readCache(call),
    });
  }
  const legacy = message.function_call;
  if (isObject(legacy)) parts.push(readCall(legacy, `${path}.function_call`, `call_${path}`));
  return parts;
}

/** What the answer said aloud, and blocks in its content array. */
function readSaid(message: JsonObject, path: string, peer: Peer): Part[] {
  const { content } = message;
  if (content === undefined || content === null || content === "") return [];
  const parts: Part[] = [];
  if (typeof content === "string") {
    parts.push({ type: "text", text: content });
  } else {
    for (const [at, entry] of expectArray(content, `${path}.content`).entries()) {
      const where = `${path}.content[${at}]`;
      const item = expectObject(entry, where);
      if (item.type === "text" || item.type === "refusal") {
        parts.push(readText(item, where, peer));
      } else if (item.type === "thinking") {
        const text = arrayOf(item.thinking)
          .map((piece) => textOr(objectOf(piece).text) ?? "")
          .join("");
        parts.push({ type: "reasoning", text });
      } else {
        parts.push(readItem(item, where, peer));
      }
    }
  }
  const annotations = arrayOf(message.annotations);
  const text = parts.find((part) => part.type === "text");
  if (text !== undefined && annotations.length > 0) text.opaque = stamp(peer, { annotations });
  return markLast(parts, message);
}

function readCall(value: Json | undefined, path: string, id: string): Part {
  const fn = expectObject(value, path);
  const args = typeof fn.arguments === "string" ? fn.arguments : JSON.stringify(fn.arguments ?? {});
  return {
    type: "tool_call",
    id,
    name: expectString(fn.name, `${path}.name`),
    ...readArguments(args, false),
  };
}

function readResult(message: JsonObject, path: string, before: Message[], peer: Peer): ToolResultPart {
  const callId =
    message.role === "function"
      ? lastCallOf(before, textOr(message.name))
      : expectString(message.tool_call_id, `${path}.tool_call_id`);
  const { content } = message;
  const texts = content === null || content === undefined ? [] : readTexts(content, `${path}.content`, peer);
  const marked = texts.at(-1)?.cache;
  return {
    type: "tool_result",
    callId: callId ?? `call_${path}`,
    // A breakpoint inside the last text is one after the result.
    content: texts.map(({ cache: _cache, ...text }) => text),
    ...(marked === undefined ? readCache(message) : { cache: marked }),
  };
}

/** Function messages name the function, not the call. */
function lastCallOf(messages: Message[], name: string | undefined): string | undefined {
  return messages
    .flatMap((message) => message.parts)
    .filter((part) => part.type === "tool_call")
    .findLast((call) => call.name === name)?.id;
}
