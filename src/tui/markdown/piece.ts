/** What a Markdown text is made of once it is final: pieces that are drawn once, each by itself. */
import type { Span } from "../view/line.ts";

/** How a table's column is set. */
export type Alignment = "left" | "right" | "center";

/** What a table's rows are laid out by: fixed before its first row is drawn, the same for all of them. */
export type TableShape = {
  header: readonly string[];
  align: readonly Alignment[];
  /** The first rows, from which the widths are taken. */
  sample: readonly (readonly string[])[];
};

/** What a piece says; texts hold inline Markdown, code is literal. Only `text` holds line breaks. */
export type Content =
  | { type: "text"; text: string }
  | { type: "heading"; level: number; text: string }
  /** A code block begins; `language` is the info string, empty for none. */
  | { type: "fence"; language: string }
  /** One line of the code block that began last. */
  | { type: "code"; line: string }
  | { type: "table-head"; shape: TableShape }
  | { type: "table-row"; shape: TableShape; cells: readonly string[] }
  | { type: "rule" };

/** A final piece. */
export type Piece = {
  /** A blank line stands above it; null when none does. It holds what goes on through it, such as a quote's bar. */
  gap: readonly Span[] | null;
  /** Marks before its first row: bullets, numbers, quote bars. */
  first: readonly Span[];
  /** What stands before its other rows, as wide as `first`. */
  rest: readonly Span[];
  content: Content;
};
