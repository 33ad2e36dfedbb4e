/**
 * Writing to stdout and stderr. Synchronously, so that the last line is out before the process ends however it ends,
 * and without process.stdout, whose mere use loads node:net and whose `error` event would end Tau with a stack trace
 * when the reader goes away (`tau models | head`).
 *
 * What is written holds words of models, tools, files and servers. A terminal would obey the escape sequences among
 * them (set its title, fill the clipboard, hide lines), so on a screen they are taken out; a file or a pipe gets the
 * text as it is.
 */
import { fstatSync, writeSync } from "node:fs";
import { messageOf, systemCode, TauError } from "../../core/errors.ts";
import { clean } from "../../tui/view/clean.ts";

/**
 * Writes the text to stdout.
 * @returns false when nobody reads any more; nothing is wrong then, and nothing more should be written
 * @throws Error of the system for everything else, such as a full disk under a redirected stdout
 */
export function writeOut(text: string): boolean {
  try {
    writeAll(1, isScreen() ? clean(text) : text);
    return true;
  } catch (error) {
    if (systemCode(error) === "EPIPE") return false;
    throw error;
  }
}

/** Writes lines for people, who may read them in a log later, to stderr. That nobody reads them is no reason to fail. */
export function say(text: string): void {
  try {
    writeAll(2, clean(text));
  } catch (error) {
    // There is no place left to complain in.
    if (systemCode(error) === undefined) throw error;
  }
}

/**
 * The output of a command that only prints: a reader that has seen enough ends it in peace.
 * @throws TauError `failure` when stdout cannot be written to, as on a full disk
 */
export function print(text: string): void {
  try {
    if (!writeOut(text.endsWith("\n") ? text : `${text}\n`)) process.exit();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    const next = "free some space, or send it somewhere else";
    throw new TauError("failure", `cannot write to standard output: ${messageOf(error)}`, next);
  }
}

/** Whether stdout is a terminal: asked of the system, because node:tty brings node:net along. */
function isScreen(): boolean {
  try {
    return fstatSync(1).isCharacterDevice();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

/** A full pipe on a non-blocking descriptor: the reader is slow, not gone. */
const retryMs = 5;

function writeAll(descriptor: 1 | 2, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(descriptor, bytes));
    } catch (error) {
      if (systemCode(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}
