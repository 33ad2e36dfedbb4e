/** The checkpoints of an open session: what the loop asks of them, and going back to what files were. */
import type { Session } from "../agent/session.ts";
import {
  type CallChanges,
  type Checkpointer,
  type CheckpointNote,
  noCheckpoints,
} from "../core/checkpoint.ts";
import { messageOf, TauError } from "../core/errors.ts";
import type { ProjectCheckpoints } from "../sessions/checkpoints/project.ts";
import { maxEntries, TooManyFiles } from "../sessions/checkpoints/too-many-files.ts";
import { offError, openTidied, type StorePlace } from "./checkpoint-store.ts";
import type { FilesBack } from "./contract.ts";
import type { Parts } from "./parts.ts";

/** How long after a step's start files are read ahead: its request has left by then. */
const aheadMs = 100;

/** Checkpoints of one session. */
export type SessionCheckpoints = FilesBack & { loop: Checkpointer; close(): Promise<void> };

/** Nothing is opened before the first call that may change something. */
export function openCheckpoints(parts: Parts, session: Session): SessionCheckpoints {
  const settings = parts.settings.settings.checkpoints ?? {};
  if (settings.enabled === false) return turnedOff;
  let opening: Promise<ProjectCheckpoints> | null = null;
  const notes: CheckpointNote[] = [];
  const closing = new AbortController();
  const store = (): Promise<ProjectCheckpoints> => {
    opening ??= openTidied(placeOf(parts, settings)).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  // Comparing lines is loaded when somebody wants to go back.
  const back = async () => (await import("./file-restore.ts")).filesBack(session, store);
  return {
    loop: loopOf(session, store, tellOnce(notes), notes, closing.signal),
    previewFiles: async (wish) => (await back()).previewFiles(wish),
    diffFiles: async (wish) => (await back()).diffFiles(wish),
    restoreFiles: async (wish, conflicts) => (await back()).restoreFiles(wish, conflicts),
    async close() {
      closing.abort();
      const opened = await opening?.catch(() => null);
      await opened?.close();
    },
  };
}

const placeOf = ({ paths, root, options }: Parts, settings: StorePlace["settings"]): StorePlace => ({
  paths,
  root,
  home: options.home,
  now: options.now,
  settings,
});

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
  closing: AbortSignal,
): Checkpointer {
  const looks: Promise<CallChanges | null>[] = [];
  let ahead: "not yet" | "begun" = "not yet";
  let toldOfWaiting = false;
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
    readAhead() {
      if (ahead === "begun") return;
      ahead = "begun";
      // What the first request still has to do comes first.
      const timer = setTimeout(() => {
        store()
          .then((opened) => opened.lookAhead(closing))
          .catch((error: unknown) => (closing.aborted ? null : failed(error)));
      }, aheadMs);
      timer.unref();
      closing.addEventListener("abort", () => clearTimeout(timer), { once: true });
    },
    waiting() {
      if (toldOfWaiting) return [];
      toldOfWaiting = true;
      return [
        {
          code: "checkpoints_reading",
          text: "The project's files are being captured, so that what the command does can be undone; it starts then.",
        },
      ];
    },
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

const turnedOff: SessionCheckpoints = {
  loop: noCheckpoints,
  previewFiles: () => Promise.reject(offError()),
  diffFiles: () => Promise.reject(offError()),
  restoreFiles: () => Promise.reject(offError()),
  close: async () => undefined,
};
