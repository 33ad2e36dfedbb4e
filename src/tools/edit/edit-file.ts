/** The work of the edit tool: load, guard, change, replace. */
import type { Display, ToolResult } from "../../core/tool.ts";
import { type FileState, fileFacts, hashOf } from "../file-state.ts";
import { shown } from "../paths.ts";
import { plural } from "../truncate.ts";
import { type AppliedEdit, applyEdits, type Edit } from "./apply-edits.ts";
import { replaceFile } from "./atomic-write.ts";
import { displayDiff } from "./display-diff.ts";
import { load, requireFresh } from "./load.ts";
import { decode, encode } from "./source.ts";

/** Most line numbers an answer names. */
const LISTED = 20;

/** Edits a file that the session has read. The caller holds the file's lock. @throws TauError; nothing is then written. */
export async function editFile(
  files: FileState,
  cwd: string,
  path: string,
  edits: readonly Edit[],
): Promise<ToolResult> {
  const name = shown(cwd, path);
  const file = await load(cwd, path);
  requireFresh(files, file, name, "read");
  const before = decode(file.bytes);
  const { source, applied } = applyEdits(before, edits);
  const bytes = encode(source);
  await replaceFile(file.real, bytes, file.keep);
  const seen = { path: file.real, hash: hashOf(bytes) };
  files.record(seen);
  const note = laxNote(applied);
  return {
    output: `Edited ${name}: ${summary(applied)}.`,
    ...(note === null ? {} : { note }),
    display: [displayDiff(name, before.text, source.text)],
    facts: { ...fileFacts([seen]), tiers: applied.map(({ tier }) => tier) },
  };
}

/** What the edits would change. @throws TauError when they cannot be applied. */
export async function previewEdit(cwd: string, path: string, edits: readonly Edit[]): Promise<Display[]> {
  const before = decode((await load(cwd, path)).bytes);
  return [displayDiff(shown(cwd, path), before.text, applyEdits(before, edits).source.text)];
}

function summary(applied: readonly AppliedEdit[]): string {
  const lines = applied.flatMap((edit) => edit.lines);
  const more = lines.length > LISTED ? ", …" : "";
  return `${plural(lines.length, "replacement")} at line ${lines.slice(0, LISTED).join(", ")}${more}`;
}

/** What the model should know when its quotation was not exact. */
function laxNote(applied: readonly AppliedEdit[]): string | null {
  const lax = [...new Set(applied.map(({ tier }) => tier).filter((tier) => tier !== "exact"))];
  if (lax.length === 0) return null;
  return `Matched ignoring ${lax.join(", ")}; new lines were indented as the file is.`;
}
