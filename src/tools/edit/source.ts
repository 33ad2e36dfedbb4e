/**
 * A file's bytes as text and back. Every decoding here is a bijection between bytes and text, so text that is not
 * touched is bytes that are not touched: the splice can be done on text and still be a splice of the original bytes.
 */
import { isUtf8 } from "node:buffer";

/**
 * How the bytes are read. `bytes` is a file that is UTF-8 but for some invalid sequences: one character stands for
 * one byte there, and only exact matches are sought.
 */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" | "bytes";

/** A decoded file. */
export type Source = {
  encoding: Encoding;
  /** Whether the file begins with a byte order mark; `text` does not hold it. */
  bom: boolean;
  text: string;
};

const BOM = "\ufeff";

/** Bytes 0x80-0x9f as the WHATWG index of windows-1252 maps them (the five unassigned bytes map to themselves). */
const WINDOWS_1252_HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Reads bytes as text, guessing the encoding from the byte order mark and from what is valid. Never fails. */
export function decode(bytes: Buffer): Source {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  // An odd number of bytes is not UTF-16, and decoding it would lose the last one.
  if ((mark === 0xfffe || mark === 0xfeff) && bytes.length % 2 === 0) {
    const encoding = mark === 0xfffe ? "utf-16le" : "utf-16be";
    return { encoding, bom: true, text: decodeUtf16(bytes, encoding).slice(1) };
  }
  if (isUtf8(bytes)) {
    const text = bytes.toString("utf8");
    return text.startsWith(BOM)
      ? { encoding: "utf-8", bom: true, text: text.slice(1) }
      : { encoding: "utf-8", bom: false, text };
  }
  const view = bytes.toString("latin1");
  if (hasUtf8Sequence(view)) return { encoding: "bytes", bom: false, text: view };
  const text = view.replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252_HIGH[char.charCodeAt(0) - 0x80] ?? char);
  return { encoding: "windows-1252", bom: false, text };
}

/** The bytes of a decoded file. `text` must be encodable: see `toEncoding`. */
export function encode(source: Source): Buffer {
  const text = source.bom ? BOM + source.text : source.text;
  switch (source.encoding) {
    case "utf-8":
      return Buffer.from(text, "utf8");
    case "utf-16le":
      return Buffer.from(text, "utf16le");
    case "utf-16be":
      return Buffer.from(text, "utf16le").swap16();
    case "windows-1252":
      return Buffer.from(
        text.replace(/[^\x00-\x7f\xa0-\xff]/g, (char) => {
          const index = WINDOWS_1252_HIGH.indexOf(char);
          return index < 0 ? char : String.fromCharCode(0x80 + index);
        }),
        "latin1",
      );
    case "bytes":
      return Buffer.from(text, "latin1");
  }
}

/** The model's text as it would stand in a file of this encoding; null when the encoding has no such character. */
export function toEncoding(encoding: Encoding, text: string): string | null {
  if (encoding === "bytes") return Buffer.from(text, "utf8").toString("latin1");
  if (encoding !== "windows-1252") return text;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const plain = code <= 0x7f || (code >= 0xa0 && code <= 0xff);
    if (!plain && !WINDOWS_1252_HIGH.includes(char)) return null;
  }
  return text;
}

/** A decoded file's text for the model to read: the same, but `bytes` becomes UTF-8 with its invalid parts as U+FFFD. */
export function readable(source: Source): string {
  return source.encoding === "bytes" ? Buffer.from(source.text, "latin1").toString("utf8") : source.text;
}

function decodeUtf16(bytes: Buffer, encoding: "utf-16le" | "utf-16be"): string {
  return encoding === "utf-16le"
    ? bytes.toString("utf16le")
    : Buffer.from(bytes).swap16().toString("utf16le");
}

/**
 * One well-formed multi-byte sequence is taken as the sign of damaged UTF-8 rather than of an older encoding, where
 * such pairs (`Ã©`) are rare in real text.
 */
function hasUtf8Sequence(view: string): boolean {
  return /[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/.test(view);
}
