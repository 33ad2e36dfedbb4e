/** A command of the person's own that makes the status line. It runs beside the UI and never holds it up. */
import { type ChildProcess, spawn } from "node:child_process";
import { messageOf, systemCode } from "../../core/errors.ts";
import { type Line, plain } from "../view/line.ts";
import { styledLines } from "./styled.ts";

/** How the command is run. */
export type StatusLineOptions = {
  command: string;
  cwd: string;
  env: Record<string, string>;
  /** What it is told, asked for at each run. */
  input(): object;
  /** Takes what it made: at most {@link mostLines} lines. */
  show(lines: readonly Line[]): void;
};

/** Lines that are shown of it. */
export const mostLines = 3;
/** The least time between the beginnings of two runs, ms. */
const apartMs = 300;
/** A run that takes longer is ended, ms. */
const longestMs = 5000;
/** Bytes that are read of it. */
const mostBytes = 16 * 1024;

/** The command of a running UI; one run at a time. */
export class StatusLine {
  readonly #options: StatusLineOptions;
  #running: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #beganAt = Number.NEGATIVE_INFINITY;
  /** Something has changed since the last run began. */
  #due = false;
  #closed = false;

  constructor(options: StatusLineOptions) {
    this.#options = options;
  }

  /** Something has changed: the command is run as soon as it may. */
  refresh(): void {
    this.#due = true;
    if (this.#closed || this.#running !== null || this.#timer !== null) return;
    const wait = Math.max(0, this.#beganAt + apartMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, wait);
    // A status line keeps nobody waiting who leaves.
    this.#timer.unref();
  }

  /** Ends what runs. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#running) end(this.#running);
  }

  #run(): void {
    this.#due = false;
    this.#beganAt = performance.now();
    const { command, cwd, env, input, show } = this.#options;
    const child = spawn("/bin/sh", ["-c", command], {
      cwd,
      env,
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    this.#running = child;
    const limit = setTimeout(() => end(child), longestMs);
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (printed.length < mostBytes) printed += text;
    });
    const over = (lines: readonly Line[]): void => {
      clearTimeout(limit);
      if (this.#running !== child) return;
      this.#running = null;
      if (this.#closed) return;
      show(lines);
      if (this.#due) this.refresh();
    };
    child.on("error", (error) => over([failed(messageOf(error))]));
    child.on("close", (code, signal) => {
      if (code === 0 || printed.trim() !== "") over(styledLines(printed, mostLines));
      else over([failed(signal ? `it took longer than ${longestMs / 1000} s` : `exit ${code}`)]);
    });
    // A command that reads nothing closes the pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(input()));
  }
}

/** Ends the command and all it started: it leads a group of its own. */
function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

const failed = (why: string): Line => plain(`status line command: ${why}`, { tone: "warning" });
