/** Tables: widths are fixed by the first rows, and cells that are wider are wrapped. */
import { type Line, type Span, type Style, widthOfLine, wrapLine } from "../view/line.ts";
import type { Alignment, TableShape } from "./piece.ts";
import { type LinkStyle, styled } from "./styled.ts";

/** Columns a cell is given at least; with less a table could not be read. */
const narrowest = 6;

const between = " │ ";

/** A table's column widths; null when the terminal is too narrow for its columns, and rows are shown one below the other. */
export function tableWidths(shape: TableShape, columns: number, links: LinkStyle): number[] | null {
  const count = shape.header.length;
  const room = columns - between.length * (count - 1);
  const wanted = shape.header.map((_, index) =>
    Math.max(1, ...[shape.header, ...shape.sample].map((row) => widestOf(row[index] ?? "", links))),
  );
  if (sum(wanted) <= room) return wanted;
  if (room < count * narrowest) return null;
  return shared(wanted, room);
}

const widestOf = (cell: string, links: LinkStyle): number =>
  Math.max(0, ...styled(cell, links, {}).map(widthOfLine));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Narrow columns get what they want, wide ones share the rest. */
function shared(wanted: readonly number[], room: number): number[] {
  const widths = wanted.map(() => 0);
  let left = room;
  const order = wanted.map((width, index) => ({ width, index })).sort((a, b) => a.width - b.width);
  order.forEach(({ width, index }, position) => {
    const given = Math.min(width, Math.floor(left / (order.length - position)));
    widths[index] = given;
    left -= given;
  });
  return widths;
}

/** A table's first lines. */
export function tableHead(
  shape: TableShape,
  widths: number[] | null,
  columns: number,
  links: LinkStyle,
): Line[] {
  if (widths === null) return shape.sample.length > 0 ? [] : stacked([], shape, columns, links);
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
  return [...row(shape.header, shape.align, widths, links, { bold: true }), [{ text: rule, dim: true }]];
}

/** A table's row as lines. */
export function tableRow(
  cells: readonly string[],
  shape: TableShape,
  widths: number[] | null,
  columns: number,
  links: LinkStyle,
): Line[] {
  if (widths === null) return [...stacked(cells, shape, columns, links), [{ text: "─", dim: true }]];
  return row(cells, shape.align, widths, links, {});
}

/** Each cell behind the name of its column, in a row of its own. */
function stacked(cells: readonly string[], shape: TableShape, columns: number, links: LinkStyle): Line[] {
  return shape.header.flatMap((name, index) => {
    const [head = [], ...below] = styled(name, links, { bold: true });
    const [first = [], ...more] = styled(cells[index] ?? "", links, {});
    const line = [...head, ...below.flatMap((part) => [{ text: " " }, ...part]), { text: ": " }, ...first];
    return [line, ...more].flatMap((whole) => wrapLine(whole, columns));
  });
}

function row(
  cells: readonly string[],
  align: readonly Alignment[],
  widths: readonly number[],
  links: LinkStyle,
  style: Style,
): Line[] {
  const wrapped = widths.map((width, index) =>
    styled(cells[index] ?? "", links, style).flatMap((line) => wrapLine(line, width)),
  );
  const height = Math.max(1, ...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    widths.flatMap((width, index): Span[] => {
      const last = index === widths.length - 1;
      const cell = aligned(wrapped[index]?.[at] ?? [], width, align[index] ?? "left", last);
      return index === 0 ? cell : [{ text: between, dim: true }, ...cell];
    }),
  );
}

/** The cell with what it needs to be as wide as its column; nothing stands behind the last one. */
function aligned(line: Line, width: number, align: Alignment, last: boolean): Span[] {
  const free = Math.max(0, width - widthOfLine(line));
  const before = align === "right" ? free : align === "center" ? Math.floor(free / 2) : 0;
  const after = last ? 0 : free - before;
  return [{ text: " ".repeat(before) }, ...line, { text: " ".repeat(after) }].filter(
    ({ text }) => text !== "",
  );
}
