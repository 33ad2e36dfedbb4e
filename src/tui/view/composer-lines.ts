/** Where a person types, as lines. */

import { rowsAround, shownText } from "../input/editor/rows.ts";
import type { Editor } from "../input/editor.ts";
import type { Cell } from "../screen/frame-writer.ts";
import { cut, type Line, plain, type Span, widthOf } from "./line.ts";

const mark = { text: "› ", tone: "accent" } as const;

/** The composer: its lines, and the cell of them where the next key shows. */
export type Composer = { lines: Line[]; caret: Cell };

/** A part of the text, in code units. */
export type TextRange = { from: number; to: number };

/** Columns a row of the text has in a composer of `columns`. */
export const textColumns = (columns: number): number => Math.max(2, columns - widthOf(mark.text));

/** The composer in 1 to `room` lines, scrolled so that the caret is in sight. */
export function composerLines(
  editor: Editor,
  hint: string,
  columns: number,
  room: number,
  selected: TextRange | null,
): Composer {
  const { text } = editor;
  const indent = widthOf(mark.text);
  if (text === "")
    return { lines: [[mark, ...plain(`  ${hint}`, { dim: true })]], caret: { row: 0, column: indent } };
  const inner = textColumns(columns);
  const { rows, row, column } = rowsAround(editor, inner, room - 1, room - 1);
  const first = Math.max(0, Math.min(row - room + 1, rows.length - room));
  return {
    lines: rows
      .slice(first, first + room)
      .map(({ from, to }) => [
        from === 0 ? mark : { text: "  " },
        ...rowSpans(text, { from, to }, selected, inner),
      ]),
    caret: { row: row - first, column: indent + column },
  };
}

/** A row as it is shown: blanks may hang over its edge. */
function rowSpans(text: string, row: TextRange, selected: TextRange | null, columns: number): Span[] {
  if (selected === null || selected.to < row.from || selected.from > row.to)
    return [{ text: fitted(shownText(text, row.from, row.to), columns) }];
  const from = Math.max(row.from, selected.from);
  const to = Math.max(from, Math.min(row.to, selected.to));
  // A selected line break is a cell, too.
  const end = selected.to > row.to && text.charAt(row.to) === "\n" ? " " : "";
  return [
    { text: shownText(text, row.from, from) },
    { text: shownText(text, from, to) + end, inverse: true },
    { text: shownText(text, to, row.to).trimEnd() },
  ];
}

/** Only blanks reach over the edge, and what is too wide for any row. */
function fitted(shown: string, columns: number): string {
  const width = widthOf(shown);
  if (width <= columns) return shown;
  const inked = shown.trimEnd();
  return cut(inked + " ".repeat(Math.max(0, columns - widthOf(inked))), columns);
}
