/** Editing the rule that an answer is to save: what is wrong with it, or what it would have let run, at each key. */
import type { PastMatches } from "../../app/contract.ts";
import { messageWithHint } from "../../core/errors.ts";
import { parseRule } from "../../policy/rule.ts";
import { refuseUnknownTool } from "../../policy/tool-names.ts";
import type { Dialog } from "../dialog/dialog.ts";
import * as editing from "../input/editor.ts";
import { clean, oneRow } from "../view/clean.ts";
import { cut, type Line, plain, widthOf, wrap } from "../view/line.ts";
import { pastText } from "./question-lines.ts";

/** What the dialog is opened with. */
export type RuleDialogOptions = {
  rule: string;
  /** What is known of a rule by now. */
  pastOf(rule: string): PastMatches | undefined;
  /** Told of each rule that can be read. */
  changed(rule: string): void;
  /** Takes the rule. */
  accept(rule: string): void;
};

/** Opens the rule for editing. */
export function ruleDialog(options: RuleDialogOptions): Dialog {
  options.changed(options.rule);
  return at(options, { text: options.rule, caret: options.rule.length });
}

const head = "Rule › ";

/** The composer's keys by which the rule is edited. */
const edits: { readonly [action: string]: (editor: editing.Editor) => editing.Editor } = {
  backspace: editing.backspace,
  delete: editing.deleteForward,
  "delete-word": editing.deleteWord,
  "delete-line": editing.deleteToLineStart,
  left: editing.left,
  right: editing.right,
  "line-start": editing.lineStart,
  "line-end": editing.lineEnd,
};

function at(options: RuleDialogOptions, editor: editing.Editor): Dialog {
  const rule = editor.text.trim();
  const problem = problemOf(rule);
  const next = (changed: editing.Editor): Dialog => {
    const dialog = at(options, changed);
    if (problemOf(changed.text.trim()) === null) options.changed(changed.text.trim());
    return dialog;
  };
  const dialog: Dialog = {
    asked: {
      type: "line",
      title: "Rule",
      text: editor.text,
      help: problem ?? "what the rule lets run is not asked about",
      take(text) {
        const typed = text.trim();
        if (problemOf(typed) !== null) return at(options, { text: typed, caret: typed.length });
        options.accept(typed);
        return null;
      },
      back: null,
    },
    view({ columns, rows }) {
      const caretAt = widthOf(head + editor.text.slice(0, editor.caret));
      const typed = wrap(head + editor.text, columns);
      const past = options.pastOf(rule);
      const word: Line[] =
        problem !== null
          ? wrap(problem, columns).map((row) => plain(row, { tone: "bad" }))
          : past === undefined || past.looked === 0
            ? []
            : wrap(pastText(past), columns).map((row) => plain(row, { dim: true }));
      const foot = plain(cut("enter takes it · esc goes back", columns), { dim: true });
      const lines = [...typed.map((row) => plain(row)), ...word];
      const shown = [...lines.slice(0, Math.max(1, rows - 1)), foot].slice(0, rows);
      const fits = typed.length === 1 && caretAt <= columns;
      return {
        lines: shown,
        caret: fits ? { row: 0, column: caretAt } : { row: typed.length - 1, column: 0 },
      };
    },
    press(key, keymap) {
      if (key.type === "report") return dialog;
      if (key.type !== "key") return next(editing.insert(editor, oneRow(clean(key.text))));
      const choice = keymap.list.get(key.chord);
      if (choice === "close") return null;
      if (choice === "choose") {
        if (problem !== null) return dialog;
        options.accept(rule);
        return null;
      }
      const edit = edits[keymap.composer.get(key.chord) ?? ""];
      return edit ? next(edit(editor)) : dialog;
    },
  };
  return dialog;
}

/** Why the text is no rule; null when it is one. */
function problemOf(text: string): string | null {
  try {
    refuseUnknownTool(text, "your rule");
    parseRule(text, "allow", "your rule");
    return null;
  } catch (error) {
    return messageWithHint(error);
  }
}
