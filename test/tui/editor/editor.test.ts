import { describe, expect, it } from "vitest";
import {
  backspace,
  deleteToLineStart,
  deleteWord,
  emptyEditor,
  insert,
  left,
  lineEnd,
  lineStart,
  right,
} from "../../../src/tui/input/editor.ts";

const family = "👨‍👩‍👧";

describe("the composer's editor", () => {
  it("moves and deletes by whole graphemes", () => {
    const typed = insert(emptyEditor, `a${family}é`);
    expect(backspace(backspace(typed)).text).toBe("a");
    expect(left(left(typed)).caret).toBe(1);
    expect(right({ text: typed.text, caret: 1 }).caret).toBe(1 + family.length);
  });

  it("inserts at the caret", () => {
    expect(insert({ text: "ad", caret: 1 }, "bc")).toEqual({ text: "abcd", caret: 3 });
  });

  it("deletes a word with the blanks after it, and a line up to its start", () => {
    expect(deleteWord({ text: "one two  ", caret: 9 })).toEqual({ text: "one ", caret: 4 });
    expect(deleteToLineStart({ text: "one\ntwo three", caret: 8 })).toEqual({ text: "one\nthree", caret: 4 });
  });

  it("finds the ends of the line the caret is on", () => {
    const text = "one\ntwo\nthree";
    expect(lineStart({ text, caret: 5 }).caret).toBe(4);
    expect(lineEnd({ text, caret: 5 }).caret).toBe(7);
    expect(lineEnd({ text, caret: 9 }).caret).toBe(text.length);
  });

  it("does nothing at the ends of the text", () => {
    expect(left(emptyEditor)).toEqual(emptyEditor);
    expect(right(emptyEditor)).toEqual(emptyEditor);
    expect(backspace(emptyEditor)).toEqual(emptyEditor);
  });
});
