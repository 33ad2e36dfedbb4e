/**
 * Where characters begin and end as people count them (UAX 29), near a place of a text. Only the neighbourhood is looked
 * at: a text may have megabytes, on one line, and each key asks.
 */

/** Code units looked at around a place; longer runs of marks on one character are taken apart. */
const reach = 256;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A printable ASCII character: between two of them there is always a boundary. */
const plain = (code: number): boolean => code >= 0x20 && code <= 0x7e;
const newline = 0x0a;

/** A boundary at or before `at`, as near as is known without looking far. */
function safeStart(text: string, at: number): number {
  const least = Math.max(0, at - reach);
  for (let place = at; place > least; place -= 1) {
    const before = text.charCodeAt(place - 1);
    if (before === newline || (plain(before) && plain(text.charCodeAt(place)))) return place;
  }
  // Not between the halves of a surrogate pair.
  return least > 0 && (text.charCodeAt(least) & 0xfc00) === 0xdc00 ? least - 1 : least;
}

/** The start of the grapheme before the boundary `at`; 0 at the start. */
export function graphemeBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  const from = safeStart(text, at - 1);
  let last = from;
  for (const { index } of segmenter.segment(text.slice(from, at))) last = from + index;
  return last;
}

/** The end of the grapheme that begins at the boundary `at`; the text's length at its end. */
export function graphemeAfter(text: string, at: number): number {
  if (plain(text.charCodeAt(at)) && (at + 1 >= text.length || plain(text.charCodeAt(at + 1)))) return at + 1;
  const [first] = segmenter.segment(text.slice(at, at + reach));
  return at + (first?.segment.length ?? 0);
}

/** The start of the grapheme that `at` is in or begins; for a caret that came from elsewhere. */
export function boundaryAt(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  const from = safeStart(text, at);
  let last = from;
  for (const { index } of segmenter.segment(text.slice(from, at + reach))) {
    if (from + index > at) break;
    last = from + index;
  }
  return last;
}

/** The graphemes of `text` from one boundary to another: where each begins and ends. */
export function* graphemes(text: string, from: number, to: number): Generator<[start: number, end: number]> {
  const part = text.slice(from, to);
  // Most of what is typed is ASCII, and asking the segmenter costs a hundred times as much.
  if (/^[\t\n\u0020-\u007e]*$/.test(part)) {
    for (let at = from; at < to; at += 1) yield [at, at + 1];
    return;
  }
  for (const { index, segment } of segmenter.segment(part))
    yield [from + index, from + index + segment.length];
}
