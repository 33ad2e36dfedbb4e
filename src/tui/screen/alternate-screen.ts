/**
 * The terminal's other screen, for what fills it whole and leaves no trace: the scrollback is not touched. Rows are
 * written where they stand; only those that changed.
 */
import type { Cell, Size, Terminal } from "./frame-writer.ts";
import { uncertainStart } from "./row-start.ts";

const begin = "\x1b[?2026h";
const end = "\x1b[?2026l";

/** What fills the screen: at most as many painted rows as it has, and where the cursor stands (null: hidden). */
export type FullFrame = {
  rows: readonly string[];
  caret: Cell | null;
  /** Rows at the top that move up together when something is added below them. */
  scrolling: number;
};

/** The alternate screen while it is shown. */
export class AlternateScreen {
  readonly #terminal: Terminal;
  #shown: readonly string[] = [];

  /** Goes over to it. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // Without wrapping a row that is too long is cut, and the others stay where they are.
    terminal.write("\x1b[?1049h\x1b[?7l\x1b[2J");
  }

  /** Shows a frame. False when the terminal is full; then `drain` follows. */
  draw({ rows, caret, scrolling }: FullFrame, { rows: height }: Size): boolean {
    let text = this.#scroll(rows, Math.min(scrolling, height));
    for (let row = 0; row < height; row += 1) {
      const wanted = rows[row] ?? "";
      if (this.#shown[row] !== wanted) text += `\x1b[${row + 1};1H${wanted}\x1b[m\x1b[K`;
    }
    this.#shown = Array.from({ length: height }, (_, row) => rows[row] ?? "");
    const cursor = caret === null ? "\x1b[?25l" : `${this.#to(caret)}\x1b[?25h`;
    return this.#terminal.write(`${begin}${text}${cursor}${end}`);
  }

  /** Moves rows by the terminal's own scrolling (DECSTBM): written again they would cost a screen for every line. */
  #scroll(rows: readonly string[], height: number): string {
    const by = movedUp(this.#shown.slice(0, height), rows.slice(0, height));
    if (by === 0) return "";
    const added = Array.from({ length: by }, () => "");
    this.#shown = [...this.#shown.slice(by, height), ...added, ...this.#shown.slice(height)];
    return `\x1b[1;${height}r\x1b[${height};1H${"\n".repeat(by)}\x1b[r`;
  }

  /** Where only the terminal knows how wide its text is, the cursor is brought behind that by writing it again. */
  #to({ row, column }: Cell): string {
    const start = uncertainStart(this.#shown[row] ?? "", column);
    if (start === null) return `\x1b[${row + 1};${column + 1}H`;
    return `\x1b[${row + 1};1H${start.text}\x1b[m${start.missing > 0 ? `\x1b[${start.missing}C` : ""}`;
  }

  /** The terminal has another size, and may have moved what stood on it. */
  resized(): void {
    this.#shown = [];
    this.#terminal.write("\x1b[2J");
  }

  /** Goes back; the screen before it is as it was. */
  leave(): void {
    this.#terminal.write("\x1b[?7h\x1b[?25h\x1b[?1049l");
  }
}

/** How many rows have left at the top, where all others only followed them; 0 when it is not so. */
function movedUp(before: readonly string[], after: readonly string[]): number {
  if (before.length !== after.length || after.filter((row, at) => row !== before[at]).length < 3) return 0;
  for (let by = 1; by <= after.length / 2; by += 1)
    if (after.slice(0, -by).every((row, at) => row === before[at + by])) return by;
  return 0;
}
