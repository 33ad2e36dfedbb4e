/** read: a range of a text file, a picture, or the text of a PDF. */
import * as z from "zod";
import { defineTool, type Tool } from "../core/tool.ts";
import type { FileState } from "./file-state.ts";
import { answering } from "./outcome.ts";
import { absolute, shown, touchedPaths } from "./paths.ts";
import { MAX_BYTES, MAX_IMAGE_BYTES, MAX_LINE_CHARS, MAX_LINES, MAX_PDF_PAGES } from "./truncate.ts";

/**
 * Makes the read tool of a session. Lines come without numbers: they cost a tenth of the tokens, models copy them into
 * the text they want replaced, and edits go by text; the note and grep give the numbers that are needed.
 */
export function makeReadTool({ files }: { files: FileState }): Tool {
  return defineTool({
    name: "read",
    description: `Read a file: text, an image (png, jpeg, gif, webp up to ${MAX_IMAGE_BYTES / 1024 / 1024} MB), or the text of a PDF (offset and limit are then pages, at most ${MAX_PDF_PAGES}). At most ${MAX_LINES} lines or ${MAX_BYTES / 1024} KB; lines are cut at ${MAX_LINE_CHARS} characters. The note tells where to go on.`,
    input: z.object({
      path: z.string().min(1),
      offset: z.int().min(1).optional().describe("First line, from 1"),
      limit: z.int().min(1).optional().describe("Number of lines"),
    }),
    access: "read",
    intent: ({ path, offset }, cwd) => ({
      summary: `read ${shown(cwd, absolute(cwd, path))}${offset === undefined ? "" : ` from line ${offset}`}`,
      paths: touchedPaths(cwd, path),
    }),
    run: ({ path, offset = 1, limit }, { cwd, signal }) =>
      answering(async () => {
        const { readPath } = await import("./read-file.ts");
        return readPath(files, cwd, absolute(cwd, path), { offset, limit: limit ?? null }, signal);
      }),
  });
}
