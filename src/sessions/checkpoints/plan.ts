/** What taking changes back would do to files, and what stands in its way. */
import { type BytePath, type FileState, sameState } from "./file-state.ts";

/** A recorded change, as planning needs it. */
export type RecordedChange = {
  n: number;
  path: BytePath;
  before: FileState;
  after: FileState;
  action: number | null;
  /** False where it cannot be told for certain that the action made it. */
  sure: boolean;
};

/** One path to be put back. */
export type RestoreStep = { path: BytePath; from: FileState; to: FileState };

/** Why a path is not put back unasked. */
export type ConflictReason =
  /** It is not as the action left it. */
  | "changed since"
  /** Somebody else changed it between two changes of the action's. */
  | "changed in between"
  /** Something else that changes files ran at the same time. */
  | "changed together";

/** What a restore would do. */
export type RestorePlan = {
  steps: RestoreStep[];
  conflicts: (RestoreStep & { reason: ConflictReason })[];
  /** Paths whose content from before is not in the store. */
  notCovered: BytePath[];
};

/**
 * Plans to take back what some actions changed.
 * @param changes all changes of the paths concerned, whoever made them, by rising `n`
 * @param mine the actions
 * @param now what stands at a path at this moment
 */
export function planRestore(
  changes: readonly RecordedChange[],
  mine: ReadonlySet<number>,
  now: (path: BytePath) => FileState,
): RestorePlan {
  const plan: RestorePlan = { steps: [], conflicts: [], notCovered: [] };
  const isMine = ({ action }: RecordedChange): boolean => action !== null && mine.has(action);
  for (const [path, all] of byPath(changes)) {
    const first = all.findIndex(isMine);
    const last = all.findLastIndex(isMine);
    const to = all[first]?.before ?? null;
    const left = all[last]?.after ?? null;
    const from = now(path);
    if (first < 0 || sameState(from, to)) continue;
    if (to?.type === "out") {
      plan.notCovered.push(path);
      continue;
    }
    const step = { path, from, to };
    const between = all.slice(first, last + 1);
    if (!sameState(from, left) || left?.type === "out")
      plan.conflicts.push({ ...step, reason: "changed since" });
    else if (between.some((change) => !isMine(change)))
      plan.conflicts.push({ ...step, reason: "changed in between" });
    else if (between.some(({ sure }) => !sure)) plan.conflicts.push({ ...step, reason: "changed together" });
    else plan.steps.push(step);
  }
  return plan;
}

function byPath(changes: readonly RecordedChange[]): Map<BytePath, RecordedChange[]> {
  const found = new Map<BytePath, RecordedChange[]>();
  for (const change of changes) {
    const known = found.get(change.path);
    if (known) known.push(change);
    else found.set(change.path, [change]);
  }
  return found;
}
