/**
 * Instruction files of a project: AGENTS.md, CLAUDE.md and GEMINI.md from the repository root down to the working
 * directory, within a byte budget. Near files win: when the budget is short, the general ones are cut first.
 */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { dirname, extname, join, relative, sep } from "node:path";
import { messageOf, systemCode } from "../core/errors.ts";

/**
 * Names looked for in each folder, in the order they are read. `AGENTS.override.md` stands in for `AGENTS.md`; the local
 * one is a person's own and stays out of the repository.
 */
const names = ["AGENTS.md", "CLAUDE.md", "GEMINI.md", "AGENTS.local.md"] as const;

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

type Found = { path: string; text: string; bytes: number };

/**
 * Reads the instruction files of a user (`userFolder/AGENTS.md`) and of every folder from `root` to `cwd`.
 * A file that is the same file (symlink) or has the same text as one already taken, or only points to it
 * (`@AGENTS.md`), is left out.
 */
export function readContextFiles(
  userFolder: string,
  root: string,
  cwd: string,
  maxBytes: number = defaultContextFileBytes,
): ContextFiles {
  const problems: string[] = [];
  const found: Found[] = [];
  const seenPaths = new Set<string>();
  const seenTexts = new Set<string>();
  const take = (path: string): boolean => {
    try {
      const real = realpathSync.native(path);
      if (seenPaths.has(real)) return true;
      const file = readStart(real, maxBytes);
      if (seenTexts.has(file.text) || /^@\.?\/?(AGENTS|CLAUDE|GEMINI)\.md$/.test(file.text)) return true;
      seenPaths.add(real);
      seenTexts.add(file.text);
      if (file.text) found.push({ path, ...file });
      return true;
    } catch (error) {
      if (systemCode(error) !== "ENOENT") problems.push(`${path} was not read: ${messageOf(error)}`);
      return false;
    }
  };
  take(join(userFolder, "AGENTS.md"));
  for (const folder of foldersBetween(root, cwd)) {
    for (const name of names) {
      if (name === "AGENTS.md" && take(join(folder, "AGENTS.override.md"))) continue;
      take(join(folder, name));
    }
  }
  return { files: withinBudget(found, maxBytes), problems };
}

/** The beginning of a text file, no more of it than the budget could take. */
function readStart(path: string, maxBytes: number): { text: string; bytes: number } {
  // A repository must not have the user's keys sent to a model by a link with an innocent name.
  if (extname(path).toLowerCase() !== ".md") throw new Error(`it leads to ${path}, which is not a .md file`);
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error("it is not a file");
    const buffer = Buffer.alloc(Math.min(stats.size, maxBytes));
    const start = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
    if (start.includes(0)) throw new Error("it is not text");
    return { text: start.toString("utf8").trim(), bytes: stats.size };
  } finally {
    closeSync(file);
  }
}

function foldersBetween(root: string, cwd: string): string[] {
  const steps = relative(root, cwd);
  if (steps.startsWith("..")) return [cwd];
  const folders = [root];
  for (const step of steps.split(sep).filter(Boolean)) folders.push(join(folders.at(-1) ?? root, step));
  return folders;
}

/** Spends the budget from the most specific file backwards; a file is cut at its end, at a line break. */
function withinBudget(found: readonly Found[], maxBytes: number): ContextFile[] {
  let left = maxBytes;
  const fitted = found.toReversed().map(({ path, text, bytes }): ContextFile => {
    const size = Buffer.byteLength(text);
    // White space at the ends is not missed.
    const whole = bytes <= maxBytes;
    if (whole && size <= left) {
      left -= size;
      return { path, text, bytes, truncated: false };
    }
    const cut = Buffer.from(text).subarray(0, left).toString("utf8");
    left -= Math.min(left, size);
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
