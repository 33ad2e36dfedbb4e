/** What takes the place of the composer and its keys for a while: pickers, forms, confirmations. */
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import type { Cell } from "../screen/frame-writer.ts";
import type { Line } from "../view/line.ts";

/** The cells a dialog may use, and the time (Unix ms). */
export type DialogRoom = { columns: number; rows: number; now: number };

/** How a dialog looks: at most as many lines as there is room for, and where its cursor is (null: nowhere). */
export type DialogView = { lines: readonly Line[]; caret: Cell | null };

/** An open dialog: a value, replaced by each key. */
export type Dialog = {
  view(room: DialogRoom): DialogView;
  /** The dialog after a key; null when it is over. What was chosen is told by what opened it. */
  press(key: Key, keymap: Keymap): Dialog | null;
};
