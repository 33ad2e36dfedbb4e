/** One running command: from spawn to the moment nothing of it is left. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Pipe } from "./fifo.ts";
import { OutputKeeper } from "./output.ts";
import { type CommandOutcome, type CommandSpec, markerVariable } from "./protocol.ts";
import { endProcesses, groupExists, sendSignal } from "./table.ts";

/** How long a command asked to end may take before it is killed. */
export const killGraceMs = 2_000;
/** How long output may still arrive after a command's exit when something else holds its pipe open. */
const drainMs = 100;
/** How long survivors of a finished command have between SIGTERM and SIGKILL. */
const survivorGraceMs = 300;
/** How long a program that is spoken with may take to leave once its stdin is closed, before it is asked by a signal. */
const hangUpMs = 500;
/** What such a program has not read yet, in bytes; beyond it, it is ended: it does not listen. */
const unheardMaxBytes = 16 * 1024 * 1024;
/** A killed process that still has not gone (stuck in the kernel) is no longer waited for. */
const giveUpMs = 2_000;

/** Live output: at most this often, and at most this much each time. */
const liveIntervalMs = 40;
const liveMaxBytes = 8 * 1024;

/** What a job tells its owner. */
export type JobListener = {
  started(pid: number): void;
  output(text: string, skippedBytes: number): void;
  /** Of a program that is spoken with: its stdout, and who reads it, to be paused while Tau takes no more. */
  said?(text: string, reader: Readable): void;
  ended(outcome: CommandOutcome): void;
};

/** Forwards output as it comes, thinned to what a person can see. */
class LiveOutput {
  #decoder = new StringDecoder("utf8");
  #chunks: Buffer[] = [];
  #bytes = 0;
  #skipped = 0;
  #timer: NodeJS.Timeout | null = null;
  #send: (text: string, skippedBytes: number) => void;

  constructor(send: (text: string, skippedBytes: number) => void) {
    this.#send = send;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let first = this.#chunks[0]; first && this.#bytes - first.length >= liveMaxBytes; ) {
      this.#chunks.shift();
      this.#bytes -= first.length;
      this.#skipped += first.length;
      first = this.#chunks[0];
    }
    if (this.#timer === null) this.#tick();
  }

  /** Sends what there is, then not before the interval is over. */
  #tick(): void {
    this.#timer = null;
    if (this.#bytes === 0) return;
    this.#flush();
    this.#timer = setTimeout(() => this.#tick(), liveIntervalMs);
  }

  #flush(): void {
    let bytes = Buffer.concat(this.#chunks);
    if (bytes.length > liveMaxBytes) {
      this.#skipped += bytes.length - liveMaxBytes;
      bytes = bytes.subarray(bytes.length - liveMaxBytes);
    }
    if (this.#skipped > 0) this.#decoder = new StringDecoder("utf8");
    this.#send(this.#decoder.write(bytes), this.#skipped);
    this.#chunks = [];
    this.#bytes = 0;
    this.#skipped = 0;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#bytes > 0) this.#flush();
  }
}

/** A command being run, its process group, its output and its clocks. */
export class Job {
  readonly output: OutputKeeper;
  #marker: string;
  #listener: JobListener;
  #live: LiveOutput | null;
  #child: ChildProcess | null = null;
  #readers: Readable[] = [];
  #openReaders = 0;
  #onDrained: (() => void) | null = null;
  #cause: "timeout" | "stop" | null = null;
  #startedAt = performance.now();
  #timers: NodeJS.Timeout[] = [];
  /** Said before the program stood. */
  readonly #unsaid: string[] = [];
  #exited = false;
  #over = false;

  /** `marker` is unique to this job; every process of it carries it. */
  constructor(marker: string, spillPath: string, spec: CommandSpec, live: boolean, listener: JobListener) {
    this.output = new OutputKeeper(spec.keep, spillPath);
    this.#marker = marker;
    this.#listener = listener;
    this.#live = live ? new LiveOutput(listener.output) : null;
  }

  /** Starts the command. `outerMarker` goes before the job's own in its environment. */
  start(spec: CommandSpec, pipe: Pipe | null, outerMarker: string | null): void {
    if (this.#cause !== null) {
      pipe?.reader.destroy();
      if (pipe !== null) closeSync(pipe.writeFd);
      this.#finish({ status: "not_started", message: "The command was stopped before it began." });
      return;
    }
    const [file, ...args] = spec.argv;
    const marker = outerMarker === null ? this.#marker : `${outerMarker}:${this.#marker}`;
    this.#startedAt = performance.now();
    let child: ChildProcess;
    try {
      child = spawn(file, args, {
        cwd: spec.cwd,
        env: { ...spec.env, [markerVariable]: marker },
        detached: true,
        stdio: [
          this.#listener.said ? "pipe" : "ignore",
          this.#listener.said ? "pipe" : (pipe?.writeFd ?? "pipe"),
          pipe?.writeFd ?? "pipe",
        ],
      });
    } catch (error) {
      // An argument with a NUL byte or a list too long: the caller's input, refused by Node before the fork.
      this.#finish({
        status: "not_started",
        message: error instanceof Error ? error.message : String(error),
      });
      return;
    } finally {
      if (pipe !== null) closeSync(pipe.writeFd);
    }
    this.#child = child;
    const listener = this.#listener;
    const keeps = [pipe?.reader, listener.said ? null : child.stdout, child.stderr];
    for (const reader of keeps) if (reader) this.#read(reader, (chunk) => this.#keep(chunk));
    if (listener.said && child.stdout) this.#hear(child.stdout, listener.said);
    // A program that is gone or has closed its stdin is known by its exit.
    child.stdin?.once("error", () => child.stdin?.destroy());
    for (const text of this.#unsaid.splice(0)) child.stdin?.write(text);
    child.once("error", (error) => {
      if (child.pid !== undefined) return;
      // The system says ENOENT of the program when it is the folder that is missing.
      const message = existsSync(spec.cwd)
        ? error.message
        : `${error.message}: the working directory ${spec.cwd} does not exist`;
      this.#finish({ status: "not_started", message });
    });
    child.once("exit", () => void this.#wrapUp());
    if (child.pid === undefined) return;
    this.#listener.started(child.pid);
    if (spec.timeoutMs !== null) this.#after(spec.timeoutMs, () => this.end("timeout"));
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms));
  }

  #keep(chunk: Buffer): void {
    this.output.push(chunk);
    this.#live?.push(chunk);
  }

  #hear(reader: Readable, said: NonNullable<JobListener["said"]>): void {
    const decoder = new StringDecoder("utf8");
    this.#read(reader, (chunk) => said(decoder.write(chunk), reader));
  }

  /** Writes to the stdin of a program that is spoken with. */
  say(text: string): void {
    if (this.#child === null) {
      this.#unsaid.push(text);
      return;
    }
    const { stdin } = this.#child;
    if (!stdin?.writable) return;
    stdin.write(text);
    if (stdin.writableLength > unheardMaxBytes) this.end("stop");
  }

  #read(reader: Readable, take: (chunk: Buffer) => void): void {
    this.#readers.push(reader);
    this.#openReaders += 1;
    reader.on("data", take);
    reader.once("error", () => reader.destroy());
    reader.once("close", () => {
      this.#openReaders -= 1;
      if (this.#openReaders === 0) this.#onDrained?.();
    });
  }

  /** Waits for the end of output, but no longer than `ms`. */
  #drained(ms: number): Promise<boolean> {
    if (this.#openReaders === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#onDrained = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** Asks the command to end, then makes it. Idempotent. */
  end(cause: "timeout" | "stop"): void {
    if (this.#cause !== null || this.#exited || this.#over) return;
    this.#cause = cause;
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    const stdin = this.#child?.stdin;
    if (stdin) {
      stdin.end();
      this.#after(hangUpMs, () => this.#signal(pid));
    } else this.#signal(pid);
  }

  #signal(pid: number): void {
    sendSignal(-pid, "SIGTERM");
    this.#after(killGraceMs, () => {
      void endProcesses({ groups: [pid], marker: this.#marker }, 0);
      this.#after(giveUpMs, () => this.#report(0));
    });
  }

  /** The command itself is over; what it left is not yet. */
  async #wrapUp(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    this.#exited = true;
    const group = { groups: [pid], marker: null };
    const all = { groups: [pid], marker: this.#marker };
    let survivors = 0;
    if (this.#cause !== null) {
      await endProcesses(all, survivorGraceMs);
    } else if (groupExists(pid)) {
      survivors += await endProcesses(group, survivorGraceMs);
    }
    // Whoever still holds the pipe has left the group; a daemon that let go of it is left until the session ends.
    if (!(await this.#drained(drainMs)) && this.#cause === null) {
      survivors += await endProcesses(all, survivorGraceMs);
      await this.#drained(drainMs);
    }
    this.#report(survivors);
  }

  #report(killedSurvivors: number): void {
    const timedOut = this.#cause === "timeout";
    this.#live?.stop();
    this.#finish({
      status: "exited",
      exitCode: this.#child?.exitCode ?? null,
      signal: this.#child?.signalCode ?? (this.#child?.exitCode === null ? "SIGKILL" : null),
      timedOut,
      aborted: this.#cause === "stop",
      ...this.output.summary(),
      killedSurvivors,
      durationMs: Math.round(performance.now() - this.#startedAt),
    });
  }

  #finish(outcome: CommandOutcome): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const reader of this.#readers) reader.destroy();
    this.output.close();
    this.#listener.ended(outcome);
  }
}
