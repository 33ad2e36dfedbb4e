/** The git branch of a folder, read from git's own files: asking git itself takes some 5 ms of a start. */
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemCode } from "../core/errors.ts";

/** The branch that is checked out in the work tree `root`; null on none, or where there is no git. */
export function gitBranch(root: string): string | null {
  try {
    const place = join(root, ".git");
    // In a linked work tree or a submodule `.git` is a file that names the folder (gitrepository-layout(5)).
    const folder = statSync(place).isDirectory()
      ? place
      : resolve(root, /^gitdir: (.+)/.exec(readFileSync(place, "utf8"))?.[1]?.trim() ?? place);
    const head = readFileSync(join(folder, "HEAD"), "utf8");
    return /^ref: refs\/heads\/(.+)/.exec(head)?.[1]?.trim() ?? null;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
