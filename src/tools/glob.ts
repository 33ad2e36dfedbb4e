/** glob: files by name. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { defineTool, type Tool } from "../core/tool.ts";
import { fileFilter } from "./file-filter.ts";
import { answering, refuse } from "./outcome.ts";
import { absolute, missing, shown, touchedPaths } from "./paths.ts";
import { type RipgrepEnvironment, ripgrep, SEARCH_TIMEOUT_MS } from "./ripgrep.ts";
import { headOf, MAX_BYTES, MAX_LINE_CHARS, plural } from "./truncate.ts";

/** Most paths of one answer. */
export const MAX_FILES = 500;

/** Makes the glob tool. `env` is what ripgrep's process gets. */
export function makeGlobTool({ env }: { env: RipgrepEnvironment }): Tool {
  return defineTool({
    name: "glob",
    description: `Find files by name, for example "src/**/*.ts". Ignored files (.gitignore) are left out. At most ${MAX_FILES} paths, sorted.`,
    input: z.object({ pattern: z.string().min(1), path: z.string().optional().describe("Folder") }),
    access: "read",
    intent: ({ pattern, path = "." }, cwd) => ({
      summary: `glob ${pattern}`,
      paths: touchedPaths(cwd, fileFilter(absolute(cwd, path), pattern).root),
    }),
    run: ({ pattern, path = "." }, { cwd, signal }) =>
      answering(async () => {
        const filter = fileFilter(absolute(cwd, path), pattern);
        if (!(await isFolder(filter.root))) throw await missing(cwd, filter.root);
        const found: string[] = [];
        const { stopped } = await ripgrep(
          ["--files", "--null", "--sort=path", ...filter.args, "."],
          { cwd: filter.root, env, signal, separator: "\0" },
          (record) => found.push(shown(cwd, join(filter.root, record))) <= MAX_FILES,
        );
        const head = headOf(found, { lines: MAX_FILES, bytes: MAX_BYTES, lineChars: MAX_LINE_CHARS });
        const notes = [
          ...(stopped === "timeout" ? [`Stopped after ${SEARCH_TIMEOUT_MS / 1000} s.`] : []),
          ...(head.kept < found.length
            ? [`Only the first ${head.kept}; there are more. Narrow the pattern.`]
            : []),
        ];
        return {
          output: found.length === 0 ? "No files." : head.text,
          ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
          display: [{ type: "text", text: `${pattern}: ${plural(head.kept, "file")}` }],
          ...(notes.length > 0 && { facts: { truncated: true } }),
        };
      }),
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch {
    return false;
  }
  throw refuse(`${path} is a file, not a folder.`);
}
