/** Standard input of a headless run: joined when something is piped in, never waited for when a pipe stays silent. */
import { fstatSync } from "node:fs";
import { type PipeWriters, pipeWriters } from "./pipe-writers.ts";

/** How long a pipe may stay silent before its first byte, in ms. */
export type Grace = {
  /** When nobody but those who started Tau, or nobody that can be seen, holds its other end. */
  heldMs: number;
  /** When a command of the pipeline holds it, and does nothing. While it works it is waited for. */
  idleMs: number;
};

/**
 * When a task was given as an argument. Whoever starts Tau with a pipe of its own writes at once or never; `gh pr diff`
 * and other commands that ask a server first take a second or two, and a task that runs without its input is paid for
 * nothing.
 */
export const inputGrace: Grace = { heldMs: 1_000, idleMs: 3_000 };
/** When the task itself is expected from it. */
export const taskGrace: Grace = { heldMs: 10_000, idleMs: 10_000 };
/** How long a command that works is waited for: `tsc` of a large project says nothing before its end. */
const workingLimitMs = 120_000;
const lookEveryMs = 1_000;
/** CPU time in a second, in clock ticks of 10 ms, that is work and no mere waking up. */
const workTicks = 5;
/** Most that is read; beyond it the rest is left out, and said so. */
export const stdinLimit = 10 * 1024 * 1024;

/** What was read. `notice` says what a person should know about it. */
export type StdinText = { text: string; notice: string | null };

/** Whether and how long to read: `auto` by what standard input is, `wait` to its end, `never`. */
export type StdinMode = "auto" | "wait" | "never";

/** How to read; `grace` bounds the silence of a pipe before its first byte in `auto`. */
export type StdinOptions = {
  mode: StdinMode;
  grace: Grace;
  signal: AbortSignal;
  /** Told once when a slow command is waited for. */
  waiting(names: readonly string[]): void;
};

/**
 * Reads standard input as `mode` says. Rejects when the signal fires first.
 * @param open called only when there is something to read: Node's stream over it takes milliseconds to load
 */
export async function readStdin(
  open: () => NodeJS.ReadableStream,
  { mode, grace, signal, waiting }: StdinOptions,
): Promise<StdinText> {
  const nothing = { text: "", notice: null };
  if (mode === "never") return nothing;
  const kind = mode === "auto" ? inputKind() : "ends";
  if (kind === "closed") return nothing;
  const stdin = open();
  if ("isTTY" in stdin && stdin.isTTY) return nothing;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      silence?.stop();
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
    const giveUp = (ms: number): void =>
      finish(
        `standard input is an open pipe but stayed silent for ${Math.round(ms / 1000)} s, so it was not read (--stdin waits for it, --no-stdin does not look)`,
      );
    const silence = kind === "pipe" ? watchSilence(grace, waiting, giveUp) : null;
    stdin.on("data", (chunk: Buffer) => {
      silence?.stop();
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

/** Calls `giveUp` with the ms of silence when the grace is over, until it is stopped. */
function watchSilence(
  { heldMs, idleMs }: Grace,
  waiting: (names: readonly string[]) => void,
  giveUp: (ms: number) => void,
): { stop(): void } {
  const startedAt = performance.now();
  let workedAt = startedAt;
  let before: PipeWriters | null = null;
  let isTold = false;
  let lastLook: NodeJS.Immediate | undefined;
  const look = (): void => {
    const now = performance.now();
    const writers = pipeWriters();
    const isPipeline = writers === null ? mayBePipeline() : writers.names.length > 0;
    if (writers && before && writers.cpuTicks - before.cpuTicks >= workTicks) workedAt = now;
    before = writers;
    const end = isPipeline ? Math.min(workedAt + idleMs, startedAt + workingLimitMs) : startedAt + heldMs;
    if (now >= end) {
      // A busy start can hold up the loop beyond the grace, with the data waiting: what has come is taken first.
      lastLook = setImmediate(() => giveUp(now - startedAt));
      return;
    }
    if (!isTold && now - startedAt >= idleMs) {
      isTold = true;
      waiting(writers?.names ?? []);
    }
    timer = setTimeout(look, Math.min(lookEveryMs, end - now));
  };
  let timer = setTimeout(look, Math.min(heldMs, idleMs));
  return {
    stop() {
      clearTimeout(timer);
      clearImmediate(lastLook);
    },
  };
}

/** Shells join commands by pipes; what other programs hand their children is mostly a socket. */
function mayBePipeline(): boolean {
  return fstatSync(0).isFIFO();
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
