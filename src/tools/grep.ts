/** grep: text in files, through ripgrep. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { systemCode } from "../core/errors.ts";
import { defineTool, type Tool } from "../core/tool.ts";
import { fileFilter } from "./file-filter.ts";
import { answering } from "./outcome.ts";
import { absolute, missing, shown, touchedPaths } from "./paths.ts";
import { type RipgrepEnvironment, ripgrep, SEARCH_TIMEOUT_MS } from "./ripgrep.ts";
import { clipLine, headOf, MAX_BYTES, plural } from "./truncate.ts";

/** Most matching lines (or files) of one answer when the call does not say. */
export const DEFAULT_MATCHES = 100;
/** Most matching lines (or files) a call may ask for. */
export const MAX_MATCHES = 1_000;
/** Most characters shown of a line. */
export const MATCH_CHARS = 500;
/** Most lines shown around a match. */
export const MAX_CONTEXT = 10;

/** Makes the grep tool. `env` is what ripgrep's process gets. */
export function makeGrepTool({ env }: { env: RipgrepEnvironment }): Tool {
  return defineTool({
    name: "grep",
    description: `Search file contents with a regular expression (ripgrep syntax; "\\n" in it matches across lines). Ignored and binary files are left out. Prints path:line:text, lines cut at ${MATCH_CHARS} characters, sorted by path, at most limit (${DEFAULT_MATCHES}, up to ${MAX_MATCHES}) matches and ${MAX_BYTES / 1024} KB.`,
    input: z.object({
      pattern: z.string().min(1),
      path: z.string().optional().describe("File or folder"),
      glob: z.string().optional().describe("Only these files"),
      ignore_case: z.boolean().optional(),
      literal: z.boolean().optional().describe("Not a regex"),
      context: z.int().min(0).max(MAX_CONTEXT).optional(),
      files_only: z.boolean().optional().describe("Only paths"),
      limit: z.int().min(1).max(MAX_MATCHES).optional(),
    }),
    access: "read",
    intent: ({ pattern, path = "." }, cwd) => ({
      summary: `grep ${clipLine(pattern, 80)} in ${shown(cwd, absolute(cwd, path))}`,
      paths: touchedPaths(cwd, path),
    }),
    run: (input, { cwd, signal }) =>
      answering(async () => {
        const place = await placeOf(cwd, absolute(cwd, input.path ?? "."), input.glob);
        const limit = input.limit ?? DEFAULT_MATCHES;
        const filesOnly = input.files_only === true;
        const lines: string[] = [];
        let matches = 0;
        const { stopped, problems } = await ripgrep(
          [...flags(input), ...place.args, "--regexp", input.pattern, "--", place.target],
          { cwd: place.root, env, signal, separator: filesOnly ? "\0" : "\n" },
          (record) => {
            const parsed = filesOnly ? { path: record, rest: "", isMatch: true } : parseLine(record);
            if (parsed === null) {
              // Between groups of context ripgrep prints "--".
              if (record === "--" && matches < limit) lines.push(record);
              return true;
            }
            if (parsed.isMatch && matches === limit) {
              matches += 1;
              return false;
            }
            if (parsed.isMatch) matches += 1;
            const name = shown(cwd, join(place.root, parsed.path));
            lines.push(filesOnly ? name : name + clipLine(parsed.rest, MATCH_CHARS + 20));
            return true;
          },
        );
        const head = headOf(lines, { lines: lines.length, bytes: MAX_BYTES, lineChars: MATCH_CHARS + 1_000 });
        const what = filesOnly ? "file" : "match";
        const notes = [
          ...(stopped === "enough"
            ? [`Only the first ${plural(limit, what, filesOnly ? "files" : "matches")}; there are more.`]
            : []),
          ...(stopped === "timeout"
            ? [`Stopped after ${SEARCH_TIMEOUT_MS / 1000} s; there may be more.`]
            : []),
          ...(head.cutBy === null ? [] : [`Cut at ${MAX_BYTES / 1024} KB. Narrow the pattern or the path.`]),
          ...(problems === "" ? [] : [`Not everything could be read: ${clipLine(problems, 300)}`]),
        ];
        const total = plural(Math.min(matches, limit), what, filesOnly ? "files" : "matches");
        return {
          output: lines.length === 0 ? "No matches." : head.text,
          ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
          display: [{ type: "text", text: `${clipLine(input.pattern, 80)}: ${total}` }],
          ...((stopped !== null || head.cutBy !== null) && { facts: { truncated: true } }),
        };
      }),
  });
}

type Place = { root: string; target: string; args: string[] };

/** ripgrep runs in the folder searched, so that patterns for names are relative to it and paths come out short. */
async function placeOf(cwd: string, path: string, glob: string | undefined): Promise<Place> {
  try {
    if ((await stat(path)).isDirectory()) {
      const { root, args } = fileFilter(path, glob);
      await stat(root);
      return { root, args, target: "." };
    }
    return { root: dirname(path), args: [], target: `./${basename(path)}` };
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw await missing(cwd, path);
    throw error;
  }
}

function flags(input: {
  pattern: string;
  ignore_case?: boolean | undefined;
  literal?: boolean | undefined;
  context?: number | undefined;
  files_only?: boolean | undefined;
}): string[] {
  const multiline = input.literal !== true && /\\n|\n/.test(input.pattern);
  return [
    "--sort=path",
    "--null",
    // Look-around and back-references need the second engine; ripgrep chooses it only where they occur.
    "--engine=auto",
    ...(input.files_only === true
      ? ["--files-with-matches"]
      : [
          "--line-number",
          "--no-heading",
          "--with-filename",
          `--max-columns=${MATCH_CHARS}`,
          "--max-columns-preview",
        ]),
    ...(multiline ? ["--multiline"] : []),
    ...(input.ignore_case === true ? ["--ignore-case"] : []),
    ...(input.literal === true ? ["--fixed-strings"] : []),
    ...(input.context === undefined || input.files_only === true ? [] : [`--context=${input.context}`]),
  ];
}

/** `path NUL line : text` for a match, `path NUL line - text` for context. */
function parseLine(record: string): { path: string; rest: string; isMatch: boolean } | null {
  const parts = /^([^\0]*)\0(\d+)([:-])(.*)$/s.exec(record);
  if (parts === null) return null;
  const [, path = "", line = "", mark = "", text = ""] = parts;
  return { path, rest: `${mark}${line}${mark}${text.replace(/\r$/, "")}`, isMatch: mark === ":" };
}
