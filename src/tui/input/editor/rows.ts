/**
 * Text as rows of a width: what the composer draws and what up and down walk through. Words stay whole where a row has
 * room for them; blanks at a row's end hang over its edge. Only the neighbourhood of the caret is laid out.
 */
import { clean } from "../../view/clean.ts";
import { widthOf } from "../../view/line.ts";
import { type Editor, endOfLine, startOfLine } from "../editor.ts";
import { boundaryAt, graphemes } from "./graphemes.ts";

/** A row: code units `from` to `to` of the text, without the line break; `wraps` when the line goes on in the next. */
export type Row = { from: number; to: number; wraps: boolean };

/** Rows around a caret, and its place among them. */
export type CaretRows = { rows: Row[]; row: number; column: number };

/** Lines longer than this are laid out piece by piece. */
const piece = 4096;

/** Escapes and what only a text from elsewhere holds; shown as a mark, for a caret can stand beside them. */
const escapes = /[\u001b\u0090-\u009f\n]/g;

/** A part of the text as it is shown: what its parts show one after the other. */
export const shownText = (text: string, from: number, to: number): string =>
  clean(text.slice(from, to).replace(escapes, "\ufffd"));

/** Columns a grapheme takes; what has no look of its own shows a mark. */
export const cellsOf = (text: string, from: number, to: number): number => widthOf(shownText(text, from, to));

/** The piece of its line a place is in; a caret at the end of a line is in the last one. */
function pieceAt(text: string, at: number): { from: number; to: number } {
  const start = startOfLine(text, at);
  const end = endOfLine(text, at);
  const edge = (index: number): number => {
    const place = start + index * piece;
    return place >= end ? end : boundaryAt(text, place);
  };
  const index = Math.floor((Math.min(at, Math.max(start, end - 1)) - start) / piece);
  // A piece begins with a whole character, which may begin a little before.
  const later = at < end && edge(index + 1) <= at ? 1 : 0;
  return { from: edge(index + later), to: edge(index + later + 1) };
}

/** The rows of a piece of a line. */
function rowsOf(text: string, { from, to }: { from: number; to: number }, columns: number): Row[] {
  const rows: Row[] = [];
  let start = from;
  let width = 0;
  /** Behind the last blank of the row, and the width up to there. */
  let breakAt = from;
  let breakWidth = 0;
  for (const [begin, end] of graphemes(text, from, to)) {
    const char = text.slice(begin, end);
    // A blank that carries an accent is seen, and hangs nowhere.
    const blank = char === " " || char === "\t";
    const cells = cellsOf(text, begin, end);
    if (!blank && width + cells > columns && begin > start) {
      const at = breakAt > start ? breakAt : begin;
      rows.push({ from: start, to: at, wraps: true });
      width = breakAt > start ? width - breakWidth : 0;
      start = at;
      breakAt = at;
      breakWidth = 0;
      // A word as long as that is broken where the row is full.
      if (width + cells > columns && begin > start) {
        rows.push({ from: start, to: begin, wraps: true });
        start = begin;
        breakAt = begin;
        width = 0;
      }
    }
    width += cells;
    if (blank) {
      breakAt = end;
      breakWidth = width;
    }
  }
  rows.push({ from: start, to, wraps: to < text.length && text.charAt(to) !== "\n" });
  return rows;
}

/** The rows around the caret: at least `above` before its own and `below` behind it, where there are so many. */
export function rowsAround(
  { text, caret }: Editor,
  columns: number,
  above: number,
  below: number,
): CaretRows {
  const own = pieceAt(text, caret);
  let rows = rowsOf(text, own, columns);
  let row = rows.findLastIndex(({ from }) => from <= caret);
  for (let { from } = own; row < above && from > 0; ) {
    const before = pieceAt(text, from - 1);
    const more = rowsOf(text, before, columns);
    rows = [...more, ...rows];
    row += more.length;
    from = before.from;
  }
  for (let { to } = own; rows.length - row - 1 < below && to < text.length; ) {
    const after = pieceAt(text, text.charAt(to) === "\n" ? to + 1 : to);
    rows = [...rows, ...rowsOf(text, after, columns)];
    to = after.to;
  }
  const { from } = rows[row] ?? own;
  return { rows, row, column: Math.min(columns, cellsOf(text, from, caret)) };
}

/** Moves to the row above, to the column the walk began in as far as the row reaches; on the first to its start. */
export const up = (editor: Editor, columns: number): Editor => walked(editor, columns, -1);
/** Moves to the row below; on the last to its end. */
export const down = (editor: Editor, columns: number): Editor => walked(editor, columns, 1);

/** Whether the caret is on the first row. */
export const onFirstRow = (editor: Editor, columns: number): boolean =>
  rowsAround(editor, columns, 1, 0).row === 0;

/** Whether the caret is on the last row. */
export function onLastRow(editor: Editor, columns: number): boolean {
  const { rows, row } = rowsAround(editor, columns, 0, 1);
  return row === rows.length - 1;
}

function walked(editor: Editor, columns: number, by: -1 | 1): Editor {
  const { rows, row, column } = rowsAround(editor, columns, 1, 1);
  const { text } = editor;
  const target = rows[row + by];
  if (target === undefined) return { text, caret: by < 0 ? 0 : text.length };
  const goal = editor.goal ?? column;
  return { text, caret: placeIn(text, target, goal), goal };
}

/** The place in a row nearest to a column: on its last character where the row goes on, for behind it is the next row. */
function placeIn(text: string, { from, to, wraps }: Row, column: number): number {
  let width = 0;
  let place = from;
  for (const [begin, end] of graphemes(text, from, to)) {
    place = begin;
    width += cellsOf(text, begin, end);
    if (width > column) return begin;
  }
  return wraps ? place : to;
}
