import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { checkScreenLaw, Screen } from "../../support/screen-law.ts";

vi.setConfig({ testTimeout: 300_000 });

test("after any frames, commits and resizes the terminal shows exactly the lines and the frame", async () => {
  await checkScreenLaw({ sequences: 2000, steps: 25 }, (writer, frame) => writer.draw(frame));
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
