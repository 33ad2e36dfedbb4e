/** ls: the names in one folder. */
import { opendir } from "node:fs/promises";
import * as z from "zod";
import { systemCode } from "../core/errors.ts";
import { defineTool, type Tool } from "../core/tool.ts";
import { answering, refuse } from "./outcome.ts";
import { absolute, missing, shown, touchedPaths } from "./paths.ts";
import { headOf, MAX_BYTES, plural } from "./truncate.ts";

/** Most names shown, and most entries looked at in a folder that has more than anyone can use. */
export const MAX_NAMES = 500;
const MAX_SCANNED = 100_000;
/** The longest name file systems allow is 255 bytes. */
const NAME_CHARS = 300;

/** Makes the ls tool. */
export function makeLsTool(): Tool {
  return defineTool({
    name: "ls",
    description: `List a folder, hidden names too: "/" marks folders, "@" links. At most ${MAX_NAMES} names, sorted.`,
    input: z.object({ path: z.string().optional() }),
    access: "read",
    intent: ({ path = "." }, cwd) => ({
      summary: `ls ${shown(cwd, absolute(cwd, path))}`,
      paths: touchedPaths(cwd, path),
    }),
    run: ({ path = "." }, { cwd, signal }) =>
      answering(async () => {
        const folder = absolute(cwd, path);
        const { names, more } = await namesIn(cwd, folder, signal);
        const head = headOf(names, { lines: MAX_NAMES, bytes: MAX_BYTES, lineChars: NAME_CHARS });
        const total = `${more ? "more than " : ""}${plural(names.length, "entry", "entries")}`;
        const cut = head.kept < names.length || more;
        return {
          output: names.length === 0 ? "The folder is empty." : head.text,
          ...(cut
            ? {
                note: `The first ${plural(head.kept, "name")} of ${total}. Use glob to find names by pattern.`,
              }
            : {}),
          display: [{ type: "text", text: `${shown(cwd, folder)}: ${total}` }],
          ...(cut && { facts: { truncated: true } }),
        };
      }),
  });
}

async function namesIn(
  cwd: string,
  folder: string,
  signal: AbortSignal,
): Promise<{ names: string[]; more: boolean }> {
  try {
    const names: string[] = [];
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      if (names.length === MAX_SCANNED) return { names: names.sort(), more: true };
      signal.throwIfAborted();
      names.push(entry.name + (entry.isDirectory() ? "/" : entry.isSymbolicLink() ? "@" : ""));
    }
    return { names: names.sort(), more: false };
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw await missing(cwd, folder);
    if (systemCode(error) === "ENOTDIR") throw refuse(`${shown(cwd, folder)} is a file.`, "Use read.");
    throw error;
  }
}
