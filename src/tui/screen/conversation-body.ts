/** What was said, kept for a screen that scrolls by itself: the terminal has no scrollback of it. */
import { Scroll } from "../pager/scroll.ts";
import { type Line, plain, wrapLine } from "../view/line.ts";

/** Lines kept at most; earlier ones are in the transcript. */
const mostLines = 20_000;
/** Lines that are a piece to the window, so that dropping and laying out cost little. */
const pieceLines = 200;

/** A piece, and how many lines it was made of. */
type Piece = { count: number; lines(columns: number): readonly Line[] };

/** Finished lines, and the window over them. */
export class ConversationBody {
  readonly #scroll = new Scroll();
  readonly #pieces: Piece[] = [];
  #count = 0;

  /** Adds finished lines at the end; a window that shows the end goes with it, another one stays where it is. */
  add(lines: readonly Line[]): void {
    for (let start = 0; start < lines.length; start += pieceLines) {
      const some = lines.slice(start, start + pieceLines);
      const piece: Piece = {
        count: some.length,
        lines: (columns) => some.flatMap((line) => wrapLine(line, columns)),
      };
      this.#pieces.push(piece);
      this.#scroll.append(piece);
      this.#count += some.length;
    }
    while (this.#count > mostLines) {
      this.#count -= this.#pieces.shift()?.count ?? 0;
      this.#scroll.dropFirst();
    }
  }

  /** The rows in a window of this size; where it does not show the end, the last one says so. */
  rows(columns: number, height: number): readonly Line[] {
    if (height <= 0) return [];
    this.#scroll.resize(columns, height);
    const rows = this.#scroll.lines();
    if (this.#scroll.atEnd) return rows;
    return [...rows.slice(0, height - 1), plain("↓ more below: pagedown", { dim: true })];
  }

  /** Moves the window by pages, less two rows that stay in sight. */
  turn(pages: -1 | 1): void {
    this.#scroll.move(pages * Math.max(1, this.#scroll.height - 2));
  }

  /** All that is kept, for a terminal of so many columns. */
  all(columns: number): Line[] {
    return this.#pieces.flatMap((piece) => piece.lines(columns));
  }
}
