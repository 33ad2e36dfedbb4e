/** What a status line command prints, as lines: its colours stay, everything else a terminal would obey goes. */
import { clean } from "../view/clean.ts";
import type { Line, Span } from "../view/line.ts";

const sgr = /\u001b\[([\d;]*)m/;

/** The first lines of it, without empty ones at the end. */
export function styledLines(text: string, most: number): Line[] {
  return text.trimEnd().split("\n").slice(0, most).map(styledLine);
}

function styledLine(text: string): Line {
  const spans: Span[] = [];
  let style = "";
  for (const [index, piece] of text.split(sgr).entries()) {
    // Every second piece is the parameters of a sequence.
    if (index % 2 === 1) style = after(style, piece);
    else if (clean(piece) !== "") spans.push({ text: clean(piece), ...(style !== "" && { sgr: style }) });
  }
  return spans;
}

/** The parameters in force after more of them: a 0, or none, takes back all that were. */
function after(style: string, added: string): string {
  const parameters = added.split(";");
  const reset = parameters.lastIndexOf("0");
  if (added === "") return "";
  const rest = parameters.slice(reset + 1).join(";");
  return reset === -1 && style !== "" ? `${style};${rest}` : rest;
}
