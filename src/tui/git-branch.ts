/** The branch a folder is on, read from git's own files: no command runs for a footer. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The branch of the repository around a folder, the beginning of the commit where none is checked out, else null. */
export function gitBranch(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const head = headOf(at);
    if (head !== null) return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? head.slice(0, 8);
    if (dirname(at) === at) return null;
  }
}

/** What `HEAD` says; in a linked working tree `.git` is a file that tells where it is (gitrepository-layout). */
function headOf(folder: string): string | null {
  const direct = textOf(join(folder, ".git", "HEAD"));
  if (direct !== null) return direct;
  const [, elsewhere] = /^gitdir: (.+)$/.exec(textOf(join(folder, ".git")) ?? "") ?? [];
  return elsewhere === undefined ? null : textOf(join(resolve(folder, elsewhere), "HEAD"));
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null; // not there, or not a file: then this is no repository
  }
}
