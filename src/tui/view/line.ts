/** Lines of the screen as data: what a frame is made of before anything draws it. */
import { eastAsianWidth } from "get-east-asian-width";

/** What a colour means; the theme decides which one it is, and whether there are any. */
export const tones = [
  "accent",
  "good",
  "bad",
  "warning",
  "heading",
  "code",
  "link",
  "quote",
  "keyword",
  "string",
  "number",
  "comment",
  "type",
  "function",
  "added",
  "removed",
  "added-words",
  "removed-words",
] as const;

/** One of the {@link tones}. */
export type Tone = (typeof tones)[number];

/** A run of text in one style. */
export type Span = {
  text: string;
  tone?: Tone;
  bold?: true;
  dim?: true;
  italic?: true;
  underline?: true;
  strike?: true;
  inverse?: true;
  /** SGR parameters that a person's own command chose (digits and semicolons). */
  sgr?: string;
  /** Where a click leads; only ever an address that is harmless to open. */
  href?: string;
};

/** One row; never holds a line break. */
export type Line = readonly Span[];

/** The look of a span. */
export type Style = Omit<Span, "text">;

/** A line in one style. */
export const plain = (text: string, style: Style = {}): Line => [{ text, ...style }];

const ascii = /^[\u0020-\u007e]*$/;

/**
 * Columns a text takes at most. Terminals disagree about joined emoji and variation selectors, so each code point counts
 * by itself: a line may come out narrower than this, never wider, and never wraps where it should not.
 */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** Columns a line takes at most. */
export const widthOfLine = (line: Line): number => line.reduce((sum, span) => sum + widthOf(span.text), 0);

/** Marks drawn over the character before them, and format characters such as joiners. */
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

function charWidth(char: string): number {
  if (char < "\u0300") return 1;
  // The emoji presentation selector makes the character before it wide.
  if (char === "\ufe0f") return 1;
  return zeroWidth.test(char) ? 0 : eastAsianWidth(char.codePointAt(0) ?? 0);
}

/** Text by what is drawn as one. */
export const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many code units of `text` fit into `columns`: at least one character, else nothing would ever be shown. */
function fitting(text: string, columns: number): number {
  if (ascii.test(text.slice(0, columns))) {
    // A mark that combines with the last one that fits belongs to it.
    if (text.length <= columns || ascii.test(text.charAt(columns))) return Math.min(text.length, columns);
  }
  let width = 0;
  let end = 0;
  for (const char of text) {
    width += charWidth(char);
    if (width > columns && end > 0) return wholeCharacters(text, end);
    end += char.length;
  }
  return end;
}

/** What readers take for one character is longer than this only in texts that are made to be. */
const longestCharacter = 64;

/** A place to cut that is not inside of a character, at or before `end`; `end` when the first one alone is too wide. */
function wholeCharacters(text: string, end: number): number {
  const start = segmenter.segment(text.slice(0, end + longestCharacter)).containing(end)?.index ?? end;
  return start > 0 ? start : end;
}

/** Breaks text into rows of at most `columns`, at spaces where there are any. `\n` always breaks. */
export function wrap(text: string, columns: number): string[] {
  return text
    .split("\n")
    .flatMap((line) => rowsIn(line, columns).map(({ start, end }) => line.slice(start, end)));
}

/** Where the rows of a line of text begin and end; the space a row ends at belongs to none. */
function rowsIn(line: string, columns: number): { start: number; end: number }[] {
  const rows: { start: number; end: number }[] = [];
  let start = 0;
  for (;;) {
    const rest = line.slice(start);
    const fits = fitting(rest, columns);
    if (fits >= rest.length) return [...rows, { start, end: line.length }];
    // A space right behind the row is a place to break, too.
    const space = rest.slice(0, fits + 1).lastIndexOf(" ");
    const indented = rest.slice(0, Math.max(0, space)).trim() === "";
    const end = space > 0 && !indented ? space : fits;
    rows.push({ start, end: start + end });
    start += end === space ? end + 1 : end;
  }
}

/** A line of several styles broken into rows of at most `columns`. */
export function wrapLine(line: Line, columns: number): Line[] {
  if (widthOfLine(line) <= columns) return [line];
  return rowsIn(line.map(({ text }) => text).join(""), columns).map(({ start, end }) =>
    slice(line, start, end),
  );
}

/** A line of code broken where a row is full, not at spaces: none of them is lost, and what is aligned stays so. */
export function fillRows(line: Line, columns: number): Line[] {
  if (widthOfLine(line) <= columns) return [line];
  const text = line.map((span) => span.text).join("");
  const rows: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + fitting(text.slice(start), columns);
    rows.push(slice(line, start, end));
    start = end;
  }
  return rows;
}

function slice(line: Line, start: number, end: number): Line {
  let offset = 0;
  return line.flatMap((span) => {
    const from = offset;
    offset += span.text.length;
    const text = span.text.slice(Math.max(0, start - from), Math.max(0, end - from));
    return text === "" ? [] : [{ ...span, text }];
  });
}

/** Text cut to `columns`, with an ellipsis where something is missing. */
export function cut(text: string, columns: number): string {
  if (fitting(text, columns) >= text.length && widthOf(text) <= columns) return text;
  if (columns <= 1) return "…".slice(0, Math.max(0, columns));
  const head = text.slice(0, fitting(text, columns - 1));
  return widthOf(head) < columns ? `${head}…` : "…";
}

/** A line cut to `columns`. */
export function cutLine(line: Line, columns: number): Line {
  const spans: Span[] = [];
  let left = columns;
  for (const span of line) {
    const width = widthOf(span.text);
    if (width > left) return left > 0 ? [...spans, { ...span, text: cut(span.text, left) }] : spans;
    spans.push(span);
    left -= width;
  }
  return spans;
}

/** Wrapped text behind a mark: the mark stands on the first row, later rows are indented by its width. */
export function block(mark: Span, text: string, columns: number, style: Style = {}): Line[] {
  const indent = widthOf(mark.text);
  return wrap(text, Math.max(1, columns - indent)).map((row, index) => [
    index === 0 ? mark : { text: " ".repeat(indent) },
    { text: row, ...style },
  ]);
}
