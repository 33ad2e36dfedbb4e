/** Standard input of a headless run: joined when something is piped in, never waited for when a pipe stays silent. */
import { fstatSync } from "node:fs";
import type { ReadStream } from "node:tty";

/** How long a pipe may stay silent when a task was given as an argument. */
export const firstByteGraceMs = 250;
/** How long it may stay silent when the task itself is expected from it. */
export const taskGraceMs = 10_000;
/** Most that is read; beyond it the rest is left out, and said so. */
export const stdinLimit = 10 * 1024 * 1024;

/** What was read. `notice` says what a person should know about it. */
export type StdinText = { text: string; notice: string | null };

/** Whether and how long to read: `auto` by what standard input is, `wait` to its end, `never`. */
export type StdinMode = "auto" | "wait" | "never";

/** How to read; `graceMs` bounds the silence before the first byte in `auto`. */
export type StdinOptions = { mode: StdinMode; graceMs: number; signal: AbortSignal };

/** Reads standard input as `mode` says. Rejects when the signal fires first. */
export async function readStdin(
  stdin: ReadStream | NodeJS.ReadableStream,
  { mode, graceMs, signal }: StdinOptions,
): Promise<StdinText> {
  const nothing = { text: "", notice: null };
  if (mode === "never" || ("isTTY" in stdin && stdin.isTTY)) return nothing;
  if (mode === "auto" && !readable()) return nothing;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      stdin.removeAllListeners("data");
      stdin.pause();
      if ("unref" in stdin) (stdin as { unref(): void }).unref();
    };
    const finish = (notice: string | null): void => {
      stop();
      resolve({ text: Buffer.concat(chunks).subarray(0, stdinLimit).toString("utf8"), notice });
    };
    const abort = (): void => {
      stop();
      reject(signal.reason);
    };
    const timer =
      mode === "wait"
        ? undefined
        : setTimeout(() => {
            finish(
              `standard input is an open pipe but stayed silent for ${graceMs} ms, so it was not read (--stdin waits for it)`,
            );
          }, graceMs);
    stdin.on("data", (chunk: Buffer) => {
      clearTimeout(timer);
      chunks.push(chunk);
      size += chunk.length;
      if (size > stdinLimit)
        finish(`standard input is longer than ${stdinLimit} bytes; the rest was not read`);
    });
    stdin.on("end", () => finish(null));
    stdin.on("error", (error: Error) => finish(`standard input could not be read: ${error.message}`));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** A closed descriptor 0 must not make the run fail. */
function readable(): boolean {
  try {
    fstatSync(0);
    return true;
  } catch {
    return false;
  }
}
