/** The part of a row before a column, for a cursor that is to stand there. */
import { widthOf } from "../view/line.ts";

/** What stands before a column, with its styling, and how many columns are missing behind it. */
export type RowStart = { text: string; missing: number };

/** Characters of which all terminals agree how wide they are; of emoji, joined ones and marks none is sure. */
const agreed = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]*$/;
/** A styling sequence, or a character with what combines with it. */
const cell = /\x1b\[[\d;:]*m|[^\x1b][\p{Mn}\p{Me}\p{Cf}]*/gu;

/** What has to be written for the cursor to come to stand in a column; null where counting columns is as good. */
export function uncertainStart(row: string, column: number): RowStart | null {
  let text = "";
  let bare = "";
  let width = 0;
  for (const [part] of row.matchAll(cell)) {
    if (part.startsWith("\x1b")) {
      text += part;
      continue;
    }
    const wide = widthOf(part);
    if (width + wide > column) break;
    text += part;
    bare += part;
    width += wide;
  }
  return agreed.test(bare) ? null : { text, missing: column - width };
}
