/** Parts as parts of a `Content`. Key order is fixed: data, then opaque fields. */
import type { FilePart, ImagePart, Json, Part, ToolCallPart, ToolResultPart } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { replayable } from "../dialect-data.ts";
import { isObject, type JsonObject } from "../json.ts";
import { isMadeUpId } from "./call-id.ts";

/** A part as the API's, except tool results, or nothing when it cannot be sent there. */
export function encodePart(part: Exclude<Part, ToolResultPart>, peer: Peer): JsonObject | undefined {
  const fields = part.type === "tool_call" ? undefined : replayable(part.opaque, peer, "generate-content");
  switch (part.type) {
    case "text":
      return part.text === "" && fields === undefined ? undefined : { text: part.text, ...fields };
    case "reasoning":
      // Thoughts need not be sent back; only with their signature do they help the model that made them.
      return fields === undefined ? undefined : { text: part.text, thought: true, ...fields };
    case "tool_call":
      return encodeCall(part, peer);
    case "image":
    case "file":
      return { ...encodeMedia(part), ...fields };
    case "opaque":
      // Grounding and citations belong to the candidate: they are no part of what was said.
      return fields !== undefined && isObject(fields.candidate) ? undefined : fields;
  }
}

function encodeCall(part: ToolCallPart, peer: Peer): JsonObject {
  return {
    functionCall: {
      ...(isMadeUpId(part.id) ? {} : { id: part.id }),
      name: part.name,
      args: objectInput(part.malformed === undefined ? part.input : {}),
    },
    ...replayable(part.opaque, peer, "generate-content"),
  };
}

/** The API takes only objects as arguments. */
function objectInput(input: Json): JsonObject {
  return isObject(input) ? input : { value: input };
}

/** Names are left out: the Gemini API refuses `displayName`, which only Vertex knows. */
function encodeMedia(part: ImagePart | FilePart): JsonObject {
  return typeof part.data === "string"
    ? { inlineData: { mimeType: part.mediaType, data: part.data } }
    : { fileData: { mimeType: part.mediaType, fileUri: part.data.url } };
}

/** A tool result: the function response, and media that cannot stand in it. */
export type EncodedResult = { response: JsonObject; media: JsonObject[] };

/**
 * A tool result as a function response. From the third generation on a response holds its pictures itself; before,
 * they follow as parts of the same content.
 */
export function encodeResult(
  part: ToolResultPart,
  name: string,
  peer: Peer,
  mediaInside: boolean,
): EncodedResult {
  const texts: string[] = [];
  const media: JsonObject[] = [];
  let response: JsonObject | undefined;
  for (const inner of part.content) {
    const fields = replayable(inner.opaque, peer, "generate-content");
    if (inner.type === "image") media.push({ ...encodeMedia(inner), ...fields });
    else if (isObject(fields?.part)) media.push(fields.part);
    else if (isObject(fields?.response)) response = fields.response;
    else texts.push(inner.text);
  }
  const empty = texts.length === 0 && part.isError !== true;
  const said: JsonObject = empty
    ? {}
    : { [part.isError === true ? "error" : "output"]: texts.length > 1 ? texts : (texts[0] ?? "") };
  return {
    response: {
      functionResponse: {
        ...(isMadeUpId(part.callId) ? {} : { id: part.callId }),
        name,
        response: response ?? said,
        ...(mediaInside && media.length > 0 ? { parts: media } : {}),
      },
    },
    media: mediaInside ? [] : media,
  };
}
