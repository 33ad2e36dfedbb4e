/**
 * What stands between the drawing of the live region and the terminal. Finished lines are committed once to the
 * terminal's own scrollback; below them stands the live region, of which only changed rows are written. Every update is
 * one write inside a synchronized update (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036);
 * terminals that do not know the mode ignore it. The cursor only moves relatively, the screen is never cleared, and the
 * region is lower than the terminal, so nothing of it can ever be scrolled away.
 */
import { widthOf } from "../view/line.ts";
import { bareRow, erasedRows, type Resizing } from "./reflow.ts";
import { rowChange } from "./row-change.ts";
import { uncertainStart } from "./row-start.ts";

/** The terminal's size in cells. */
export type Size = { columns: number; rows: number };

/** A cell of the live region, counted from 0 from its top left. */
export type Cell = { row: number; column: number };

/** Where bytes go: the part of a tty stream that is used. */
export type Terminal = {
  /** False when the stream is full; then `drain` follows. */
  write(text: string): boolean;
  once(event: "drain", listener: () => void): unknown;
};

/** What the live region is to look like: rows without line breaks, and where the cursor stands (null: hidden). */
export type Frame = { rows: readonly string[]; caret: Cell | null };

// Rows never reach the last column; without auto-wrap a terminal that has just been made narrower cuts them instead of
// making them two.
const wrapOff = "\x1b[?7l";
const wrapOn = "\x1b[?7h";
const begin = "\x1b[?2026h";
const end = "\x1b[?2026l";
const eraseRight = "\x1b[K";
const eraseBelow = "\x1b[J";
const style = "\x1b[m";

/** Draws frames and commits lines; one for each terminal. */
export class FrameWriter {
  readonly #terminal: Terminal;
  #resizing: Resizing;
  readonly #now: () => number;
  #size: Size;
  /** The rows the terminal shows. */
  #shown: readonly string[] = [];
  /** When each of them was written, by the clock. */
  #written: readonly number[] = [];
  /** Where its cursor is. */
  #at: Cell = { row: 0, column: 0 };
  /** The column it was brought to last. */
  #column = 0;
  /** The text it was brought behind, since it last moved by other ways; null when it was moved by columns. */
  #behind: string | null = null;
  #caretVisible = true;
  /** When it was told of, until it was seen to. */
  #resizedAt: number | null = null;
  #frame: Frame = { rows: [], caret: { row: 0, column: 0 } };
  #commits: string[] = [];
  #full = false;
  #held = false;
  #whenDrained: (() => void)[] = [];
  #scheduled = false;
  #cut = 0;

  /**
   * The cursor must stand in the first column of an empty row.
   * @param now the time in ms
   */
  constructor(terminal: Terminal, size: Size, resizing: Resizing, now: () => number) {
    this.#now = now;
    this.#terminal = terminal;
    this.#size = size;
    this.#resizing = resizing;
  }

  /** Whether the terminal takes nothing just now: what is committed waits in memory. */
  get full(): boolean {
    return this.#full;
  }

  /** Resolves when all that was committed and drawn so far is the terminal's. */
  drained(): Promise<void> {
    this.flush();
    if (!this.#full) return Promise.resolve();
    return new Promise((resolve) => void this.#whenDrained.push(resolve));
  }

  /** Frames that were too high and lost rows at their top. Whoever lays out the screen keeps this at 0. */
  get cutFrames(): number {
    return this.#cut;
  }

  /** Adds finished lines above the live region, for good. They are written with the next frame, or in a moment. */
  commit(lines: readonly string[]): void {
    for (const line of lines) this.#commits.push(line);
    if (this.#scheduled || lines.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Shows a frame; while the terminal takes nothing only the last one counts. */
  draw(frame: Frame): void {
    this.#frame = frame;
    if (frame.rows.length > this.#room) this.#cut += 1;
    this.flush();
  }

  /** The terminal has another size. Nothing is written before the next frame, which is laid out for it. */
  resize(size: Size): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    this.#resizedAt ??= this.#now();
  }

  /** More is known of the terminal. */
  behaves(resizing: Resizing): void {
    this.#resizing = resizing;
  }

  /**
   * From here on the terminal is another's: what is committed and drawn waits. Whoever has it gives it back with the
   * cursor where it was.
   */
  hold(): void {
    this.#held = true;
  }

  /** Takes the live region away: the cursor stands where it was, visible, and the terminal is another's. */
  withdraw(): void {
    this.#scheduled = false;
    const lines = this.#held ? "" : this.#erasing() + this.#committing();
    const gone = this.#move({ row: 0, column: 0 }) + (this.#shown.length > 0 ? this.#eraseBelow : "");
    this.#terminal.write(`${begin}${lines}${gone}${this.#caretVisible ? "" : "\x1b[?25h"}${end}`);
    this.forget();
    this.#held = true;
  }

  /** Nothing of what it drew is on the terminal any more; the cursor stands in the first column of an empty row. */
  forget(): void {
    this.#shown = [];
    this.#written = [];
    this.#at = { row: 0, column: 0 };
    this.#column = 0;
    this.#behind = null;
    this.#resizedAt = null;
    this.#caretVisible = true;
  }

  /** The terminal is the writer's again. */
  release(): void {
    this.#held = false;
    this.flush();
  }

  /** Writes what is wanted and not yet shown. */
  flush(): void {
    if (this.#full || this.#held) return;
    this.#scheduled = false;
    // A committed line that finds the terminal narrower than it was made for is wrapped, not cut.
    const lines = this.#erasing() + this.#committing();
    const region = this.#drawing() + this.#placing();
    if (lines === "" && region === "") return;
    const drawn = region === "" ? "" : `${wrapOff}${region}${wrapOn}`;
    this.#full = !this.#terminal.write(`${begin}${lines}${drawn}${end}`);
    if (!this.#full) return;
    this.#terminal.once("drain", () => {
      this.#full = false;
      this.flush();
      if (this.#full) return;
      for (const tell of this.#whenDrained.splice(0)) tell();
    });
  }

  /** The terminal has re-wrapped what it showed: all of it goes, from where it now begins. */
  #erasing(): string {
    if (this.#resizedAt === null) return "";
    // What was written when the terminal was smaller already was cut, not wrapped.
    const since = this.#resizedAt - this.#resizing.delayMs;
    const late = this.#written.map((time) => time > since);
    const rows = this.#shown.map((row, index) => (late[index] ? "" : row));
    const at = { row: this.#at.row, column: late[this.#at.row] ? 0 : this.#column };
    this.#resizedAt = null;
    const up = erasedRows(rows, at, this.#size.columns, this.#resizing.reflow);
    this.#shown = [];
    this.#written = [];
    this.#at = { row: 0, column: 0 };
    this.#behind = null;
    return `${up > 0 ? `\x1b[${up}A` : ""}\r${this.#eraseBelow}`;
  }

  /** For a cursor in the first column. */
  get #eraseBelow(): string {
    return this.#resizing.tmux ? `\x1b[${this.#size.rows}M` : eraseBelow;
  }

  #committing(): string {
    const lines = this.#commits;
    if (lines.length === 0) return "";
    this.#commits = [];
    const height = this.#shown.length;
    if (height > 0 && lines.length + height <= this.#size.rows) return this.#inserting(lines);
    let text = this.#move({ row: 0, column: 0 });
    // Erased before it is written: a line that ends in the last column would lose it to an erasure behind it.
    for (const line of lines) text += `${eraseRight}${line}${style}\r\n`;
    // What stood in the rows below is still there.
    this.#shown = this.#shown.slice(lines.length);
    this.#written = this.#written.slice(lines.length);
    return text;
  }

  /**
   * The region moves down as it is: rows are made below it, by scrolling where it stands at the bottom, and taken in
   * above it. Written again it would cost its own bytes for every line of an answer.
   */
  #inserting(lines: readonly string[]): string {
    const { length } = lines;
    const last = this.#shown.length - 1;
    const room = `${this.#move({ row: last, column: 0 })}${"\n".repeat(length)}\r\x1b[${last + length}A\x1b[${length}L`;
    this.#at = { row: 0, column: 0 };
    return `${room}${lines.map((line) => `${eraseRight}${line}${style}\r\n`).join("")}`;
  }

  #drawing(): string {
    const rows = this.#fitting(this.#frame.rows);
    const shown = this.#shown;
    let text = "";
    for (const [index, row] of rows.entries()) {
      const before = shown[index];
      if (before === row) continue;
      if (before === undefined) {
        if (index > 0) {
          text += `${this.#move({ row: index - 1, column: 0 })}\r\n`;
          this.#at = { row: index, column: 0 };
        }
        if (row === "") continue;
        text += `${this.#move({ row: index, column: 0 })}${row}${style}`;
      } else {
        const { column, text: changed, keepsRest } = rowChange(before, row);
        text += this.#shrinks(before, row)
          ? `${this.#move({ row: index, column: 0 })}${eraseRight}${row}${style}`
          : `${this.#move({ row: index, column })}${changed}${style}${keepsRest ? "" : eraseRight}`;
      }
      // Where a row of any width ends is the terminal's to know.
      this.#at = { row: index, column: unknownColumn };
    }
    if (rows.length < shown.length) {
      text += `${this.#move({ row: rows.length, column: 0 })}${this.#eraseBelow}`;
    }
    const now = this.#now();
    this.#written = rows.map((row, index) => (row === shown[index] ? (this.#written[index] ?? now) : now));
    this.#shown = rows;
    return text;
  }

  /** Whether a row has to be erased whole for the terminal to forget how wide it was. */
  #shrinks(before: string, row: string): boolean {
    return this.#resizing.tmux && widthOf(bareRow(row)) < widthOf(bareRow(before));
  }

  /** The cursor where the next key will show, or out of sight at the end of the region. */
  #placing(): string {
    const rows = this.#shown.length;
    const caret = this.#frame.caret;
    const cut = this.#frame.rows.length - rows;
    const row = caret === null ? rows - 1 : caret.row - cut;
    const at = { row: Math.max(0, Math.min(row, rows - 1)), column: caret?.column ?? 0 };
    const text = this.#moveToCaret(at);
    if ((caret !== null) === this.#caretVisible) return text;
    this.#caretVisible = caret !== null;
    return `${text}${caret === null ? "\x1b[?25l" : "\x1b[?25h"}`;
  }

  /** Where only the terminal knows how wide its text is, the cursor is brought behind that by writing it again. */
  #moveToCaret(at: Cell): string {
    this.#column = at.column;
    const start = at.column > 0 ? uncertainStart(this.#shown[at.row] ?? "", at.column) : null;
    if (start === null) return this.#move(at);
    const behind = `${start.text}${style}${start.missing > 0 ? `\x1b[${start.missing}C` : ""}`;
    if (this.#behind === behind && this.#at.row === at.row) return "";
    const text = this.#move({ row: at.row, column: 0 }) + behind;
    this.#at = { row: at.row, column: unknownColumn };
    this.#behind = behind;
    return text;
  }

  /** At most one row less than the terminal has. */
  #fitting(rows: readonly string[]): readonly string[] {
    return rows.slice(Math.max(0, rows.length - this.#room));
  }

  get #room(): number {
    return Math.max(1, this.#size.rows - 1);
  }

  #move({ row, column }: Cell): string {
    const from = this.#at;
    if (from.row === row && from.column === column) return "";
    this.#at = { row, column };
    this.#behind = null;
    const down = row - from.row;
    // A terminal may be lower already than is known here: a line feed scrolls where moving down would stop short, and
    // later moves up would then reach into what is committed. It may take the cursor to the first column.
    const vertical = down > 0 ? "\n".repeat(down) : down < 0 ? `\x1b[${-down}A` : "";
    if (from.column === column && down <= 0) return vertical;
    return `${vertical}\r${column > 0 ? `\x1b[${column}C` : ""}`;
  }
}

/** Behind text of which only the terminal knows how wide it came out. */
const unknownColumn = -1;
