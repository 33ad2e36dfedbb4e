/** Text from models, tools and people, made harmless for a terminal and for the layout. */
import { stripVTControlCharacters } from "node:util";

/** Tab stops differ by terminal and by column; a fixed width keeps the layout's arithmetic true. */
const tab = "    ";

/** C0 (but for newline), DEL and C1. */
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/**
 * Characters that reorder or hide what stands around them: bidirectional controls (their abuse is CVE-2021-42574) and
 * line and paragraph separators. Right-to-left letters need none of them.
 */
const deceptive = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Half a surrogate pair: a text cut in the middle of a character. */
const halfCharacter = /\p{Surrogate}/gu;

const suspicious =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Surrogate}]/u;

/** Text to be read: escape sequences and controls are taken out, tabs are spaces, every kind of line break is `\n`. */
export function clean(text: string): string {
  if (!suspicious.test(text)) return text;
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", tab)
    .replace(control, "")
    .replace(deceptive, "")
    .replace(halfCharacter, "\ufffd");
}

/** Text somebody is asked to allow: nothing of it may be invisible, so controls are shown as `^[` or `\u202e`. */
export function reveal(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll("\t", tab)
    .replace(control, (char) =>
      char < "\u0020" ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}` : codePoint(char),
    )
    .replace(deceptive, codePoint)
    .replace(halfCharacter, "\ufffd");
}

/** The text in one row, for names and heads. */
export const oneRow = (text: string): string => text.replaceAll("\n", " ");

const codePoint = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
