/** What has to be written for a row to become another. */

/** From which column on a row is written anew, with what, and whether what stands behind that stays. */
export type RowChange = { column: number; text: string; keepsRest: boolean };

const esc = 0x1b;

/**
 * Leaves out what both rows begin with, and what they end with where nothing moves, as far as it is plain ASCII and
 * styling: of anything wider only the terminal knows where it ends. Styles that were opened before are opened again.
 */
export function rowChange(before: string, after: string): RowChange {
  const { index, column, styles } = commonStart(before, after);
  const text = after.slice(index);
  const old = before.slice(index);
  if (text.length === old.length) {
    let length = text.length;
    while (length > 0 && text.charCodeAt(length - 1) === old.charCodeAt(length - 1)) length -= 1;
    const changed = text.slice(0, length);
    // A character that combines would belong to the last one written.
    const rest = text.charCodeAt(length);
    if (
      printable.test(changed) &&
      printable.test(old.slice(0, length)) &&
      (Number.isNaN(rest) || rest < 0x7f)
    ) {
      return { column, text: styles + changed, keepsRest: true };
    }
  }
  return { column, text: styles + text, keepsRest: false };
}

const printable = /^[ -~]*$/;

/** How far both are the same: code units, columns, and the styles that are open there. */
type Start = { index: number; column: number; styles: string };

function commonStart(before: string, after: string): Start {
  let styles = "";
  let column = 0;
  let index = 0;
  let kept: Start = { index, column, styles };
  while (index < after.length && before.charCodeAt(index) === after.charCodeAt(index)) {
    const code = after.charCodeAt(index);
    if (code === esc) {
      const sequence = styleAt(after, index);
      if (sequence === null || !before.startsWith(sequence, index)) break;
      styles = /^\x1b\[0?m$/.test(sequence) ? "" : styles + sequence;
      index += sequence.length;
      continue;
    }
    if (code < 0x20 || code > 0x7e) break;
    // What follows may combine with this character, so it is kept only once it is known not to.
    kept = { index, column, styles };
    index += 1;
    column += 1;
  }
  const isPlain = (code: number): boolean => Number.isNaN(code) || code < 0x7f;
  return isPlain(after.charCodeAt(index)) && isPlain(before.charCodeAt(index))
    ? { index, column, styles }
    : kept;
}

/** The SGR sequence at a place, if there is one (ECMA-48 8.3.117). */
function styleAt(text: string, index: number): string | null {
  const end = text.indexOf("m", index);
  if (end === -1) return null;
  const sequence = text.slice(index, end + 1);
  return /^\x1b\[[\d;:]*m$/.test(sequence) ? sequence : null;
}
