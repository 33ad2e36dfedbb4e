/** Vim's keys over the composer's text: a machine that is told a key and gives the next state. It does no input or output. */

import { graphemeAfter, graphemeBefore } from "../editor/graphemes.ts";
import { difference } from "../editor/history.ts";
import { type Editor, endOfLine, replaced, startOfLine } from "../editor.ts";
import { isLineEnd, joined, put, type Register, resting, swapped, transformed } from "./edits.ts";
import { type Find, firstInk, follow, type MotionKeys, type Moved } from "./motions.ts";
import { objectAt, type Span } from "./objects.ts";
import { type Operator, type Parsed, parse, type Target } from "./parse.ts";

/** What keys mean now. */
export type VimMode = "insert" | "normal" | "visual" | "visual-line";

/** Vim's state beside the text. */
export type Vim = {
  mode: VimMode;
  /** Keys of a command that is not whole yet. */
  keys: readonly string[];
  /** Where the selection began. */
  anchor: number;
  /** What was deleted or yanked last. */
  register: Register;
  find: Find | null;
  /** The last change, for `.`: its keys, and what was typed after them. */
  last: { keys: readonly string[]; typed: string } | null;
  /** While inserting: the keys that began it, and the text then. */
  inserting: { keys: readonly string[]; text: string } | null;
};

/** Vim as it begins: inserting, as whoever does not know it expects. */
export const newVim: Vim = {
  mode: "insert",
  keys: [],
  anchor: 0,
  register: { text: "", lines: false },
  find: null,
  last: null,
  inserting: null,
};

/** What a key made of it; `step` is one back or forward in the history of the text. */
export type Pressed = { vim: Vim; editor: Editor; step: "undo" | "redo" | null };

/** Takes a key: a character, `escape`, or another chord. Null: it means nothing to vim, and what it usually does is done. */
export function press(vim: Vim, editor: Editor, key: string): Pressed | null {
  if (vim.mode === "insert") return key === "escape" ? inserted(vim, editor) : null;
  if (key === "escape" && (vim.keys.length > 0 || vim.mode !== "normal"))
    return { vim: { ...vim, mode: "normal", keys: [] }, editor: resting(editor), step: null };
  const plain = chordKeys[key] ?? key;
  if (plain.length > 1 && Array.from(plain).length > 1 && plain !== "ctrl+r") return null;
  const keys = [...vim.keys, plain];
  const parsed = parse(keys, vim.mode !== "normal");
  const idle = { ...vim, keys: [] };
  if (parsed === "more") return { vim: { ...vim, keys }, editor, step: null };
  return parsed === "none" ? { vim: idle, editor, step: null } : done(idle, editor, parsed, keys);
}

const chordKeys: { readonly [chord: string]: string } = { backspace: "h", delete: "x" };

/** The part of the text that is selected; null when none is. */
export function selection(
  { mode, anchor }: Vim,
  { text, caret }: Editor,
): { from: number; to: number } | null {
  if (mode !== "visual" && mode !== "visual-line") return null;
  const from = Math.min(anchor, caret);
  const to = Math.max(anchor, caret);
  return mode === "visual"
    ? { from, to: graphemeAfter(text, to) }
    : { from: startOfLine(text, from), to: endOfLine(text, to) };
}

/** Escape: what was typed can be done again, and the caret goes back on a character. */
function inserted(vim: Vim, { text, caret }: Editor): Pressed {
  const { inserting } = vim;
  const typed = inserting ? difference(inserting.text, text).inserted : "";
  return {
    vim: {
      ...vim,
      mode: "normal",
      inserting: null,
      last: inserting ? { keys: inserting.keys, typed } : vim.last,
    },
    editor: resting({ text, caret: Math.max(startOfLine(text, caret), graphemeBefore(text, caret)) }),
    step: null,
  };
}

function done(vim: Vim, editor: Editor, parsed: Parsed, keys: readonly string[]): Pressed {
  if (parsed.type === "motion") return moved(vim, editor, parsed);
  if (parsed.type === "object") {
    const span = objectAt(editor.text, editor.caret, parsed.name, parsed.around);
    if (span === null || span.to <= span.from) return { vim, editor, step: null };
    const caret = graphemeBefore(editor.text, span.to);
    return { vim: { ...vim, anchor: span.from }, editor: { ...editor, caret }, step: null };
  }
  if (parsed.type === "operate") return operated(vim, editor, parsed, keys);
  return parsed.type === "upon" ? selected(vim, editor, parsed) : commanded(vim, editor, parsed, keys);
}

function moved(
  vim: Vim,
  editor: Editor,
  { keys, char, count }: Extract<Parsed, { type: "motion" }>,
): Pressed {
  const { text, caret } = editor;
  const to = follow(keys, { text, at: caret, count, find: vim.find, char });
  if (!to) return { vim, editor, step: null };
  const next = resting({ text, caret: Math.max(0, Math.min(text.length, to.to)) });
  return { vim: { ...vim, find: to.find ?? vim.find }, editor: next, step: null };
}

/** What an operator is to be applied to; null where a motion leads nowhere. */
function spanOf(
  vim: Vim,
  { text, caret }: Editor,
  { operator, count, target }: Extract<Parsed, { type: "operate" }>,
): (Span & { find?: Find }) | null {
  const chosen = selection(vim, { text, caret });
  if (chosen) return { ...chosen, lines: vim.mode === "visual-line" };
  if (target.type === "object") return objectAt(text, caret, target.name, target.around);
  if (target.type === "lines") {
    let to = endOfLine(text, caret);
    for (let left = (count ?? 1) - 1; left > 0 && to < text.length; left -= 1) to = endOfLine(text, to + 1);
    return { from: startOfLine(text, caret), to, lines: true };
  }
  const led = ledTo(vim, { text, caret }, operator, target, count);
  return led ? spanned(text, caret, led, target.keys) : null;
}

function ledTo(
  vim: Vim,
  { text, caret }: Editor,
  operator: Operator,
  { keys, char }: Extract<Target, { type: "motion" }>,
  count: number | null,
): Moved | null {
  const lead = (by: MotionKeys, at: number, often: number | null): Moved | null =>
    follow(by, { text, at, count: often, find: vim.find, char });
  if (operator !== "c" || (keys !== "w" && keys !== "W") || !/\S/.test(text.charAt(caret)))
    return lead(keys, caret, count);
  // `cw` on a word changes it and leaves the blanks behind it.
  const word = objectAt(text, caret, keys, false);
  const end = graphemeBefore(text, word?.to ?? caret);
  return (count ?? 1) > 1
    ? lead(keys === "w" ? "e" : "E", end, (count ?? 1) - 1)
    : { to: end, takes: "with" };
}

function spanned(text: string, caret: number, led: Moved, keys: string): Span & { find?: Find } {
  const found = led.find ? { find: led.find } : {};
  const from = Math.min(caret, led.to);
  let to = Math.max(caret, led.to);
  if (led.takes === "lines")
    return { from: startOfLine(text, from), to: endOfLine(text, to), lines: true, ...found };
  if (led.takes === "with" && !isLineEnd(text, to)) to = graphemeAfter(text, to);
  // The last word of a line ends with the line.
  if (/^[wW]$/.test(keys) && text.slice(from, to).includes("\n"))
    to = from + Math.max(text.slice(from, to).replace(/\n\s*$/, "").length, 0);
  return { from, to, lines: false, ...found };
}
function operated(
  vim: Vim,
  editor: Editor,
  parsed: Extract<Parsed, { type: "operate" }>,
  keys: readonly string[],
): Pressed {
  const span = spanOf(vim, editor, parsed);
  const normal: Vim = { ...vim, mode: "normal", find: span?.find ?? vim.find };
  if (span === null) return { vim: { ...normal, mode: vim.mode }, editor, step: null };
  return applied(normal, editor, parsed.operator, span, vim.mode === "normal" ? keys : null);
}

/** @param keys what `.` does again; null when it cannot be */
function applied(
  vim: Vim,
  editor: Editor,
  operator: Operator,
  span: Span,
  keys: readonly string[] | null,
): Pressed {
  const { text } = editor;
  const { from, to, lines } = span;
  const part = text.slice(from, to);
  const kept: Vim = { ...vim, last: keys ? { keys, typed: "" } : vim.last };
  const register = { text: part, lines };
  if (operator === "y")
    return {
      vim: { ...vim, register },
      editor: resting({ text, caret: lines ? editor.caret : from }),
      step: null,
    };
  if (operator === "c") {
    const next = replaced(editor, from, to, lines ? (/^[ \t]*/.exec(part)?.[0] ?? "") : "");
    return inserting({ ...kept, register }, next, keys ?? ["c"]);
  }
  if (operator === "d") {
    if (!lines)
      return { vim: { ...kept, register }, editor: resting(replaced(editor, from, to, "")), step: null };
    // With the last lines goes the line break before them.
    const last = to === text.length;
    const next = replaced(editor, last ? Math.max(0, from - 1) : from, last ? to : to + 1, "");
    const caret = firstInk(next.text, Math.min(last ? Math.max(0, from - 1) : from, next.text.length));
    return { vim: { ...kept, register }, editor: resting({ ...next, caret }), step: null };
  }
  const changed = replaced(editor, from, to, transformed(operator, part));
  const caret = operator === ">" || operator === "<" ? firstInk(changed.text, from) : from;
  return { vim: kept, editor: resting({ ...changed, caret }), step: null };
}

const inserting = (vim: Vim, editor: Editor, keys: readonly string[]): Pressed => ({
  vim: { ...vim, mode: "insert", inserting: { keys, text: editor.text } },
  editor,
  step: null,
});

type Command = Extract<Parsed, { type: "command" }>;

/** Commands that are other names for an operator and what it is applied to. */
const short = {
  x: ["d", "l"],
  X: ["d", "h"],
  D: ["d", "$"],
  C: ["c", "$"],
  Y: ["y", "y"],
  s: ["c", "l"],
  S: ["c", "c"],
} as const;

function commanded(
  vim: Vim,
  editor: Editor,
  { name, char, count }: Command,
  keys: readonly string[],
): Pressed {
  const { text, caret } = editor;
  const end = endOfLine(text, caret);
  const start = startOfLine(text, caret);
  const kept: Vim = { ...vim, last: { keys, typed: "" } };
  switch (name) {
    case "x":
    case "X":
    case "D":
    case "C":
    case "Y":
    case "s":
    case "S": {
      const meant = parse(short[name], false);
      if (typeof meant === "string" || meant.type !== "operate") return { vim, editor, step: null };
      return operated(vim, editor, { ...meant, count }, keys);
    }
    case "i":
      return inserting(vim, editor, keys);
    case "a":
      return inserting(vim, { text, caret: Math.min(end, graphemeAfter(text, caret)) }, keys);
    case "I":
      return inserting(vim, { text, caret: firstInk(text, caret) }, keys);
    case "A":
      return inserting(vim, { text, caret: end }, keys);
    case "o":
      return inserting(vim, replaced(editor, end, end, "\n"), keys);
    case "O":
      return inserting(vim, { ...replaced(editor, start, start, "\n"), caret: start }, keys);
    case "v":
      return { vim: { ...vim, mode: "visual", anchor: caret }, editor, step: null };
    case "V":
      return { vim: { ...vim, mode: "visual-line", anchor: caret }, editor, step: null };
    case "u":
      return { vim, editor, step: "undo" };
    case "ctrl+r":
      return { vim, editor, step: "redo" };
    case "p":
    case "P":
      return { vim: kept, editor: put(vim.register, editor, name === "p", count ?? 1), step: null };
    case "J":
      return { vim: kept, editor: joined(editor, Math.max(2, count ?? 2) - 1), step: null };
    case "r":
    case "~": {
      let to = caret;
      for (let left = count ?? 1; left > 0 && to < end; left -= 1) to = graphemeAfter(text, to);
      const graphemes = [
        ...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text.slice(caret, to)),
      ];
      if (name === "r" && graphemes.length < (count ?? 1)) return { vim, editor, step: null };
      const by = name === "r" ? char.repeat(graphemes.length) : swapped(text.slice(caret, to));
      const next = replaced(editor, caret, to, by);
      const at = name === "r" ? graphemeBefore(next.text, next.caret) : next.caret;
      return { vim: kept, editor: resting({ text: next.text, caret: at }), step: null };
    }
    case ".":
      return repeated(vim, editor);
  }
}

function selected(vim: Vim, editor: Editor, { name, char }: Extract<Parsed, { type: "upon" }>): Pressed {
  const span = selection(vim, editor) ?? { from: editor.caret, to: editor.caret };
  const lines = vim.mode === "visual-line";
  const normal: Vim = { ...vim, mode: "normal" };
  const whole = {
    from: startOfLine(editor.text, span.from),
    to: endOfLine(editor.text, span.to),
    lines: true,
  };
  const operate = (operator: Operator, on: Span = { ...span, lines }): Pressed =>
    applied(normal, editor, operator, on, null);
  switch (name) {
    case "o":
      return { vim: { ...vim, anchor: editor.caret }, editor: { ...editor, caret: vim.anchor }, step: null };
    case "v":
      return { vim: { ...vim, mode: vim.mode === "visual" ? "normal" : "visual" }, editor, step: null };
    case "V":
      return { vim: { ...vim, mode: lines ? "normal" : "visual-line" }, editor, step: null };
    case "x":
      return operate("d");
    case "X":
    case "D":
      return operate("d", whole);
    case "s":
      return operate("c");
    case "C":
    case "S":
    case "R":
      return operate("c", whole);
    case "Y":
      return operate("y", whole);
    case "~":
      return operate("g~");
    case "u":
      return operate("gu");
    case "U":
      return operate("gU");
    case "J": {
      const breaks = editor.text.slice(span.from, span.to).split("\n").length - 1;
      return {
        vim: normal,
        editor: joined({ ...editor, caret: span.from }, Math.max(1, breaks)),
        step: null,
      };
    }
    case "r": {
      const by = editor.text.slice(span.from, span.to).replace(/[^\n]/gu, char);
      const next = replaced(editor, span.from, span.to, by);
      return { vim: normal, editor: resting({ ...next, caret: span.from }), step: null };
    }
    case "p":
    case "P": {
      const { register } = vim;
      const text = register.lines && !lines ? `\n${register.text}\n` : register.text;
      const out = { text: editor.text.slice(span.from, span.to), lines };
      const next = replaced(editor, span.from, span.to, text);
      return {
        vim: { ...normal, register: out },
        editor: resting({ ...next, caret: span.from }),
        step: null,
      };
    }
  }
}

/** `.`: the keys of the last change again, and what was typed then. */
function repeated(vim: Vim, editor: Editor): Pressed {
  const { last } = vim;
  if (last === null) return { vim, editor, step: null };
  let state: Pressed = { vim, editor, step: null };
  for (const key of last.keys) state = press(state.vim, state.editor, key) ?? state;
  if (state.vim.mode !== "insert") return { ...state, vim: { ...state.vim, last } };
  const typed = replaced(state.editor, state.editor.caret, state.editor.caret, last.typed);
  const over = inserted(state.vim, typed);
  return { ...over, vim: { ...over.vim, last } };
}
