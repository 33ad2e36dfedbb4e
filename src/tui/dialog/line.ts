/** One line to type: a title, a label. Enter takes it, Esc leaves everything as it was. */
import {
  backspace,
  deleteForward,
  deleteToLineStart,
  deleteWord,
  type Editor,
  emptyEditor,
  insert,
  left,
  lineEnd,
  lineStart,
  right,
} from "../input/editor.ts";
import { clean, oneRow } from "../view/clean.ts";
import { cut, cutLine, plain, type Span, widthOf, widthOfLine } from "../view/line.ts";
import type { Dialog } from "./dialog.ts";

/** What is asked. */
export type LineOptions = {
  title: string;
  /** What stands there at first. */
  text: string;
  /** Told below the line. */
  help: string;
  /** Takes what was typed; what it returns takes the line's place (null closes it). */
  take(text: string): Dialog | null;
  /** What takes its place when it is given up. */
  back: Dialog | null;
};

/** Opens the line with the caret at its end. */
export const lineDialog = (options: LineOptions): Dialog =>
  lineAt(options, insert(emptyEditor, oneRow(options.text)));

const edits: { readonly [action: string]: (editor: Editor) => Editor } = {
  backspace,
  delete: deleteForward,
  "delete-word": deleteWord,
  "delete-line": deleteToLineStart,
  left,
  right,
  "line-start": lineStart,
  "line-end": lineEnd,
};

function lineAt(options: LineOptions, editor: Editor): Dialog {
  const dialog: Dialog = {
    asked: { type: "line", ...options },
    view({ columns }) {
      const head: Span[] = [
        { text: options.title, bold: true },
        { text: " › ", tone: "accent" },
      ];
      const column = widthOfLine(head) + widthOf(editor.text.slice(0, editor.caret));
      return {
        lines: [
          cutLine([...head, { text: editor.text }], columns),
          plain(cut(`${options.help} · esc goes back`, columns), { dim: true }),
        ],
        caret: { row: 0, column: Math.min(column, columns) },
      };
    },
    press(key, keymap) {
      if (key.type === "report") return dialog;
      if (key.type !== "key") return lineAt(options, insert(editor, oneRow(clean(key.text))));
      const action = keymap.list.get(key.chord);
      if (action === "choose") return options.take(editor.text.trim());
      if (action === "close") return options.back;
      const edit = edits[keymap.composer.get(key.chord) ?? ""];
      return edit ? lineAt(options, edit(editor)) : dialog;
    },
  };
  return dialog;
}
