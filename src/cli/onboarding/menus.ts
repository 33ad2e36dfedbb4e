/** Questions as menus (@inquirer/prompts), with keys for what it has none: Escape leaves, Shift+Tab goes back. */
import { emitKeypressEvents } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { confirm, input, password, search, select } from "@inquirer/prompts";
import { clean } from "../../tui/view/clean.ts";
import { type Asker, Back, type Choice, Interrupted, Skipped, Stale } from "./asker.ts";

/** The asker over a terminal. */
export function menus(stdin: ReadStream, stdout: WriteStream): Asker {
  const ask = async <Value>(
    prompt: (context: { input: ReadStream; output: WriteStream; signal: AbortSignal }) => Promise<Value>,
    extra: { hotkeys?: ReadonlyMap<string, Value>; stale?: Promise<void> | undefined } = {},
  ): Promise<Value> => {
    const leaving = new AbortController();
    let untouched = true;
    let picked: { value: Value } | null = null;
    const pressed = (text: string | undefined, key: { name?: string; shift?: boolean } | undefined): void => {
      untouched = false;
      if (key?.name === "escape") leaving.abort(new Skipped());
      if (key?.name === "tab" && key.shift) leaving.abort(new Back());
      const value = extra.hotkeys?.get(text ?? "");
      if (value === undefined) return;
      picked = { value };
      leaving.abort();
    };
    const gone = (): void => leaving.abort(new Interrupted());
    emitKeypressEvents(stdin);
    stdin.on("keypress", pressed).on("end", gone).on("error", gone);
    void extra.stale?.then(() => untouched && leaving.abort(new Stale()));
    try {
      return await prompt({ input: stdin, output: stdout, signal: leaving.signal });
    } catch (error) {
      if (picked !== null) return (picked as { value: Value }).value;
      const { name } = error instanceof Error ? error : { name: "" };
      if (name === "ExitPromptError") throw new Interrupted();
      throw name === "AbortPromptError" ? leaving.signal.reason : error;
    } finally {
      untouched = false;
      stdin.off("keypress", pressed).off("end", gone).off("error", gone);
    }
  };
  const fitted = (name: string, margin: number): string => fit(clean(name), stdout.columns - margin);
  // The cursor and a blank stand before each choice.
  const shown = <Value>({ value, name, short, description }: Choice<Value>) => ({
    value,
    name: fitted(name, 3),
    short: fitted(short ?? name, 3),
    ...(description !== undefined && { description: clean(description) }),
  });
  const pageSize = (): number => Math.max(3, Math.min(12, (stdout.rows || 24) - 8));
  return {
    howTo:
      "Enter takes what is marked.\nShift+Tab goes back, Esc starts Tau as it is, Ctrl+C stops; answers are kept.",
    choose: ({ message, choices, default: chosen, stale }) =>
      ask(
        (context) =>
          select(
            {
              message,
              choices: choices.map(shown),
              pageSize: pageSize(),
              loop: false,
              ...(chosen !== undefined && { default: chosen }),
            },
            context,
          ),
        {
          hotkeys: new Map(choices.flatMap(({ hotkey, value }) => (hotkey ? [[hotkey, value]] : []))),
          stale,
        },
      ),
    search: ({ message, find }) =>
      ask((context) =>
        search({ message, pageSize: pageSize(), source: (words) => find(words ?? "").map(shown) }, context),
      ),
    text: (line) => ask((context) => input(line, context)),
    secret: ({ message, validate }) =>
      ask((context) =>
        password(
          { message, mask: "*", ...(validate && { validate }) },
          { ...context, clearPromptOnDone: true },
        ),
      ),
    confirm: (question) => ask((context) => confirm(question, context)),
    tell: (text) => void stdout.write(`${inWidth(clean(text), stdout.columns || 80)}\n`),
    during: (work) => interruptible(stdin, work),
  };
}

/** Work that Escape and Ctrl+C reach, while no question is open. */
async function interruptible<Value>(
  stdin: ReadStream,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  let interrupted: (error: Interrupted) => void = () => undefined;
  const asked = new Promise<never>((_, reject) => {
    interrupted = reject;
  });
  const pressed = (_: string | undefined, key: { name?: string; ctrl?: boolean } | undefined): void => {
    if (key?.name === "escape") controller.abort();
    if (key?.name === "c" && key.ctrl) {
      controller.abort();
      interrupted(new Interrupted());
    }
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode?.(true);
  stdin.on("keypress", pressed).resume();
  try {
    return await Promise.race([work(controller.signal), asked]);
  } finally {
    stdin.off("keypress", pressed).pause();
    stdin.setRawMode?.(false);
  }
}

/** A line that breaks would count as two, and the menu would be drawn over itself. */
function fit(text: string, columns: number): string {
  return text.length <= columns || columns < 10 ? text : `${text.slice(0, columns - 1)}…`;
}

/** Lines that end between words, where a terminal would cut them anywhere. */
function inWidth(text: string, columns: number): string {
  const fitting = new RegExp(`(?=.{${columns}})(.{1,${columns - 1}}) +`, "g");
  return text.replace(fitting, "$1\n");
}
