/**
 * Highlighting by CodeMirror's stream parsers: one line at a time with the state carried along, so that a line that is
 * drawn is never looked at again. Loaded when the first code is drawn.
 */
import { type StreamParser, StringStream } from "@codemirror/streamparser";
import type { Span, Tone } from "../view/line.ts";
import type { LineHighlighter, OpenHighlighter } from "./highlighter.ts";
import { parserFor } from "./languages.ts";

/** Characters of a line beyond which it is plain: such lines are data, and the parsers' patterns were not made for them. */
const longestLine = 2000;

/** Tokens without a character that may follow each other; a parser that makes more of them does not get on. */
const emptyTokens = 10;

const tabSize = 4;
const indentUnit = 2;

export const openHighlighter: OpenHighlighter = (language) => {
  const parser = parserFor(language);
  return parser === null ? null : highlighted(parser);
};

function highlighted(parser: StreamParser<unknown>): LineHighlighter {
  let state: { value: unknown } | null = { value: parser.startState?.(indentUnit) ?? {} };
  return {
    line(text) {
      if (state === null || text.length > longestLine) return [{ text }];
      try {
        if (text.trim() !== "") return spansOf(parser, state.value, text);
        parser.blankLine?.(state.value, indentUnit);
      } catch {
        // A parser that fails on one line is in no state to go on; the rest of the code is readable without colours.
        state = null;
      }
      return [{ text }];
    },
  };
}

/** @throws Error by the parser, or when it does not get on */
function spansOf(parser: StreamParser<unknown>, state: unknown, text: string): Span[] {
  const stream = new StringStream(text, tabSize, indentUnit);
  const spans: Span[] = [];
  for (let empty = 0; !stream.eol(); stream.start = stream.pos) {
    const token = parser.token(stream, state);
    const read = stream.current();
    empty = read === "" ? empty + 1 : 0;
    if (empty > emptyTokens) throw new Error("the parser makes tokens of nothing");
    // Some return undefined for nothing, whatever their types say.
    if (read !== "") add(spans, read, token ? toneOf(token) : undefined);
  }
  return spans;
}

function add(spans: Span[], text: string, tone: Tone | undefined): void {
  const last = spans.at(-1);
  if (last !== undefined && last.tone === tone) spans[spans.length - 1] = { ...last, text: last.text + text };
  else spans.push(tone === undefined ? { text } : { text, tone });
}

/** Names of tokens as the parsers give them, some of CodeMirror 5's among them. */
const toneByName: { readonly [name: string]: Tone } = {
  keyword: "keyword",
  operatorKeyword: "keyword",
  modifier: "keyword",
  tagName: "keyword",
  tag: "keyword",
  header: "heading",
  heading: "heading",
  string: "string",
  "string-2": "string",
  regexp: "string",
  url: "string",
  link: "string",
  number: "number",
  atom: "number",
  bool: "number",
  null: "number",
  unit: "number",
  comment: "comment",
  typeName: "type",
  type: "type",
  className: "type",
  namespace: "type",
  attributeName: "function",
  attribute: "function",
  def: "function",
  definition: "function",
  function: "function",
  builtin: "function",
  standard: "function",
  meta: "keyword",
  processingInstruction: "keyword",
  inserted: "added",
  positive: "added",
  deleted: "removed",
  negative: "removed",
};

/** A token's names are separated by blanks, their modifiers by dots (`variableName.function`). */
function toneOf(token: string): Tone | undefined {
  for (const name of token.split(/[ .]/)) {
    const tone = Object.hasOwn(toneByName, name) ? toneByName[name] : undefined;
    if (tone !== undefined) return tone;
  }
  return undefined;
}
