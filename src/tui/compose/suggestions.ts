/** What may be meant by what is being typed: commands behind a slash, files and sessions behind an `@`. Pure functions. */
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
  marked: number;
  /** The place in the text that is replaced by what is taken; it ends at the caret. */
  from: number;
};

/** What is being typed. */
export type Typing =
  | { kind: "command"; from: 0; query: string }
  | { kind: "path" | "session"; from: number; query: string };

/** A command as suggestions know it. */
export type SuggestedCommand = {
  name: string;
  aliases: readonly string[];
  argument: string;
  help: string;
};

/** Rows of suggestions at most. */
export const mostSuggestions = 8;

/** What is being typed at the caret; null where nothing is to be suggested. */
export function typingAt({ text, caret }: Editor): Typing | null {
  const [, name] = /^\/([\w:.?-]*)$/.exec(text.slice(0, Math.min(caret, 200))) ?? [];
  if (name !== undefined && caret === text.length && caret <= 200)
    return { kind: "command", from: 0, query: name };
  const open = openMention(text, caret);
  if (open === null) return null;
  const [, session] = /^session:(.*)$/.exec(open.query) ?? [];
  if (session !== undefined) return { kind: "session", from: open.from, query: session };
  return { kind: "path", ...open };
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
  return { ...list, marked: (list.marked + by + list.rows.length) % list.rows.length };
}

/** The text with the marked row in it. */
export function takenInto(editor: Editor, { rows, marked, from }: Suggestions): Editor {
  const row = rows[marked];
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
  text.slice(from, caret) === rows[marked]?.insert.trimEnd();
