/** The composer's text and caret, as pure functions: grapheme-aware, several lines. */
import { boundaryAt, graphemeAfter, graphemeBefore } from "./editor/graphemes.ts";
import { inkBefore, wordAfter, wordBefore } from "./editor/words.ts";

/**
 * `caret` is an index into `text`, always at a grapheme boundary. `goal` is the column a walk up or down began in; any
 * other change forgets it.
 */
export type Editor = { text: string; caret: number; goal?: number };

/** Nothing typed. */
export const emptyEditor: Editor = { text: "", caret: 0 };

/** The text with the part between two places replaced, and the caret behind what came in. */
export function replaced({ text }: Editor, from: number, to: number, by: string): Editor {
  const next = text.slice(0, from) + by + text.slice(to);
  // What comes in may combine with what stands behind it.
  return { text: next, caret: boundaryUp(next, from + by.length) };
}

/** The boundary between two characters at or after a place. */
export function boundaryUp(text: string, at: number): number {
  const start = boundaryAt(text, at);
  return start === at ? at : graphemeAfter(text, start);
}

/** Puts text in at the caret. */
export const insert = (editor: Editor, added: string): Editor =>
  replaced(editor, editor.caret, editor.caret, added);

const removedBefore = (editor: Editor, from: number): Editor =>
  replaced(editor, boundaryAt(editor.text, from), editor.caret, "");
const removedAfter = (editor: Editor, to: number): Editor =>
  replaced(editor, editor.caret, boundaryUp(editor.text, to), "");
/** Words end between code points; a caret stands between characters. */
const movedTo = ({ text }: Editor, caret: number): Editor => ({ text, caret: boundaryAt(text, caret) });

/** The beginning of the line a place is on. */
export const startOfLine = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;

/** The end of the line a place is on, before its line break. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** Removes the grapheme before the caret. */
export const backspace = (editor: Editor): Editor =>
  removedBefore(editor, graphemeBefore(editor.text, editor.caret));
/** Removes the grapheme under the caret. */
export const deleteForward = (editor: Editor): Editor =>
  removedAfter(editor, graphemeAfter(editor.text, editor.caret));
/** Removes everything up to the blank before the caret, and the blanks between. */
export const deleteWord = (editor: Editor): Editor =>
  removedBefore(editor, inkBefore(editor.text, editor.caret));
/** Removes the word before the caret: letters and digits, and what stands between them and the caret. */
export const deleteWordBack = (editor: Editor): Editor =>
  removedBefore(editor, wordBefore(editor.text, editor.caret));
/** Removes the word after the caret. */
export const deleteWordForward = (editor: Editor): Editor =>
  removedAfter(editor, wordAfter(editor.text, editor.caret));
/** Removes everything before the caret on its line. */
export const deleteToLineStart = (editor: Editor): Editor =>
  removedBefore(editor, startOfLine(editor.text, editor.caret));

/** Removes everything behind the caret on its line; at its end the line break. */
export function deleteToLineEnd(editor: Editor): Editor {
  const end = endOfLine(editor.text, editor.caret);
  return removedAfter(editor, end === editor.caret ? Math.min(end + 1, editor.text.length) : end);
}

/** Moves by one grapheme. */
export const left = (editor: Editor): Editor => movedTo(editor, graphemeBefore(editor.text, editor.caret));
/** Moves by one grapheme. */
export const right = (editor: Editor): Editor => movedTo(editor, graphemeAfter(editor.text, editor.caret));
/** Moves to the beginning of the word before. */
export const wordLeft = (editor: Editor): Editor => movedTo(editor, wordBefore(editor.text, editor.caret));
/** Moves behind the word after. */
export const wordRight = (editor: Editor): Editor =>
  movedTo(editor, boundaryUp(editor.text, wordAfter(editor.text, editor.caret)));
/** Moves to the line's start. */
export const lineStart = (editor: Editor): Editor => movedTo(editor, startOfLine(editor.text, editor.caret));
/** Moves to the line's end. */
export const lineEnd = (editor: Editor): Editor => movedTo(editor, endOfLine(editor.text, editor.caret));
/** Moves to the beginning of the text. */
export const textStart = (editor: Editor): Editor => movedTo(editor, 0);
/** Moves to the end of the text. */
export const textEnd = (editor: Editor): Editor => movedTo(editor, editor.text.length);

/** A line break; a backslash right before the caret becomes one, for terminals whose other keys for it do not arrive. */
export const brokenAtBackslash = (editor: Editor): Editor | null =>
  editor.text.charAt(editor.caret - 1) === "\\" && editor.caret === endOfLine(editor.text, editor.caret)
    ? replaced(editor, editor.caret - 1, editor.caret, "\n")
    : null;
