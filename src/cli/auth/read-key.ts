/** A key from standard input: its first line. */
import { TauError } from "../../core/errors.ts";

/** Longer than any key; whoever pipes a file in by mistake is told. */
const maxLength = 16 * 1024;

/** @throws TauError `usage` when there is none, or too much of it. */
export async function readKey(stdin: NodeJS.ReadableStream & { isTTY?: boolean }): Promise<string> {
  if (stdin.isTTY)
    throw new TauError(
      "usage",
      "standard input is a terminal",
      "pipe the key in, such as: pass show key | tau auth login openai --stdin",
    );
  let text = "";
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > maxLength)
      throw new TauError(
        "usage",
        "standard input is too long for a key",
        "tau auth login PROVIDER --stdin < FILE, with nothing but the key in it",
      );
  }
  return checkedKey(text);
}

/**
 * The key without what surrounds it when it is copied.
 * @throws TauError `usage` when it cannot be one
 */
export function checkedKey(text: string): string {
  const key = text.trim();
  const problem = keyProblemOf(key);
  if (problem !== null) throw new TauError("usage", problem, "copy the key again");
  return key;
}

/** Why a text can be no key; null when it can. Never shows it. */
export function keyProblemOf(key: string): string | null {
  if (key === "") return "there is no key";
  if (/\s/.test(key)) return "a key holds no blanks or line breaks";
  return /^[\x21-\x7e]+$/.test(key) ? null : "the key holds a character that no header may carry";
}
