import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attachedLabels, typedText } from "../../../src/core/attachment.ts";
import { textOf } from "../../../src/core/message.ts";
import { mentionOf, mentionsIn, openMention } from "../../../src/tui/compose/mentions.ts";
import {
  expanded,
  imageToken,
  isLong,
  keepWhole,
  noTokens,
  pasteToken,
  saidOf,
  type Token,
  tokensIn,
  typedAgain,
  withToken,
} from "../../../src/tui/compose/tokens.ts";
import { backspace, deleteForward, deleteWord, insert, left, right } from "../../../src/tui/input/editor.ts";

const image = { type: "image", mediaType: "image/png", data: "AAAA", name: "a.png" } as const;
const paste: Token = pasteToken("one\ntwo\nthree\nfour\nfive\nsix\n", noTokens);
const some = withToken(noTokens, paste);
const picture = imageToken("a.png 2x3", [{ type: "text", text: "a.png: 2x3" }, image], some);
const both = withToken(some, picture);

describe("tokens", () => {
  it("are made of pastes over 5 lines or 500 characters", () => {
    expect(isLong("1\n2\n3\n4\n5\n")).toBe(false);
    expect(isLong("1\n2\n3\n4\n5\n6")).toBe(true);
    expect(isLong("x".repeat(500))).toBe(false);
    expect(isLong("x".repeat(501))).toBe(true);
    expect(paste.label).toBe("[Pasted text #1: 6 lines]");
    expect(picture.label).toBe("[Image #2: a.png 2x3]");
  });

  it("are deleted whole and stepped over", () => {
    const typed = { text: `a${paste.label}b`, caret: 1 + paste.label.length };
    const edit = (change: typeof backspace, from = typed) => keepWhole(from, change(from), both);
    expect(edit(backspace)).toEqual({ text: "ab", caret: 1 });
    expect(edit(deleteWord).text).toBe("ab");
    expect(edit(left).caret).toBe(1);
    const first = { ...typed, caret: 1 };
    expect(edit(deleteForward, first)).toEqual({ text: "ab", caret: 1 });
    expect(edit(right, first).caret).toBe(1 + paste.label.length);
  });

  it("stay whole and keep the caret out under any edits", () => {
    const edits = fc.array(
      fc.oneof(
        fc.constantFrom(left, right, backspace, deleteForward, deleteWord),
        fc
          .constantFrom("[", "]", "x", "\n", paste.label, picture.label)
          .map((text) => (editor: { text: string; caret: number }) => insert(editor, text)),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(edits, (changes) => {
        let editor = { text: `${paste.label} and ${picture.label}`, caret: 0 };
        for (const change of changes) {
          const count = tokensIn(editor.text, both).length;
          editor = keepWhole(editor, change(editor), both);
          const spans = tokensIn(editor.text, both);
          expect(spans.every(({ from, to }) => editor.caret <= from || editor.caret >= to)).toBe(true);
          // No broken label is left behind: what begins like one and is none was typed that way.
          if (spans.length < count)
            expect(editor.text).not.toMatch(/(?:Pasted text|Image) #\d: [^\]]*$|^[^[]*asted text #/m);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("are sent as what they stand for, and come back as they were typed", () => {
    const text = `see ${paste.label} beside ${picture.label}.`;
    const said = saidOf(text, both);
    expect(textOf(said.parts)).toContain("see one\ntwo\nthree\nfour\nfive\nsix\n beside [Image #2");
    expect(said.parts.at(-1)).toEqual(image);
    expect(typedText(said.parts, said.attached)).toBe(text);
    expect(attachedLabels(said.attached)).toEqual([picture.label]);
    expect(typedAgain(said, noTokens)).toEqual({ text, tokens: both });
    // Where another token has the label already, it gets one of its own.
    const taken = withToken(noTokens, { ...paste, kind: "paste", text: "other" });
    const again = typedAgain(said, taken);
    expect(again.text).not.toContain("Pasted text #1");
    expect(textOf(saidOf(again.text, again.tokens).parts)).toContain("three");
  });

  it("are expanded at the caret", () => {
    const typed = { text: `a ${paste.label}`, caret: 2 };
    expect(expanded(typed, both)?.text).toBe("a one\ntwo\nthree\nfour\nfive\nsix\n");
    expect(expanded({ ...typed, caret: 0 }, both)).toBeNull();
  });
});

describe("a mention", () => {
  it.each([
    ["see @src/a.ts.", [["@src/a.ts", "src/a.ts", null]]],
    [
      "@a.ts:10-40 and @b.ts:7",
      [
        ["@a.ts:10-40", "a.ts", { first: 10, last: 40 }],
        ["@b.ts:7", "b.ts", { first: 7, last: 7 }],
      ],
    ],
    ["@a.ts#L3-L5", [["@a.ts#L3-L5", "a.ts", { first: 3, last: 5 }]]],
    ['(@"a b/c.ts":2-3)', [['@"a b/c.ts":2-3', "a b/c.ts", { first: 2, last: 3 }]]],
    ["mail me@example.com or @ you", []],
    ["@a.ts @a.ts", [["@a.ts", "a.ts", null]]],
    ["@docs/, please", [["@docs/", "docs/", null]]],
  ] as const)("%j", (text, expected) => {
    const found = mentionsIn(text).map((one) =>
      one.kind === "path" ? [one.label, one.path, one.lines] : [],
    );
    expect(found).toEqual(expected);
  });

  it("names a session", () => {
    expect(mentionsIn("as in @session:0199-ab")).toMatchObject([{ kind: "session", id: "0199-ab" }]);
  });

  it("comes back as the path it was made of", () => {
    const path = fc
      .string({ minLength: 1 })
      .filter(
        (text) =>
          !/[\n\r\u2028\u2029]/.test(text) && !/(:|#L)\d+(-L?\d+)?$/.test(text) && !/^session:/.test(text),
      );
    fc.assert(
      fc.property(path, (name) => {
        expect(mentionsIn(`x ${mentionOf(name)} y`)).toMatchObject([{ kind: "path", path: name }]);
      }),
      { numRuns: 2000 },
    );
  });

  it("is being typed where the caret stands behind it", () => {
    expect(openMention("look @sr", 8)).toEqual({ from: 5, query: "sr" });
    expect(openMention('look @"my d', 11)).toEqual({ from: 5, query: "my d" });
    expect(openMention("a@b", 3)).toBeNull();
    expect(openMention("@a b", 4)).toBeNull();
  });
});
