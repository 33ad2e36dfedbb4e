import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { insert } from "../../../src/tui/input/editor.ts";
import { newVim, type Pressed, press, selection } from "../../../src/tui/input/vim/vim.ts";

/** Text with a bar for the caret. */
const at = (marked: string): Pressed => ({
  vim: { ...newVim, mode: "normal" },
  editor: { text: marked.replace("|", ""), caret: marked.indexOf("|") },
  step: null,
});
const shown = ({ editor: { text, caret } }: Pressed): string =>
  `${text.slice(0, caret)}|${text.slice(caret)}`;

/** Types; `<esc>` is Escape, `<c-r>` Ctrl+R. What vim does not take is typed. */
function type(start: Pressed, keys: string): Pressed {
  let state = start;
  for (const [key] of keys.matchAll(/<esc>|<c-r>|\P{M}\p{M}*/gu)) {
    const name = key === "<esc>" ? "escape" : key === "<c-r>" ? "ctrl+r" : key;
    const { vim, editor } = state;
    state = press(vim, editor, name) ?? { vim, editor: insert(editor, key), step: null };
  }
  return state;
}

describe("vim's keys", () => {
  it.each<[keys: string, before: string, after: string]>([
    // motions
    ["w", "|one two", "one |two"],
    ["w", "o|ne.two", "one|.two"],
    ["W", "o|ne.two x", "one.two |x"],
    ["2w", "|a b c d", "a b |c d"],
    ["b", "one tw|o", "one |two"],
    ["2b", "one two|", "|one two"],
    ["e", "|one two", "on|e two"],
    ["ee", "|one two", "one tw|o"],
    ["E", "|a.b c", "a.|b c"],
    ["ge", "one t|wo", "on|e two"],
    ["0", "  on|e", "|  one"],
    ["^", "  on|e", "  |one"],
    ["$", "o|ne\ntwo", "on|e\ntwo"],
    ["gg", "one\nt|wo", "|one\ntwo"],
    ["G", "|one\ntwo", "one\n|two"],
    ["2G", "|a\nb\nc", "a\n|b\nc"],
    ["fo", "|one two", "one tw|o"],
    ["tw", "|one two", "one |two"],
    ["Fn", "one tw|o", "o|ne two"],
    ["To", "one tw|o", "o|ne two"],
    ["fe;", "|xexe", "xex|e"],
    ["fe;,", "|xexe", "x|exe"],
    ["%", "|f(a(b))", "f(a(b)|)"],
    ["j", "a|bc\nx", "abc\n|x"],
    ["k", "ab\nxy|z", "a|b\nxyz"],
    ["hl", "a|b", "a|b"],
    ["}", "|a\n\nb", "a\n|\nb"],
    // operators
    ["dw", "|one two", "|two"],
    ["dw", "one |two\nx", "one| \nx"],
    ["d2w", "|a b c d", "|c d"],
    ["2dw", "|a b c d", "|c d"],
    ["de", "|one two", "| two"],
    ["d$", "on|e two\nx", "o|n\nx"],
    ["dd", "a\n|b\nc", "a\n|c"],
    ["dd", "a\n|b", "|a"],
    ["2dd", "|a\nb\nc", "|c"],
    ["dj", "|a\nb\nc", "|c"],
    ["dgg", "a\n|b\nc", "|c"],
    ["dtw", "|one two", "|wo"],
    ["df ", "|one two", "|two"],
    ["diw", "one t|wo three", "one | three"],
    ["daw", "one t|wo three", "one |three"],
    ['di"', 'say "h|i" x', 'say "|" x'],
    ['da"', 'say "h|i" x', "say |x"],
    ["di(", "f(a, |b) c", "f(|) c"],
    ["da{", "x {a {b} |c} y", "x | y"],
    ["dip", "a\nb|\n\nc", "|\nc"],
    ["cwnew<esc>", "|one two", "ne|w two"],
    ["cwx<esc>", "|a b", "|x b"],
    ["ccnew<esc>", "  o|ne\nx", "  ne|w\nx"],
    ["Cx<esc>", "o|ne\nb", "o|x\nb"],
    ["yyp", "|a\nb", "a\n|a\nb"],
    ["yyP", "a\n|b", "a\n|b\nb"],
    ["ywP", "|one two", "one| one two"],
    ["xp", "|ab", "b|a"],
    ["3x", "|abcd", "|d"],
    ["X", "ab|c", "a|c"],
    ["D", "on|e two", "o|n"],
    ["sX<esc>", "|abc", "|Xbc"],
    [">>", "|a", "  |a"],
    ["<<", "  |a", "|a"],
    ["gUiw", "o|ne", "|ONE"],
    ["guu", "O|NE two", "|one two"],
    // commands
    ["ix<esc>", "a|b", "a|xb"],
    ["ax<esc>", "a|b", "ab|x"],
    ["Ix<esc>", "  a|b", "  |xab"],
    ["Ax<esc>", "|ab", "ab|x"],
    ["onew<esc>", "|a\nb", "a\nne|w\nb"],
    ["Onew<esc>", "a\n|b", "a\nne|w\nb"],
    ["rx", "|abc", "|xbc"],
    ["2rx", "|abc", "x|xc"],
    ["~", "|aBc", "A|Bc"],
    ["J", "|a\n  b", "a| b"],
    ["dw.", "|a b c", "|c"],
    ["cwx<esc>w.", "|one two", "x |x"],
    ["Ax<esc>j.", "|a\nb", "ax\nb|x"],
    ["3.", "|abc", "|abc"],
    // visual
    ["vld", "|abc", "|c"],
    ["vey", "|one two", "|one two"],
    ["veyP", "|one two", "on|eone two"],
    ["Vd", "a\n|b\nc", "a\n|c"],
    ["Vjd", "|a\nb\nc", "|c"],
    ["viwd", "o|ne two", "| two"],
    ["vlohd", "a|bcd", "|d"],
    ["vlU", "|abc", "|ABc"],
    ["vlcX<esc>", "|abc", "|Xc"],
    ["vlrx", "|abc", "|xxc"],
    ["VjJ", "|a\nb", "a| b"],
    ["yiwwviwp", "|a b", "a |a"],
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
