import { Terminal as Emulator } from "@xterm/headless";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { FrameWriter, type Size } from "../../../src/tui/screen/frame-writer.ts";
import { widthOf } from "../../../src/tui/view/line.ts";

vi.setConfig({ testTimeout: 300_000 });

/** One for all: to make an emulator takes longer than to play most sequences on it. */
const emulator = new Emulator({ cols: 80, rows: 24, scrollback: 5000, allowProposedApi: true });

/** A new terminal, in place of the one before, that keeps what is written until the emulator is given it. */
class Screen {
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
      { reflow: "wraps_above", delayMs: 240 },
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

  /** All lines of scrollback and screen, wrapped ones joined, without the empty rest of the screen. */
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

  cursor(): { row: number; column: number } {
    const { active } = this.emulator.buffer;
    return { row: active.baseY + active.cursorY, column: active.cursorX };
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

/** Where the emulator shows a column: by its Unicode an emoji is narrow, and the cursor goes with what it shows. */
function shownColumn(row: string, column: number): number {
  let width = 0;
  let narrow = 0;
  for (const [glyph] of bare(row).matchAll(/.\u0301?/gu)) {
    width += widthOf(glyph);
    if (width > column) break;
    if (glyph === "🙂") narrow += 1;
  }
  return column - narrow;
}

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

test("after any frames, commits and resizes the terminal shows exactly the lines and the frame", async () => {
  await fc.assert(
    fc.asyncProperty(arbSize, fc.array(arbOp, { maxLength: 25 }), async (size, ops) => {
      const screen = new Screen(size);
      let { columns } = size;
      const committed: string[] = [];
      let frame: string[] = [];
      let caret: { row: number; column: number } | null = null;
      for (const op of ops) {
        if (op.type === "frame") {
          frame = op.rows.map((row) => fitted(row, columns));
          caret =
            op.caret === null ? null : { row: op.caret[0] % op.rows.length, column: op.caret[1] % columns };
          screen.writer.draw({ rows: frame, caret });
        } else if (op.type === "commit") {
          const lines = op.lines.map((line) => fitted(line, columns));
          committed.push(...lines);
          screen.writer.commit(lines);
        } else {
          await screen.resize(op);
          ({ columns } = op);
          frame = frame.map((row) => fitted(row, columns));
          if (caret) caret = { row: caret.row, column: Math.min(caret.column, columns - 1) };
          screen.writer.draw({ rows: frame, caret });
        }
        await screen.settle();
        expect(screen.lines()).toEqual(withoutEnd([...committed, ...frame].map(bare)));
        const top = screen.cursor().row - (caret?.row ?? Math.max(0, frame.length - 1));
        expect(screen.cursor().column).toBe(caret ? shownColumn(frame[caret.row] ?? "", caret.column) : 0);
        expect(top).toBeGreaterThanOrEqual(0);
      }
      expect(screen.writer.cutFrames).toBe(0);
      for (const text of screen.writes)
        expect(text).not.toMatch(/\x1b\[[23]J|\x1b\[\d*;?\d*H|\x1bc|\x1b\[\?1049/);
    }),
    { numRuns: 2000 },
  );
});

test("a terminal that takes nothing gets the last frame and every committed line, in one write, when it drains", async () => {
  const screen = new Screen({ columns: 40, rows: 10 });
  const caret = { row: 0, column: 0 };
  screen.writer.draw({ rows: ["one"], caret });
  screen.full = true;
  screen.writer.draw({ rows: ["two"], caret });
  expect(screen.writer.full).toBe(true);
  const written = screen.writes.length;
  for (let count = 0; count < 100; count++) {
    screen.writer.commit([`line ${count}`]);
    screen.writer.draw({ rows: [`frame ${count}`], caret });
  }
  expect(screen.writes).toHaveLength(written);
  screen.drain();
  expect(screen.writes).toHaveLength(written + 1);
  expect(screen.writes.at(-1)).not.toContain("frame 98");
  await screen.settle();
  expect(screen.lines()).toEqual([...Array.from({ length: 100 }, (_, count) => `line ${count}`), "frame 99"]);
});

test("a terminal that is resized before it has taken what was written for its old size loses no committed line", async () => {
  const text = fc.stringMatching(/^[a-z]{1,58}$/);
  const step = fc.record({
    lines: fc.array(text, { maxLength: 12 }),
    frame: fc.array(text, { maxLength: 9 }).map((rows) => ["", ...rows]),
    caret: fc.nat(9),
  });
  const change = fc.record({
    size: fc.record({ columns: fc.integer({ min: 15, max: 60 }), rows: fc.integer({ min: 11, max: 30 }) }),
    before: fc.array(step, { maxLength: 3 }),
    late: fc.array(step, { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 5 }), async (changes) => {
      const screen = new Screen({ columns: 60, rows: 24 });
      let columns = 60;
      const committed: string[] = [];
      const take = async (steps: (typeof changes)[number]["late"]) => {
        for (const { lines, frame, caret } of steps) {
          const named = lines.map((line, index) =>
            `#${committed.length + index} ${line}`.slice(0, columns - 1),
          );
          committed.push(...named);
          screen.writer.commit(named);
          const rows = frame.map((row) => row.slice(0, columns - 1));
          screen.writer.draw({ rows, caret: { row: caret % rows.length, column: 0 } });
          await screen.settle();
          screen.clock += 50;
        }
      };
      for (const { size, before, late } of changes) {
        await take(before);
        screen.clock += 1000;
        screen.emulator.resize(size.columns, size.rows);
        await take(late);
        screen.writer.resize(size);
        ({ columns } = size);
        await take([{ lines: [], frame: ["", "end"], caret: 1 }]);
        const shown = screen.lines().filter((line) => line.startsWith("#"));
        // Where a line was wrapped, the end of a row that stood there before may show behind it.
        expect(shown.map((line, index) => line.slice(0, committed[index]?.length))).toEqual(committed);
      }
    }),
    { numRuns: 1000 },
  );
});

test("committed lines that wait while the terminal is made narrower are wrapped, not cut", async () => {
  const screen = new Screen({ columns: 60, rows: 12 });
  const caret = { row: 1, column: 0 };
  screen.writer.draw({ rows: ["", "live"], caret });
  await screen.settle();
  screen.full = true;
  screen.writer.draw({ rows: ["", "lively"], caret });
  const lines = [20, 40, 55, 59].map((width) => "x".repeat(width));
  screen.writer.commit(lines);
  screen.emulator.resize(20, 12);
  screen.writer.resize({ columns: 20, rows: 12 });
  screen.writer.draw({ rows: ["", "end"], caret });
  screen.drain();
  await screen.writer.drained();
  await screen.settle();
  expect(screen.lines()).toEqual([...lines, "", "end"]);
});

test("a frame higher than the terminal loses its top and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.nat(20), { maxLength: 12 }),
      async (rows, heights) => {
        const screen = new Screen({ columns: 30, rows });
        const committed: string[] = [];
        for (const height of heights) {
          const line = `done ${committed.length}`;
          committed.push(line);
          screen.writer.commit([line]);
          const frame = Array.from({ length: height }, (_, row) => `row ${row} of ${height}`);
          screen.writer.draw({ rows: frame, caret: null });
          await screen.settle();
          expect(screen.lines()).toEqual([...committed, ...frame.slice(-(rows - 1))]);
        }
        expect(screen.writer.cutFrames).toBe(heights.filter((height) => height >= rows).length);
      },
    ),
    { numRuns: 200 },
  );
});

test("a key costs less than 100 bytes, a tick of a spinner less than 60, a line of an answer little beside its text", () => {
  const screen = new Screen({ columns: 100, rows: 30 });
  const frame = (tick: string, typed: string) => ({
    rows: [
      "",
      `\x1b[32m${tick}\x1b[39m working`,
      "",
      `\x1b[1m> \x1b[22m${typed}`,
      "\x1b[2mmodel · 12 % · $0.10\x1b[22m",
    ],
    caret: { row: 3, column: 2 + typed.length },
  });
  const last = () => Buffer.byteLength(screen.writes.at(-1) ?? "");
  screen.writer.draw(frame("|", "x".repeat(90)));
  screen.writer.draw(frame("|", "x".repeat(91)));
  expect(last()).toBeLessThan(100);
  screen.writer.draw(frame("/", "x".repeat(91)));
  expect(last()).toBeLessThan(60);
  const line = "a line of an answer that is about as long as lines are in most answers";
  screen.writer.commit([line]);
  screen.writer.flush();
  expect(last()).toBeLessThan(line.length + 100);
});
