/** What was streamed, as far as it takes to know it again in the recorded text: a whole answer is not kept for that. */

/** A text's length and checksum. */
export type Told = { readonly length: number; readonly sum: number; readonly check: number };

/** Nothing was streamed. */
export const nothingTold: Told = { length: 0, sum: 0x811c9dc5, check: 0 };

/** With more text at its end (FNV-1a beside a multiplicative hash: together 64 bits). */
export function told({ length, sum, check }: Told, delta: string): Told {
  let first = sum;
  let second = check;
  for (let index = 0; index < delta.length; index += 1) {
    const unit = delta.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x01000193);
    second = (Math.imul(second, 31) + unit) | 0;
  }
  return { length: length + delta.length, sum: first, check: second };
}

/** Whether a text begins with what was streamed. */
export function beginsWith(text: string, streamed: Told): boolean {
  if (text.length < streamed.length) return false;
  const same = told(nothingTold, text.slice(0, streamed.length));
  return same.sum === streamed.sum && same.check === streamed.check;
}
