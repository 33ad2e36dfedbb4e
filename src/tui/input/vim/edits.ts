/** What vim's commands do to a text: put in, join, indent, change case. */

import { boundaryAt, graphemeAfter, graphemeBefore } from "../editor/graphemes.ts";
import { type Editor, endOfLine, replaced, startOfLine } from "../editor.ts";
import { firstInk, lastOfLine } from "./motions.ts";

/** What was deleted or yanked: `lines` for whole ones. */
export type Register = { text: string; lines: boolean };

/** The caret on a character, where there is one. */
export function resting({ text, caret }: Editor): Editor {
  return { text, caret: boundaryAt(text, Math.min(caret, lastOfLine(text, caret))) };
}

/** Whether a line ends at a place. */
export const isLineEnd = (text: string, at: number): boolean => at >= text.length || text.charAt(at) === "\n";

/** What an operator that keeps its text makes of it. */
export function transformed(operator: string, part: string): string {
  if (operator === ">") return part.replace(/^(?=.)/gm, "  ");
  if (operator === "<") return part.replace(/^(\t| {1,2})/gm, "");
  if (operator === "gu") return part.toLowerCase();
  return operator === "gU" ? part.toUpperCase() : swapped(part);
}

/** Upper case for lower, and lower for upper. */
export const swapped = (part: string): string =>
  Array.from(part, (char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join(
    "",
  );

/** Puts in what was deleted or yanked, so often. */
export function put(register: Register, editor: Editor, behind: boolean, count: number): Editor {
  const { text, caret } = editor;
  if (register.text === "" && !register.lines) return editor;
  if (register.lines) {
    const at = behind ? endOfLine(text, caret) : startOfLine(text, caret);
    const added = Array.from({ length: count }, () => register.text).join("\n");
    const next = replaced(editor, at, at, behind ? `\n${added}` : `${added}\n`);
    return resting({ ...next, caret: firstInk(next.text, behind ? at + 1 : at) });
  }
  const at = behind && !isLineEnd(text, caret) ? graphemeAfter(text, caret) : caret;
  const next = replaced(editor, at, at, register.text.repeat(count));
  const caretAfter = register.text.includes("\n") ? at : graphemeBefore(next.text, next.caret);
  return resting({ ...next, caret: caretAfter });
}

/** Line breaks become a blank each, the indentation behind them goes. */
export function joined(editor: Editor, breaks: number): Editor {
  let now = editor;
  for (let left = breaks; left > 0; left -= 1) {
    const end = endOfLine(now.text, now.caret);
    if (end === now.text.length) break;
    const indent = /^[ \t]*/.exec(now.text.slice(end + 1, end + 1000))?.[0].length ?? 0;
    const next = now.text.charAt(end + 1 + indent);
    const glue =
      next === ")" || next === "\n" || next === "" || /[ \t\n]/.test(now.text.charAt(end - 1)) ? "" : " ";
    now = { ...replaced(now, end, end + 1 + indent, glue), caret: end };
  }
  return resting(now);
}
