/** The terminal's input side: raw keys while the UI has it, and everything as it was when it has not, whatever ends it. */
import { writeSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { TerminalKeyboard } from "./keyboard.ts";
import { type Key, KeyDecoder } from "./keys.ts";

/** How long a lone ESC is waited for the rest of a sequence, in ms: over a slow line they come apart. */
const escapeMs = 40;
const escapeOverSshMs = 100;

/** How long late answers are read after all was given back, in ms: in a shell they would be typed text. */
const drainMs = 30;
const drainAskedMs = 100;

/** Bracketed paste, so that pasted lines are told from typed ones. */
const pasteOn = "\u001b[?2004h";

/**
 * All that the UI may have changed, whether it did or not: synchronized updates, paste and focus reports, the cursor's
 * shape and look, wrapping, styles.
 */
const restored = "\u001b[?2026l\u001b[?2004l\u001b[?1004l\u001b[0 q\u001b[?25h\u001b[?7h\u001b[m";

/** Shapes of the cursor (DECSCUSR): the terminal's own, a block, a line below, a line before. */
const shapes = { own: 0, block: 2, underline: 4, bar: 6 } as const;

/** What a cursor looks like. */
export type CursorShape = keyof typeof shapes;

/** Raw input of a terminal. */
export type RawTerminal = {
  /** How the cursor looks from here on; given back with everything else. */
  shape(shape: CursorShape): void;
  /** Gives the terminal to another program: as it was, and unread. */
  lend(): void;
  /** Takes it again, whatever was done to it meanwhile. */
  takeBack(): void;
  /** Puts the terminal back as it was. Idempotent; resolves when no late answer can come any more. */
  close(): Promise<void>;
};

/** What a terminal tells: its keys, and that it is gone (closed window, dropped connection). */
export type TerminalReader = { keys(keys: Key[]): void; gone(): void };

/** The two sides of a terminal. */
export type TerminalSides = { stdin: ReadStream; stdout: NodeJS.WriteStream & { fd: number } };

/** Switches to raw input. */
export function openTerminal(
  { stdin, stdout }: TerminalSides,
  env: { readonly [name: string]: string | undefined },
  reader: TerminalReader,
): RawTerminal {
  const decoder = new KeyDecoder();
  const keyboard = new TerminalKeyboard(env);
  const patience = env.SSH_TTY !== undefined || env.SSH_CONNECTION !== undefined ? escapeOverSshMs : escapeMs;
  let flush: NodeJS.Timeout | undefined;
  let shape: CursorShape = "own";
  let lent = false;
  let open = true;
  const deliver = (keys: Key[]): void => {
    for (const key of keys) {
      if (key.type !== "report") continue;
      const answer = keyboard.heard(key.sequence);
      if (answer !== "" && open && !lent) stdout.write(answer);
    }
    if (keys.length > 0 && open) reader.keys(keys);
  };
  const read = (text: string): void => {
    clearTimeout(flush);
    deliver(decoder.push(text));
    if (decoder.waiting) flush = setTimeout(() => deliver(decoder.flush()), patience);
  };
  const gone = (): void => reader.gone();
  const cursor = (): string => (shape === "own" ? "" : `\u001b[${shapes[shape]} q`);

  /** Not through the stream: on the way out of the process nothing asynchronous is written any more. */
  const write = (text: string): void => {
    try {
      writeSync(stdout.fd, text);
    } catch {
      lent = true; // the terminal is gone, and nothing of it is left to restore
    }
  };
  const setRaw = (raw: boolean): void => {
    try {
      stdin.setRawMode(raw);
    } catch {
      lent = true; // gone as well
    }
  };
  const giveBack = (): void => {
    clearTimeout(flush);
    write(keyboard.disarm() + restored);
    setRaw(false);
  };
  const arm = (): void => {
    // Whoever had the terminal may have changed its mode behind the stream's back: only a change is carried out.
    setRaw(false);
    setRaw(true);
    stdout.write(pasteOn + keyboard.arm() + cursor());
  };
  const restoreNow = (): void => {
    if (open && !lent) giveBack();
    open = false;
  };

  stdin.setEncoding("utf8");
  arm();
  stdin.on("data", read);
  stdin.on("end", gone);
  // These two stay: a terminal that vanishes makes reads and writes fail (EIO) until the process has ended.
  stdin.on("error", gone);
  stdout.on("error", gone);
  process.on("exit", restoreNow);
  stdin.ref();
  stdin.resume();
  return {
    shape(next) {
      if (next === shape) return;
      shape = next;
      if (open && !lent) stdout.write(`\u001b[${shapes[next]} q`);
    },
    lend() {
      if (lent || !open) return;
      stdin.pause();
      giveBack();
      lent = true;
    },
    takeBack() {
      if (!open) return;
      lent = false;
      arm();
      stdin.resume();
    },
    async close() {
      if (!open) return;
      const pause = keyboard.asked ? drainAskedMs : keyboard.disarm() === "" ? 0 : drainMs;
      open = false;
      stdin.off("end", gone);
      if (!lent) {
        clearTimeout(flush);
        // Still raw and still read: nothing that comes now is echoed or left for the shell.
        write(keyboard.disarm() + restored);
        await new Promise((resolve) => setTimeout(resolve, pause));
        setRaw(false);
      }
      process.off("exit", restoreNow);
      stdin.off("data", read);
      stdin.pause();
      stdin.unref();
    },
  };
}
