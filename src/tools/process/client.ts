/** Tau's side of the process helper: runs commands, keeps background jobs, and survives the helper's death. */
import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { messageOf } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import {
  type CommandOutcome,
  type CommandSpec,
  type HelperConfig,
  type HelperEvent,
  type HelperRequest,
  lineReader,
  markerVariable,
  type OutputPage,
} from "./protocol.ts";
import { endProcesses } from "./table.ts";

/** Background jobs alive at one time. */
export const maxRunningJobs = 16;
/** Ended jobs whose output can still be read; older ones are forgotten. */
export const maxEndedJobs = 32;
/** How long the helper has to end everything and leave. */
const closeWaitMs = 1_500;

/** Where the helper is and where it may write. */
export type ProcessHostOptions = {
  /** The bundled helper, `dist/process-helper.cjs`. */
  helperPath: string;
  /** The Node that runs it. */
  nodePath: string;
  /** Unique per host, at least 16 random characters; letters, digits and dashes. */
  hostId: string;
  /** Absolute. Registry of live processes; read by `reapOrphans` at the next start. */
  stateDir: string;
  /** Absolute. Full outputs of commands that print a lot. */
  spillDir: string;
  /** Tau's own environment: only `PATH`, and the marker of a Tau around this one, are taken from it. */
  env: { readonly [name: string]: string | undefined };
  now: Clock;
};

/** A command in the background. */
export type Job = {
  id: number;
  /** The command as people and the model know it. */
  label: string;
  pid: number;
  /** Unix ms. */
  startedAt: number;
  /** Null while it runs. */
  outcome: CommandOutcome | null;
};

/** A job that began, or why it did not. */
export type StartResult = { started: true; job: Job } | { started: false; message: string };

/** A program that is spoken with over its stdin and stdout. */
export type Dialogue = {
  /** Writes to its stdin; lost when it is gone. */
  say(text: string): void;
  /** Closes its stdin, and ends it when it does not leave by itself. */
  stop(): void;
};

/** What such a program does. */
export type DialogueListener = {
  /** It wrote to its stdout: any piece of text, in order. */
  said(text: string): void;
  /** It wrote to its stderr; of a flood only some. */
  muttered(text: string): void;
  /** Its last word. */
  ended(outcome: CommandOutcome): void;
};

type Pending = {
  pid: number | null;
  /** A program that is spoken with keeps nobody waiting by itself. */
  onSaid: ((text: string) => void) | null;
  onStarted: ((pid: number) => void) | null;
  onOutput: ((text: string, skippedBytes: number) => void) | null;
  onEnded: (outcome: CommandOutcome) => void;
};

type Helper = {
  child: ChildProcess;
  channel: Socket;
  marker: string;
  pending: Map<number, Pending>;
  pages: Map<number, (page: OutputPage | null) => void>;
  lastWords: string | null;
};

/** Runs commands through a helper process that is started with the first of them. */
export class ProcessHost {
  #options: ProcessHostOptions;
  #helper: Helper | null = null;
  #helpersStarted = 0;
  #nextId = 1;
  #jobs = new Map<number, Job>();
  #closed = false;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
  }

  /** Starts the helper now, so that the first command need not wait for it (about 30 ms). */
  warm(): void {
    if (!this.#closed) this.#connect();
  }

  /** Pid of the running helper, for diagnosis. */
  get helperPid(): number | null {
    return this.#helper?.child.pid ?? null;
  }

  /**
   * Runs a command to its end. Never throws: a command that could not start, was aborted or lost its helper says so in
   * the outcome. An abort ends the command and resolves when it is gone.
   */
  run(
    spec: CommandSpec,
    options: { signal: AbortSignal; onOutput?: (text: string, skippedBytes: number) => void },
  ): Promise<CommandOutcome> {
    const { signal, onOutput } = options;
    if (signal.aborted) {
      return Promise.resolve({ status: "not_started", message: "The command was stopped before it began." });
    }
    return new Promise((resolve) => {
      const onAbort = () => this.#send({ op: "stop", id });
      const id = this.#launch(spec, {
        pid: null,
        onSaid: null,
        onStarted: null,
        onOutput: onOutput ?? null,
        onEnded: (outcome) => {
          signal.removeEventListener("abort", onAbort);
          this.#send({ op: "forget", id });
          resolve(outcome);
        },
      });
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Starts a command in the background. It lives until it ends, is stopped, or the host closes. */
  start(spec: CommandSpec, label: string): Promise<StartResult> {
    const running = this.list().filter((job) => job.outcome === null);
    if (running.length >= maxRunningJobs) {
      const message = `${maxRunningJobs} background jobs are running already; stop one first.`;
      return Promise.resolve({ started: false, message });
    }
    return new Promise((resolve) => {
      const id: number = this.#launch(spec, {
        pid: null,
        onSaid: null,
        onOutput: null,
        onStarted: (pid) => {
          const job: Job = { id, label, pid, startedAt: this.#options.now(), outcome: null };
          this.#jobs.set(id, job);
          resolve({ started: true, job });
        },
        onEnded: (outcome) => {
          const job = this.#jobs.get(id);
          if (job === undefined) {
            resolve({ started: false, message: outcome.status === "exited" ? "" : outcome.message });
            return;
          }
          job.outcome = outcome;
          this.#forgetOldJobs();
        },
      });
    });
  }

  /** Starts a program to speak with. Never throws; what goes wrong is its outcome. It keeps no process alive. */
  talk(spec: CommandSpec, listener: DialogueListener): Dialogue {
    const id: number = this.#launch(spec, {
      pid: null,
      onStarted: null,
      onSaid: listener.said,
      onOutput: listener.muttered,
      onEnded: (outcome) => {
        this.#send({ op: "forget", id });
        listener.ended(outcome);
      },
    });
    return {
      say: (text) => this.#send({ op: "say", id, text }),
      stop: () => this.#send({ op: "stop", id }),
    };
  }

  #forgetOldJobs(): void {
    const ended = this.list().filter((job) => job.outcome !== null);
    for (const job of ended.slice(0, Math.max(0, ended.length - maxEndedJobs))) {
      this.#jobs.delete(job.id);
      this.#send({ op: "forget", id: job.id });
    }
  }

  /** All background jobs still known, oldest first. */
  list(): Job[] {
    return [...this.#jobs.values()];
  }

  /** Output of a job from byte `since` on; null when the job, or the helper that held its output, is gone. */
  output(id: number, since: number): Promise<OutputPage | null> {
    const helper = this.#helper;
    if (!this.#jobs.has(id) || helper === null) return Promise.resolve(null);
    const request = this.#nextId++;
    return new Promise((resolve) => {
      helper.pages.set(request, resolve);
      this.#keepAlive(helper);
      this.#send({ op: "read", id, since, request });
    });
  }

  /** Ends a job and waits until it is gone. Null when there is no such job. */
  async stop(id: number): Promise<Job | null> {
    const job = this.#jobs.get(id);
    if (job === undefined) return null;
    const pending = this.#helper?.pending.get(id);
    if (job.outcome === null && pending !== undefined) {
      await new Promise<void>((resolve) => {
        const { onEnded } = pending;
        pending.onEnded = (outcome) => {
          onEnded(outcome);
          resolve();
        };
        this.#send({ op: "stop", id });
      });
    }
    return job;
  }

  /** Ends every command and the helper. Idempotent; bounded by about a second and a half. */
  async close(): Promise<void> {
    this.#closed = true;
    const helper = this.#helper;
    const child = helper?.child;
    if (!helper || !child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.ref();
    helper.channel.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), closeWaitMs);
    await gone;
    clearTimeout(timer);
  }

  #launch(spec: CommandSpec, pending: Pending): number {
    const id = this.#nextId++;
    if (this.#closed) {
      queueMicrotask(() => pending.onEnded({ status: "not_started", message: "Tau is shutting down." }));
      return id;
    }
    const helper = this.#connect();
    helper.pending.set(id, pending);
    this.#keepAlive(helper);
    if (pending.onSaid === null) this.#send({ op: "run", id, spec, live: pending.onOutput !== null });
    else this.#send({ op: "talk", id, spec });
    return id;
  }

  #send(request: HelperRequest): void {
    if (this.#helper?.channel.writable) this.#helper.channel.write(`${JSON.stringify(request)}\n`);
  }

  /** Waiting for a foreground command or an answer keeps Tau alive; background jobs and an idle helper do not. */
  #keepAlive(helper: Helper): void {
    const waiting =
      [...helper.pending].some(([id, { onSaid }]) => onSaid === null && !this.#jobs.has(id)) ||
      helper.pages.size > 0;
    if (waiting) helper.channel.ref();
    else helper.channel.unref();
  }

  #connect(): Helper {
    if (this.#helper !== null) return this.#helper;
    const { helperPath, nodePath, stateDir, spillDir, env } = this.#options;
    // A new helper gets a name of its own: what the dead one left is then known by the old name.
    const hostId = `${this.#options.hostId}-${this.#helpersStarted++}`;
    const config: HelperConfig = { hostId, outerMarker: env[markerVariable] ?? null, stateDir, spillDir };
    const outer = config.outerMarker === null ? {} : { [markerVariable]: config.outerMarker };
    const child = spawn(
      nodePath,
      ["--max-old-space-size=64", "--max-semi-space-size=2", helperPath, JSON.stringify(config)],
      // No secrets here: a command can read the environment of the process that started it.
      {
        cwd: "/",
        detached: true,
        env: { PATH: env.PATH ?? "", ...outer },
        stdio: ["ignore", "ignore", "ignore", "pipe"],
      },
    );
    const channel = child.stdio[3];
    if (!(channel instanceof Socket)) throw new TypeError("the helper's fourth descriptor is not a socket");
    const helper: Helper = {
      child,
      channel,
      marker: `${hostId}.`,
      pending: new Map(),
      pages: new Map(),
      lastWords: null,
    };
    this.#helper = helper;
    child.unref();
    channel.unref();
    channel.on(
      "data",
      lineReader<HelperEvent>((event) => this.#hear(helper, event)),
    );
    child.once("error", (error) => {
      helper.lastWords ??= messageOf(error);
      channel.destroy();
    });
    channel.once("error", (error) => {
      helper.lastWords ??= messageOf(error);
    });
    channel.once("close", () => void this.#helperDied(helper));
    return helper;
  }

  #hear(helper: Helper, event: HelperEvent): void {
    if (event.ev === "fatal") {
      helper.lastWords = event.message;
    } else if (event.ev === "page") {
      helper.pages.get(event.request)?.(event.page);
      helper.pages.delete(event.request);
      this.#keepAlive(helper);
    } else {
      const pending = helper.pending.get(event.id);
      if (pending === undefined) return;
      if (event.ev === "started") {
        pending.pid = event.pid;
        pending.onStarted?.(event.pid);
        this.#keepAlive(helper);
      } else if (event.ev === "said") {
        pending.onSaid?.(event.text);
      } else if (event.ev === "output") {
        pending.onOutput?.(event.text, event.skippedBytes);
      } else {
        helper.pending.delete(event.id);
        this.#keepAlive(helper);
        pending.onEnded(event.outcome);
      }
    }
  }

  /** The helper is gone and nobody else will end its commands. */
  async #helperDied(helper: Helper): Promise<void> {
    if (this.#helper === helper) this.#helper = null;
    for (const resolve of helper.pages.values()) resolve(null);
    const pending = [...helper.pending.values()];
    const groups = pending.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    if (!this.#closed) await endProcesses({ groups, marker: helper.marker }, 0);
    const why = this.#closed
      ? "Tau closed while the command ran; it was ended."
      : `The process helper died${helper.lastWords === null ? "" : ` (${helper.lastWords})`} while the command ran; the command was ended and may have had effects.`;
    for (const { pid, onEnded } of pending) {
      onEnded(
        pid === null
          ? { status: "not_started", message: why.replace("ran", "was about to run") }
          : { status: "interrupted", message: why },
      );
    }
  }
}
