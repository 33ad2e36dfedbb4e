/**
 * The terminal's other screen, for what fills it whole and leaves no trace: the scrollback is not touched. Rows are
 * written where they stand; only those that changed.
 */
import type { Cell, Size, Terminal } from "./frame-writer.ts";
import { uncertainStart } from "./row-start.ts";

const begin = "\x1b[?2026h";
const end = "\x1b[?2026l";

/** What fills the screen: at most as many painted rows as it has, and where the cursor stands (null: hidden). */
export type FullFrame = { rows: readonly string[]; caret: Cell | null };

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
  draw({ rows, caret }: FullFrame, { rows: height }: Size): boolean {
    let text = "";
    for (let row = 0; row < height; row += 1) {
      const wanted = rows[row] ?? "";
      if (this.#shown[row] !== wanted) text += `\x1b[${row + 1};1H${wanted}\x1b[m\x1b[K`;
    }
    this.#shown = Array.from({ length: height }, (_, row) => rows[row] ?? "");
    const cursor = caret === null ? "\x1b[?25l" : `${this.#to(caret)}\x1b[?25h`;
    return this.#terminal.write(`${begin}${text}${cursor}${end}`);
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
