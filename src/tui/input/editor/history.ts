/**
 * Undo and redo: what each change took out and put in, never whole texts. Changes that belong together (a word that is
 * typed, a held backspace) are one step.
 */
import type { Editor } from "../editor.ts";

/** A change at a place of the text, and where the caret was before and after it. */
export type Change = { at: number; removed: string; inserted: string; before: number; after: number };

/**
 * What kind of edit a key made: `typing` and `deleting` go on as one step while nothing else comes between, a `session`
 * (vim's insert mode) is one step until it is over, anything else is a step of its own.
 */
export type Run = "typing" | "deleting" | "session" | "other";

/** What can be undone (last one last) and redone (next one last), and the text and caret they lead from. */
export type EditHistory = {
  text: string;
  caret: number;
  undo: readonly Change[];
  redo: readonly Change[];
  /** The run that goes on; null when the next edit begins a step. */
  run: Run | null;
};

/** Steps that are kept. */
const mostSteps = 1000;
/** Characters they may hold together: a paste of megabytes is undone, ten of them are not. */
const mostCharacters = 32_000_000;

/** No changes yet to this text. */
export const historyOf = ({ text, caret }: Editor): EditHistory => ({
  text,
  caret,
  undo: [],
  redo: [],
  run: null,
});

/** Takes in that the text became another by an edit of a kind; a caret that only moved ends the run. */
export function recorded(history: EditHistory, { text, caret }: Editor, run: Run): EditHistory {
  if (history.text === text) {
    if (history.caret === caret) return history;
    return { ...history, caret, run: null };
  }
  const change: Change = { ...difference(history.text, text), before: history.caret, after: caret };
  const last = history.undo.at(-1);
  const joined = last !== undefined && history.run === run ? joint(history, last, change, run, text) : null;
  const undo = joined ? [...history.undo.slice(0, -1), joined] : [...history.undo, change];
  return { text, caret, undo: bounded(undo), redo: [], run };
}

/** Ends what goes on: the next edit is a step of its own. */
export const stepEnded = (history: EditHistory): EditHistory => ({ ...history, run: null });

/** The text before the last step; null when there is none. */
export function undone(history: EditHistory): { history: EditHistory; editor: Editor } | null {
  const change = history.undo.at(-1);
  if (change === undefined) return null;
  const text = without(history.text, change);
  const editor = { text, caret: change.before };
  return {
    editor,
    history: { ...editor, undo: history.undo.slice(0, -1), redo: [...history.redo, change], run: null },
  };
}

/** The text after the step that was undone last; null when none was. */
export function redone(history: EditHistory): { history: EditHistory; editor: Editor } | null {
  const change = history.redo.at(-1);
  if (change === undefined) return null;
  const { at, removed, inserted, after } = change;
  const text = history.text.slice(0, at) + inserted + history.text.slice(at + removed.length);
  const editor = { text, caret: after };
  return {
    editor,
    history: { ...editor, undo: [...history.undo, change], redo: history.redo.slice(0, -1), run: null },
  };
}

const without = (text: string, { at, removed, inserted }: Change): string =>
  text.slice(0, at) + removed + text.slice(at + inserted.length);

/** Two changes as one, where a run holds them together. */
function joint(history: EditHistory, last: Change, next: Change, run: Run, text: string): Change | null {
  const { before } = last;
  const { after } = next;
  if (run === "session") return { ...difference(without(history.text, last), text), before, after };
  if (run === "typing") {
    const goesOn = next.removed === "" && next.at === last.at + last.inserted.length && last.removed === "";
    // A step is a word with the blanks behind it, and never more than a line.
    const newWord = /\s$/.test(last.inserted) && /^\S/.test(next.inserted);
    if (!goesOn || newWord || last.inserted.endsWith("\n")) return null;
    return { at: last.at, removed: "", inserted: last.inserted + next.inserted, before, after };
  }
  if (run !== "deleting" || next.inserted !== "" || last.inserted !== "") return null;
  if (next.at + next.removed.length === last.at)
    return { at: next.at, removed: next.removed + last.removed, inserted: "", before, after };
  if (next.at === last.at)
    return { at: last.at, removed: last.removed + next.removed, inserted: "", before, after };
  return null;
}

function bounded(changes: readonly Change[]): readonly Change[] {
  let characters = 0;
  let first = changes.length;
  while (first > 0 && changes.length - first < mostSteps) {
    const { removed, inserted } = changes[first - 1] ?? { removed: "", inserted: "" };
    characters += removed.length + inserted.length;
    if (characters > mostCharacters && first < changes.length) break;
    first -= 1;
  }
  return first === 0 ? changes : changes.slice(first);
}

/** What has to be replaced for a text to become another. */
export function difference(before: string, after: string): Pick<Change, "at" | "removed" | "inserted"> {
  const at = commonLength(
    Math.min(before.length, after.length),
    (from, to) => before.slice(from, to) === after.slice(from, to),
  );
  const rest = Math.min(before.length, after.length) - at;
  const end = commonLength(
    rest,
    (from, to) =>
      before.slice(before.length - to, before.length - from) ===
      after.slice(after.length - to, after.length - from),
  );
  return {
    at,
    removed: before.slice(at, before.length - end),
    inserted: after.slice(at, after.length - end),
  };
}

/** How far a comparison holds, up to `most`: by halves, since comparing slices is what engines do fast. */
function commonLength(most: number, same: (from: number, to: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (same(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
