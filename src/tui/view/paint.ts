/** Lines as a terminal takes them. */

import type { Palette } from "../theme/palette.ts";
import { clean, oneRow } from "./clean.ts";
import type { Line, Span } from "./line.ts";

/** A line as text with styling. Nothing else that a terminal obeys gets through, a line break least of all. */
export const paint = (line: Line, palette: Palette): string =>
  runsOf(line)
    .map((span) => paintSpan(span, palette))
    .join("");

/** Neighbours of one style as one: a scanner may have looked at a word in pieces, and each style costs ten bytes. */
function runsOf(line: Line): Line {
  const runs: Span[] = [];
  for (const span of line) {
    const last = runs.at(-1);
    if (last !== undefined && sameStyle(last, span))
      runs[runs.length - 1] = { ...last, text: last.text + span.text };
    else runs.push(span);
  }
  return runs;
}

const styles = [
  "tone",
  "bold",
  "dim",
  "italic",
  "underline",
  "strike",
  "inverse",
  "sgr",
  "href",
] as const satisfies readonly (keyof Span)[];

const sameStyle = (one: Span, other: Span): boolean => styles.every((style) => one[style] === other[style]);

function paintSpan(
  { text, tone, bold, dim, italic, underline, strike, inverse, sgr, href }: Span,
  palette: Palette,
): string {
  const shown = oneRow(clean(text));
  if (shown === "") return "";
  const colour = tone && palette[tone];
  // Each style is closed by itself: Ink's layout knows no other way to tell where it ends.
  let painted = shown;
  if (colour !== undefined) painted = `${colour.begin}${painted}${colour.end}`;
  if (dim) painted = `\x1b[2m${painted}\x1b[22m`;
  if (bold) painted = `\x1b[1m${painted}\x1b[22m`;
  if (italic) painted = `\x1b[3m${painted}\x1b[23m`;
  if (underline) painted = `\x1b[4m${painted}\x1b[24m`;
  if (strike) painted = `\x1b[9m${painted}\x1b[29m`;
  if (inverse) painted = `\x1b[7m${painted}\x1b[27m`;
  // Where there are no colours, a person's own command has none either.
  if (sgr !== undefined && /^[\d;]+$/.test(sgr) && palette.accent) painted = `\x1b[${sgr}m${painted}\x1b[0m`;
  return href === undefined ? painted : `\x1b]8;;${clean(href)}\x1b\\${painted}\x1b]8;;\x1b\\`;
}
