/** Where a person types, as lines. */

import type { Editor } from "../input/editor.ts";
import type { Cell } from "../screen/frame-writer.ts";
import { clean } from "./clean.ts";
import { cut, type Line, plain, widthOf } from "./line.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const mark = { text: "› ", tone: "accent" } as const;

/** The composer: its lines, and the cell of them where the next key shows. */
export type Composer = { lines: Line[]; caret: Cell };

/** The composer in 1 to `room` lines, scrolled so that the caret is in sight. */
export function composerLines(
  { text, caret }: Editor,
  hint: string,
  columns: number,
  room: number,
): Composer {
  const inner = Math.max(2, columns - 2);
  const indent = widthOf(mark.text);
  if (text === "")
    return { lines: [[mark, ...plain(`  ${hint}`, { dim: true })]], caret: { row: 0, column: indent } };
  const typed = typedRows(text, caret, inner, room);
  const first = Math.max(0, Math.min(typed.caret.row - room + 1, typed.rows.length - room));
  return {
    lines: typed.rows
      .slice(first, first + room)
      .map((row, index) => [first + index === 0 ? mark : { text: "  " }, { text: row }]),
    caret: { row: typed.caret.row - first, column: indent + typed.caret.column },
  };
}

/** The text around the caret as rows; how far it reaches is bounded, so that a huge paste costs no more than a page. */
function typedRows(
  text: string,
  caret: number,
  columns: number,
  room: number,
): { rows: string[]; caret: Cell } {
  const reach = room * columns * 4;
  const from = caret <= reach ? 0 : text.indexOf("\n", caret - reach) + 1 || caret - reach;
  const rows: string[] = [];
  let cell: Cell = { row: 0, column: 0 };
  let row = "";
  let width = 0;
  const endRow = (): void => {
    rows.push(row);
    row = "";
    width = 0;
  };
  const place = (shown: string, atCaret: boolean): void => {
    const wide = widthOf(shown);
    if (width + wide > columns) endRow();
    if (atCaret) cell = { row: rows.length, column: width };
    width += wide;
    row += shown;
  };
  for (const { index, segment } of segmenter.segment(text.slice(from, caret + reach))) {
    const at = from + index;
    const atCaret = at <= caret && caret < at + segment.length;
    const shown = clean(segment);
    if (shown === "\n") {
      if (atCaret) place(" ", true);
      endRow();
    } else place(cut(shown || "\ufffd", columns), atCaret);
  }
  if (caret >= text.length) place(" ", true);
  endRow();
  return { rows, caret: cell };
}
