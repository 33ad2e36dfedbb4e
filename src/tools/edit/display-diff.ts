/** What people see of a changed file: a unified diff, bounded. */
import { formatPatch, structuredPatch } from "diff";
import type { Display } from "../../core/tool.ts";
import { formatBytes, plural } from "../truncate.ts";
import { withLf } from "./lines.ts";

/** Lines around a change. */
const CONTEXT = 3;
/** Changes beyond this many are not worth the search for the shortest diff; the file counts as rewritten. */
const MAX_CHANGES = 5_000;
/** Most bytes of a diff that is kept for display. */
const MAX_DIFF_BYTES = 200 * 1024;

/** The diff of one file, or a sentence where the diff would be too large to be read. */
export function displayDiff(path: string, before: string, after: string): Display {
  const patch = structuredPatch(path, path, withLf(before), withLf(after), undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MAX_CHANGES,
  });
  if (patch === undefined) return tooLarge(path, before, after);
  let added = 0;
  let removed = 0;
  for (const { lines } of patch.hunks) {
    for (const line of lines) {
      if (line.startsWith("+")) added += 1;
      else if (line.startsWith("-")) removed += 1;
    }
  }
  const text = formatPatch(patch);
  if (text.length > MAX_DIFF_BYTES) return tooLarge(path, before, after);
  return { type: "diff", path, patch: text, added, removed };
}

function tooLarge(path: string, before: string, after: string): Display {
  const lines = (text: string) => plural(text.split("\n").length, "line");
  return {
    type: "text",
    text: `${path}: rewritten, ${lines(before)} before, ${lines(after)} after (${formatBytes(Buffer.byteLength(after))}); too large a diff to show.`,
  };
}
