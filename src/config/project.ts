/** Finding the project a working directory belongs to. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The nearest folder at or above `cwd` that holds `.git` (a folder, or a file in worktrees and submodules);
 * `cwd` itself outside any repository.
 */
export function projectRoot(cwd: string): string {
  let folder = resolve(cwd);
  for (;;) {
    if (existsSync(join(folder, ".git"))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return resolve(cwd);
    folder = parent;
  }
}
