/**
 * The law of the screen: after any frames, commits and resizes the terminal shows exactly the committed lines and the
 * frame below them. Stated once, for the frame writer alone and for what a layout puts in front of it.
 */
import { Terminal as Emulator } from "@xterm/headless";
import fc from "fast-check";
import { expect } from "vitest";
import { type Cell, type Frame, FrameWriter, type Size } from "../../src/tui/screen/frame-writer.ts";
import { widthOf } from "../../src/tui/view/line.ts";

/** One for all: to make an emulator takes longer than to play most sequences on it. */
const emulator = new Emulator({ cols: 80, rows: 24, scrollback: 5000, allowProposedApi: true });

/** A terminal with a writer before it. */
export type LawScreen = {
  readonly writer: FrameWriter;
  /** All that was written. */
  readonly writes: readonly string[];
  /** Resolves when all that was committed and drawn is shown. */
  settle(): Promise<void>;
  resize(size: Size): Promise<void>;
  /** All lines of scrollback and screen, wrapped ones joined, without the empty rest of the screen. */
  lines(): string[] | Promise<string[]>;
  /** Where it is, counted from the first row of the scrollback. */
  cursor(): Cell | Promise<Cell>;
  /** Where it shows a column of a row. */
  shownColumn(row: string, column: number): number;
};

/** A new terminal, in place of the one before, that keeps what is written until the emulator is given it. */
export class Screen implements LawScreen {
  readonly emulator = emulator;
  readonly writer: FrameWriter;
  readonly writes: string[] = [];
  #pending = "";
  #drain: (() => void) | null = null;
  full = false;
  /** In ms. */
  clock = 0;

  constructor({ columns, rows }: Size) {
    emulator.reset();
    emulator.resize(columns, rows);
    this.writer = new FrameWriter(
      {
        write: (text) => {
          this.writes.push(text);
          this.#pending += text;
          return !this.full;
        },
        once: (_event, listener) => {
          this.#drain = listener;
        },
      },
      { columns, rows },
      { reflow: "wraps_above", delayMs: 240, settleMs: 0, tmux: false },
      () => this.clock,
    );
  }

  async settle(): Promise<void> {
    this.writer.flush();
    const text = this.#pending;
    this.#pending = "";
    // What follows a key is parsed at once; else each of a hundred thousand writes would wait for a timer.
    this.emulator.input("", true);
    await new Promise<void>((done) => this.emulator.write(text, done));
  }

  async resize({ columns, rows }: Size): Promise<void> {
    await this.settle();
    this.clock += 1000;
    this.emulator.resize(columns, rows);
    this.writer.resize({ columns, rows });
  }

  drain(): void {
    this.full = false;
    this.#drain?.();
  }

  lines(): string[] {
    const { active } = this.emulator.buffer;
    const lines: string[] = [];
    for (let index = 0; index < active.length; index++) {
      const line = active.getLine(index);
      const text = line?.translateToString(true) ?? "";
      if (line?.isWrapped) lines.push((lines.pop() ?? "") + text);
      else lines.push(text);
    }
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  cursor(): Cell {
    const { active } = this.emulator.buffer;
    return { row: active.baseY + active.cursorY, column: active.cursorX };
  }

  /** By its Unicode an emoji is narrow, and the cursor goes with what it shows. */
  shownColumn(row: string, column: number): number {
    let width = 0;
    let narrow = 0;
    for (const [glyph] of bare(row).matchAll(/.\u0301?/gu)) {
      width += widthOf(glyph);
      if (width > column) break;
      if (glyph === "🙂") narrow += 1;
    }
    return column - narrow;
  }
}

const withoutEnd = (lines: readonly string[]): string[] => {
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(0, last + 1);
};

/** What of a row a layout would draw: the last column stays free. */
function fitted(row: string, columns: number): string {
  let width = 0;
  let text = "";
  for (const cell of row.match(/(?:\x1b\[[\d;]*m)*[^\x1b]\u0301?/gu) ?? []) {
    width += widthOf(bare(cell));
    if (width >= columns) break;
    text += cell;
  }
  return text;
}

const bare = (row: string): string => row.replace(/\x1b\[[\d;]*m/g, "");

type Op =
  | { type: "frame"; rows: string[]; caret: [number, number] | null }
  | { type: "commit"; lines: string[] }
  | { type: "resize"; columns: number; rows: number };

const glyph = fc.constantFrom(..."abcxyz0189·é", "世", "界", "漢", "🙂", "é", "ﷺ");
const style = fc.constantFrom("", "", "", "\x1b[1m", "\x1b[31m", "\x1b[2m\x1b[32m", "\x1b[m", "\x1b[0m");
const arbRow = fc
  .array(fc.tuple(style, glyph), { maxLength: 90 })
  .map((cells) => cells.map(([before, char]) => before + char).join(""));
const arbSize = fc.record({
  columns: fc.integer({ min: 20, max: 90 }),
  rows: fc.integer({ min: 12, max: 30 }),
});
const arbOp: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("frame" as const),
      // The first row is the one a terminal may take when it is made narrower.
      rows: fc.array(arbRow, { maxLength: 9 }).map((rows) => ["", ...rows]),
      caret: fc.option(fc.tuple(fc.nat(9), fc.nat(89)), { nil: null }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("commit" as const), lines: fc.array(arbRow, { maxLength: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("commit" as const),
      lines: fc.array(arbRow, { minLength: 20, maxLength: 60 }),
    }),
  },
  { weight: 2, arbitrary: arbSize.map((size) => ({ type: "resize" as const, ...size })) },
);

/** How often and how long it is checked. */
export type LawChecks = {
  /** Random sequences. */
  sequences: number;
  /** Steps in one of them at most. */
  steps: number;
};

/**
 * Checks it in random sequences.
 * @param draw gives a frame to the writer
 * @param open opens a new terminal in place of the one before
 */
export async function checkScreenLaw(
  { sequences, steps }: LawChecks,
  draw: (writer: FrameWriter, frame: Frame, columns: number) => void,
  open: (size: Size) => LawScreen | Promise<LawScreen> = (size) => new Screen(size),
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbSize, fc.array(arbOp, { maxLength: steps }), async (size, ops) => {
      const screen = await open(size);
      let { columns } = size;
      const committed: string[] = [];
      let frame: string[] = [];
      let caret: { row: number; column: number } | null = null;
      for (const op of ops) {
        if (op.type === "frame") {
          frame = op.rows.map((row) => fitted(row, columns));
          caret =
            op.caret === null ? null : { row: op.caret[0] % op.rows.length, column: op.caret[1] % columns };
          draw(screen.writer, { rows: frame, caret }, columns);
        } else if (op.type === "commit") {
          const lines = op.lines.map((line) => fitted(line, columns));
          committed.push(...lines);
          screen.writer.commit(lines);
        } else {
          await screen.resize(op);
          ({ columns } = op);
          frame = frame.map((row) => fitted(row, columns));
          if (caret) caret = { row: caret.row, column: Math.min(caret.column, columns - 1) };
          draw(screen.writer, { rows: frame, caret }, columns);
        }
        await screen.settle();
        expect(await screen.lines()).toEqual(withoutEnd([...committed, ...frame].map(bare)));
        const { row, column } = await screen.cursor();
        const top = row - (caret?.row ?? Math.max(0, frame.length - 1));
        expect(column).toBe(caret ? screen.shownColumn(frame[caret.row] ?? "", caret.column) : 0);
        expect(top).toBeGreaterThanOrEqual(0);
      }
      expect(screen.writer.cutFrames).toBe(0);
      for (const text of screen.writes)
        expect(text).not.toMatch(/\x1b\[[23]J|\x1b\[\d*;?\d*H|\x1bc|\x1b\[\?1049/);
    }),
    { numRuns: sequences },
  );
}
