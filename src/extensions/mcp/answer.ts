/** What a server answered, for the model and for people: bounded, with the whole kept on disk. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImagePart, TextPart } from "../../core/message.ts";
import type { ToolResult } from "../../core/tool.ts";
import { imageType } from "../../tools/file-type.ts";
import { formatBytes, MAX_BYTES, MAX_IMAGE_BYTES } from "../../tools/truncate.ts";
import type { CallAnswer, ServerContent } from "./connection.ts";

/** Pictures of one answer; more would fill a window. */
const mostPictures = 8;
/** A cut looks so far back for the end of a line. */
const lineSearchBytes = 1_000;

/** Where what does not fit is kept: a folder, and what its files' names begin with. */
export type Keep = { folder: string; name: string };

/** The answer as a tool's result. */
export function resultOf({ content, structured, isError }: CallAnswer, keep: Keep): ToolResult {
  const files: string[] = [];
  const save = (bytes: Buffer, extension: string): string => {
    mkdirSync(keep.folder, { recursive: true, mode: 0o700 });
    const path = join(keep.folder, `${keep.name}-${files.length + 1}.${extension}`);
    writeFileSync(path, bytes, { mode: 0o600 });
    files.push(path);
    return path;
  };
  const pictures: ImagePart[] = [];
  const texts = content.map((piece) => {
    if (piece.type !== "image") return textOfContent(piece, save);
    const picture = pictureOf(piece.data);
    if (picture === null || pictures.length === mostPictures) return saved(piece, save);
    pictures.push(picture);
    return "";
  });
  // Servers repeat structured answers as text, as the specification asks; then one of the two is enough.
  if (structured !== null && texts.every((text) => text.trim() === "")) texts.push(structured);
  const text = texts.filter((each) => each !== "").join("\n");
  const bytes = Buffer.byteLength(text);
  const shown = bytes <= MAX_BYTES ? text : headOf(text);
  const path = bytes <= MAX_BYTES ? null : save(Buffer.from(text), "txt");
  const said = shown === "" && pictures.length === 0 ? "(no output)" : shown;
  const parts: (TextPart | ImagePart)[] = [
    ...(said === "" ? [] : [{ type: "text" as const, text: said }]),
    ...pictures,
  ];
  return {
    output: pictures.length === 0 ? said : parts,
    ...(path !== null && {
      note: `The first ${formatBytes(Buffer.byteLength(shown))} of ${formatBytes(bytes)}; the whole answer is in ${path}`,
    }),
    display: [
      { type: "text", text: pictures.length === 0 ? said : `${shown}\n[${pictures.length} pictures]`.trim() },
    ],
    ...(isError && { isError: true as const }),
    facts: { bytes, truncated: path !== null, savedPath: path ?? files[0] ?? null },
  };
}

/**
 * Base64 as a picture that every vendor takes; null where it is none, or too big. Its bytes count, not what the server
 * calls them: a request with a picture that is none is refused, and so is every one after it.
 */
export function pictureOf(data: string): ImagePart | null {
  const mediaType = imageType(Buffer.from(data.slice(0, 64), "base64"));
  if (mediaType === null || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return null;
  return Buffer.byteLength(data, "base64") <= MAX_IMAGE_BYTES ? { type: "image", mediaType, data } : null;
}

/** A piece in words; what is none is kept on disk and named. */
export function textOfContent(
  piece: ServerContent,
  save: (bytes: Buffer, extension: string) => string,
): string {
  switch (piece.type) {
    case "text":
      return piece.text;
    case "image":
    case "audio":
      return saved(piece, save);
    case "link":
      return `[resource ${piece.uri}: ${[piece.name, piece.description].filter(Boolean).join(", ")}]`;
    case "resource": {
      if (piece.text !== null) return `[resource ${piece.uri}]\n${piece.text}`;
      const mimeType = piece.mimeType ?? "application/octet-stream";
      return `[resource ${piece.uri}] ${saved({ data: piece.blob ?? "", mimeType }, save)}`;
    }
  }
}

function saved(
  { data, mimeType }: { data: string; mimeType: string },
  save: (bytes: Buffer, extension: string) => string,
): string {
  const bytes = Buffer.from(data, "base64");
  const extension = /^[\w.+-]+\/([\w]+)/.exec(mimeType)?.[1] ?? "bin";
  return `[${mimeType}, ${formatBytes(bytes.length)}, kept in ${save(bytes, extension)}]`;
}

/** As much as an answer may carry, to the end of a line where one is near. */
function headOf(text: string): string {
  // A character cut in half becomes a replacement character, which is taken away again.
  const head = Buffer.from(text)
    .subarray(0, MAX_BYTES)
    .toString("utf8")
    .replace(/\ufffd$/, "");
  const end = head.lastIndexOf("\n");
  return end !== -1 && head.length - end < lineSearchBytes ? head.slice(0, end) : head;
}
