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
