/** Pictures and documents as the Messages API carries them (`source` of image and document blocks). */
import type { FilePart, ImagePart, MediaData } from "../../core/message.ts";
import { isObject, type JsonObject } from "../json.ts";

/** Media types the API takes only as plain text, not as base64. */
function isText(mediaType: string): boolean {
  return mediaType.startsWith("text/") || mediaType === "application/json" || mediaType === "application/xml";
}

/** The `source` of a picture or document. */
export function encodeSource(part: ImagePart | FilePart): JsonObject {
  if (typeof part.data !== "string") return { type: "url", url: part.data.url };
  if (part.type === "file" && isText(part.mediaType)) {
    return {
      type: "text",
      media_type: "text/plain",
      data: Buffer.from(part.data, "base64").toString("utf8"),
    };
  }
  return { type: "base64", media_type: part.mediaType, data: part.data };
}

/** Media type and data of a `source`; undefined for kinds Tau has no word for (`file` ids, `content` lists). */
export function decodeSource(
  source: JsonObject,
  type: "image" | "document",
): { mediaType: string; data: MediaData } | undefined {
  const mediaType = source.media_type;
  if (source.type === "base64" && typeof mediaType === "string" && typeof source.data === "string") {
    return { mediaType, data: source.data };
  }
  if (source.type === "url" && typeof source.url === "string") {
    return {
      mediaType: type === "image" ? imageTypeOf(source.url) : "application/pdf",
      data: { url: source.url },
    };
  }
  if (type === "document" && source.type === "text" && typeof source.data === "string") {
    return { mediaType: "text/plain", data: Buffer.from(source.data, "utf8").toString("base64") };
  }
  return undefined;
}

/** The API does not say what a URL holds; other dialects must be told. */
function imageTypeOf(url: string): string {
  const extension = /\.(png|gif|webp)(?:[?#]|$)/i.exec(url)?.[1];
  return extension === undefined ? "image/jpeg" : `image/${extension.toLowerCase()}`;
}

/** A readable stand-in for a block that no other dialect has, for models that are shown the conversation later. */
export function describeBlock(block: JsonObject): string {
  const title = typeof block.title === "string" ? block.title : String(block.type);
  if (isObject(block.source) && block.source.type === "text" && typeof block.source.data === "string") {
    return `${title}\n${block.source.data}`;
  }
  const texts = (Array.isArray(block.content) ? block.content : [])
    .map((inner) => (isObject(inner) && typeof inner.text === "string" ? inner.text : ""))
    .filter((text) => text !== "");
  return [title, ...texts].join("\n");
}
