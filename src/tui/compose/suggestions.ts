/** What may be meant by what is being typed: commands behind a slash and what follows them, files and sessions behind an `@`. Pure functions. */
import type { Editor } from "../input/editor.ts";
import { openMention } from "./mentions.ts";

/** Something that may be taken. */
export type Suggestion = {
  /** As it is shown. */
  text: string;
  /** What takes the place of what was typed of it. */
  insert: string;
  /** Dim, behind it. */
  detail: string;
  /** Enter does not only take it: it sends, for nothing more can follow. */
  complete: boolean;
};

/** An open list of suggestions. */
export type Suggestions = {
  rows: readonly Suggestion[];
  /** The row that Enter takes; null: it sends what is typed. */
  marked: number | null;
  /** The place in the text that is replaced by what is taken; it ends at the caret. */
  from: number;
};

/** What is being typed. */
export type Typing =
  | { kind: "command"; from: 0; query: string }
  | { kind: "path" | "session"; from: number; query: string }
  /** A word behind a command's name, and the words before it. */
  | { kind: "argument"; from: number; query: string; command: string; before: readonly string[] };

/** A command as suggestions know it. */
export type SuggestedCommand = {
  name: string;
  /** Other names it is known by. */
  aliases: readonly string[];
  /** What may follow the name, as help shows it; empty for nothing. */
  argument: string;
  /** One line. */
  help: string;
  /** What else there is to know, in sentences: for `/help NAME` and the documentation. */
  details?: string;
  /** The page of the documentation that says more, with its place in it. */
  page?: string;
};

/** Rows of suggestions at most. */
export const mostSuggestions = 8;

/** What is being typed at the caret; null where nothing is to be suggested. */
export function typingAt({ text, caret }: Editor): Typing | null {
  const [, name] = /^\/([\w:.?-]*)$/.exec(text.slice(0, Math.min(caret, 200))) ?? [];
  if (name !== undefined && caret === text.length && caret <= 200)
    return { kind: "command", from: 0, query: name };
  const open = openMention(text, caret);
  if (open === null) return argumentAt(text, caret);
  const [, session] = /^session:(.*)$/.exec(open.query) ?? [];
  if (session !== undefined) return { kind: "session", from: open.from, query: session };
  return { kind: "path", ...open };
}

/** Characters of a command's line that is completed. */
const longestLine = 1_000;

/** The word being typed at the end of a command's line. */
function argumentAt(text: string, caret: number): Typing | null {
  if (caret !== text.length || caret > longestLine) return null;
  const [, command, written, query = ""] =
    /^\/([a-z?][\w:.-]*)[ \t]+((?:\S+[ \t]+)*)(\S*)$/i.exec(text) ?? [];
  if (command === undefined || written === undefined) return null;
  const before = written.split(/[ \t]+/).filter(Boolean);
  return { kind: "argument", from: caret - query.length, query, command: command.toLowerCase(), before };
}

/** The commands whose names fit, those that begin so first. A name typed in full leaves nothing to suggest but itself. */
export function suggestedCommands(query: string, commands: readonly SuggestedCommand[]): Suggestion[] {
  const wanted = query.toLowerCase();
  const rank = ({ name, aliases }: SuggestedCommand): number => {
    const names = [name, ...aliases];
    if (names.includes(wanted)) return 0;
    if (names.some((one) => one.startsWith(wanted))) return 1;
    if (names.some((one) => one.split(":").some((part) => part.startsWith(wanted)))) return 2;
    return wanted.length > 1 && names.some((one) => one.includes(wanted)) ? 3 : 4;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((one) => one.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ command: { name, argument, help } }) => ({
      text: `/${name}${argument && ` ${argument}`}`,
      insert: argument === "" ? `/${name}` : `/${name} `,
      detail: help,
      complete: argument === "",
    }));
}

/** The list after a step up or down; it goes round. */
export function walked(list: Suggestions, by: 1 | -1): Suggestions {
  const { rows, marked } = list;
  const from = marked ?? (by > 0 ? -1 : 0);
  return { ...list, marked: (from + by + rows.length) % rows.length };
}

/** The text with the marked row in it; with the first where none is. */
export function takenInto(editor: Editor, { rows, marked, from }: Suggestions): Editor {
  const row = rows[marked ?? 0];
  if (row === undefined) return editor;
  const rest = editor.text.slice(editor.caret);
  // A quote that was begun is closed by what is taken.
  const behind = row.insert.endsWith('" ') && rest.startsWith('"') ? rest.slice(1) : rest;
  return {
    ...editor,
    text: editor.text.slice(0, from) + row.insert + behind,
    caret: from + row.insert.length,
  };
}

/** Whether what is typed is the marked row already: then Enter is for the whole text. */
export const isTyped = ({ text, caret }: Editor, { rows, marked, from }: Suggestions): boolean =>
  marked !== null && text.slice(from, caret) === rows[marked]?.insert.trimEnd();
