/** The law of the screen in a real tmux: a pane that shows what it is given, asked over tmux's control mode. */
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { FrameWriter, type Size } from "../../src/tui/screen/frame-writer.ts";
import type { LawScreen } from "./screen-law.ts";

/** Whether there is one. */
export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

/** A server of its own with one pane; it ends with the test. */
export class TmuxPane {
  readonly #client: ChildProcessByStdio<Writable, Readable, null>;
  #pipe: FileHandle | null = null;
  readonly #folder = mkdtempSync(join(tmpdir(), "tau-tmux-"));
  readonly #replies: ((lines: string[]) => void)[] = [];
  #text = "";
  #reply: string[] | null = null;

  private constructor() {
    const socket = `tau-${randomUUID()}`;
    execFileSync("mkfifo", [this.#fifo]);
    // As Node sets a terminal that it makes raw.
    const pane = `stty raw -echo opost onlcr; exec cat ${this.#fifo}`;
    const args = ["-u", "-L", socket, "-f", "/dev/null", "-C", "new-session", "-x", "80", "-y", "24", pane];
    const env = { PATH: process.env.PATH, LANG: "C.UTF-8", SHELL: "/bin/sh", HOME: this.#folder };
    this.#client = spawn("tmux", args, { env, stdio: ["pipe", "pipe", "ignore"] });
    this.#client.stdout.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    onTestFinished(async () => {
      spawnSync("tmux", ["-L", socket, "kill-server"], { env, stdio: "ignore" });
      await this.#pipe?.close();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /** Opens one. */
  static async open(): Promise<TmuxPane> {
    const pane = new TmuxPane();
    // The first reply is of the command the client was started with.
    await new Promise((heard) => void pane.#replies.push(heard));
    pane.#pipe = await open(pane.#fifo, "w");
    await pane.ask("refresh-client -f no-output ; set -g history-limit 50000 ; respawn-pane -k");
    await pane.#pipe.close();
    pane.#pipe = await open(pane.#fifo, "w");
    return pane;
  }

  get #fifo(): string {
    return join(this.#folder, "pane");
  }

  /** Runs a line of tmux's commands and resolves to what they print. */
  async ask(commands: string): Promise<string[]> {
    const count = commands.split(" ; ").length;
    const replies = Array.from(
      { length: count },
      () => new Promise<string[]>((heard) => void this.#replies.push(heard)),
    );
    this.#client.stdin.write(`${commands}\n`);
    return (await Promise.all(replies)).flat();
  }

  /** Gives bytes to the pane; resolves when tmux has taken them in. */
  async show(text: string): Promise<void> {
    const mark = randomUUID();
    await this.#pipe?.writeFile(`${text}\x1b]2;${mark}\x1b\\`);
    while ((await this.ask('display-message -p "#{pane_title}"'))[0] !== mark);
  }

  #hear(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("%begin ")) this.#reply = [];
      else if (line.startsWith("%end ") || line.startsWith("%error ")) {
        this.#replies.shift()?.(this.#reply ?? []);
        this.#reply = null;
      } else this.#reply?.push(line);
    }
  }
}

/** A screen of the law in a pane, in place of the one before. */
export class TmuxScreen implements LawScreen {
  readonly writer: FrameWriter;
  readonly writes: string[] = [];
  readonly #pane: TmuxPane;
  #pending = "";
  #clock = 0;

  private constructor(pane: TmuxPane, size: Size) {
    this.#pane = pane;
    const write = (text: string): boolean => {
      this.writes.push(text);
      this.#pending += text;
      return true;
    };
    this.writer = new FrameWriter(
      { write, once: () => undefined },
      size,
      { reflow: "wraps", delayMs: 240, settleMs: 0, tmux: true },
      () => this.#clock,
    );
  }

  static async open(pane: TmuxPane, size: Size): Promise<TmuxScreen> {
    await pane.ask(`refresh-client -C ${size.columns}x${size.rows}`);
    await pane.show("\x1bc");
    await pane.ask("clear-history");
    return new TmuxScreen(pane, size);
  }

  async settle(): Promise<void> {
    this.writer.flush();
    const text = this.#pending;
    this.#pending = "";
    await this.#pane.show(text);
  }

  async resize(size: Size): Promise<void> {
    await this.settle();
    this.#clock += 1000;
    await this.#pane.ask(`refresh-client -C ${size.columns}x${size.rows}`);
    this.writer.resize(size);
  }

  async lines(): Promise<string[]> {
    const lines = (await this.#pane.ask("capture-pane -p -J -S -")).map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  async cursor(): Promise<{ row: number; column: number }> {
    const [told = ""] = await this.#pane.ask('display-message -p "#{cursor_x} #{cursor_y} #{history_size}"');
    const [column = 0, row = 0, above = 0] = told.split(" ").map(Number);
    return { row: row + above, column };
  }

  shownColumn(_row: string, column: number): number {
    return column;
  }
}
