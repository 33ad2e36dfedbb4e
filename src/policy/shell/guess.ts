/** What may be commands in text whose syntax is not understood. */
import type { SimpleCommand, Word } from "./line.ts";

const lead = /^(?:(?:if|then|elif|else|while|until|do|!|time|exec|eval)\s+)+/;

/**
 * Everything in a text that could be a command, quotes and structure ignored: for rules that forbid. May name commands
 * that are none; never misses one that is spelt out.
 */
export function guessedCommands(text: string): SimpleCommand[] {
  return text
    .replaceAll("\\\n", "")
    .split(/[;&|(){}`\n]|\$\(/)
    .flatMap((piece) => {
      const raw = piece
        .trim()
        .replace(/^["']+/, "")
        .replace(lead, "");
      const words = raw
        .split(/\s+/)
        .map((word) => word.replace(/["'\\]/g, ""))
        .filter((word) => word !== "");
      const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
      return first === -1 ? [] : [plainCommand(words.slice(first).map(asWord), raw)];
    });
}

function asWord(text: string): Word {
  return { text, dynamic: /[$*?[{]/.test(text), tilde: text.startsWith("~") };
}

/** A command of these words and nothing else. */
export function plainCommand(words: readonly Word[], raw: string): SimpleCommand {
  return {
    assignments: [],
    words,
    redirects: [],
    raw,
    folders: [[]],
    input: null,
    carried: null,
    hidden: [],
  };
}
