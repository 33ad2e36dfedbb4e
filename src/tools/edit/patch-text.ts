/** Applies the chunks of one file to its text. */
import { refuse } from "../outcome.ts";
import { moveIndent } from "./apply-edits.ts";
import { applySplices, emit, endingAround, type LineOp, lineStarts, splitLines } from "./lines.ts";
import type { Tier } from "./match.ts";
import { locateChunks, oldLines, type Placement } from "./patch-locate.ts";
import type { Chunk, PatchLine } from "./patch-parse.ts";
import { indentOf } from "./reindent.ts";
import { type Source, toEncoding } from "./source.ts";

/** Applies chunks. @throws TauError when one has no place or several. */
export function applyChunks(
  source: Source,
  chunks: readonly Chunk[],
  name: string,
): { text: string; tiers: Tier[] } {
  const { lines } = splitLines(source.text);
  // What follows the last line break is no line.
  const whole = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  const wanted = chunks.map((chunk) => ({
    ...chunk,
    lines: chunk.lines.map((line) => inFile(line, source, name)),
  }));
  const placed = locateChunks(whole, wanted, name);
  // From the last to the first, so that the places of the others stay right.
  let text = source.text;
  for (const placement of [...placed].reverse()) text = applyPlacement(text, placement);
  return { text, tiers: placed.map(({ tier }) => tier) };
}

function inFile(line: PatchLine, source: Source, name: string): PatchLine {
  const text = toEncoding(source.encoding, line.text);
  if (text !== null) return { ...line, text };
  if (line.kind === "add")
    throw refuse(`${name} is ${source.encoding}, which cannot hold a character of: ${line.text}`);
  return line;
}

function applyPlacement(text: string, { start, lines, tier }: Placement): string {
  const file = splitLines(text);
  const starts = lineStarts(file);
  const old = oldLines(lines);
  const end = start + old.length;
  const segments = file.lines.slice(start, end);
  const wanted = old.map((line, i) => formOf(line, segments[i] ?? ""));
  const ops: LineOp[] = lines.map((line) =>
    line.kind === "add" ? { op: "add", text: line.text } : { op: line.kind === "drop" ? "drop" : "keep" },
  );
  const moved = tier === "exact" || tier === "trailing space" ? ops : moveIndent(ops, wanted, segments);
  const eol = endingAround(file, start, end);
  const from = starts[start] ?? text.length;
  const body = emit(moved, segments, file.eols.slice(start, end - 1), eol);
  if (old.length === 0) {
    // Before a line, or after the last one of a file that does not end with a line break.
    const inserted = start < file.lines.length ? body + eol : eol + body;
    return applySplices(text, [{ start: from, end: from, text: inserted }]);
  }
  const to = (starts[end - 1] ?? 0) + (file.lines[end - 1] ?? "").length;
  if (ops.some(({ op }) => op !== "drop")) return applySplices(text, [{ start: from, end: to, text: body }]);
  // Nothing is left of the lines, so one line break goes with them: their own, or the one before the file's end.
  const own = file.eols[end - 1] ?? "";
  const before = own === "" && start > 0 ? (file.eols[start - 1] ?? "") : "";
  return applySplices(text, [{ start: from - before.length, end: to + own.length, text: "" }]);
}

/** Of the two ways to read a context line, the one indented like the file. */
function formOf(line: PatchLine, actual: string): string {
  if (line.kind !== "context") return line.text;
  return indentOf(line.bare) === indentOf(actual) ? line.bare : line.text;
}
