/**
 * Putting files back: each path goes from what stands there to what stood there before, whole or not at all. A file is
 * written beside its place and renamed into it. Doing it again after a kill does the rest and nothing else.
 */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { messageOf, systemCode } from "../../core/errors.ts";
import { type BytePath, type FileState, folderOf, forSystem, placeOf, sameState } from "./file-state.ts";
import type { Pace } from "./pace.ts";
import type { RestoreStep } from "./plan.ts";
import { restoreName } from "./temporary.ts";

/** Where and from what. */
export type PutBackPlace = {
  root: BytePath;
  /** The restore's number, for the names of its temporary files. */
  restore: number;
  content(blob: number): Buffer;
};

/** A path that could not be put back. */
export type Failure = { path: BytePath; problem: string };

/** Permissions of a folder until all is in it, and what an existing one needs for that. */
const newFolder = 0o700;
const whileFilled = 0o300;

/** Puts every path back; what fails is told and stops nothing else. */
export async function putBack(
  place: PutBackPlace,
  steps: readonly RestoreStep[],
  pace: Pace,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const each = async (chosen: readonly RestoreStep[], work: (step: RestoreStep) => void): Promise<void> => {
    for (const step of chosen) {
      try {
        work(step);
      } catch (error) {
        failures.push({ path: step.path, problem: messageOf(error) });
      }
      if (pace.due) await pace.rest();
    }
  };
  const topDown = steps.toSorted((a, b) => depth(a.path) - depth(b.path));
  const bottomUp = topDown.toReversed();
  const isFolder = ({ to }: RestoreStep): boolean => to?.type === "folder";
  // First what stands in the way, innermost first; then folders, outermost first; then what is in them; and a folder's
  // permissions last, for it may be one that nothing can be written to.
  await each(
    bottomUp.filter(({ to, from }) => to === null || (from !== null && from.type !== to.type)),
    ({ path }) => takeAway(placeOf(place.root, path)),
  );
  await each(topDown.filter(isFolder), ({ path }) => makeFolder(placeOf(place.root, path)));
  const numbers = new Map(steps.map((step, index) => [step, index]));
  await each(
    topDown.filter((step) => step.to !== null && !isFolder(step)),
    (step) => put(place, step, numbers.get(step) ?? 0),
  );
  await each(bottomUp.filter(isFolder), ({ path, to }) => {
    if (to?.type === "folder") chmodSync(forSystem(placeOf(place.root, path)), to.mode);
  });
  return failures;
}

/** Whether a step is still to be done, or half done, by what stands there; else others have changed it, or it is done. */
export function isOpen({ from, to }: RestoreStep, now: FileState): boolean {
  if (sameState(now, from)) return true;
  // What stood in the way was taken away.
  if (now === null) return from !== null && to !== null && from.type !== to.type;
  // A folder gets its own permissions last.
  if (now.type !== "folder" || to?.type !== "folder") return false;
  return now.mode === (from?.type === "folder" ? from.mode | whileFilled : newFolder);
}

/** Removes what a restore that was killed left beside its files. */
export function sweepTemporary({ root, restore }: PutBackPlace, steps: readonly RestoreStep[]): void {
  for (const [index, { path }] of steps.entries()) {
    try {
      rmSync(forSystem(temporary(placeOf(root, path), restore, index)), { force: true });
    } catch (error) {
      // Its folder is gone, or is no folder: then so is the file.
      if (systemCode(error) === undefined) throw error;
    }
  }
}

const depth = (path: BytePath): number => path.split("/").length;
const temporary = (target: BytePath, restore: number, step: number): BytePath =>
  `${folderOf(target)}/${restoreName(restore, step)}`;

function takeAway(target: BytePath): void {
  const path = forSystem(target);
  const at = lstatSync(path, { throwIfNoEntry: false });
  if (at === undefined) return;
  if (!at.isDirectory()) {
    unlinkSync(path);
    return;
  }
  try {
    rmdirSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOTEMPTY" || systemCode(error) === "EEXIST")
      throw new Error("the folder holds files that are not part of this, so it stays");
    throw error;
  }
}

function makeFolder(target: BytePath): void {
  try {
    mkdirSync(forSystem(target), { mode: newFolder });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  // Until its files are in it; its own permissions come last.
  const { mode } = lstatSync(forSystem(target));
  if ((mode & whileFilled) !== whileFilled) chmodSync(forSystem(target), (mode & 0o7777) | whileFilled);
}

function put({ root, restore, content }: PutBackPlace, { path, to, from }: RestoreStep, step: number): void {
  if (to?.type !== "file" && to?.type !== "link") return;
  const target = placeOf(root, path);
  if (to.type === "file" && from?.type === "file" && from.blob === to.blob) {
    chmodSync(forSystem(target), to.mode);
    return;
  }
  const fresh = temporary(target, restore, step);
  try {
    if (to.type === "link") symlinkSync(forSystem(to.target), forSystem(fresh));
    else write(fresh, content(to.blob), to.mode);
    renameSync(forSystem(fresh), forSystem(target));
  } catch (error) {
    rmSync(forSystem(fresh), { force: true });
    throw error;
  }
}

function write(fresh: BytePath, bytes: Buffer, mode: number): void {
  const handle = openSync(forSystem(fresh), "wx", 0o600);
  try {
    writeFileSync(handle, bytes);
    // Explicitly, because the umask takes bits at opening.
    fchmodSync(handle, mode);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
