import fc from "fast-check";
import { expect, it } from "vitest";
import { AlternateScreen } from "../../../src/tui/screen/alternate-screen.ts";
import { FakeTerminal } from "../../support/fake-terminal.ts";

const size = { columns: 60, rows: 12 };
const row = fc.constantFrom("", "a", "a", "b", "\u001b[31mred\u001b[39m", "漢字", "a long row of words");

it("shows each frame exactly, whether its rows have moved up or are others", async () => {
  const terminal = new FakeTerminal();
  const screen = new AlternateScreen(terminal);
  const frame = fc.record({
    added: fc.array(row, { maxLength: 4 }),
    below: fc.array(row, { maxLength: 3 }),
    caret: fc.nat(11),
  });
  let said: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 4 }), async (frames) => {
      for (const { added, below, caret } of frames) {
        said = [...said, ...added].slice(-40);
        const scrolling = size.rows - below.length;
        const top = said.slice(-scrolling);
        const rows = [...top, ...Array.from({ length: scrolling - top.length }, () => ""), ...below];
        screen.draw({ rows, caret: { row: caret, column: 0 }, scrolling }, size);
        const shown = await terminal.screen();
        const bare = rows.map((text) => text.replace(/\u001b\[\d+m/g, ""));
        expect(shown).toEqual(bare.slice(0, bare.findLastIndex((text) => text !== "") + 1));
      }
    }),
    { numRuns: 1000 },
  );
});

it("costs a line that is added below a full screen little more than itself", () => {
  const terminal = new FakeTerminal();
  const screen = new AlternateScreen(terminal);
  const lines = (from: number) => Array.from({ length: 10 }, (_, n) => `This is line ${from + n}.`);
  const frame = (from: number) => ({ rows: [...lines(from), "live", "footer"], caret: null, scrolling: 10 });
  screen.draw(frame(10), size);
  const before = terminal.written.length;
  for (let from = 11; from <= 30; from += 1) screen.draw(frame(from), size);
  expect((terminal.written.length - before) / 20).toBeLessThan(90);
});
