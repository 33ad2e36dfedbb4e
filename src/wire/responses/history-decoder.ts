/** Input items as messages. https://platform.openai.com/docs/api-reference/responses/create#input */
import type {
  ImagePart,
  Json,
  Message,
  Opaque,
  Part,
  Role,
  TextPart,
  ToolResultPart,
} from "../../core/message.ts";
import { type Peer, WireError } from "../codec.ts";
import { opaqueFields } from "../dialect-data.ts";
import {
  expectArray,
  expectObject,
  expectString,
  isObject,
  type JsonObject,
  otherFields,
  stringOf,
} from "../json.ts";
import { blockPart, partsOfItem } from "./parts.ts";

const textFields: ReadonlySet<string> = new Set(["type", "text", "annotations", "logprobs"]);
const imageFields: ReadonlySet<string> = new Set(["type", "image_url"]);
const fileFields: ReadonlySet<string> = new Set(["type", "filename", "file_data", "file_url"]);
const inputFields: ReadonlySet<string> = new Set(["type", "role", "content", "status"]);

/** The system parts and messages of an input. Items of an answer in a row are one message. */
export function decodeHistory(
  input: Json | undefined,
  peer: Peer,
): { system: TextPart[]; messages: Message[] } {
  const system: TextPart[] = [];
  const messages: Message[] = [];
  if (typeof input === "string") {
    return { system, messages: [{ role: "user", parts: [{ type: "text", text: input }] }] };
  }
  const join = (role: Role, parts: Part[]) => {
    const last = messages.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) messages.push({ role, parts });
  };
  expectArray(input, "input").forEach((value, at) => {
    const path = `input[${at}]`;
    const item = expectObject(value, path);
    const type =
      item.type === undefined && item.role !== undefined
        ? "message"
        : expectString(item.type, `${path}.type`);
    switch (type) {
      case "message": {
        const role = expectString(item.role, `${path}.role`);
        if (role === "assistant") {
          join("assistant", answerParts({ ...item, type }, path, peer));
        } else if (role === "user") {
          messages.push({ role, parts: userParts(item.content, `${path}.content`, peer) });
        } else if (role === "system" || role === "developer") {
          const texts = instructionParts(item, role, path, peer);
          if (messages.length === 0) system.push(...texts);
          else messages.push({ role: "user", parts: texts });
        } else {
          throw new WireError(`${path}.role`, `unknown role ${role}`);
        }
        return;
      }
      case "function_call":
      case "custom_tool_call":
        expectString(item.call_id, `${path}.call_id`);
        expectString(item.name, `${path}.name`);
        expectString(type === "function_call" ? item.arguments : item.input, path);
        join("assistant", answerParts(item, path, peer));
        return;
      case "function_call_output":
      case "custom_tool_call_output":
        join("tool", [resultPart(item, path, peer)]);
        return;
      case "reasoning":
        join("assistant", answerParts(item, path, peer));
        return;
      default:
        join("assistant", [blockPart(item, peer)]);
    }
  });
  return { system, messages };
}

function answerParts(item: JsonObject, path: string, peer: Peer): Part[] {
  if (item.type === "message" && typeof item.content !== "string")
    expectArray(item.content, `${path}.content`);
  return partsOfItem(item, peer).map(({ part }) => part);
}

/** Developer and system messages: their role is this dialect's own, so it rides in opaque data. */
function instructionParts(item: JsonObject, role: string, path: string, peer: Peer): TextPart[] {
  const own = otherFields(item, inputFields);
  const texts =
    typeof item.content === "string"
      ? [item.content]
      : expectArray(item.content, `${path}.content`).map((piece, at) =>
          expectString(expectObject(piece, `${path}.content[${at}]`).text, `${path}.content[${at}].text`),
        );
  return texts.map((text, at) => ({
    type: "text",
    text,
    opaque: opaqueFields(peer, "responses", { role, ...(at === 0 ? own : { index: at }) }),
  }));
}

function userParts(content: Json | undefined, path: string, peer: Peer): Part[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return expectArray(content, path).map((value, at): Part => {
    const piece = expectObject(value, `${path}[${at}]`);
    const part = inputPart(piece, `${path}[${at}]`, peer);
    return (
      part ?? {
        type: "opaque",
        kind: `content.${piece.type}`,
        opaque: opaqueFields(peer, "responses", { content: piece }),
      }
    );
  });
}

/** A content part; undefined for one that has no bytes and no URL (a `file_id` of the provider's) or is new. */
function inputPart(piece: JsonObject, path: string, peer: Peer): Part | undefined {
  switch (expectString(piece.type, `${path}.type`)) {
    case "input_text":
    case "output_text":
    case "text":
      return {
        type: "text",
        text: expectString(piece.text, `${path}.text`),
        ...ownOf(piece, textFields, peer),
      };
    case "input_image":
      return typeof piece.image_url === "string" ? imagePart(piece, piece.image_url, peer) : undefined;
    case "input_file": {
      const name = stringOf(piece.filename);
      const named = name === undefined ? {} : { name };
      if (typeof piece.file_data === "string") {
        const { mediaType, data } = fromUrl(piece.file_data, "application/octet-stream");
        const own = ownOf(piece, fileFields, peer);
        return {
          type: "file",
          mediaType,
          data: typeof data === "string" ? data : piece.file_data,
          ...named,
          ...own,
        };
      }
      if (typeof piece.file_url === "string") {
        const own = ownOf(piece, fileFields, peer);
        return {
          type: "file",
          mediaType: "application/pdf",
          data: { url: piece.file_url },
          ...named,
          ...own,
        };
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

function imagePart(piece: JsonObject, url: string, peer: Peer): ImagePart {
  const { mediaType, data } = fromUrl(url, "image/*");
  const plain = piece.detail === "auto" ? { ...piece, detail: null } : piece;
  return { type: "image", mediaType, data, ...ownOf(plain, imageFields, peer) };
}

/** What a content part says beyond the vocabulary (`detail`, `prompt_cache_breakpoint`). */
function ownOf(piece: JsonObject, known: ReadonlySet<string>, peer: Peer): { opaque?: Opaque } {
  const part = otherFields(piece, known);
  return part === undefined ? {} : { opaque: opaqueFields(peer, "responses", { part }) };
}

/** A data URL's type and bytes; any other URL with the type it is likely to have. */
function fromUrl(url: string, likely: string): { mediaType: string; data: string | { url: string } } {
  const comma = url.startsWith("data:") ? url.indexOf(";base64,") : -1;
  if (comma === -1) return { mediaType: likely, data: { url } };
  return { mediaType: url.slice("data:".length, comma), data: url.slice(comma + ";base64,".length) };
}

function resultPart(item: JsonObject, path: string, peer: Peer): ToolResultPart {
  const callId = expectString(item.call_id, `${path}.call_id`);
  if (typeof item.output === "string") {
    const content: TextPart[] = item.output === "" ? [] : [{ type: "text", text: item.output }];
    return { type: "tool_result", callId, content };
  }
  const content = expectArray(item.output, `${path}.output`).map((value, at): TextPart | ImagePart => {
    const piece = expectObject(value, `${path}.output[${at}]`);
    const part = inputPart(piece, `${path}.output[${at}]`, peer);
    if (part?.type === "text" || part?.type === "image") return part;
    // A result holds text and pictures only; other models are told what stood here.
    const name = isObject(piece) ? (stringOf(piece.filename) ?? String(piece.type)) : "file";
    return { type: "text", text: `[${name}]`, opaque: opaqueFields(peer, "responses", { content: piece }) };
  });
  return { type: "tool_result", callId, content };
}
