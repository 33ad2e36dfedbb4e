/** The composer's text and caret, as pure functions: grapheme-aware, several lines. */

/** `caret` is an index into `text`, always at a grapheme boundary. */
export type Editor = { text: string; caret: number };

/** Nothing typed. */
export const emptyEditor: Editor = { text: "", caret: 0 };

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function previous(text: string, caret: number): number {
  let last = 0;
  for (const { index } of segmenter.segment(text.slice(0, caret))) last = index;
  return last;
}

function next(text: string, caret: number): number {
  const [first] = segmenter.segment(text.slice(caret));
  return caret + (first?.segment.length ?? 0);
}

/** Puts text in at the caret. */
export function insert({ text, caret }: Editor, added: string): Editor {
  return { text: text.slice(0, caret) + added + text.slice(caret), caret: caret + added.length };
}

/** Removes the grapheme before the caret. */
export function backspace({ text, caret }: Editor): Editor {
  const from = previous(text, caret);
  return { text: text.slice(0, from) + text.slice(caret), caret: from };
}

/** Removes the word before the caret. */
export function deleteWord({ text, caret }: Editor): Editor {
  const from = text.slice(0, caret).replace(/\S+\s*$/, "").length;
  return { text: text.slice(0, from) + text.slice(caret), caret: from };
}

/** Removes everything before the caret on its line. */
export function deleteToLineStart({ text, caret }: Editor): Editor {
  const from = text.lastIndexOf("\n", caret - 1) + 1;
  return { text: text.slice(0, from) + text.slice(caret), caret: from };
}

/** Moves by one grapheme. */
export const left = ({ text, caret }: Editor): Editor => ({ text, caret: previous(text, caret) });
/** Moves by one grapheme. */
export const right = ({ text, caret }: Editor): Editor => ({ text, caret: next(text, caret) });

/** Moves to the line's start. */
export const lineStart = ({ text, caret }: Editor): Editor => ({
  text,
  caret: text.lastIndexOf("\n", caret - 1) + 1,
});

/** Moves to the line's end. */
export function lineEnd({ text, caret }: Editor): Editor {
  const end = text.indexOf("\n", caret);
  return { text, caret: end === -1 ? text.length : end };
}

/** Removes the grapheme under the caret. */
export function deleteForward({ text, caret }: Editor): Editor {
  return { text: text.slice(0, caret) + text.slice(next(text, caret)), caret };
}

/** Moves to the line above, to the same place in it as far as it reaches; on the first line to its start. */
export function up(editor: Editor): Editor {
  const start = lineStart(editor).caret;
  if (start === 0) return { ...editor, caret: 0 };
  return inLine(editor, lineStart({ ...editor, caret: start - 1 }).caret, editor.caret - start);
}

/** Moves to the line below, to the same place in it as far as it reaches; on the last line to its end. */
export function down(editor: Editor): Editor {
  const end = lineEnd(editor).caret;
  if (end === editor.text.length) return { ...editor, caret: end };
  return inLine(editor, end + 1, editor.caret - lineStart(editor).caret);
}

/** The caret `offset` code units into the line that starts at `start`, at a grapheme boundary. */
function inLine({ text }: Editor, start: number, offset: number): Editor {
  const { caret: end } = lineEnd({ text, caret: start });
  let caret = start;
  for (const { index, segment } of segmenter.segment(text.slice(start, end))) {
    if (index + segment.length > offset) break;
    caret = start + index + segment.length;
  }
  return { text, caret };
}
