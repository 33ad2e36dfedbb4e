/**
 * Every motion, operator, object and command of vim's keys has a case here that fails when it does nothing; the typecheck
 * demands one for a new one, and what is not told of in docs/terminal.md fails.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MotionKeys } from "../../../src/tui/input/vim/motions.ts";
import type { ObjectName } from "../../../src/tui/input/vim/objects.ts";
import type { CommandName, Operator, VisualCommandName } from "../../../src/tui/input/vim/parse.ts";
import type { Vim } from "../../../src/tui/input/vim/vim.ts";
import { doesNothing } from "../../support/mutation.ts";
import { at, shown, type } from "../../support/vim.ts";

/** What is typed, and the text before and after it with a bar for the caret; or what else it comes to. */
type Case = readonly [keys: string, before: string, after: string | Partial<Vim> | { step: "undo" | "redo" }];

const motions: { readonly [keys in MotionKeys]: readonly Case[] } = {
  h: [["h", "a|b", "|ab"]],
  l: [["l", "|ab", "a|b"]],
  j: [["j", "a|bc\nx", "abc\n|x"]],
  k: [["k", "ab\nxy|z", "a|b\nxyz"]],
  w: [
    ["w", "|one two", "one |two"],
    ["w", "o|ne.two", "one|.two"],
    ["dw", "|one two", "|two"],
  ],
  W: [["W", "o|ne.two x", "one.two |x"]],
  e: [
    ["e", "|one two", "on|e two"],
    ["ee", "|one two", "one tw|o"],
    ["de", "|one two", "| two"],
  ],
  E: [["E", "|a.b c", "a.|b c"]],
  b: [["b", "one tw|o", "one |two"]],
  B: [["B", "a one.tw|o", "a |one.two"]],
  ge: [["ge", "one t|wo", "on|e two"]],
  gE: [["gE", "on.e t|wo", "on.|e two"]],
  "0": [["0", "  on|e", "|  one"]],
  "^": [["^", "  on|e", "  |one"]],
  _: [
    ["_", "  on|e", "  |one"],
    ["2_", "on|e\n  two", "one\n  |two"],
    ["d_", "a|b\nc", "|c"],
  ],
  $: [
    ["$", "o|ne\ntwo", "on|e\ntwo"],
    ["d$", "on|e two\nx", "o|n\nx"],
  ],
  gg: [
    ["gg", "one\nt|wo", "|one\ntwo"],
    ["dgg", "a\n|b\nc", "|c"],
  ],
  G: [
    ["G", "|one\ntwo", "one\n|two"],
    ["2G", "|a\nb\nc", "a\n|b\nc"],
  ],
  f: [
    ["fo", "|one two", "one tw|o"],
    ["df ", "|one two", "|two"],
  ],
  F: [["Fn", "one tw|o", "o|ne two"]],
  t: [
    ["tw", "|one two", "one |two"],
    ["dtw", "|one two", "|wo"],
  ],
  T: [["To", "one tw|o", "o|ne two"]],
  ";": [["fe;", "|xexe", "xex|e"]],
  ",": [["fe;,", "|xexe", "x|exe"]],
  "%": [["%", "|f(a(b))", "f(a(b)|)"]],
  "{": [["{", "a\n\n|b", "a\n|\nb"]],
  "}": [["}", "|a\n\nb", "a\n|\nb"]],
};

const operators: { readonly [keys in Operator]: readonly Case[] } = {
  d: [
    ["dd", "a\n|b\nc", "a\n|c"],
    ["dj", "|a\nb\nc", "|c"],
    ["vld", "|abc", "|c"],
    ["Vd", "a\n|b\nc", "a\n|c"],
    ["Vjd", "|a\nb\nc", "|c"],
  ],
  c: [
    ["cwnew<esc>", "|one two", "ne|w two"],
    ["cwx<esc>", "|a b", "|x b"],
    ["ccnew<esc>", "  o|ne\nx", "  ne|w\nx"],
    ["vlcX<esc>", "|abc", "|Xc"],
  ],
  y: [
    ["ywP", "|one two", "one| one two"],
    ["veyP", "|one two", "on|eone two"],
  ],
  ">": [[">>", "|a", "  |a"]],
  "<": [["<<", "  |a", "|a"]],
  gu: [["guu", "O|NE two", "|one two"]],
  gU: [["gUiw", "o|ne", "|ONE"]],
  "g~": [["g~w", "|oNe two", "|OnE two"]],
};

const objects: { readonly [name in ObjectName]: readonly Case[] } = {
  w: [
    ["diw", "one t|wo three", "one | three"],
    ["daw", "one t|wo three", "one |three"],
    ["viwd", "o|ne two", "| two"],
  ],
  W: [["diW", "one t|w.o three", "one | three"]],
  p: [["dip", "a\nb|\n\nc", "|\nc"]],
  '"': [
    ['di"', 'say "h|i" x', 'say "|" x'],
    ['da"', 'say "h|i" x', "say |x"],
  ],
  "'": [["di'", "say 'h|i' x", "say '|' x"]],
  "`": [["di`", "say `h|i` x", "say `|` x"]],
  "(": [["di(", "f(a, |b) c", "f(|) c"]],
  ")": [["da)", "f(a, |b) c", "f| c"]],
  b: [["dib", "f(a, |b) c", "f(|) c"]],
  "[": [["di[", "f[a, |b] c", "f[|] c"]],
  "]": [["di]", "f[a, |b] c", "f[|] c"]],
  "{": [["da{", "x {a {b} |c} y", "x | y"]],
  "}": [["di}", "x {a {b} |c} y", "x {|} y"]],
  B: [["diB", "x {a {b} |c} y", "x {|} y"]],
  "<": [["di<", "a <b |c> d", "a <|> d"]],
  ">": [["da>", "a <b |c> d", "a | d"]],
};

const commands: { readonly [name in CommandName]: readonly Case[] } = {
  x: [["x", "|ab", "|b"]],
  X: [["X", "ab|c", "a|c"]],
  D: [["D", "on|e two", "o|n"]],
  C: [["Cx<esc>", "o|ne\nb", "o|x\nb"]],
  Y: [["Yp", "|a\nb", "a\n|a\nb"]],
  s: [["sX<esc>", "|abc", "|Xbc"]],
  S: [["Sx<esc>", "on|e\nb", "|x\nb"]],
  p: [
    ["xp", "|ab", "b|a"],
    ["yyp", "|a\nb", "a\n|a\nb"],
  ],
  P: [["yyP", "a\n|b", "a\n|b\nb"]],
  J: [["J", "|a\n  b", "a| b"]],
  u: [["u", "|a", { step: "undo" }]],
  "ctrl+r": [["<c-r>", "|a", { step: "redo" }]],
  ".": [
    ["dw.", "|a b c", "|c"],
    ["cwx<esc>w.", "|one two", "x |x"],
    ["Ax<esc>j.", "|a\nb", "ax\nb|x"],
  ],
  r: [["rx", "|abc", "|xbc"]],
  "~": [["~", "|aBc", "A|Bc"]],
  i: [["ix<esc>", "a|b", "a|xb"]],
  a: [["ax<esc>", "a|b", "ab|x"]],
  I: [["Ix<esc>", "  a|b", "  |xab"]],
  A: [["Ax<esc>", "|ab", "ab|x"]],
  o: [["onew<esc>", "|a\nb", "a\nne|w\nb"]],
  O: [["Onew<esc>", "a\n|b", "a\nne|w\nb"]],
  v: [["v", "a|b", { mode: "visual", anchor: 1 }]],
  V: [["V", "a|b", { mode: "visual-line", anchor: 1 }]],
};

const uponSelection: { readonly [name in VisualCommandName]: readonly Case[] } = {
  x: [["vlx", "|abc", "|c"]],
  X: [["vX", "a\n|bc\nd", "a\n|d"]],
  D: [["vD", "a\n|bc\nd", "a\n|d"]],
  C: [["vCx<esc>", "a\n|bc\nd", "a\n|x\nd"]],
  Y: [["vYP", "a|b\nc", "|ab\nab\nc"]],
  s: [["vlsX<esc>", "|abc", "|Xc"]],
  S: [["vSx<esc>", "a\n|bc\nd", "a\n|x\nd"]],
  R: [["vRx<esc>", "a\n|bc\nd", "a\n|x\nd"]],
  p: [["yiwwviwp", "|a b", "a |a"]],
  P: [["yiwwviwP", "|a b", "a |a"]],
  J: [["VjJ", "|a\nb", "a| b"]],
  r: [["vlrx", "|abc", "|xxc"]],
  u: [["vlu", "|ABC", "|abC"]],
  U: [["vlU", "|abc", "|ABc"]],
  "~": [["vl~", "|aBc", "|Abc"]],
  o: [["vlohd", "a|bcd", "|d"]],
  v: [
    ["vv", "|ab", { mode: "normal" }],
    ["Vv", "|ab", { mode: "visual" }],
  ],
  V: [
    ["VV", "|ab", { mode: "normal" }],
    ["vV", "|ab", { mode: "visual-line" }],
  ],
};

const tables = { motion: motions, operator: operators, object: objects, command: commands };

/** The key under test is the last but what it takes; what does nothing leaves what was before it. */
function prove(name: string, [keys, before, after]: Case): void {
  const typed = doesNothing ? keys.replace(name === "ctrl+r" ? "<c-r>" : name, "") : keys;
  const end = type(at(before), typed);
  if (typeof after === "string") expect(shown(end)).toBe(after);
  else if ("step" in after) expect(end.step).toBe(after.step);
  else expect(end.vim).toMatchObject(after);
}

const rows = (table: { readonly [name: string]: readonly Case[] }) =>
  Object.entries(table).map(([name, cases]) => ({ name, cases }));

for (const [kind, table] of [...Object.entries(tables), ["command upon a selection", uponSelection]] as const)
  describe(`vim's ${kind}`, () => {
    it.each(rows(table))("$name", ({ name, cases }) => {
      for (const one of cases) prove(name, one);
    });
  });

describe("the documentation of vim's keys", () => {
  it("names every motion, operator, object and command", () => {
    const text = readFileSync(new URL("../../../docs/terminal.md", import.meta.url), "utf8");
    const [paragraph = ""] = /^With `\/vim`[\s\S]*?\n\n/m.exec(text) ?? [];
    const words = new Set(paragraph.split(/[\s`]+/));
    // Closing brackets and their letters are other names of the opening ones, and a backtick stands between backticks.
    const unnamed = [")", "]", "}", ">", "b", "B", "`", "ctrl+r"];
    const missing = Object.values(tables)
      .flatMap((table) => Object.keys(table))
      .filter((name) => !words.has(name) && !words.has(`${name};`) && !unnamed.includes(name));
    expect(missing).toEqual([]);
  });
});
