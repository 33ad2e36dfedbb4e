/** Where words begin and end: runs of letters and digits, and in scripts without blanks the words of a dictionary. */

/** Code units of one run that are looked at. */
const reach = 2000;

const letter = /^[\p{L}\p{N}\p{M}\p{Pc}]$/u;
/** Scripts that are written without blanks between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** The character that ends at `at`, whole if it is a surrogate pair. */
function charBefore(text: string, at: number): string {
  const pair = text.slice(Math.max(0, at - 2), at);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : pair.slice(-1);
}
const charAt = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);

function runStart(text: string, at: number, holds: (char: string) => boolean): number {
  let start = at;
  while (start > 0 && at - start < reach) {
    const char = charBefore(text, start);
    if (!holds(char)) break;
    start -= char.length;
  }
  return start;
}

function runEnd(text: string, at: number, holds: (char: string) => boolean): number {
  let end = at;
  while (end < text.length && end - at < reach) {
    const char = charAt(text, end);
    if (!holds(char)) break;
    end += char.length;
  }
  return end;
}

const isLetter = (char: string): boolean => letter.test(char);
const isOther = (char: string): boolean => !letter.test(char);
const isBlank = (char: string): boolean => /^\s$/u.test(char);
const isInk = (char: string): boolean => !isBlank(char);

/** The start of the word before `at`. */
export function wordBefore(text: string, at: number): number {
  const end = runStart(text, at, isOther);
  const start = runStart(text, end, isLetter);
  const run = text.slice(start, end);
  if (!unspaced.test(run)) return start;
  let last = 0;
  for (const { index } of segmenter.segment(run)) last = index;
  return start + last;
}

/** The end of the word after `at`. */
export function wordAfter(text: string, at: number): number {
  const start = runEnd(text, at, isOther);
  const end = runEnd(text, start, isLetter);
  const run = text.slice(start, end);
  if (!unspaced.test(run)) return end;
  const [first] = segmenter.segment(run);
  return start + (first?.segment.length ?? 0);
}

/** The start of what stands between blanks before `at`. */
export const inkBefore = (text: string, at: number): number =>
  runStart(text, runStart(text, at, isBlank), isInk);
