/** The work of the read tool: looks at what a file is, and reads it the way that fits. */
import type { FileHandle } from "node:fs/promises";
import { open, stat } from "node:fs/promises";
import { systemCode } from "../core/errors.ts";
import type { ImagePart } from "../core/message.ts";
import type { ToolResult } from "../core/tool.ts";
import { splitLines } from "./edit/lines.ts";
import { MAX_EDIT_BYTES } from "./edit/load.ts";
import { decode, readable } from "./edit/source.ts";
import { type FileState, hashOf } from "./file-state.ts";
import { binaryKind, imageType, isPdf } from "./file-type.ts";
import { refuse } from "./outcome.ts";
import { missing, realTarget, shown } from "./paths.ts";
import { CUT, type LineRange, streamLines } from "./read-stream.ts";
import {
  formatBytes,
  headOf,
  MAX_BYTES,
  MAX_IMAGE_BYTES,
  MAX_LINE_CHARS,
  MAX_LINES,
  MAX_PDF_BYTES,
  MAX_PDF_PAGES,
  plural,
} from "./truncate.ts";

/** How much of a file decides what it is. */
const SNIFFED = 8 * 1024;

/** Reads a path. @throws TauError for what cannot be read. */
export async function readPath(
  files: FileState,
  cwd: string,
  path: string,
  range: LineRange,
  signal: AbortSignal,
): Promise<ToolResult> {
  const name = shown(cwd, path);
  const real = realTarget(path);
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(real);
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw await missing(cwd, path);
    throw error;
  }
  if (stats.isDirectory()) throw refuse(`${name} is a folder.`, "Use ls or glob.");
  // Opening a pipe or a device could block for ever or never end.
  if (!stats.isFile()) throw refuse(`${name} is not a regular file.`);
  const handle = await open(real, "r");
  try {
    const head = await headBytes(handle);
    const image = imageType(head);
    if (image !== null) return await readImage(handle, name, stats.size, image);
    if (isPdf(head)) return await readPdf(handle, name, stats.size, range);
    const kind = binaryKind(head);
    if (kind !== null) {
      throw refuse(
        `${name} is not text: ${kind}, ${formatBytes(stats.size)}.`,
        "Look into it with a command (file, strings, xxd).",
      );
    }
    if (stats.size > MAX_EDIT_BYTES) return await readLarge(handle, name, stats.size, head, range, signal);
    const bytes = await handle.readFile();
    const seen = { path: real, hash: hashOf(bytes) };
    const result = textResult(bytes, name, range);
    files.record(seen);
    return { ...result, facts: { files: [seen], ...result.facts } };
  } finally {
    await handle.close();
  }
}

async function headBytes(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED), 0, SNIFFED, 0);
  return buffer.subarray(0, bytesRead);
}

function textResult(bytes: Buffer, name: string, range: LineRange): ToolResult {
  const source = decode(bytes);
  const { lines } = splitLines(readable(source));
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) {
    return { output: "", note: "The file is empty.", display: [{ type: "text", text: `${name}: empty` }] };
  }
  if (range.offset > lines.length)
    throw refuse(`${name} has ${plural(lines.length, "line")}; there is no line ${range.offset}.`);
  const from = range.offset - 1;
  const wanted = lines.slice(from, from + Math.min(range.limit ?? MAX_LINES, MAX_LINES));
  const head = headOf(wanted, { lines: MAX_LINES, bytes: MAX_BYTES, lineChars: MAX_LINE_CHARS });
  const notes: string[] = [];
  const next = range.offset + head.kept;
  if (range.offset > 1 || next <= lines.length) {
    const more = next <= lines.length ? ` Go on with offset ${next}.` : "";
    notes.push(`Lines ${range.offset}-${next - 1} of ${lines.length}.${more}`);
  }
  if (head.shortened > 0)
    notes.push(`${plural(head.shortened, "line")} cut at ${MAX_LINE_CHARS} characters.`);
  if (source.encoding === "bytes")
    notes.push(
      "The file is not valid UTF-8: its invalid bytes are shown as U+FFFD; edits match around them.",
    );
  else if (source.encoding !== "utf-8") notes.push(`Encoding ${source.encoding}; edits keep it.`);
  return {
    output: head.text,
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
    display: [{ type: "text", text: `${name}: lines ${range.offset}-${next - 1} of ${lines.length}` }],
    ...((head.shortened > 0 || (next <= lines.length && head.kept !== range.limit)) && {
      facts: { truncated: true },
    }),
  };
}

async function readLarge(
  handle: FileHandle,
  name: string,
  size: number,
  head: Buffer,
  range: LineRange,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { lines, ended } = await streamLines(handle, head, range, signal);
  if (lines.length === 0) throw refuse(`${name} ends before line ${range.offset}.`);
  const kept = headOf(lines, { lines: MAX_LINES, bytes: MAX_BYTES, lineChars: MAX_LINE_CHARS + CUT.length });
  const next = range.offset + kept.kept;
  const more =
    ended && kept.kept === lines.length ? "It is the end of the file." : `Go on with offset ${next}.`;
  return {
    output: kept.text,
    note: `Lines ${range.offset}-${next - 1} of a file of ${formatBytes(size)}. ${more} Too large to edit here; grep finds places in it.`,
    display: [{ type: "text", text: `${name}: lines ${range.offset}-${next - 1} (${formatBytes(size)})` }],
    ...((kept.shortened > 0 || (kept.kept !== range.limit && !(ended && kept.kept === lines.length))) && {
      facts: { truncated: true },
    }),
  };
}

async function readImage(
  handle: FileHandle,
  name: string,
  size: number,
  mediaType: string,
): Promise<ToolResult> {
  if (size > MAX_IMAGE_BYTES) {
    throw refuse(
      `${name} is an image of ${formatBytes(size)}; at most ${formatBytes(MAX_IMAGE_BYTES)} can be shown.`,
      "Make a smaller copy with a command (for example magick or sips) and read that.",
    );
  }
  const data = (await handle.readFile()).toString("base64");
  const image: ImagePart = { type: "image", mediaType, data, name };
  const text = `${name}: ${mediaType}, ${formatBytes(size)}`;
  return { output: [{ type: "text", text }, image], display: [{ type: "text", text }] };
}

async function readPdf(
  handle: FileHandle,
  name: string,
  size: number,
  range: LineRange,
): Promise<ToolResult> {
  if (size > MAX_PDF_BYTES)
    throw refuse(
      `${name} is a PDF of ${formatBytes(size)}; at most ${formatBytes(MAX_PDF_BYTES)} are opened.`,
    );
  const { pdfPages } = await import("./read-pdf.ts");
  const count = Math.min(range.limit ?? MAX_PDF_PAGES, MAX_PDF_PAGES);
  const { pages, total } = await pdfPages(await handle.readFile(), name, range.offset, count);
  const text = pages.map((page, i) => `[page ${range.offset + i}]\n${page}`).join("\n\n");
  const kept = headOf(text.split("\n"), { lines: MAX_LINES, bytes: MAX_BYTES, lineChars: MAX_LINE_CHARS });
  const last = range.offset + pages.length - 1;
  const cut = kept.cutBy === null ? "" : ` Cut at the limit of ${kept.cutBy}; ask for fewer pages.`;
  const more = last < total ? ` Go on with offset ${last + 1}.` : "";
  return {
    output: kept.text,
    note: `Text of pages ${range.offset}-${last} of ${total}.${cut}${more}`,
    display: [{ type: "text", text: `${name}: PDF, pages ${range.offset}-${last} of ${total}` }],
    ...((kept.cutBy !== null || (last < total && pages.length !== range.limit)) && {
      facts: { truncated: true },
    }),
  };
}
