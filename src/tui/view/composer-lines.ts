/** Where a person types, as lines with a drawn caret. */
import type { Editor } from "../input/editor.ts";
import { clean } from "./clean.ts";
import { cut, type Line, plain, widthOf } from "./line.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const mark = { text: "› ", tone: "accent" } as const;

/** The composer in 1 to `room` lines, scrolled so that the caret is in sight. */
export function composerLines({ text, caret }: Editor, hint: string, columns: number, room: number): Line[] {
  const inner = Math.max(2, columns - 2);
  if (text === "") return [[mark, { text: " ", inverse: true }, ...plain(` ${hint}`, { dim: true })]];
  const { rows, caretRow } = typedRows(text, caret, inner, room);
  const first = Math.max(0, Math.min(caretRow - room + 1, rows.length - room));
  return rows
    .slice(first, first + room)
    .map((row, index) => [first + index === 0 ? mark : { text: "  " }, ...row]);
}

/** The text around the caret as rows; how far it reaches is bounded, so that a huge paste costs no more than a page. */
function typedRows(
  text: string,
  caret: number,
  columns: number,
  room: number,
): { rows: Line[]; caretRow: number } {
  const reach = room * columns * 4;
  const from = caret <= reach ? 0 : text.indexOf("\n", caret - reach) + 1 || caret - reach;
  const rows: Line[] = [];
  let caretRow = 0;
  let row = "";
  let width = 0;
  let marked: Line | null = null;
  const endRow = (): void => {
    rows.push(marked ? [...marked, { text: row }] : plain(row));
    row = "";
    width = 0;
    marked = null;
  };
  const place = (shown: string, atCaret: boolean): void => {
    const wide = widthOf(shown);
    if (width + wide > columns) endRow();
    width += wide;
    if (!atCaret) {
      row += shown;
      return;
    }
    caretRow = rows.length;
    marked = [{ text: row }, { text: shown, inverse: true }];
    row = "";
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
  return { rows, caretRow };
}
