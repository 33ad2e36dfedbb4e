/** What people see of a changed file: a unified diff, bounded. */
import { formatPatch, structuredPatch } from "diff";
import type { Display } from "../../core/tool.ts";
import { formatBytes, plural } from "../truncate.ts";
import { withLf } from "./lines.ts";

/** Lines around a change. */
const CONTEXT = 3;
/** Beyond so many lines between the first and the last change, or so many changed ones, the file counts as rewritten. */
const MAX_MIDDLE = 50_000;
const MAX_CHANGES = 2_000;
/** Most characters of a diff that is kept for display. */
const MAX_DIFF_CHARS = 200 * 1024;

/** The diff of one file, or a sentence where the diff would be too large to be read. */
export function displayDiff(path: string, before: string, after: string): Display {
  const middle = withoutEqualEnds(withLf(before), withLf(after));
  if (Math.max(countLines(middle.before), countLines(middle.after)) > MAX_MIDDLE)
    return tooLarge(path, before, after);
  const patch = structuredPatch(path, path, middle.before, middle.after, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MAX_CHANGES,
  });
  if (patch === undefined) return tooLarge(path, before, after);
  let added = 0;
  let removed = 0;
  for (const hunk of patch.hunks) {
    hunk.oldStart += middle.skipped;
    hunk.newStart += middle.skipped;
    for (const line of hunk.lines) {
      if (line.startsWith("+")) added += 1;
      else if (line.startsWith("-")) removed += 1;
    }
  }
  const text = formatPatch(patch);
  if (text.length > MAX_DIFF_CHARS) return tooLarge(path, before, after);
  return { type: "diff", path, patch: text, added, removed };
}

/**
 * Takes off equal lines at both ends, but for the context a diff shows: the library looks at every line of both files,
 * which for one edit in a large one is nearly all of its time. `skipped` is how many lines went from the front.
 */
function withoutEqualEnds(before: string, after: string): { before: string; after: string; skipped: number } {
  const most = Math.min(before.length, after.length);
  let front = 0;
  while (front < most && before.charCodeAt(front) === after.charCodeAt(front)) front += 1;
  let back = 0;
  while (
    back < most - front &&
    before.charCodeAt(before.length - 1 - back) === after.charCodeAt(after.length - 1 - back)
  )
    back += 1;
  const start = lineBreakBefore(before, front, CONTEXT + 1);
  const end = before.length - lineBreakAfter(before, before.length - back, CONTEXT + 1);
  return {
    before: before.slice(start, before.length - end),
    after: after.slice(start, after.length - end),
    skipped: countLines(before.slice(0, start)),
  };
}

/** The start of the line that is `lines` line breaks before `at`. */
function lineBreakBefore(text: string, at: number, lines: number): number {
  let start = at;
  for (let n = 0; n < lines && start > 0; n += 1) start = text.lastIndexOf("\n", start - 1);
  return start <= 0 ? 0 : start + 1;
}

/** The end of the line that is `lines` line breaks after `at`. */
function lineBreakAfter(text: string, at: number, lines: number): number {
  let end = at;
  for (let n = 0; n < lines; n += 1) {
    const next = text.indexOf("\n", end);
    if (next === -1) return text.length;
    end = next + 1;
  }
  return end;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function tooLarge(path: string, before: string, after: string): Display {
  const lines = (text: string) => plural(countLines(text), "line");
  return {
    type: "text",
    text: `${path}: rewritten, ${lines(before)} before, ${lines(after)} after (${formatBytes(Buffer.byteLength(after))}); too large a diff to show.`,
  };
}
