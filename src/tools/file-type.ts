/** What a file is, from its first bytes. */

/** The media type of a picture that models take; null for anything else. */
export function imageType(head: Buffer): string | null {
  const ascii = head.toString("latin1", 0, 16);
  if (ascii.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (ascii.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (ascii.startsWith("GIF87a") || ascii.startsWith("GIF89a")) return "image/gif";
  if (ascii.startsWith("RIFF") && ascii.slice(8, 12) === "WEBP") return "image/webp";
  return null;
}

/** Whether the bytes begin a PDF. */
export function isPdf(head: Buffer): boolean {
  return head.toString("latin1", 0, 5) === "%PDF-";
}

/** Beginnings of common binary formats. */
const magics: [string, string][] = [
  ["\x7fELF", "ELF program or library"],
  ["MZ", "Windows program"],
  ["\xcf\xfa\xed\xfe", "Mach-O program"],
  ["\xca\xfe\xba\xbe", "Java class or universal Mach-O program"],
  ["PK\x03\x04", "zip archive (also docx, xlsx, jar)"],
  ["\x1f\x8b", "gzip archive"],
  ["BZh", "bzip2 archive"],
  ["\xfd7zXZ", "xz archive"],
  ["\x28\xb5\x2f\xfd", "zstd archive"],
  ["7z\xbc\xaf", "7z archive"],
  ["SQLite format 3", "SQLite database"],
  ["\0asm", "WebAssembly module"],
  ["OggS", "Ogg media"],
  ["ID3", "MP3 audio"],
];

/** What kind of binary the bytes begin, or null when they read as text (UTF-16 with its byte order mark is text). */
export function binaryKind(head: Buffer): string | null {
  if (head.length >= 2 && (head.readUInt16BE(0) === 0xfffe || head.readUInt16BE(0) === 0xfeff)) return null;
  if (!looksBinary(head)) return null;
  const ascii = head.toString("latin1", 0, 16);
  return magics.find(([magic]) => ascii.startsWith(magic))?.[1] ?? "binary data";
}

/** A NUL, or more than a tenth control characters that no text has (tab, line ends, form feed, escape and backspace do occur). */
function looksBinary(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 32 && ![8, 9, 10, 12, 13, 27].includes(byte)) controls += 1;
  }
  return controls * 10 > head.length;
}
