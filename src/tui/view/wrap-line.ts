/** Breaking a line of several styles into rows. */
import { type Line, type Span, widthOf, wrap } from "./line.ts";

/** Rows of at most `columns`, each span's style kept; broken where plain text would be. */
export function wrapLine(line: Line, columns: number): Line[] {
  const text = line.map((span) => span.text).join("");
  if (!text.includes("\n") && widthOf(text) <= columns) return [line];
  const rows: Line[] = [];
  let offset = 0;
  for (const row of wrap(text, columns)) {
    // A row that was broken has lost the space or the line break there.
    offset = text.indexOf(row, offset);
    rows.push(slice(line, offset, offset + row.length));
    offset += row.length;
  }
  return rows;
}

/** The part of a line between two places in its text. */
function slice(line: Line, from: number, to: number): Line {
  const part: Span[] = [];
  let at = 0;
  for (const span of line) {
    const text = span.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += span.text.length;
    if (text !== "") part.push({ ...span, text });
  }
  return part;
}
