/** Tokens of pictures and documents, by each vendor's published formula, or a stated default where there is none. */
import type { FilePart, ImagePart } from "../core/message.ts";
import type { Dialect } from "../core/model.ts";

/** Pixels of a picture. */
export type PixelSize = { width: number; height: number };

/**
 * Tokens of an image. Formulas:
 * - Claude: width * height / 750 after scaling into 1568 px and about 1,600 tokens; from Opus 4.7 on into 2576 px and
 *   4,784 tokens (platform.claude.com/docs, "Vision").
 * - OpenAI: 85 plus 170 for each 512 px tile, after scaling into 2048 px and a shorter side of 768 px; small models
 *   count 32 px patches, at most 1,536 (platform.openai.com/docs, "Images and vision"). The dearer of the two is taken
 *   where the model's way is not published.
 * - Gemini: 258 for a small picture or each 768 px tile; Gemini 3 takes 1,120 a picture (ai.google.dev/gemini-api/docs,
 *   "Image understanding", "Media resolution").
 * Elsewhere, or when the size cannot be read: Claude's older formula at its cap.
 */
export function imageTokens(image: ImagePart, dialect: Dialect, model: string): number {
  const size = typeof image.data === "string" ? pixelSize(image.data) : null;
  if (dialect === "generate-content") {
    if (/gemini-[3-9]/.test(model)) return 1_120;
    return size === null ? 1_032 : geminiTiles(size) * 258;
  }
  if (/gpt-|chatgpt|o[134](?:-|$)/.test(model)) return size === null ? 1_105 : openaiTokens(size, model);
  const large = /claude-(?:\w+-4[.-][789]|\w+-[5-9]|[5-9])/.test(model);
  const [edge, cap] = large ? [2_576, 4_784] : [1_568, 1_600];
  if (size === null) return cap;
  const { width, height } = within(size, edge);
  return Math.min(cap, Math.ceil((width * height) / 750));
}

function within(size: PixelSize, edge: number): PixelSize {
  const scale = Math.min(1, edge / Math.max(size.width, size.height, 1));
  return { width: size.width * scale, height: size.height * scale };
}

function geminiTiles({ width, height }: PixelSize): number {
  if (width <= 384 && height <= 384) return 1;
  const tile = Math.min(768, Math.max(256, Math.floor(Math.min(width, height) / 1.5)));
  return Math.ceil(width / tile) * Math.ceil(height / tile);
}

function openaiTokens(size: PixelSize, model: string): number {
  const patches = Math.min(1_536, Math.ceil(size.width / 32) * Math.ceil(size.height / 32));
  const small = /mini|nano/.exec(model)?.[0];
  if (small !== undefined && !/4o-mini/.test(model))
    return Math.ceil(patches * (small === "nano" ? 2.46 : 1.72));
  const fitted = within(size, 2_048);
  const scale = Math.min(1, 768 / Math.max(1, Math.min(fitted.width, fitted.height)));
  const tiles = Math.ceil((fitted.width * scale) / 512) * Math.ceil((fitted.height * scale) / 512);
  // 4o-mini counts more tokens for the same picture so that it costs the same.
  if (/4o-mini/.test(model)) return 2_833 + 5_667 * tiles;
  return 85 + 170 * tiles;
}

/** Page of a PDF: its text (1,500 to 3,000 tokens by Anthropic's account) and, for Claude and GPT, its picture. */
const pageTokens = { text: 2_250, withPicture: 3_850, gemini: 258 } as const;
/** A scanned or typeset page is rarely smaller; used when pages cannot be counted. */
const bytesAPage = 50_000;

/** Tokens of a document. PDF by its pages; anything else by its size, as text (audio: 32 tokens a second at 16 kB/s). */
export function fileTokens(file: FilePart, dialect: Dialect): number {
  // What stands behind an address is unknown until the provider reads it: ten pages.
  if (typeof file.data !== "string") return 10 * pageTokens.withPicture;
  const bytes = Math.floor((file.data.length * 3) / 4);
  if (file.mediaType === "application/pdf") {
    const pages = pdfPages(file.data) ?? Math.max(1, Math.ceil(bytes / bytesAPage));
    return pages * (dialect === "generate-content" ? pageTokens.gemini : pageTokens.withPicture);
  }
  if (file.mediaType.startsWith("audio/")) return Math.ceil(bytes / 16_000) * 32;
  return Math.ceil(bytes / 3.5);
}

/** Pages of a PDF whose page objects are not inside compressed streams; null otherwise. */
function pdfPages(base64: string): number | null {
  const text = Buffer.from(base64, "base64").toString("latin1");
  const pages = text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0;
  return pages > 0 ? pages : null;
}

/** Width and height from the head of a PNG, GIF, WebP or JPEG; null for anything else. */
export function pixelSize(base64: string): PixelSize | null {
  // A JPEG's size may stand after an embedded preview; 256 KB passes all of them.
  const bytes = Buffer.from(base64.slice(0, 350_000), "base64");
  if (bytes.length < 30) return null;
  if (bytes.readUInt32BE(0) === 0x89504e47) {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.toString("latin1", 0, 3) === "GIF") {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  if (bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP")
    return webpSize(bytes);
  return bytes.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : null;
}

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(bytes: Buffer): PixelSize | null {
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}

/** Walks the segments to the frame header (SOF0 to SOF15, of which C4, C8 and CC are something else). */
function jpegSize(bytes: Buffer): PixelSize | null {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}
