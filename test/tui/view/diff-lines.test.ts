import { createTwoFilesPatch } from "diff";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffLines } from "../../../src/tui/view/diff-lines.ts";
import type { Line } from "../../../src/tui/view/line.ts";

const textOf = (line: Line): string => line.map(({ text }) => text).join("");
/** Text in the tone of changed words is in brackets. */
const marked = (line: Line): string =>
  line.map(({ text, tone }) => (tone?.endsWith("-words") ? `[${text}]` : text)).join("");
const patchOf = (before: string, after: string): string[] =>
  createTwoFilesPatch("a", "b", before, after, undefined, undefined, { context: 3 }).trimEnd().split("\n");

describe("a diff", () => {
  it("has line numbers of the old file for what went and of the new one for the rest, and marks changed words", () => {
    const before = ["a", "let x = one + two;", "c", ""].join("\n");
    const after = ["a", "let x = one + three;", "new", "c", ""].join("\n");
    expect(diffLines(patchOf(before, after)).map(marked)).toEqual([
      "1   a",
      "2 - let x = one + [two];",
      "2 + let x = one + [three];",
      "3 + new",
      "4   c",
    ]);
  });

  it("marks no words where the lines have little in common, and sets hunks apart", () => {
    const lines = Array.from({ length: 120 }, (_, n) => `line ${n + 1}`);
    const changed = lines.with(1, "something else entirely here").with(99, "-- line 100");
    const shown = diffLines(patchOf(`${lines.join("\n")}\n`, `${changed.join("\n")}\n`)).map(marked);
    expect(shown).toContain("  2 - line 2");
    expect(shown).toContain("  2 + something else entirely here");
    expect(shown.filter((line) => line.includes("⋯"))).toHaveLength(1);
    expect(shown).toContain("100 + [-- ]line 100");
  });

  it("of any two texts holds all of both", () => {
    const text = fc.array(fc.constantFrom("a b c", "a x c", "", "漢 字", "- - -", "+++ x", "@@ -1 +1 @@"), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before.join("\n") !== after.join("\n"));
        const patch = patchOf(
          before.map((line) => `${line}\n`).join(""),
          after.map((line) => `${line}\n`).join(""),
        );
        const body = patch.slice(patch.findIndex((line) => line.startsWith("@@")));
        const shown = diffLines(patch)
          .map(textOf)
          .filter((line) => !line.includes("⋯"));
        const wanted = body.filter((line, index) => !(index === 0 || /^@@ -\d/.test(line)));
        expect(shown.map((line) => line.replace(/^ *\d+ (.) /, "$1").replace(/^ *\d+ (.)$/, "$1"))).toEqual(
          wanted,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
