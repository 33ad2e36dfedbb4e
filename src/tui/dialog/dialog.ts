/** What takes the place of the composer and its keys for a while: pickers, forms, confirmations. */
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import type { Cell } from "../screen/frame-writer.ts";
import type { Line } from "../view/line.ts";

/** The cells a dialog may use, and the time (Unix ms). */
export type DialogRoom = { columns: number; rows: number; now: number };

/** How a dialog looks: at most as many lines as there is room for, and where its cursor is (null: nowhere). */
export type DialogView = { lines: readonly Line[]; caret: Cell | null };

/** A row of what is asked. */
export type AskedRow = {
  text: string;
  detail?: string;
  /** Whether it is what holds now. */
  current?: true;
  /** Takes it; what it returns takes the dialog's place (null closes it). */
  choose(): Dialog | null;
  /** What else can be done with it, in a word or two each. */
  others: readonly { help: string; press(): Dialog | null }[];
  /** Says that it was looked at: a list may have more to show behind it. */
  look(): void;
};

/** What a dialog asks, without keys: rows to choose from, or a line to type. */
export type Asked =
  | {
      type: "choice";
      title: string;
      /** Said where there are no rows. */
      empty: string;
      /** Whether the rows are known beforehand; else they are searched, and more may come in. */
      fixed: boolean;
      rows(query: string): readonly AskedRow[];
      /** Tells that it is closed without a choice. */
      closed(): void;
    }
  | {
      type: "line";
      title: string;
      /** What stands there at first. */
      text: string;
      help: string;
      /** As {@link AskedRow.choose}. */
      take(text: string): Dialog | null;
      /** What takes its place when it is given up. */
      back: Dialog | null;
    };

/** An open dialog: a value, replaced by each key. */
export type Dialog = {
  /** Null as long as it takes no answer. */
  asked: Asked | null;
  view(room: DialogRoom): DialogView;
  /** The dialog after a key; null when it is over. What was chosen is told by what opened it. */
  press(key: Key, keymap: Keymap): Dialog | null;
};
