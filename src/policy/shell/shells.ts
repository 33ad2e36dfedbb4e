/** The programs that read shell scripts, and how far others are looked into. */
import type { Word } from "./line.ts";

const shells = new Set("bash sh zsh dash ksh mksh ash fish yash rbash".split(" "));

/** Whether a program reads shell scripts. */
export const isShell = (name: string): boolean => shells.has(name);

/** Whether a shell, or an interpreter, of these words runs what comes in. */
export function readsInput(words: readonly Word[]): boolean {
  if (words.some(({ text }) => /^-[a-z]*s[a-z]*$/.test(text))) return true;
  const first = words.slice(1).find(({ text }) => !/^[-+]./.test(text));
  return (
    first === undefined || first.text === "-" || /^\/(dev\/(stdin|fd\/)|proc\/self\/fd\/)/.test(first.text)
  );
}

/** Words of a launcher at which what it runs may begin. */
export const maxGuesses = 64;
