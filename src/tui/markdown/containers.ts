/** Quotes and list items: what a line of Markdown stands in (CommonMark 0.31, section 5). */
import type { Span } from "../view/line.ts";
import { widthOf } from "../view/line.ts";

/** A block that holds others. */
export type Container = {
  /** Its mark is not drawn yet. */
  fresh: boolean;
} & (
  | { type: "quote" }
  | {
      type: "item";
      /** Columns its content is indented by. */
      indent: number;
      /** What is drawn before its first row. */
      mark: string;
      /** The number of its list's first item and its own; null for bullets. */
      number: { first: number; own: number } | null;
    }
);

/** Deeper nesting is text: what is carried from line to line stays small. */
export const deepest = 24;

/** Columns of spaces a line begins with. */
export function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === 32) indent += 1;
  return indent;
}

/** How many of the containers a line goes on in, and what of it is left inside of them. */
export function matched(containers: readonly Container[], line: string): { count: number; rest: string } {
  let rest = line;
  let count = 0;
  for (const container of containers) {
    const indent = indentOf(rest);
    if (container.type === "quote") {
      if (indent > 3 || rest[indent] !== ">") break;
      rest = afterQuote(rest.slice(indent));
    } else if (indent === rest.length) rest = "";
    else if (indent >= container.indent) rest = rest.slice(container.indent);
    else break;
    count += 1;
  }
  return { count, rest };
}

const afterQuote = (text: string): string => text.slice(text[1] === " " ? 2 : 1);

/**
 * A container that begins with this line, and what is left of the line.
 * @param before the item the line would follow in the same list
 * @param interrupts a paragraph would be broken off by it
 */
export function opened(
  rest: string,
  before: Container | undefined,
  interrupts: boolean,
): { container: Container; rest: string } | null {
  const indent = indentOf(rest);
  if (indent > 3) return null;
  const text = rest.slice(indent);
  if (text.startsWith(">")) return { container: { type: "quote", fresh: true }, rest: afterQuote(text) };
  const [, bullet, digits, stop] = /^(?:([-+*])|(\d{1,9})([.)]))(?= |$)/.exec(text) ?? [];
  const marker = bullet ?? (digits === undefined ? undefined : digits + (stop ?? ""));
  if (marker === undefined) return null;
  const after = text.slice(marker.length);
  const content = after.trimStart();
  if (interrupts && (content === "" || (digits !== undefined && Number(digits) !== 1))) return null;
  const spaces = after.length - content.length;
  // More spaces than four belong to an indented code block inside the item.
  const gap = content === "" || spaces > 4 ? 1 : spaces;
  const task = /^\[([ xX])\] /.exec(content);
  const number = digits === undefined ? null : numberAfter(before, Number(digits));
  const mark = number === null ? "• " : `${number.own}${stop} `;
  return {
    container: {
      type: "item",
      fresh: true,
      indent: indent + marker.length + gap,
      mark: task ? `${number === null ? "" : mark}${task[1] === " " ? "☐" : "☑"} ` : mark,
      number,
    },
    rest: task ? content.slice(4) : after.slice(gap),
  };
}

/** Lists whose items all have the first one's number are counted; every other number is what was meant. */
function numberAfter(before: Container | undefined, written: number): { first: number; own: number } {
  const list = before?.type === "item" ? before.number : null;
  if (list === null) return { first: written, own: written };
  return { first: list.first, own: written === list.first ? list.own + 1 : written };
}

const bar: Span = { text: "│ ", tone: "quote" };

/** What stands before the rows of a block: the first one takes the marks that are not drawn yet. */
export function marksOf(containers: readonly Container[]): { first: Span[]; rest: Span[] } {
  const rest = containers.map(
    (container): Span => (container.type === "quote" ? bar : { text: " ".repeat(widthOf(container.mark)) }),
  );
  const first = containers.map((container, index): Span => {
    if (container.type === "item" && container.fresh) return { text: container.mark, tone: "accent" };
    return rest[index] ?? bar;
  });
  return { first, rest };
}

/** What goes through the blank line above a block. */
export function gapOf(containers: readonly Container[]): Span[] {
  const begins = containers.findIndex(({ fresh }) => fresh);
  const going = begins < 0 ? containers : containers.slice(0, begins);
  const quotes = going.findLastIndex(({ type }) => type === "quote");
  return marksOf(going.slice(0, quotes + 1)).rest;
}
