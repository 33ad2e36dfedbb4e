/** The checkpoints of an open session: what the loop asks of them, and going back to what files were. */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../agent/session.ts";
import type { Settings } from "../config/settings.ts";
import {
  type CallChanges,
  type Checkpointer,
  type CheckpointNote,
  namedChanges,
  noCheckpoints,
} from "../core/checkpoint.ts";
import { messageOf, TauError } from "../core/errors.ts";
import { readable } from "../sessions/checkpoints/file-state.ts";
import type { RestorePlan } from "../sessions/checkpoints/plan.ts";
import type { ProjectCheckpoints } from "../sessions/checkpoints/project.ts";
import type { UndoStep } from "../sessions/checkpoints/steps.ts";
import { maxEntries, TooManyFiles } from "../sessions/checkpoints/too-many-files.ts";
import { thisProcess } from "../sessions/process.ts";
import type { FileRestore, FilesBack } from "./contract.ts";
import type { Parts } from "./parts.ts";

/** What holds where the settings say nothing. */
export const defaultCheckpoints = {
  maxFileBytes: 10 * 1024 ** 2,
  maxProjectBytes: 2 * 1024 ** 3,
  keepDays: 30,
};

const dayMs = 24 * 3_600_000;

/** The folder below Tau's data that holds a store a project. */
export const checkpointsFolder = "checkpoints";

/** Checkpoints of one session. */
export type SessionCheckpoints = FilesBack & { loop: Checkpointer; close(): Promise<void> };

/** Nothing is opened before the first call that may change something. */
export function openCheckpoints(parts: Parts, session: Session): SessionCheckpoints {
  const settings = parts.settings.settings.checkpoints ?? {};
  if (settings.enabled === false) return turnedOff;
  let opening: Promise<ProjectCheckpoints> | null = null;
  const notes: CheckpointNote[] = [];
  const store = (): Promise<ProjectCheckpoints> => {
    opening ??= openStore(parts, settings).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const back = filesBack(session, store);
  return {
    loop: loopOf(session, store, tellOnce(notes), notes),
    ...back,
    async close() {
      const opened = await opening?.catch(() => null);
      await opened?.close();
    },
  };
}

async function openStore(
  { options, paths, root }: Parts,
  settings: NonNullable<Settings["checkpoints"]>,
): Promise<ProjectCheckpoints> {
  const maxFileBytes = settings.maxFileBytes ?? defaultCheckpoints.maxFileBytes;
  const maxBytes = settings.maxProjectBytes ?? defaultCheckpoints.maxProjectBytes;
  const keepDays = settings.keepDays ?? defaultCheckpoints.keepDays;
  const name = createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 32);
  const { ProjectCheckpoints } = await import("../sessions/checkpoints/project.ts");
  const store = await ProjectCheckpoints.open({
    file: join(paths.data, checkpointsFolder, `${name}.db`),
    root,
    closed: [paths.data, paths.state],
    ignoreFiles: [join(options.home, ".config/git/ignore"), join(root, ".git/info/exclude")],
    maxFileBytes,
    maxBytes,
    now: options.now,
    processInfo: thisProcess(),
  });
  await store.recover();
  await store.sweep(options.now() - keepDays * dayMs);
  return store;
}

function tellOnce(notes: CheckpointNote[]): (note: CheckpointNote) => void {
  const told = new Set<string>();
  return (note) => {
    if (!told.has(note.code)) notes.push(note);
    told.add(note.code);
  };
}

function loopOf(
  session: Session,
  store: () => Promise<ProjectCheckpoints>,
  tell: (note: CheckpointNote) => void,
  notes: CheckpointNote[],
): Checkpointer {
  const looks: Promise<CallChanges | null>[] = [];
  let tooBig = false;
  const failed = (error: unknown): null => {
    if (error instanceof TooManyFiles) {
      tooBig = true;
      tell({
        code: "checkpoints_too_big",
        text: `This folder holds more than ${maxEntries} files: what commands change cannot be undone, edits can.`,
      });
    } else {
      const hint = error instanceof TauError && error.hint ? ` ${error.hint}` : "";
      tell({
        code: "checkpoints_failed",
        text: `No checkpoint was taken, so what is changed now cannot be undone: ${messageOf(error)}${hint}`,
      });
    }
    return null;
  };
  return {
    async before(call, signal) {
      if (tooBig && call.paths === null) return null;
      try {
        return await (await store()).before(session.id, call, signal);
      } catch (error) {
        return signal.aborted ? null : failed(error);
      }
    },
    after(callId) {
      looks.push(
        store()
          .then((opened) => opened.after(callId))
          .catch(failed),
      );
    },
    async settled() {
      const found = await Promise.all(looks.splice(0));
      const changes = found.filter((one) => one !== null);
      if (changes.some(({ notCovered }) => notCovered > 0))
        tell({
          code: "checkpoints_not_covered",
          text: "Something was changed that is not captured (ignored folders, large files): undoing leaves it as it is.",
        });
      return changes;
    },
    notes: () => notes.splice(0),
  };
}

/** What a person may have put back. */
function filesBack(session: Session, store: () => Promise<ProjectCheckpoints>): FilesBack {
  const actionsOf = async (opened: ProjectCheckpoints, wish: FileRestore): Promise<UndoStep | null> => {
    if (wish.kind === "rewind") {
      const actions = await opened.actionsSince(session.id, wish.turns);
      return actions.length === 0 ? null : { id: actions[0] ?? 0, actions, turn: session.turn };
    }
    const { done, undone } = await opened.undoState(session.id);
    return (wish.kind === "undo" ? done : undone).at(-1) ?? null;
  };
  return {
    async previewFiles(wish) {
      const opened = await store();
      const step = await actionsOf(opened, wish);
      return step === null ? null : previewOf(await opened.plan(step.actions));
    },
    async restoreFiles(wish, conflicts) {
      const opened = await store();
      const step = await actionsOf(opened, wish);
      if (step === null) return null;
      const plan = await opened.plan(step.actions);
      // What stands there and is not in the store would be lost for good.
      const over = conflicts === "overwrite" ? plan.conflicts.filter(({ from }) => from?.type !== "out") : [];
      const skipped = plan.conflicts.filter((one) => !over.includes(one)).map(({ path }) => readable(path));
      const steps = [...plan.steps, ...over.map(({ path, from, to }) => ({ path, from, to }))];
      const { action, files, failures } = await opened.restore(steps, {
        kind: wish.kind,
        session: session.id,
        turn: session.turn,
        undoes: wish.kind === "rewind" ? null : step.id,
      });
      const restored = {
        type: "files.restored",
        kind: wish.kind,
        action,
        files: files.slice(0, namedChanges),
        count: files.length,
        skipped: skipped.slice(0, namedChanges),
        failed: failures.slice(0, namedChanges),
      } as const;
      await session.commitAside(restored);
      return { files, skipped, failed: failures, notCovered: plan.notCovered.map(readable) };
    },
  };
}

function previewOf({ steps, conflicts, notCovered }: RestorePlan) {
  return {
    files: steps.map(({ path, from, to }) => ({
      path: readable(path),
      change:
        from === null ? ("created" as const) : to === null ? ("deleted" as const) : ("modified" as const),
    })),
    conflicts: conflicts.map(({ path, reason }) => ({ path: readable(path), reason })),
    notCovered: notCovered.map(readable),
  };
}

const turnedOff: SessionCheckpoints = {
  loop: noCheckpoints,
  previewFiles: () => Promise.reject(offError()),
  restoreFiles: () => Promise.reject(offError()),
  close: async () => undefined,
};

const offError = (): TauError =>
  new TauError("usage", "checkpoints are turned off", "the setting checkpoints.enabled turns them on");
