/** A range of lines out of a file of any size, without holding more of it than those lines. */
import type { FileHandle } from "node:fs/promises";
import { MAX_BYTES, MAX_LINE_CHARS, MAX_LINES } from "./truncate.ts";

/** Which lines: from `offset` (1-based), `limit` of them (null: as many as an answer takes). */
export type LineRange = { offset: number; limit: number | null };

/** Ends a line that was cut; how much is missing is not known without reading it. */
export const CUT = "… [line cut]";

const CHUNK = 256 * 1024;

/**
 * Reads from the start, counting lines, and stops after the range. Of each line only the first characters are held, and
 * of lines before the range nothing. `ended` says whether the file's end was reached.
 */
export async function streamLines(
  handle: FileHandle,
  head: Buffer,
  range: LineRange,
  signal: AbortSignal,
): Promise<{ lines: string[]; ended: boolean }> {
  const decoder = new TextDecoder(encodingOf(head));
  const wanted = Math.min(range.limit ?? MAX_LINES, MAX_LINES);
  const lines: string[] = [];
  let number = 1;
  let line = "";
  let bytes = 0;
  let position = 0;
  const chunk = Buffer.alloc(CHUNK);
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, position);
    position += bytesRead;
    const text = decoder.decode(chunk.subarray(0, bytesRead), { stream: bytesRead > 0 });
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      if (number >= range.offset) {
        const whole = finished(keepHead(line, text.slice(from, end)));
        lines.push(whole);
        bytes += Buffer.byteLength(whole) + 1;
        if (lines.length === wanted || bytes > MAX_BYTES) return { lines, ended: false };
      }
      line = "";
      number += 1;
      from = end + 1;
    }
    if (number >= range.offset) line = keepHead(line, text.slice(from));
    if (bytesRead === 0) {
      if (line !== "") lines.push(finished(line));
      return { lines, ended: true };
    }
  }
}

/** One character more than an answer shows is enough to know that the line was cut. */
function keepHead(line: string, more: string): string {
  return line.length > MAX_LINE_CHARS ? line : line + more.slice(0, MAX_LINE_CHARS + 1 - line.length);
}

function finished(line: string): string {
  return line.length > MAX_LINE_CHARS ? line.slice(0, MAX_LINE_CHARS) + CUT : line.replace(/\r$/, "");
}

function encodingOf(head: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  const mark = head.length >= 2 ? head.readUInt16BE(0) : 0;
  if (mark === 0xfffe) return "utf-16le";
  return mark === 0xfeff ? "utf-16be" : "utf-8";
}
