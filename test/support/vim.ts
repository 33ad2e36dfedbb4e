/** Vim's machine as a test types into it. */
import { insert } from "../../src/tui/input/editor.ts";
import { newVim, type Pressed, press } from "../../src/tui/input/vim/vim.ts";

/** Normal mode over a text with a bar for the caret. */
export const at = (marked: string): Pressed => ({
  vim: { ...newVim, mode: "normal" },
  editor: { text: marked.replace("|", ""), caret: marked.indexOf("|") },
  step: null,
});
/** The text with a bar for the caret. */
export const shown = ({ editor: { text, caret } }: Pressed): string =>
  `${text.slice(0, caret)}|${text.slice(caret)}`;

/** Types; `<esc>` is Escape, `<c-r>` Ctrl+R. What vim does not take is typed. */
export function type(start: Pressed, keys: string): Pressed {
  let state = start;
  for (const [key] of keys.matchAll(/<esc>|<c-r>|\P{M}\p{M}*/gu)) {
    const name = key === "<esc>" ? "escape" : key === "<c-r>" ? "ctrl+r" : key;
    const { vim, editor } = state;
    state = press(vim, editor, name) ?? { vim, editor: insert(editor, key), step: null };
  }
  return state;
}
