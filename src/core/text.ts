/**
 * Cutting text at a length in UTF-16 units, but never inside a character: half of a surrogate pair in a request is not
 * valid Unicode, and some upstreams refuse it for ever.
 */

/** The first `length` units, or one fewer. */
export function headOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, length < text.length && last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** The last `length` units, or one fewer. */
export function tailOf(text: string, length: number): string {
  const start = Math.max(0, text.length - length);
  const first = text.charCodeAt(start);
  return text.slice(start > 0 && first >= 0xdc00 && first <= 0xdfff ? start + 1 : start);
}
