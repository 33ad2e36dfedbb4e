/**
 * Instruction files of a project: AGENTS.md, CLAUDE.md and GEMINI.md from the repository root down to the working
 * directory, within a byte budget. Near files win: when the budget is short, the general ones are cut first.
 */
import { readFile, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { messageOf, systemCode } from "../core/errors.ts";

/** Names looked for in each folder, in the order they are read. `AGENTS.override.md` stands in for `AGENTS.md`. */
const names = ["AGENTS.md", "CLAUDE.md", "GEMINI.md"] as const;

/** Bytes of all context files together when the settings do not say otherwise. */
export const defaultContextFileBytes = 32 * 1024;

/** One instruction file as it goes into the prompt. */
export type ContextFile = {
  /** Absolute. */
  path: string;
  /** What goes into the prompt; shortened when `truncated`. */
  text: string;
  /** Size on disk. */
  bytes: number;
  truncated: boolean;
};

/** The files found, most general first, and what could not be read. */
export type ContextFiles = { files: ContextFile[]; problems: string[] };

/**
 * Reads the instruction files of a user (`userFolder/AGENTS.md`) and of every folder from `root` to `cwd`.
 * A file that is the same file (symlink) or has the same text as one already taken, or only points to it
 * (`@AGENTS.md`), is left out.
 */
export async function readContextFiles(
  userFolder: string,
  root: string,
  cwd: string,
  maxBytes: number = defaultContextFileBytes,
): Promise<ContextFiles> {
  const problems: string[] = [];
  const found: { path: string; text: string }[] = [];
  const seenPaths = new Set<string>();
  const seenTexts = new Set<string>();
  const take = async (path: string): Promise<boolean> => {
    try {
      const real = await realpath(path);
      const text = (await readFile(real, "utf8")).trim();
      if (seenPaths.has(real) || seenTexts.has(text) || /^@\.?\/?(AGENTS|CLAUDE|GEMINI)\.md$/.test(text))
        return true;
      seenPaths.add(real);
      seenTexts.add(text);
      if (text) found.push({ path, text });
      return true;
    } catch (error) {
      if (systemCode(error) !== "ENOENT") problems.push(`${path} was not read: ${messageOf(error)}`);
      return false;
    }
  };
  await take(join(userFolder, "AGENTS.md"));
  for (const folder of foldersBetween(root, cwd)) {
    for (const name of names) {
      if (name === "AGENTS.md" && (await take(join(folder, "AGENTS.override.md")))) continue;
      await take(join(folder, name));
    }
  }
  return { files: withinBudget(found, maxBytes), problems };
}

function foldersBetween(root: string, cwd: string): string[] {
  const steps = relative(root, cwd);
  if (steps.startsWith("..")) return [cwd];
  const folders = [root];
  for (const step of steps.split(sep).filter(Boolean)) folders.push(join(folders.at(-1) ?? root, step));
  return folders;
}

/** Spends the budget from the most specific file backwards; a file is cut at its end, at a line break. */
function withinBudget(found: { path: string; text: string }[], maxBytes: number): ContextFile[] {
  let left = maxBytes;
  const fitted = found.toReversed().map(({ path, text }): ContextFile => {
    const bytes = Buffer.byteLength(text);
    if (bytes <= left) {
      left -= bytes;
      return { path, text, bytes, truncated: false };
    }
    const cut = Buffer.from(text).subarray(0, left).toString("utf8");
    left = 0;
    return { path, text: cut.slice(0, Math.max(0, cut.lastIndexOf("\n"))), bytes, truncated: true };
  });
  return fitted.toReversed();
}

/** How the section begins. */
export const contextFilesHeading = `# Project instructions

From files of the user and the project, the general ones first. Where they differ, later ones win.`;

/** The prompt section for the files; empty when there are none. Each is headed by its path, so sources are visible. */
export function contextFilesSection(files: readonly ContextFile[], root: string): string {
  if (files.length === 0) return "";
  const sections = files.map((file) => {
    const name = file.path.startsWith(dirname(root) + sep)
      ? relative(root, file.path) || file.path
      : file.path;
    const note = file.truncated ? `\n[cut: ${file.bytes} bytes in all; read the file for the rest]` : "";
    return `## ${name}\n\n${file.text}${note}`;
  });
  return `${contextFilesHeading}\n\n${sections.join("\n\n")}`;
}
