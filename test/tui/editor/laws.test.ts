import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cut,
  type Edited,
  edited,
  noEditing,
  stepped,
  yanked,
} from "../../../src/tui/input/editor/editing.ts";
import { difference } from "../../../src/tui/input/editor/history.ts";
import { down, rowsAround, shownText, up } from "../../../src/tui/input/editor/rows.ts";
import * as editor from "../../../src/tui/input/editor.ts";
import { widthOf } from "../../../src/tui/view/line.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Every place between two characters, the ends included: what people may put a caret on. */
const boundaries = (text: string): number[] => [
  ...Array.from(segmenter.segment(text), ({ index }) => index),
  text.length,
];

const piece = fc.constantFrom(
  ...["a", "b", " ", "word ", "x_1", ".", "-", "\n", "\t", "漢字", "かな", "สวัสดี", "é", "e\u0301", "\u0301"],
  ...["👨‍👩‍👧", "🇩🇪", "🇫", "👍🏽", "❤️", "\u200d", "한국", "ש", "  \n ", "😀", "\ud83d", "\u202e"],
);
const typed = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));

const columns = 12;
const motions = [
  ...[editor.left, editor.right, editor.wordLeft, editor.wordRight, editor.lineStart, editor.lineEnd],
  ...[editor.textStart, editor.textEnd],
  (at: editor.Editor) => up(at, columns),
  (at: editor.Editor) => down(at, columns),
];
const cuts = [
  ...[editor.deleteWord, editor.deleteWordBack, editor.deleteWordForward, editor.deleteToLineStart],
  editor.deleteToLineEnd,
];
type Act = (state: Edited) => Edited;
const act: fc.Arbitrary<Act> = fc.oneof(
  piece.map(
    (text): Act =>
      (state) =>
        edited(state, "typing", (at) => editor.insert(at, text)),
  ),
  typed.map(
    (text): Act =>
      (state) =>
        edited(state, "other", (at) => editor.insert(at, text)),
  ),
  fc.constantFrom(editor.backspace, editor.deleteForward).map(
    (by): Act =>
      (state) =>
        edited(state, "deleting", by),
  ),
  fc.constantFrom(...cuts).map(
    (by): Act =>
      (state) =>
        cut(state, by),
  ),
  fc.constantFrom(...motions).map(
    (by): Act =>
      (state) =>
        edited(state, "other", by),
  ),
  fc.constantFrom("last" as const, "older" as const).map(
    (which): Act =>
      (state) =>
        yanked(state, which),
  ),
  fc.constantFrom("undo" as const, "redo" as const).map(
    (which): Act =>
      (state) =>
        stepped(state, which),
  ),
  // A message that is taken back comes in past all of this.
  typed.map(
    (text): Act =>
      ({ editing }) => ({ editing, editor: { text, caret: text.length } }),
  ),
);
const acts = fc.array(act, { maxLength: 40 });
const empty: Edited = { editor: editor.emptyEditor, editing: noEditing };

const settled = (state: Edited, which: "undo" | "redo"): Edited => {
  for (let now = state; ; ) {
    const next = stepped(now, which);
    if (next.editor.text === now.editor.text && next.editor.caret === now.editor.caret) return next;
    now = next;
  }
};

describe("any edits", () => {
  it("undone are the start, and done again the end", () => {
    fc.assert(
      fc.property(acts, (all) => {
        const end = all.reduce((state, one) => one(state), empty);
        const start = settled(end, "undo");
        expect(start.editor.text).toBe("");
        const again = settled(start, "redo");
        // What was undone and not done again lies ahead of the end.
        const { redo, text } = end.editing.history;
        if (redo.length === 0 || text !== end.editor.text) expect(again.editor.text).toBe(end.editor.text);
        expect(settled(again, "undo").editor.text).toBe("");
      }),
      { numRuns: 1500 },
    );
  });

  it("leave the caret between two characters", () => {
    fc.assert(
      fc.property(acts, (all) => {
        let state = empty;
        for (const one of all) {
          state = one(state);
          expect(boundaries(state.editor.text)).toContain(state.editor.caret);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("move as far as the text says: left and right take each character once", () => {
    fc.assert(
      fc.property(typed, (text) => {
        const places = boundaries(text);
        const forth = [0];
        for (let at: editor.Editor = { text, caret: 0 }; at.caret < text.length; forth.push(at.caret))
          at = editor.right(at);
        const back = [text.length];
        for (let at: editor.Editor = { text, caret: text.length }; at.caret > 0; back.unshift(at.caret))
          at = editor.left(at);
        expect(forth).toEqual([...new Set(places)]);
        expect(back).toEqual([...new Set(places)]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the difference of two texts", () => {
  it("makes one of the other", () => {
    fc.assert(
      fc.property(typed, typed, typed, typed, (head, a, b, tail) => {
        const before = head + a + tail;
        const after = head + b + tail;
        const { at, removed, inserted } = difference(before, after);
        expect(before.slice(0, at) + inserted + before.slice(at + removed.length)).toBe(after);
        expect(removed.length).toBeLessThanOrEqual(a.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("rows", () => {
  const width = (text: string, { from, to }: { from: number; to: number }): number =>
    widthOf(shownText(text, from, to).trimEnd());

  it("hold all of the text in order, and the caret's own is the one it is in", () => {
    fc.assert(
      fc.property(typed, fc.nat(), fc.integer({ min: 4, max: 30 }), (text, where, wide) => {
        const places = boundaries(text);
        const caret = places[where % places.length] ?? 0;
        const { rows, row } = rowsAround({ text, caret }, wide, 1000, 1000);
        let at = 0;
        for (const { from, to, wraps } of rows) {
          expect(from).toBe(at);
          at = wraps ? to : to + 1;
          // A character wider than that has a row of its own.
          const inked = from + text.slice(from, to).trimEnd().length;
          if (editor.right({ text, caret: from }).caret < inked)
            expect(width(text, { from, to })).toBeLessThanOrEqual(wide);
        }
        expect(at).toBe(text.length + 1);
        const own = rows[row];
        expect(own && own.from <= caret && (own.wraps ? caret < own.to : caret <= own.to)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it("walked down from the top and up again pass every row once, in one column where they reach", () => {
    const text = "aaaa bbbb cccc\n\nthe long line that goes on and on\nend";
    let at: editor.Editor = { text, caret: 3 };
    const columnsOf: number[] = [];
    const total = rowsAround(at, columns, 1000, 1000).rows.length;
    for (let row = 1; row < total; row += 1) {
      at = down(at, columns);
      const place = rowsAround(at, columns, 1000, 1000);
      expect(place.row).toBe(row);
      columnsOf.push(place.column);
    }
    expect(columnsOf.filter((column) => column === 3).length).toBeGreaterThanOrEqual(total - 3);
    for (let row = total - 2; row >= 0; row -= 1) {
      at = up(at, columns);
      expect(rowsAround(at, columns, 1000, 1000).row).toBe(row);
    }
    expect(at.caret).toBe(3);
  });

  it("keep words whole where they fit, and let blanks hang over the edge", () => {
    const shown = (text: string, wide: number): string[] =>
      rowsAround({ text, caret: 0 }, wide, 100, 100).rows.map(({ from, to }) => text.slice(from, to));
    expect(shown("aaaa bbbb", 4)).toEqual(["aaaa ", "bbbb"]);
    expect(shown("one two three", 8)).toEqual(["one two ", "three"]);
    expect(shown("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij ", "kl"]);
    expect(shown("漢字漢字", 5)).toEqual(["漢字", "漢字"]);
  });
});

describe("a text of megabytes", () => {
  const timed = (work: () => void): number => {
    const before = performance.now();
    for (let round = 0; round < 10; round += 1) work();
    return (performance.now() - before) / 10;
  };
  it.each([
    ["in lines", `${"the quick brown fox — 漢字 👨‍👩‍👧 ".repeat(3)}\n`.repeat(60_000)],
    ["on one line", "lorem ipsum ".repeat(450_000)],
    ["of wide characters on one line", "漢字かな".repeat(1_300_000)],
  ])("%s costs a key no more than being copied", (_, text) => {
    expect(text.length).toBeGreaterThan(5_000_000);
    const caret = text.length - 200_001;
    let state: Edited = edited(empty, "other", () => ({ text, caret: editor.left({ text, caret }).caret }));
    const copy = timed(() => `${text.slice(0, caret)}x${text.slice(caret)}`.charCodeAt(9));
    const key = 3 * copy + 50;
    expect(timed(() => void (state = edited(state, "typing", (at) => editor.insert(at, "x"))))).toBeLessThan(
      key,
    );
    expect(timed(() => void (state = edited(state, "deleting", editor.backspace)))).toBeLessThan(key);
    for (const by of motions) expect(timed(() => void by(state.editor))).toBeLessThan(key);
    expect(timed(() => rowsAround(state.editor, 78, 10, 10))).toBeLessThan(key);
  });
});
