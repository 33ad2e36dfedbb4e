/** Text as lines with their own line endings, and the one way text is changed: splices that leave all else alone. */

/**
 * A text split at its line breaks. `eols[i]` ends `lines[i]`; there is one line more than there are endings, and that
 * last line is empty when the text ends with a line break. Joining both in turn gives the text back.
 */
export type Lines = { lines: string[]; eols: string[] };

/** What happens to the segments of a matched range, in order. The `keep`s and `drop`s together are exactly the range. */
export type LineOp = { op: "keep" } | { op: "drop" } | { op: "add"; text: string };

/** A replacement of the characters `start` to `end` of a text. */
export type Splice = { start: number; end: number; text: string };

/** Splits at LF, CRLF and lone CR, mixed as they may be. */
export function splitLines(text: string): Lines {
  if (!text.includes("\r")) {
    const lines = text.split("\n");
    return { lines, eols: new Array<string>(lines.length - 1).fill("\n") };
  }
  const lines: string[] = [];
  const eols: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code !== 10 && code !== 13) continue;
    const end = code === 13 && text.charCodeAt(i + 1) === 10 ? i + 2 : i + 1;
    lines.push(text.slice(from, i));
    eols.push(text.slice(i, end));
    from = end;
    i = end - 1;
  }
  lines.push(text.slice(from));
  return { lines, eols };
}

/** The text with every line break as LF: how the model writes, and how text is matched. */
export function withLf(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** Where each line begins in the text. */
export function lineStarts({ lines, eols }: Lines): number[] {
  const starts: number[] = [];
  let at = 0;
  for (let i = 0; i < lines.length; i += 1) {
    starts.push(at);
    at += (lines[i] ?? "").length + (eols[i] ?? "").length;
  }
  return starts;
}

/** Applies splices that are sorted by start and do not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const splice of splices) {
    parts.push(text.slice(at, splice.start), splice.text);
    at = splice.end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

/**
 * The text that replaces a range of segments. Kept segments keep their own endings; added ones take `eol`; the last
 * has none, for the ending after the range is not part of the range.
 */
export function emit(
  ops: readonly LineOp[],
  segments: readonly string[],
  eols: readonly string[],
  eol: string,
): string {
  let text = "";
  let pending = "";
  let at = 0;
  for (const op of ops) {
    if (op.op === "add") {
      text += pending + op.text;
      pending = eol;
      continue;
    }
    if (op.op === "keep") {
      text += pending + (segments[at] ?? "");
      pending = eols[at] ?? eol;
    }
    at += 1;
  }
  return text;
}

/**
 * The ending new lines take between lines `start` and `end` (exclusive): the one most common in and right beside that
 * range, so that a mixed file does not become more mixed.
 */
export function endingAround({ eols }: Lines, start: number, end: number): string {
  return mostCommon(eols.slice(Math.max(0, start - 1), end + 1)) ?? mostCommon(eols) ?? eols[0] ?? "\n";
}

/** The ending most of the lines have; null without a majority of one. */
export function mostCommon(eols: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const eol of eols) counts.set(eol, (counts.get(eol) ?? 0) + 1);
  let best: string | null = null;
  let most = 0;
  let tied = false;
  for (const [eol, count] of counts) {
    if (count > most) [best, most, tied] = [eol, count, false];
    else if (count === most) tied = true;
  }
  return tied ? null : best;
}
