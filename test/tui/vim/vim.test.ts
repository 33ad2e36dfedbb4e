import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newVim, press, selection } from "../../../src/tui/input/vim/vim.ts";
import { at, shown, type } from "../../support/vim.ts";

describe("vim's keys", () => {
  it.each<[keys: string, before: string, after: string]>([
    // counts and short cuts
    ["2w", "|a b c d", "a b |c d"],
    ["2b", "one two|", "|one two"],
    ["d2w", "|a b c d", "|c d"],
    ["2dw", "|a b c d", "|c d"],
    ["2dd", "|a\nb\nc", "|c"],
    ["3x", "|abcd", "|d"],
    ["2rx", "|abc", "x|xc"],
    ["3.", "|abc", "|abc"],
    // the last of a line or of the text
    ["dw", "one |two\nx", "one| \nx"],
    ["dd", "a\n|b", "|a"],
    ["vey", "|one two", "|one two"],
    // whole characters, and keys that mean nothing
    ["x", "|👨‍👩‍👧b", "|b"],
    ["lx", "|漢字", "|漢"],
    ["ré", "|👍🏽b", "|éb"],
    ["dzx", "|ab", "|b"],
    ["99999999999999x", "|ab\nc", "|\nc"],
    ["d<esc>w", "|a b", "a |b"],
  ])("%s", (keys, before, after) => {
    expect(shown(type(at(before), keys))).toBe(after);
  });

  it("u and ctrl+r are steps of the composer's own history", () => {
    expect(type(at("|a"), "u").step).toBe("undo");
    expect(type(at("|a"), "<c-r>").step).toBe("redo");
  });

  it("leave Escape and Enter of normal mode, and all but Escape of insert mode, to the composer", () => {
    const { vim, editor } = at("|a");
    expect(press(vim, editor, "escape")).toBeNull();
    expect(press(vim, editor, "enter")).toBeNull();
    expect(press(newVim, editor, "x")).toBeNull();
  });

  it("show what is selected", () => {
    const state = type(at("a|bcd\ne"), "vl");
    expect(selection(state.vim, state.editor)).toEqual({ from: 1, to: 3 });
    const lines = type(at("a|bcd\ne"), "Vj");
    expect(selection(lines.vim, lines.editor)).toEqual({ from: 0, to: 6 });
  });

  it("never lose the caret, whatever is typed", () => {
    const keys = fc.array(
      fc.constantFrom(
        ..."wWbBeE0^$hjklgGfFtT;,%{}dcyxXDCYsSoOAIairR~JpPuvV><U123\"'([<_ .é漢",
        "<esc>",
        "ge",
        "iw",
      ),
      { maxLength: 40 },
    );
    const piece = fc.constantFrom(
      "a",
      "b ",
      "\n",
      "  ",
      "(x)",
      '"q"',
      "漢",
      "👨‍👩‍👧",
      "e\u0301",
      ".",
      "\n\n",
    );
    const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), keys, (pieces, typed) => {
        const text = pieces.join("");
        const end = type(
          { vim: { ...newVim, mode: "normal" }, editor: { text, caret: 0 }, step: null },
          typed.join(""),
        );
        const places = [
          ...Array.from(segmenter.segment(end.editor.text), ({ index }) => index),
          end.editor.text.length,
        ];
        expect(places).toContain(end.editor.caret);
      }),
      { numRuns: 2000 },
    );
  });
});
