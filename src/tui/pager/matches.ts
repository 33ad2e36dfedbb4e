/** What is searched for, in lines. */
import type { Line, Span } from "../view/line.ts";

const textOf = (line: Line): string => line.map(({ text }) => text).join("");

/** Whether a line holds a text; capitals make no difference. */
export const holds = (line: Line, query: string): boolean =>
  textOf(line).toLowerCase().includes(query.toLowerCase());

/** The line with all places of the text set off, across spans, too. */
export function marked(line: Line, query: string): Line {
  const text = textOf(line).toLowerCase();
  const wanted = query.toLowerCase();
  const inside: boolean[] = [];
  // A capital whose small letter has another length would shift all places behind it.
  if (text.length !== textOf(line).length) return line;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    for (let index = at; index < at + wanted.length; index += 1) inside[index] = true;
  let offset = 0;
  return line.flatMap((span) => {
    const from = offset;
    offset += span.text.length;
    return pieces(span, (index) => inside[from + index] === true);
  });
}

/** A span cut where it goes in or out of what is set off. */
function pieces(span: Span, isInside: (index: number) => boolean): Span[] {
  const cut: Span[] = [];
  let start = 0;
  for (let index = 1; index <= span.text.length; index += 1) {
    if (index < span.text.length && isInside(index) === isInside(start)) continue;
    const text = span.text.slice(start, index);
    cut.push(isInside(start) ? { ...span, text, inverse: true } : { ...span, text });
    start = index;
  }
  return cut;
}
