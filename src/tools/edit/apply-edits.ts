/** Applies a list of replacements to a file's text, all or none, each to the outcome of the one before. */
import { diffArrays } from "diff";
import { refuse } from "../outcome.ts";
import {
  applySplices,
  emit,
  endingAround,
  type LineOp,
  type Lines,
  lineStarts,
  type Splice,
  splitLines,
  withLf,
} from "./lines.ts";
import { findText, type Match, type Tier, withoutQuoteEscapes } from "./match.ts";
import { describeNearest } from "./nearest.ts";
import { type IndentPair, indentOf, reindent } from "./reindent.ts";
import { type Source, toEncoding } from "./source.ts";

/** One replacement. `all` replaces every place the text stands instead of refusing more than one. */
export type Edit = { oldText: string; newText: string; all: boolean };

/** What one edit did. Lines are 1-based, in the file as the edits before had left it. */
export type AppliedEdit = { tier: Tier; lines: number[] };

/** Most line numbers an answer lists. */
const LISTED = 10;

/**
 * Applies the edits in order.
 * @throws TauError saying which edit could not be applied and why; the file is then to stay as it is.
 */
export function applyEdits(
  source: Source,
  edits: readonly Edit[],
): { source: Source; applied: AppliedEdit[] } {
  let text = source.text;
  const applied: AppliedEdit[] = [];
  edits.forEach((edit, index) => {
    const which = edits.length === 1 ? "" : `Edit ${index + 1} of ${edits.length}: `;
    const outcome = applyEdit({ ...source, text }, edit, which);
    text = outcome.text;
    applied.push(outcome.applied);
  });
  return { source: { ...source, text }, applied };
}

function applyEdit(source: Source, edit: Edit, which: string): { text: string; applied: AppliedEdit } {
  let { oldText, newText } = inFile(source, edit, which);
  if (oldText === "")
    throw refuse(
      `${which}The text to replace is empty.`,
      "Quote the text to change; to write a whole file use write.",
    );
  if (withLf(oldText) === withLf(newText))
    throw refuse(`${which}Nothing to change: the old and the new text are the same.`);
  const lines = splitLines(source.text);
  let found = findText(lines.lines, oldText, source.encoding !== "bytes");
  const unescaped = found === null && source.encoding !== "bytes" ? withoutQuoteEscapes(oldText) : null;
  if (unescaped !== null && (found = findText(lines.lines, unescaped, true)) !== null) {
    found = { ...found, tier: "quote escapes" };
    oldText = unescaped;
    newText = withoutQuoteEscapes(newText) ?? newText;
  }
  if (found === null)
    throw refuse(`${which}The text was not found.`, describeNearest(lines.lines, withLf(oldText)));
  const matches = edit.all ? withoutOverlap(found.matches) : found.matches;
  if (!edit.all && matches.length > 1) {
    throw refuse(
      `${which}The text stands in ${matches.length} places${found.tier === "exact" ? "" : ` (ignoring ${found.tier})`}: lines ${lineList(matches)}.`,
      "Add lines around it until it is unique, or set replace_all.",
    );
  }
  const starts = lineStarts(lines);
  const oldSegments = withLf(oldText).split("\n");
  const newSegments = withLf(newText).split("\n");
  const { tier } = found;
  const splices = matches.map((match) => splice(lines, starts, match, tier, oldSegments, newSegments));
  const text = applySplices(source.text, splices);
  if (text === source.text) throw refuse(`${which}Nothing to change: the file already says so.`);
  return { text, applied: { tier, lines: matches.map(({ line }) => line + 1) } };
}

/** The edit's texts as they would stand in the file. */
function inFile(source: Source, edit: Edit, which: string): { oldText: string; newText: string } {
  // Half of a surrogate pair would match, and cut, a character that is whole in the file.
  if (/\p{Surrogate}/u.test(`${edit.oldText}\n${edit.newText}`))
    throw refuse(`${which}The text holds half a surrogate pair.`, "Write the whole character.");
  const oldText = toEncoding(source.encoding, edit.oldText);
  const newText = toEncoding(source.encoding, edit.newText);
  if (newText === null)
    throw refuse(
      `${which}The file is ${source.encoding}, which cannot hold a character of the new text.`,
      "Use characters of that encoding, or convert the file first.",
    );
  if (oldText === null)
    throw refuse(`${which}The text was not found: the file is ${source.encoding} and cannot hold it.`);
  return { oldText, newText };
}

function splice(
  lines: Lines,
  starts: readonly number[],
  match: Match,
  tier: Tier,
  oldSegments: readonly string[],
  newSegments: readonly string[],
): Splice {
  const last = match.line + match.count - 1;
  const start = (starts[match.line] ?? 0) + match.column;
  const end = (starts[last] ?? 0) + match.endColumn;
  const segments = lines.lines.slice(match.line, last + 1);
  segments[match.count - 1] = (segments[match.count - 1] ?? "").slice(0, match.endColumn);
  segments[0] = (segments[0] ?? "").slice(match.column);
  // A lax match is of whole lines: it may lack the line break the model's text ends with, and where only the old text
  // ends with one the next line is not to be joined (a blank one may have been meant by that line break).
  const wanted = oldSegments.length > match.count ? oldSegments.slice(0, match.count) : oldSegments;
  let wished = newSegments;
  if (tier !== "exact" && oldSegments.at(-1) === "" && oldSegments.length > 1) {
    const open = newSegments.at(-1) === "";
    if (wanted !== oldSegments && open && newSegments.length > 1) wished = newSegments.slice(0, -1);
    else if (wanted === oldSegments && !open && (lines.lines[last] ?? "").trim() !== "")
      wished = [...newSegments, ""];
  }
  const ops = opsBetween(wanted, wished);
  const moved = tier === "exact" || tier === "trailing space" ? ops : moveIndent(ops, wanted, segments);
  const eol = endingAround(lines, match.line, last + 1);
  return { start, end, text: emit(moved, segments, lines.eols.slice(match.line, last), eol) };
}

/** The new segments as those of the old that stay (and keep the file's bytes), go, and come. */
function opsBetween(before: readonly string[], after: readonly string[]): LineOp[] {
  return diffArrays([...before], [...after]).flatMap(({ value, added, removed }) =>
    value.map((text): LineOp => (added ? { op: "add", text } : { op: removed ? "drop" : "keep" })),
  );
}

/** Indents added lines as the lines they stand among are indented in the file. */
export function moveIndent(
  ops: readonly LineOp[],
  wanted: readonly string[],
  actual: readonly string[],
): LineOp[] {
  const pairs: IndentPair[] = [];
  const pairAt: number[] = [];
  wanted.forEach((line, i) => {
    pairAt.push(pairs.length);
    const indent = indentOf(line);
    if (indent.length < line.length) pairs.push({ wanted: indent, actual: indentOf(actual[i] ?? "") });
  });
  let at = 0;
  let run = 0;
  let added = 0;
  return ops.map((op) => {
    if (op.op === "add") {
      // The nth line of a replacement stands nearest to the nth line it replaces.
      const near = Math.min(run + added, Math.max(run, at - 1), wanted.length - 1);
      added += 1;
      return { op: "add", text: reindent(op.text, pairs, pairAt[near] ?? 0) };
    }
    if (op.op === "drop" && added > 0) run = at;
    at += 1;
    if (op.op === "keep") run = at;
    added = 0;
    return op;
  });
}

function withoutOverlap(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  for (const match of matches) {
    const before = kept.at(-1);
    if (before === undefined || isAfter(before, match)) kept.push(match);
  }
  return kept;
}

function isAfter(before: Match, match: Match): boolean {
  const lastLine = before.line + before.count - 1;
  return match.line > lastLine || (match.line === lastLine && match.column >= before.endColumn);
}

function lineList(matches: readonly Match[]): string {
  const numbers = matches.slice(0, LISTED).map(({ line }) => String(line + 1));
  if (matches.length > LISTED) numbers.push(`and ${matches.length - LISTED} more`);
  return numbers.join(", ");
}
