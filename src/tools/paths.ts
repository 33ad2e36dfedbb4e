/** Paths as the model writes them, as policy must see them, and as people read them. */
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { systemCode } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import { refuse } from "./outcome.ts";

/** The absolute form of a path in an input. A leading `@` (how people mention files) is not part of the name. */
export function absolute(cwd: string, path: string): string {
  return resolve(cwd, path.startsWith("@") ? path.slice(1) : path);
}

/** Whether `path` is `folder` or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Relative to `cwd` inside it, absolute elsewhere. */
export function shown(cwd: string, path: string): string {
  if (!isInside(cwd, path)) return path;
  const way = relative(cwd, path);
  return way === "" ? "." : way.split(sep).join("/");
}

/**
 * The paths a call on `path` touches, for policy: the path itself and, when symbolic links lead out of `cwd`, the place
 * they lead to. A link inside the project must not be a way round the rules for what lies outside.
 */
export function touchedPaths(cwd: string, path: string): string[] {
  const lexical = absolute(cwd, path);
  const real = nearestReal(lexical);
  if (real === null || real === lexical) return [lexical];
  const root = nearestReal(cwd) ?? cwd;
  const moved = isInside(cwd, lexical) && join(root, relative(cwd, lexical)) === real;
  return moved ? [lexical] : [lexical, real];
}

/** The real path, or null when only running the call can say what is wrong with it (loops, permissions, NUL bytes). */
function nearestReal(path: string): string | null {
  try {
    return realTarget(path);
  } catch {
    return null;
  }
}

/** Linux gives up after as many. */
const MAX_LINKS = 40;

/**
 * The file a path stands for after every symbolic link, whether it exists yet or not. A link whose target is missing
 * is followed too: writing to it creates the target, so that is what policy and locks must see.
 * @throws the file system's own error for loops and forbidden folders.
 */
export function realTarget(path: string): string {
  let head = path;
  let tail: string[] = [];
  for (let links = 0; links <= MAX_LINKS; ) {
    try {
      return join(realpathSync(head), ...tail);
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
    }
    if (lstatSync(head, { throwIfNoEntry: false })?.isSymbolicLink()) {
      head = resolve(dirname(head), readlinkSync(head));
      links += 1;
      continue;
    }
    const parent = dirname(head);
    if (parent === head) break;
    tail = [basename(head), ...tail];
    head = parent;
  }
  return path;
}

/** How many folder entries a "no such file" answer looks at for names it may suggest. */
const SCANNED = 20_000;

/** The refusal for a path that does not exist, with the nearest names that do. */
export async function missing(cwd: string, path: string): Promise<Error> {
  let folder = dirname(path);
  let wanted = basename(path);
  for (;;) {
    try {
      const names = (await readdir(folder)).slice(0, SCANNED);
      const near = nearestNames(wanted, names).map((name) => shown(cwd, join(folder, name)));
      const where =
        folder === dirname(path) ? "" : ` The nearest folder that exists is ${shown(cwd, folder)}.`;
      return refuse(
        `There is no file or folder ${shown(cwd, path)}.${where}`,
        near.length === 0 ? undefined : `Did you mean ${near.join(" or ")}?`,
      );
    } catch (error) {
      const code = systemCode(error);
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    }
    const parent = dirname(folder);
    if (parent === folder) return refuse(`There is no file or folder ${shown(cwd, path)}.`);
    wanted = basename(folder);
    folder = parent;
  }
}
