/** Pieces of Markdown as lines. What was drawn is final, so pieces are drawn in their order, once. */
import type { LineHighlighter, OpenHighlighter } from "../highlight/highlighter.ts";
import { fillRows, type Line, plain, type Span, type Style, widthOfLine, wrapLine } from "../view/line.ts";
import type { Piece, TableShape } from "./piece.ts";
import { type LinkStyle, styled } from "./styled.ts";
import { tableHead, tableRow, tableWidths } from "./table.ts";

/** How Markdown is drawn. */
export type Look = {
  links: LinkStyle;
  /** Begins to highlight a code block. */
  highlighter: OpenHighlighter;
};

/** Draws the pieces of one text after the other; keeps what the lines of a code block and the rows of a table share. */
export class PieceDrawer {
  readonly #look: Look;
  #code: LineHighlighter | null = null;
  #table: { shape: TableShape; columns: number; widths: number[] | null } | null = null;

  constructor(look: Look) {
    this.#look = look;
  }

  /** A piece in rows of at most `columns`, the blank line above it included. */
  lines(piece: Piece, columns: number): Line[] {
    const { first, rest } = fitted(piece, columns);
    const room = Math.max(1, columns - widthOfLine(rest));
    const rows = this.#content(piece, room);
    const gap = piece.gap === null ? [] : [widthOfLine(piece.gap) <= columns / 2 ? piece.gap : []];
    // A code block without a language begins with its first line; the mark of an item it is in must not wait for it.
    if (rows.length === 0 && first.every(({ text }, index) => text === rest[index]?.text)) return gap;
    const [top = [], ...below] = rows;
    const head =
      widthOfLine(first) + widthOfLine(top) > columns
        ? [...wrapLine(first, columns), ...wrapLine(top, columns)]
        : [[...first, ...top]];
    const drawn = [...head, ...below.map((row): Line => [...rest, ...row])];
    return [...gap, ...drawn];
  }

  #content({ content }: Piece, columns: number): Line[] {
    const { links, highlighter } = this.#look;
    switch (content.type) {
      case "text":
        return wrapped(styled(content.text, links, {}), columns);
      case "heading": {
        const style: Style = { tone: "heading", bold: true, ...(content.level === 1 && { underline: true }) };
        return wrapped(styled(content.text, links, style), columns);
      }
      case "fence": {
        this.#code = highlighter(content.language.split(/[\s,{]/, 1)[0] ?? "");
        return content.language === "" ? [] : wrapped([plain(content.language, { dim: true })], columns);
      }
      case "code": {
        const spans = this.#code?.line(content.line) ?? [{ text: content.line }];
        return codeRows(spans, Math.max(1, columns - codeIndent.length));
      }
      case "rule":
        return [plain("─".repeat(Math.min(columns, ruleWidth)), { dim: true })];
      case "table-head":
        return tableHead(content.shape, this.#widths(content.shape, columns), columns, links);
      case "table-row": {
        const { shape, cells } = content;
        return tableRow(cells, shape, this.#widths(shape, columns), columns, links);
      }
    }
  }

  /** Rows that come later are laid out as the first ones were, unless the terminal was resized. */
  #widths(shape: TableShape, columns: number): number[] | null {
    const table = this.#table;
    if (table?.shape === shape && table.columns === columns) return table.widths;
    const widths = tableWidths(shape, columns, this.#look.links);
    this.#table = { shape, columns, widths };
    return widths;
  }
}

const codeIndent = "  ";
const ruleWidth = 40;

const wrapped = (lines: readonly Line[], columns: number): Line[] =>
  lines.flatMap((line) => wrapLine(line, columns));

/** A line of code, indented. */
function codeRows(spans: Line, columns: number): Line[] {
  return fillRows(spans, columns).map((row) =>
    row.every(({ text }) => text === "") ? [] : [{ text: codeIndent }, ...row],
  );
}

/** The marks of a piece, as far as they leave at least half of the row to what is said. */
function fitted({ first, rest }: Piece, columns: number): { first: readonly Span[]; rest: readonly Span[] } {
  if (widthOfLine(rest) <= columns / 2) return { first, rest };
  // Deep nesting in a narrow terminal: the indentation goes, the innermost mark stays.
  const marks = first.map(({ text }) => text.trim()).filter((text) => text !== "" && text !== "│");
  return { first: marks.length > 0 ? [{ text: `${marks.join(" ")} `, tone: "accent" }] : [], rest: [] };
}
