/** What may fill the whole screen for a while. */
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import type { Line } from "../view/line.ts";
import type { Cell, Size } from "./frame-writer.ts";

/** A view that fills the screen and takes all keys. */
export type FullView = {
  /** How it looks now: at most `size.rows` lines. */
  view(size: Size): { lines: readonly Line[]; caret: Cell | null };
  /** Takes a key; false when the view is over. */
  press(key: Key, keymap: Keymap): boolean;
  /** Told once, before the first frame, how to be drawn again when it changes by itself. */
  opened(redraw: () => void): void;
};
