/** Which paths a command's words may stand for. */
import { posix } from "node:path";
import type { Place } from "./path-pattern.ts";
import type { SimpleCommand, Word } from "./shell/line.ts";

/** A path a word may stand for; null in `path` when nobody can know. */
export type WordPath = { text: string; path: string | null };

/** `~` and `$HOME` are known; any other variable is not. */
function expanded(word: Word, home: string): string | null {
  let text = word.text.replace(/^\$(?:HOME(?!\w)|\{HOME\})/, home);
  if (word.tilde) {
    if (!/^~(?:\/|$)/.test(text)) return null; // another user's home, or ~+ and ~-
    text = home + text.slice(1);
  }
  return word.dynamic && /[$`]|[<>]\(/.test(text) ? null : text;
}

/** The path of one word, as a file name. A pattern stands for the folder its literal beginning is in. */
export function wordPath(word: Word, place: Place): WordPath {
  // A process substitution is a pipe; what runs in it is judged itself.
  if (word.dynamic && /^[<>]\(/.test(word.text)) return { text: word.text, path: "/dev/fd/63" };
  const text = expanded(word, place.home);
  if (text === null) return { text: word.text, path: null };
  const glob = word.dynamic ? text.search(/[*?[{]/) : -1;
  // What a brace list or a pattern hides cannot be followed upwards.
  if (glob !== -1 && (text.slice(glob).includes("..") || text.charAt(glob) === "{"))
    return { text, path: null };
  const literal = glob === -1 ? text : text.slice(0, glob);
  const fixed = glob === -1 || literal.endsWith("/") ? literal : `${literal}*`;
  return { text: word.text, path: posix.resolve(place.cwd, fixed) };
}

/**
 * Paths among a command's arguments: every word that is no option, and what follows `=` or the first `/` or `..` in
 * one that is (`--file=/etc/x`, `-I../x`). Words that are no paths resolve to harmless ones inside the working folder.
 */
export function argumentPaths(command: SimpleCommand, place: Place): WordPath[] {
  return command.words.slice(1).flatMap((word) => {
    if (!word.text.startsWith("-") || word.text === "-") return [wordPath(word, place)];
    if (word.dynamic && /[$`]/.test(word.text)) return [{ text: word.text, path: null }];
    const value = /=(.+)$/s.exec(word.text)?.[1] ?? /(?:\.\.|[/~]).*$/s.exec(word.text)?.[0];
    if (value === undefined) return [];
    return [wordPath({ ...word, text: value, tilde: value.startsWith("~") }, place)];
  });
}
