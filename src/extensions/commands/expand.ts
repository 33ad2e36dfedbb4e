/**
 * What a Markdown command becomes with its arguments. One pass over the file: what an argument or a command's output
 * holds is never read as a placeholder again.
 */
import type { MarkdownCommand } from "./load.ts";

/** What placeholders stand for. */
export type Expansion = {
  /** What follows the command's name. */
  argument: string;
  sessionId: string;
  /** Output of a `` !`command` ``. @throws what ends the expansion: the command may not run, or was stopped */
  run(command: string): Promise<string>;
};

/** The prompt, and the part of it in which `@path` names a file: the file's own words and the arguments. */
export type ExpandedCommand = { text: string; mentions: string };

const placeholder =
  /(?<=^|\s)!`([^`\n]+)`|\$ARGUMENTS(?:\[(\d{1,3})\])?(?!\w)|\$\{CLAUDE_SESSION_ID\}|\$(\d)(?!\d)/gm;

/** Puts everything in. Without a placeholder for them arguments are added at the end. */
export async function expandCommand(
  { body, firstArgument }: Pick<MarkdownCommand, "body" | "firstArgument">,
  { argument, sessionId, run }: Expansion,
): Promise<ExpandedCommand> {
  const list = splitArguments(argument);
  let usesArguments = false;
  const words = (whole: string, index: string | undefined, position: string | undefined): string => {
    if (whole.startsWith("${")) return sessionId;
    usesArguments = true;
    if (index !== undefined) return list[Number(index)] ?? "";
    if (position !== undefined) return list[Number(position) - firstArgument] ?? "";
    return argument;
  };
  let text = "";
  let mentions = "";
  let at = 0;
  const add = (piece: string): void => {
    text += piece;
    mentions += piece;
  };
  for (const match of body.matchAll(placeholder)) {
    add(body.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, command, index, position] = match;
    if (command === undefined) add(words(whole, index, position));
    else {
      const filled = command.replace(
        placeholder,
        (inner: string, _: unknown, innerIndex?: string, innerPosition?: string) =>
          words(inner, innerIndex, innerPosition),
      );
      text += await run(filled);
      mentions += " ";
    }
  }
  add(body.slice(at));
  if (argument !== "" && !usesArguments) add(`\n\nARGUMENTS: ${argument}`);
  return { text, mentions };
}

/** Arguments as a shell parts them: by blanks, quotes keep together, a backslash takes the next character as it is. */
export function splitArguments(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\[\s\S]|\S)+/g))
    found.push(
      word.replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\([\s\S])/g,
        (_, double?: string, single?: string, plain?: string) =>
          double?.replace(/\\(["\\])/g, "$1") ?? single ?? plain ?? "",
      ),
    );
  return found;
}
