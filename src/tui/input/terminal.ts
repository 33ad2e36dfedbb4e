/** The terminal's input side: raw keys while the UI runs, and everything as it was when it ends, however it ends. */
import { writeSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { type Key, KeyDecoder } from "./keys.ts";

/** How long a lone ESC is waited for the rest of a sequence, in ms: over a slow line they come apart. */
const escapeMs = 40;

/** Bracketed paste, so that pasted lines are told from typed ones; the screen may have hidden the cursor. */
const pasteOn = "\u001b[?2004h";
const restore = "\u001b[?2004l\u001b[?25h";

/** Raw input of a terminal. */
export type RawTerminal = {
  /** Puts the terminal back as it was. Idempotent. */
  close(): void;
};

/** What a terminal tells: its keys, and that it is gone (closed window, dropped connection). */
export type TerminalReader = { keys(keys: Key[]): void; gone(): void };

/** Switches to raw input. */
export function openTerminal(
  stdin: ReadStream,
  stdout: NodeJS.WriteStream & { fd: number },
  reader: TerminalReader,
): RawTerminal {
  const decoder = new KeyDecoder();
  let flush: NodeJS.Timeout | undefined;
  const deliver = (keys: Key[]): void => {
    if (keys.length > 0) reader.keys(keys);
  };
  const read = (text: string): void => {
    clearTimeout(flush);
    deliver(decoder.push(text));
    if (decoder.waiting) flush = setTimeout(() => deliver(decoder.flush()), escapeMs);
  };
  const gone = (): void => reader.gone();
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    clearTimeout(flush);
    process.off("exit", close);
    stdin.off("data", read);
    stdin.off("end", gone);
    try {
      stdin.setRawMode(false);
      // Not through the stream: on the way out of the process nothing asynchronous is written any more.
      writeSync(stdout.fd, restore);
    } catch {
      open = false; // the terminal is gone, and nothing of it is left to restore
    }
    stdin.pause();
    stdin.unref();
  };
  stdin.setEncoding("utf8");
  stdin.setRawMode(true);
  stdout.write(pasteOn);
  stdin.on("data", read);
  stdin.on("end", gone);
  // These two stay: a terminal that vanishes makes reads and writes fail (EIO) until the process has ended.
  stdin.on("error", gone);
  stdout.on("error", gone);
  process.on("exit", close);
  stdin.ref();
  stdin.resume();
  return { close };
}
