/** Putting files back to what they were: what it would do, line by line, and doing it. */
import type { Session } from "../agent/session.ts";
import { namedChanges } from "../core/checkpoint.ts";
import type { Display } from "../core/tool.ts";
import { type FileState, readable } from "../sessions/checkpoints/file-state.ts";
import type { RestorePlan, RestoreStep } from "../sessions/checkpoints/plan.ts";
import type { ProjectCheckpoints } from "../sessions/checkpoints/project.ts";
import type { UndoStep } from "../sessions/checkpoints/steps.ts";
import { displayDiff } from "../tools/edit/display-diff.ts";
import type { FileRestore, FilesBack, FileToRestore } from "./contract.ts";

/** The session that files are put back for. */
export type RestoringSession = Pick<Session, "id" | "turn" | "commitAside">;

/** Paths whose lines are counted, and bytes that are read for it: a preview has to be there at once. */
const countedPaths = 200;
const countedBytes = 8 * 1024 ** 2;
/** Larger files are not compared line by line. */
const comparedBytes = 1024 ** 2;

/** What a person may have put back. */
export function filesBack(session: RestoringSession, store: () => Promise<ProjectCheckpoints>): FilesBack {
  const planned = async (wish: FileRestore) => {
    const opened = await store();
    const step = await stepOf(opened, session, wish);
    return step === null ? null : { opened, step, plan: await opened.plan(step.actions) };
  };
  return {
    async previewFiles(wish) {
      const found = await planned(wish);
      if (found === null) return null;
      const { opened, plan } = found;
      const compare = comparing(opened);
      return {
        files: plan.steps.map(compare),
        conflicts: plan.conflicts.map((one) => ({ ...compare(one), reason: one.reason })),
        notCovered: plan.notCovered.map(readable),
      };
    },
    async diffFiles(wish) {
      const found = await planned(wish);
      if (found === null) return [];
      const { steps, conflicts } = found.plan;
      return [...steps, ...conflicts].slice(0, namedChanges).map((step) => diffOf(found.opened, step));
    },
    async restoreFiles(wish, conflicts) {
      const found = await planned(wish);
      if (found === null) return null;
      const { opened, step, plan } = found;
      const over = conflicts === "overwrite" ? overwritable(plan) : [];
      const skipped = plan.conflicts.filter((one) => !over.includes(one)).map(({ path }) => readable(path));
      const steps = [...plan.steps, ...over.map(({ path, from, to }) => ({ path, from, to }))];
      const { action, files, failures } = await opened.restore(steps, {
        kind: wish.kind,
        session: session.id,
        turn: session.turn,
        undoes: wish.kind === "rewind" ? null : step.id,
      });
      await session.commitAside({
        type: "files.restored",
        kind: wish.kind,
        action,
        files: files.slice(0, namedChanges),
        count: files.length,
        skipped: skipped.slice(0, namedChanges),
        failed: failures.slice(0, namedChanges),
      });
      return { files, skipped, failed: failures, notCovered: plan.notCovered.map(readable) };
    },
  };
}

async function stepOf(
  opened: ProjectCheckpoints,
  session: RestoringSession,
  wish: FileRestore,
): Promise<UndoStep | null> {
  if (wish.kind === "rewind") {
    const actions = await opened.actionsSince(session.id, wish.turns);
    return actions.length === 0 ? null : { id: actions[0] ?? 0, actions, turn: session.turn };
  }
  const { done, undone } = await opened.undoState(session.id);
  return (wish.kind === "undo" ? done : undone).at(-1) ?? null;
}

/** What stands there and is not in the store would be lost for good. */
const overwritable = ({ conflicts }: RestorePlan): RestorePlan["conflicts"] =>
  conflicts.filter(({ from }) => from?.type !== "out");

/** Tells of steps what they change, with lines counted as long as that is quick. */
function comparing(opened: ProjectCheckpoints): (step: RestoreStep) => FileToRestore {
  let paths = 0;
  let bytes = 0;
  return (step) => {
    const { path, from, to } = step;
    const change = from === null ? "created" : to === null ? "deleted" : "modified";
    paths += 1;
    bytes += sizeOf(from) + sizeOf(to);
    const diff = paths > countedPaths || bytes > countedBytes ? null : diffOf(opened, step);
    const { added, removed } = diff?.type === "diff" ? diff : { added: null, removed: null };
    return { path: readable(path), change, added, removed };
  };
}

const sizeOf = (state: FileState): number => (state?.type === "file" ? state.size : 0);

/** What a step changes, as a diff where there are lines to compare, else in words. */
function diffOf(opened: ProjectCheckpoints, { path, from, to }: RestoreStep): Display {
  const name = readable(path);
  const words = (text: string): Display => ({ type: "text", text: `${name}: ${text}` });
  if ([from, to].some((state) => state !== null && state.type !== "file"))
    return words(`${kindOf(from)} becomes ${kindOf(to)}`);
  if (Math.max(sizeOf(from), sizeOf(to)) > comparedBytes) return words("too large to be compared here");
  const before = opened.content(from) ?? Buffer.alloc(0);
  const after = opened.content(to) ?? Buffer.alloc(0);
  if (before.includes(0) || after.includes(0))
    return words(`not text, ${before.length} bytes become ${after.length}`);
  if (from !== null && to !== null && before.equals(after))
    return words(`permissions ${kindOf(from)} become ${kindOf(to)}`);
  return displayDiff(name, before.toString("utf8"), after.toString("utf8"));
}

function kindOf(state: FileState): string {
  switch (state?.type) {
    case undefined:
      return "nothing";
    case "file":
      return (state?.type === "file" ? state.mode : 0).toString(8);
    case "link":
      return "a link";
    case "folder":
      return "a folder";
    case "out":
      return "what is not captured";
  }
}
