/** Syntax highlighting as its users see it; the languages themselves are loaded when the first code is drawn. */
import type { Span } from "../view/line.ts";

/** Highlights the lines of one text, in their order. */
export type LineHighlighter = {
  /** The line as spans that together are its text. */
  line(text: string): Span[];
};

/** Begins a text in a language: an info string's word (`ts`), or a file's extension or name. Null when it is unknown. */
export type OpenHighlighter = (language: string) => LineHighlighter | null;

/** Loads the languages. */
export const loadHighlighter = async (): Promise<OpenHighlighter> =>
  (await import("./stream.ts")).openHighlighter;
