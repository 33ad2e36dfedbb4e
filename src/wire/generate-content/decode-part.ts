/** Parts of a `Content` (ai.google.dev/api/caching#Part) as parts of Tau. */
import type {
  FilePart,
  ImagePart,
  Opaque,
  OpaquePart,
  Part,
  TextPart,
  ToolResultPart,
} from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { opaqueFields } from "../dialect-data.ts";
import {
  arrayOf,
  expectObject,
  expectString,
  isObject,
  type JsonObject,
  optional,
  otherFields,
} from "../json.ts";

/** Who names tool calls that came without an id, and says which call a result without one belongs to. */
export type CallIds = { call(name: string): string; result(name: string): string };

const textFields = new Set(["text", "thought"]);
const callFields = new Set(["functionCall"]);
const inlineFields = new Set(["inlineData"]);
const fileFields = new Set(["fileData"]);
/** Fields of a part that accompany its data; the other one is the data, and names the part's kind. */
const beside = new Set(["thought", "thoughtSignature", "partMetadata", "videoMetadata", "mediaResolution"]);

/**
 * A part as Tau's. What has no word (code execution, server-side tool calls, new kinds) becomes an opaque part with
 * the whole part. A thought signature rides on whatever part it came with.
 * @throws WireError naming the path when a known kind lacks what it must have.
 */
export function decodePart(part: JsonObject, path: string, peer: Peer, ids: CallIds): Part {
  if (typeof part.text === "string") {
    const fields = rest(part, textFields, peer);
    return part.thought === true
      ? { type: "reasoning", text: part.text, ...fields }
      : { type: "text", text: part.text, ...fields };
  }
  if (part.functionCall !== undefined) {
    const here = `${path}.functionCall`;
    const call = expectObject(part.functionCall, here);
    const name = expectString(call.name, `${here}.name`);
    return {
      type: "tool_call",
      id: optional(call.id, `${here}.id`, expectString) ?? ids.call(name),
      name,
      input: call.args ?? {},
      ...rest(part, callFields, peer),
    };
  }
  if (part.functionResponse !== undefined) return decodeResult(part, `${path}.functionResponse`, peer, ids);
  return decodeMedia(part, path, peer) ?? opaquePart(part, peer);
}

/** A part without a word in Tau, kept whole. */
export function opaquePart(part: JsonObject, peer: Peer): OpaquePart {
  const kind = Object.keys(part).find((key) => !beside.has(key)) ?? "empty";
  return { type: "opaque", kind, opaque: opaqueFields(peer, "generate-content", part) };
}

/** Whether a part holds a picture or document that Tau has a word for. */
export function isMedia(part: JsonObject): boolean {
  return isObject(part.inlineData) ? typeof part.inlineData.data === "string" : isObject(part.fileData);
}

function decodeMedia(part: JsonObject, path: string, peer: Peer): ImagePart | FilePart | undefined {
  if (!isMedia(part)) return undefined;
  if (isObject(part.inlineData)) {
    const blob = part.inlineData;
    const data = expectString(blob.data, `${path}.inlineData.data`);
    return media(blob, data, rest(part, inlineFields, peer));
  }
  const file = expectObject(part.fileData, `${path}.fileData`);
  const url = expectString(file.fileUri, `${path}.fileData.fileUri`);
  return media(file, { url }, rest(part, fileFields, peer));
}

function media(blob: JsonObject, data: ImagePart["data"], fields: { opaque?: Opaque }): ImagePart | FilePart {
  // Vertex finds out by itself when the type is left out.
  const mediaType = typeof blob.mimeType === "string" ? blob.mimeType : "application/octet-stream";
  const name = typeof blob.displayName === "string" ? { name: blob.displayName } : {};
  return { type: mediaType.startsWith("image/") ? "image" : "file", mediaType, data, ...name, ...fields };
}

function decodeResult(part: JsonObject, path: string, peer: Peer, ids: CallIds): ToolResultPart {
  const result = expectObject(part.functionResponse, path);
  const name = expectString(result.name, `${path}.name`);
  const response = optional(result.response, `${path}.response`, expectObject) ?? {};
  const content: (TextPart | ImagePart)[] = textsOf(response, peer);
  for (const [at, item] of arrayOf(result.parts).entries()) {
    const inner = expectObject(item, `${path}.parts[${at}]`);
    const decoded = decodeMedia(inner, `${path}.parts[${at}]`, peer);
    content.push(
      decoded?.type === "image"
        ? decoded
        : {
            type: "text",
            text: `[${decoded?.mediaType ?? "attachment"}]`,
            opaque: opaqueFields(peer, "generate-content", { part: inner }),
          },
    );
  }
  return {
    type: "tool_result",
    callId: optional(result.id, `${path}.id`, expectString) ?? ids.result(name),
    content,
    ...("error" in response ? { isError: true as const } : {}),
  };
}

/**
 * The API takes any object as a response; by its documentation `output` holds what came out and `error` what went
 * wrong. Any other shape is told as JSON and kept, to be sent back as it was.
 */
function textsOf(response: JsonObject, peer: Peer): TextPart[] {
  const entries = Object.entries(response);
  if (entries.length === 0) return [];
  const [key, value] = entries[0] ?? [];
  if (entries.length === 1 && (key === "output" || key === "error")) {
    if (value === "") return [];
    if (typeof value === "string") return [{ type: "text", text: value }];
    if (Array.isArray(value) && value.length > 1 && value.every((text) => typeof text === "string")) {
      return value.map((text) => ({ type: "text", text }));
    }
  }
  const text = entries.length === 1 && typeof value === "string" ? value : JSON.stringify(response);
  return [{ type: "text", text, opaque: opaqueFields(peer, "generate-content", { response }) }];
}

function rest(part: JsonObject, known: ReadonlySet<string>, peer: Peer): { opaque?: Opaque } {
  const fields = otherFields(part, known);
  return fields === undefined ? {} : { opaque: opaqueFields(peer, "generate-content", fields) };
}
