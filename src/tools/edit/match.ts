/** Finding the model's text in a file: exact first, then by tiers that forgive what models get wrong. */
import { withLf } from "./lines.ts";

/**
 * How a match was found, strictest first. A laxer tier is tried only when the stricter found nothing, and a match must
 * be the only one on its tier.
 */
export const tiers = ["exact", "trailing space", "indentation", "inner space", "unicode"] as const;
/** A tier of `tiers`, or a match that was only found once `withoutQuoteEscapes` had been applied to the model's text. */
export type Tier = LineTier | "quote escapes";
type LineTier = (typeof tiers)[number];

/**
 * A match in line coordinates: from column `column` of line `line` (both 0-based) to column `endColumn` of line
 * `line + count - 1`. Matches by whole lines begin at column 0.
 */
export type Match = { line: number; count: number; column: number; endColumn: number };

/** All matches on the strictest tier that has any. */
export type Found = { tier: Tier; matches: Match[] };

const NON_ASCII = /[^\x00-\x7f]/;
const DASHES = /[\u2010-\u2015\u2212]/g;
const SINGLE_QUOTES = /[\u2018-\u201b]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f]/g;
const SPACES = /[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g;

/** Typographic dashes, quotes and spaces as their ASCII forms; the length does not change. */
export function foldUnicode(text: string): string {
  if (!NON_ASCII.test(text)) return text;
  return text
    .replace(DASHES, "-")
    .replace(SINGLE_QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .replace(SPACES, " ");
}

/** Blanks only: NBSP and other spaces of Unicode are content until the last tier. */
function trimBlank(line: string): string {
  return line.replace(/^[ \t]+|[ \t]+$/g, "");
}

/**
 * Text that was escaped once too often (`\"` for `"`), as models that write JSON sometimes leave it; null when
 * there is nothing to take off. Only for text that is nowhere in the file as it stands.
 */
export function withoutQuoteEscapes(text: string): string | null {
  return text.includes('\\"') ? text.replace(/\\(["\\])/g, "$1") : null;
}

/** What is compared on a tier that works by whole lines. */
export const lineKeys: { [tier in LineTier]: (line: string) => string } = {
  exact: (line) => line,
  "trailing space": (line) => line.replace(/[ \t]+$/, ""),
  indentation: trimBlank,
  "inner space": (line) => trimBlank(line).replace(/[ \t]+/g, " "),
  unicode: (line) => trimBlank(foldUnicode(line)).replace(/[ \t]+/g, " "),
};

/**
 * Finds `wanted` (any line endings) in the lines of a file. `lax` false seeks exact matches only, for files whose
 * bytes are not all text.
 */
export function findText(lines: readonly string[], wanted: string, lax: boolean): Found | null {
  const needle = withLf(wanted);
  const exact = findSubstring(lines, needle);
  if (exact.length > 0) return { tier: "exact", matches: exact };
  if (!lax) return null;
  for (const tier of tiers.slice(1)) {
    if (tier === "unicode") {
      const folded = findSubstring(lines.map(foldUnicode), foldUnicode(needle));
      if (folded.length > 0) return { tier, matches: folded };
    }
    const matches = findWholeLines(lines, needle.split("\n"), tier);
    if (matches.length > 0) return { tier, matches };
  }
  return null;
}

/** Every place the text stands, overlapping ones too: `aa` is ambiguous in `aaa`. */
function findSubstring(lines: readonly string[], needle: string): Match[] {
  const text = lines.join("\n");
  const matches: Match[] = [];
  const count = needle.split("\n").length;
  const lastLength = needle.length - (needle.lastIndexOf("\n") + 1);
  let line = 0;
  let lineStart = 0;
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
    while (lineStart + (lines[line] ?? "").length < at) {
      lineStart += (lines[line] ?? "").length + 1;
      line += 1;
    }
    const column = at - lineStart;
    matches.push({ line, count, column, endColumn: count === 1 ? column + lastLength : lastLength });
  }
  return matches;
}

function findWholeLines(lines: readonly string[], wanted: readonly string[], tier: LineTier): Match[] {
  // A line break at the end of the wanted text only says where the next line begins.
  const open = wanted.length > 1 && wanted.at(-1) === "";
  const core = open ? wanted.slice(0, -1) : wanted;
  return findLines(lines, core, lineKeys[tier]).map((line) => {
    const hasNext = line + core.length < lines.length;
    return open && hasNext
      ? { line, count: core.length + 1, column: 0, endColumn: 0 }
      : { line, count: core.length, column: 0, endColumn: (lines[line + core.length - 1] ?? "").length };
  });
}

/** The lines at which `wanted` begins, compared by `key`. Text that is blank by its keys is nowhere. */
export function findLines(
  lines: readonly string[],
  wanted: readonly string[],
  key: (line: string) => string,
): number[] {
  const keys = wanted.map(key);
  // The longest line is the rarest: most places are ruled out by one comparison.
  let pivot = 0;
  keys.forEach((text, i) => {
    if (text.length > (keys[pivot] ?? "").length) pivot = i;
  });
  if ((keys[pivot] ?? "") === "") return [];
  const hay = lines.map(key);
  const starts: number[] = [];
  for (let start = 0; start + keys.length <= hay.length; start += 1) {
    if (hay[start + pivot] !== keys[pivot]) continue;
    if (keys.every((text, i) => hay[start + i] === text)) starts.push(start);
  }
  return starts;
}
