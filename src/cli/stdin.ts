/** Standard input of a headless run: joined when something is piped in, never waited for when a pipe stays silent. */
import { fstatSync } from "node:fs";
import type { ReadStream } from "node:tty";

/**
 * How long a pipe may stay silent when a task was given as an argument. `git diff` of a large repository and anything
 * that asks a server first take a second or two, and a task that runs without its input is paid for nothing.
 */
export const firstByteGraceMs = 3_000;
/** How long it may stay silent when the task itself is expected from it. */
export const taskGraceMs = 10_000;
/** Most that is read; beyond it the rest is left out, and said so. */
export const stdinLimit = 10 * 1024 * 1024;

/** What was read. `notice` says what a person should know about it. */
export type StdinText = { text: string; notice: string | null };

/** Whether and how long to read: `auto` by what standard input is, `wait` to its end, `never`. */
export type StdinMode = "auto" | "wait" | "never";

/** How to read; `graceMs` bounds the silence of a pipe before its first byte in `auto`. */
export type StdinOptions = { mode: StdinMode; graceMs: number; signal: AbortSignal };

/** Reads standard input as `mode` says. Rejects when the signal fires first. */
export async function readStdin(
  stdin: ReadStream | NodeJS.ReadableStream,
  { mode, graceMs, signal }: StdinOptions,
): Promise<StdinText> {
  const nothing = { text: "", notice: null };
  if (mode === "never" || ("isTTY" in stdin && stdin.isTTY)) return nothing;
  const kind = mode === "auto" ? inputKind() : "ends";
  if (kind === "closed") return nothing;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      clearTimeout(timer);
      clearImmediate(lastLook);
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
    const giveUp = (): void =>
      finish(
        `standard input is an open pipe but stayed silent for ${graceMs / 1000} s, so it was not read (--stdin waits for it, --no-stdin does not look)`,
      );
    let lastLook: NodeJS.Immediate | undefined;
    // A busy start can hold up the loop beyond the grace, with the data waiting: what has come is taken first.
    const timer =
      kind === "pipe" ? setTimeout(() => void (lastLook = setImmediate(giveUp)), graceMs) : undefined;
    stdin.on("data", (chunk: Buffer) => {
      clearTimeout(timer);
      clearImmediate(lastLook);
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

/** A pipe can stay open and silent for ever, files and devices end. A closed descriptor must not make the run fail. */
function inputKind(): "closed" | "pipe" | "ends" {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket() ? "pipe" : "ends";
  } catch {
    return "closed";
  }
}
