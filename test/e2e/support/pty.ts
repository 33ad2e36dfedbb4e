/** Tau in a real pseudo-terminal, with an emulator that shows what a person would see. */
import { readdirSync, readFileSync } from "node:fs";
import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";
import { pictureOf } from "./picture.ts";
import { launcher, type World } from "./tau.ts";

/** How the terminal is made. */
export type PtyOptions = {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
  cwd?: string;
  /** A shell line run instead; `"$TAU"` in it is the launcher, started as `"$NODE" "$TAU"`. */
  shell?: string;
};

/** How the process ended; `signal` is 0 when it ended by itself. */
export type Ended = { code: number; signal: number };

/** A terminal with tau in it. */
export type Pty = {
  readonly pid: number;
  /** Every byte the program wrote. */
  raw(): string;
  /** The rows of the visible screen, without trailing spaces. */
  screen(): string;
  /** The screen as an SVG. */
  picture(title: string): string;
  /** Everything from the top of the scrollback to the bottom of the screen; wrapped rows are one line each. */
  history(): string[];
  /** Types. */
  write(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Where the cursor is on the screen, counted from 0. */
  cursor(): { row: number; column: number };
  /** What a private mode the program may leave behind is now. */
  modes(): { bracketedPaste: boolean; cursorHidden: boolean };
  /**
   * Resolves as soon as the screen satisfies `wanted` (a text it holds, or a predicate), after any output.
   * @throws Error with the screen when it does not within `ms`, or the program ends first without it.
   */
  waitFor(wanted: string | RegExp | ((screen: string) => boolean), ms?: number): Promise<string>;
  /** Resolves when no byte has come for `ms`. */
  quiet(ms?: number): Promise<void>;
  ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
};

/** Keys as a terminal sends them. */
export const keys = {
  enter: "\r",
  escape: "\u001b",
  backspace: "\u007f",
  newline: "\n",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  up: "\u001b[A",
  left: "\u001b[D",
  tab: "\t",
  shiftTab: "\u001b[Z",
  paste: (text: string): string => `\u001b[200~${text}\u001b[201~`,
};

/** Starts tau in a terminal of 80x24; it is killed with the test. */
export function startPty(world: World, args: readonly string[], options: PtyOptions = {}): Pty {
  const { columns = 80, rows = 24 } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 100_000, allowProposedApi: true });
  const [file, argv] =
    options.shell === undefined
      ? [process.execPath, [launcher, ...args]]
      : ["/bin/sh", ["-c", options.shell]];
  const child: IPty = spawn(file, argv, {
    // It becomes TERM, whatever the environment says.
    name: options.env?.TERM ?? "xterm-256color",
    cols: columns,
    rows,
    cwd: options.cwd ?? world.project,
    env: { ...world.env, NODE: process.execPath, TAU: launcher, ...options.env },
  });
  const chunks: string[] = [];
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  let lastByte = performance.now();
  let gone: Ended | null = null;
  child.onData((text) => {
    lastByte = performance.now();
    chunks.push(text);
    terminal.write(text, changed);
  });
  // An emulator answers what a program asks it (device attributes, cursor position).
  terminal.onData((answer) => {
    if (gone === null) child.write(answer);
  });
  const ended = new Promise<Ended>((done) => {
    child.onExit(({ exitCode, signal }) => {
      // What was written last may still be on its way into the emulator.
      terminal.write("", () => {
        gone = { code: exitCode, signal: signal ?? 0 };
        changed();
        done(gone);
      });
    });
  });
  const line = (index: number): string =>
    terminal.buffer.active.getLine(index)?.translateToString(true, 0, terminal.cols) ?? "";
  const screen = (): string => {
    const top = terminal.buffer.active.baseY;
    return Array.from({ length: terminal.rows }, (_, row) => line(top + row)).join("\n");
  };
  onTestFinished(async () => {
    if (gone === null) child.kill("SIGKILL");
    await ended;
    terminal.dispose();
  });
  return {
    pid: child.pid,
    raw: () => chunks.join(""),
    screen,
    picture: (title) => pictureOf(terminal, title),
    history: () => Array.from({ length: terminal.buffer.active.length }, (_, index) => line(index)),
    write: (text) => child.write(text),
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows);
      child.resize(nextColumns, nextRows);
    },
    cursor: () => ({ row: terminal.buffer.active.cursorY, column: terminal.buffer.active.cursorX }),
    modes: () => ({
      bracketedPaste: terminal.modes.bracketedPasteMode,
      cursorHidden: chunks.join("").lastIndexOf("\u001b[?25l") > chunks.join("").lastIndexOf("\u001b[?25h"),
    }),
    waitFor(wanted, ms = 15_000) {
      const satisfied = (): boolean => {
        const shown = screen();
        if (typeof wanted === "string") return shown.includes(wanted);
        return wanted instanceof RegExp ? wanted.test(shown) : wanted(shown);
      };
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer);
          listeners.delete(check);
        };
        const fail = (why: string): void => {
          stop();
          reject(new Error(`${why}: ${String(wanted)}\n${framed(screen())}`));
        };
        const check = (): void => {
          if (satisfied()) {
            stop();
            resolve(screen());
          } else if (gone !== null) fail(`the program ended (${gone.code}, signal ${gone.signal}) without`);
        };
        const timer = setTimeout(() => fail(`not within ${ms} ms`), ms);
        listeners.add(check);
        check();
      });
    },
    quiet(ms = 150) {
      return new Promise((resolve) => {
        const check = (): void => {
          const left = lastByte + ms - performance.now();
          if (left <= 0) resolve();
          else setTimeout(check, left);
        };
        check();
      });
    },
    ended,
    kill: (signal) => child.kill(signal),
  };
}

/** A screen in a box, for messages. */
export function framed(screen: string): string {
  return screen
    .split("\n")
    .map((row) => `| ${row}`)
    .join("\n");
}

/** Ids of processes whose environment or command line holds `marker`: what a program left behind. */
export function processesWith(marker: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return ["environ", "cmdline"].some((file) =>
          readFileSync(`/proc/${pid}/${file}`, "latin1").includes(marker),
        );
      } catch {
        return false; // gone meanwhile, or somebody else's
      }
    })
    .map(Number);
}

/** What a process was started with; empty when it is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
