/** Pictures and documents between parts and content items. */
import type { FilePart, ImagePart, MediaData } from "../../core/message.ts";

/** `data:<type>;base64,<data>`, with optional parameters after the type. */
const dataUrl = /^data:([^;,]*)(?:;[^;,]*)*;base64,/;

/** A URL as a media type and data. The type of what a web address holds is not said: `fallback` stands for it. */
export function readUrl(url: string, fallback: string): { mediaType: string; data: MediaData } {
  const match = dataUrl.exec(url);
  if (match === null) return { mediaType: fallback, data: { url } };
  return {
    mediaType: match[1] === undefined || match[1] === "" ? fallback : match[1],
    data: url.slice(match[0].length),
  };
}

/** A part's data as a URL. */
export function writeUrl(part: ImagePart | FilePart): string {
  return typeof part.data === "string" ? `data:${part.mediaType};base64,${part.data}` : part.data.url;
}

/** OpenAI's `input_audio.format` by media type. */
const audioFormats: { readonly [mediaType: string]: string } = {
  "audio/wav": "wav",
  "audio/mpeg": "mp3",
};

/** The audio format of a media type, or undefined when the dialect has none for it. */
export function audioFormat(mediaType: string): string | undefined {
  return Object.hasOwn(audioFormats, mediaType) ? audioFormats[mediaType] : undefined;
}

/** The media type of an audio format. */
export function audioType(format: string): string {
  return format === "mp3" ? "audio/mpeg" : `audio/${format}`;
}
