/** The bounds every tool's answer keeps, and how text is cut to them: whole lines, from the head, saying what is left. */

/** Most lines one answer carries. */
export const MAX_LINES = 2_000;
/** Most bytes of UTF-8 one answer carries. */
export const MAX_BYTES = 50 * 1024;
/** Most characters (UTF-16 units) of one line of a file. */
export const MAX_LINE_CHARS = 2_000;

/** Largest picture sent to a model: Anthropic takes 5 MB of base64, which is 3.75 MB of bytes. */
export const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;
/** Largest PDF opened. */
export const MAX_PDF_BYTES = 32 * 1024 * 1024;
/** Most pages of a PDF in one call. */
export const MAX_PDF_PAGES = 20;

/** What was kept of a list of lines. */
export type Head = {
  /** The kept lines joined with `\n`, no line break at the end. */
  text: string;
  /** How many lines were kept. */
  kept: number;
  /** How many of the kept lines were shortened. */
  shortened: number;
  /** What stopped it, if anything did. */
  cutBy: "lines" | "bytes" | null;
};

/** `12 bytes`, `3.4 KB`, `100 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit] ?? "TB"}`;
}

/** `1 match`, `2 matches`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** The line, or its first `max` UTF-16 units and how much is missing; a surrogate pair is never split. */
export function clipLine(line: string, max: number): string {
  if (line.length <= max) return line;
  const last = line.charCodeAt(max - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
  return `${line.slice(0, end)}… [${line.length - end} more characters]`;
}

/** Keeps lines from the head while they fit the bounds; the first line is always kept (it is at most `lineChars` long). */
export function headOf(
  lines: readonly string[],
  bounds: { lines: number; bytes: number; lineChars: number },
): Head {
  const out: string[] = [];
  let bytes = 0;
  let shortened = 0;
  let cutBy: Head["cutBy"] = null;
  for (const line of lines) {
    if (out.length === bounds.lines) {
      cutBy = "lines";
      break;
    }
    const clipped = clipLine(line, bounds.lineChars);
    const size = Buffer.byteLength(clipped) + 1;
    if (out.length > 0 && bytes + size > bounds.bytes) {
      cutBy = "bytes";
      break;
    }
    if (clipped.length !== line.length) shortened += 1;
    bytes += size;
    out.push(clipped);
  }
  return { text: out.join("\n"), kept: out.length, shortened, cutBy };
}
