/** Vim's keys in the composer. */

import { edited, settledStep, stepped } from "./input/editor/editing.ts";
import type { Key } from "./input/keys.ts";
import type { CursorShape } from "./input/terminal.ts";
import { resting } from "./input/vim/edits.ts";
import { newVim, type Pressed, press, type Vim } from "./input/vim/vim.ts";
import type { ScreenState } from "./screen-state.ts";
import type { ScreenStore } from "./store.ts";

/** See {@link vimKeys}. */
export type VimKeys = {
  /** Takes a key; what is left of it for the composer (null: nothing). */
  take(key: Key): Key | null;
  /** The caret back on a character, after a key that vim did not take. */
  rest(): void;
};

/** Makes what takes keys before the composer does, where vim is on. */
export function vimKeys(store: ScreenStore): VimKeys {
  const apply = ({ vim, editor, step }: Pressed): void =>
    store.change((state) => {
      if (step !== null) {
        const back = stepped(state, step);
        return { ...state, ...back, editor: resting(back.editor), vim, hint: null };
      }
      const begins = vim.mode === "insert" && state.vim?.mode !== "insert";
      const before = begins ? { ...state, editing: settledStep(state.editing) } : state;
      return { ...state, ...edited(before, begins ? "session" : "other", () => editor), vim, hint: null };
    });
  const takeOne = (name: string): boolean => {
    const { vim, editor } = store.state;
    const next = vim && press(vim, editor, name);
    if (next) apply(next);
    else if (vim && vim.keys.length > 0) store.change((state) => ({ ...state, vim: { ...vim, keys: [] } }));
    return next !== null;
  };
  return {
    take(key) {
      if (store.state.vim === null || key.type === "paste" || key.type === "report") return key;
      if (key.type === "key") return takeOne(key.chord) ? null : key;
      const characters = Array.from(segmenter.segment(key.text), ({ segment }) => segment);
      // Fast hands send several at a time, and one of them may begin to insert.
      while (characters.length > 0 && store.state.vim?.mode !== "insert") takeOne(characters.shift() ?? "");
      return characters.length > 0 ? { type: "text", text: characters.join("") } : null;
    },
    rest() {
      if (store.state.vim?.mode === "normal")
        store.change((state) => ({ ...state, editor: resting(state.editor) }));
    },
  };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Ready to type: after something was sent, or where a reason is asked for. */
export const typing = (vim: Vim | null): Vim | null =>
  vim && { ...vim, mode: "insert", keys: [], inserting: null };

/** Turns vim on or off; what there is to tell. */
export function toggleVim(store: ScreenStore): string {
  const vim = store.state.vim === null ? newVim : null;
  store.change((state) => ({ ...state, vim }));
  return vim ? "vim keys: escape for normal mode, /vim turns them off" : "vim keys are off";
}

/** What shows which mode it is: a word, and the keys of a command that is not whole yet. */
export function vimStatus({ vim }: Pick<ScreenState, "vim">): string {
  if (vim === null) return "";
  return [vim.mode.toUpperCase().replace("-", " "), vim.keys.join("")].filter(Boolean).join(" ");
}

/** The cursor of a mode. */
export function cursorOf({ vim, dialog }: Pick<ScreenState, "vim" | "dialog">): CursorShape {
  if (vim === null || dialog !== null) return "own";
  if (vim.mode === "insert") return "bar";
  return vim.keys.length > 0 ? "underline" : "block";
}
