/** What the composer keeps beside its text: undo, what was cut, vim's mode. */
import type { Editor } from "../editor.ts";
import { type EditHistory, historyOf, type Run, recorded, redone, stepEnded, undone } from "./history.ts";
import { type Kills, killed, noKills, otherKey, yank, yankOlder } from "./kills.ts";

/** See this file. */
export type Editing = { history: EditHistory; kills: Kills };

/** A text with all that belongs to editing it. */
export type Edited = { editor: Editor; editing: Editing };

/** Nothing edited yet. */
export const noEditing: Editing = { history: historyOf({ text: "", caret: 0 }), kills: noKills };

/** An edit of a kind, with what became of the text by other ways before it. */
export function edited({ editor, editing }: Edited, run: Run, change: (editor: Editor) => Editor): Edited {
  const next = change(editor);
  return {
    editor: next,
    editing: {
      history: recorded(known(editing.history, editor), next, run),
      kills: otherKey(editing.kills),
    },
  };
}

/** An edit whose removed text can be put in again. */
export function cut({ editor, editing }: Edited, change: (editor: Editor) => Editor): Edited {
  const next = change(editor);
  return {
    editor: next,
    editing: {
      history: recorded(known(editing.history, editor), next, "other"),
      kills: killed(editing.kills, editor, next),
    },
  };
}

/** Puts in what was cut last; `older` right after it the piece before. */
export function yanked({ editor, editing }: Edited, which: "last" | "older"): Edited {
  const put = (which === "last" ? yank : yankOlder)(editing.kills, editor);
  return {
    editor: put.editor,
    editing: { history: recorded(known(editing.history, editor), put.editor, "other"), kills: put.kills },
  };
}

/** One step back or forward; as it is where there is none. */
export function stepped({ editor, editing }: Edited, which: "undo" | "redo"): Edited {
  const history = known(editing.history, editor);
  const step = (which === "undo" ? undone : redone)(history);
  return step === null
    ? { editor, editing: { ...editing, history } }
    : { editor: step.editor, editing: { history: step.history, kills: otherKey(editing.kills) } };
}

/** The next edit is a step of its own. */
export const settledStep = (editing: Editing): Editing => ({
  ...editing,
  history: stepEnded(editing.history),
});

/** The text was sent: what is typed next has a history of its own; what was cut can still be put in. */
export const startedAnew = ({ kills }: Editing): Editing => ({ ...noEditing, kills: otherKey(kills) });

/** Not every change comes through here (a message that is taken back, a reset): such a one is a step, too. */
const known = (history: EditHistory, editor: Editor): EditHistory => recorded(history, editor, "other");
