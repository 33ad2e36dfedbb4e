/** The work of the write tool: a whole new text, in the old file's encoding, byte order mark and line endings. */
import type { Display, ToolResult } from "../../core/tool.ts";
import { type FileState, fileFacts, hashOf } from "../file-state.ts";
import { realTarget, shown } from "../paths.ts";
import { formatBytes, plural } from "../truncate.ts";
import { replaceFile } from "./atomic-write.ts";
import { displayDiff } from "./display-diff.ts";
import { mostCommon, splitLines, withLf } from "./lines.ts";
import { loadIfPresent, requireFresh } from "./load.ts";
import { decode, encode, type Source, toEncoding } from "./source.ts";

/**
 * Writes a file, and over an existing one only if the session knows what it holds. The caller holds the file's lock.
 * @throws TauError; nothing is then written.
 */
export async function writeFile(
  files: FileState,
  cwd: string,
  path: string,
  content: string,
): Promise<ToolResult> {
  const name = shown(cwd, path);
  const file = await loadIfPresent(cwd, path);
  // An empty file holds nothing that could be lost.
  if (file !== null && file.bytes.length > 0) requireFresh(files, file, name, "read");
  const before = file === null ? null : decode(file.bytes);
  const { source, note } = rewritten(before, content);
  const bytes = encode(source);
  const seen = { path: file?.real ?? realTarget(path), hash: hashOf(bytes) };
  await replaceFile(seen.path, bytes, file?.keep ?? { mode: null, owner: null });
  files.record(seen);
  const lines = splitLines(content).eols.length + (content === "" || /[\r\n]$/.test(content) ? 0 : 1);
  return {
    output: `${file === null ? "Created" : "Rewrote"} ${name}: ${plural(lines, "line")}, ${formatBytes(bytes.length)}.`,
    ...(note === null ? {} : { note }),
    display: [displayDiff(name, before?.text ?? "", source.text)],
    facts: { ...fileFacts([seen]), created: file === null },
  };
}

/** What writing the content would change. @throws TauError when it cannot be written there. */
export async function previewWrite(cwd: string, path: string, content: string): Promise<Display[]> {
  const file = await loadIfPresent(cwd, path);
  const before = file === null ? null : decode(file.bytes);
  return [displayDiff(shown(cwd, path), before?.text ?? "", rewritten(before, content).source.text)];
}

/**
 * The content as it is to be written. The model is shown text without carriage returns and byte order marks, so a file
 * that had them gets them back; `note` says so.
 */
function rewritten(before: Source | null, content: string): { source: Source; note: string | null } {
  if (before === null || before.text === "")
    return { source: { encoding: "utf-8", bom: before?.bom ?? false, text: content }, note: null };
  const kept: string[] = [];
  const eol = mostCommon(splitLines(before.text).eols) ?? "\n";
  let text = content;
  if (eol !== "\n" && !content.includes("\r")) {
    text = withLf(content).replaceAll("\n", eol);
    kept.push(eol === "\r\n" ? "CRLF line endings" : "CR line endings");
  }
  if (before.bom) kept.push("byte order mark");
  const encodable = before.encoding !== "bytes" && toEncoding(before.encoding, text) !== null;
  if (!encodable)
    return {
      source: { encoding: "utf-8", bom: false, text },
      note: `The file was ${before.encoding === "bytes" ? "not valid UTF-8" : before.encoding}; it is UTF-8 now.`,
    };
  if (before.encoding !== "utf-8") kept.push(`encoding ${before.encoding}`);
  return {
    source: { encoding: before.encoding, bom: before.bom, text },
    note: kept.length === 0 ? null : `Kept the file's ${kept.join(", ")}.`,
  };
}
