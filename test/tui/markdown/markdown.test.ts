import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PieceDrawer } from "../../../src/tui/markdown/draw.ts";
import type { Piece } from "../../../src/tui/markdown/piece.ts";
import { end, interrupt, noText, push, type Scan } from "../../../src/tui/markdown/scanner.ts";
import type { LinkStyle } from "../../../src/tui/markdown/styled.ts";
import { type Line, widthOfLine } from "../../../src/tui/view/line.ts";
import { paint } from "../../../src/tui/view/paint.ts";
import { markdown } from "./arbitrary.ts";

const plain = (line: Line): string => line.map(({ text }) => text).join("");

function piecesOf(deltas: Iterable<string>): { pieces: Piece[]; scan: Scan } {
  let scan = noText;
  const pieces: Piece[] = [];
  for (const delta of deltas) {
    const next = push(scan, delta);
    scan = next.scan;
    pieces.push(...next.pieces);
  }
  return { pieces, scan };
}

function whole(text: string): Piece[] {
  const { pieces, scan } = piecesOf([text]);
  return [...pieces, ...end(scan)];
}

function draw(text: string, columns = 60, links: LinkStyle = "addresses"): Line[] {
  const drawer = new PieceDrawer({ links, highlighter: () => null });
  return whole(text).flatMap((piece) => drawer.lines(piece, columns));
}

const drawn = (text: string, columns = 60): string => draw(text, columns).map(plain).join("\n");

/** Spans with a look, as `text:look`. */
const looks = (text: string, links: LinkStyle = "addresses"): string[] =>
  draw(text, 200, links).flatMap((line) =>
    line.map(({ text: shown, ...look }) =>
      [shown, ...Object.entries(look).map(([name, value]) => (value === true ? name : value))].join(":"),
    ),
  );

describe("blocks of Markdown", () => {
  it.each<[string, string, string]>([
    ["headings of both kinds", "# One #\nTwo\n===\nThree\n---\n####### no", "One\nTwo\nThree\n####### no"],
    ["paragraphs, their lines kept", "a\nb\n\n\nc", "a\nb\n\nc"],
    ["a tight list, one inside of another", "- a\n  - b\n    - c\n- d", "• a\n  • b\n    • c\n• d"],
    ["a loose list", "- a\n\n- b\n\n  more", "• a\n\n• b\n\n  more"],
    ["ordered lists by their numbers", "3. a\n4. b\n9. c", "3. a\n4. b\n9. c"],
    ["ordered lists of ones", "1. a\n1. b\n   - x\n1. c", "1. a\n2. b\n   • x\n3. c"],
    ["tasks", "- [ ] a\n- [x] b\n1. [X] c", "☐ a\n☑ b\n1. ☑ c"],
    ["items without words", "-\n- a", "• \n• a"],
    ["numbers in a paragraph", "in\n1986. A year\n- a list", "in\n1986. A year\n• a list"],
    ["rules, which are no items", "* * *\n- a\n---", `${"─".repeat(40)}\n• a\n${"─".repeat(40)}`],
    ["quotes and what is lazy in them", "> a\nb\n\n> c\n>> d\n>\n> e", "│ a\n│ b\n\n│ c\n│ │ d\n│ \n│ e"],
    ["a list in a quote", "> - a\n>   b\n> - c", "│ • a\n│   b\n│ • c"],
    ["fences", "```ts\nif (a) {\n\n  b\n}\n```\nend", "ts\n  if (a) {\n\n    b\n  }\nend"],
    ["a fence that is never closed", "~~~\n```\n# no", "  ```\n  # no"],
    ["longer fences around shorter ones", "````md\n```js\na\n```\n````\nend", "md\n  ```js\n  a\n  ```\nend"],
    [
      "a fence in a list",
      "1. do\n   ```sh\n   ls\n\n   cd\n   ```\n2. then",
      "1. do\n   sh\n     ls\n\n     cd\n2. then",
    ],
    ["code in a list that is indented too little", "- do\n  ```\nls\n  ```\n- then", "• do\n    ls\n• then"],
    ["a fence that ends with its quote", "> ```\n> a\nb", "│   a\nb"],
    ["indented code", "a\n\n    b\n\n      c\n\nd", "a\n\n  b\n\n    c\n\nd"],
    [
      "HTML, footnotes and references as text",
      "<div>\na[^1]\n\n[^1]: b\n[x]: y",
      "<div>\na[^1]\n\n[^1]: b\n[x]: y",
    ],
    ["line breaks of any kind", "a  \nb\\\nc<br>d\r\ne", "a\nb\nc\nd\ne"],
    [
      "a table",
      "| a | **b** |\n|---|--:|\n| 1 | 22 |\n| x\\|y | `c` |\nend",
      "a   │  b\n────┼───\n1   │ 22\nx|y │  c\nend",
    ],
    ["a table of one column", "| a |\n|---|\n| 1 |", "a\n─\n1"],
    ["a table under a line of text", "t\na | b\n-|-\n1 | 2 | 3", "t\na │ b\n──┼──────\n1 │ 2 | 3"],
    ["what only looks like a table", "a | b\nc | d", "a | b\nc | d"],
    ["emoji and wide letters in a table", "|漢字|👍|\n|-|-|\n|a|b|", "漢字 │ 👍\n─────┼───\na    │ b"],
  ])("%s", (_, text, expected) => {
    // What is wide, or empty but a mark, is compared without what stands behind it.
    const trimmed = (lines: string): string =>
      lines
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n");
    expect(trimmed(drawn(text))).toBe(trimmed(expected));
  });

  it("breaks code where the row is full, and leaves nothing of it out", () => {
    expect(drawn("```\nlet a =  b + c;\n```", 10)).toBe("  let a = \n   b + c;");
  });

  it("wraps cells, and shows rows one below the other where columns are too many for the terminal", () => {
    const table = "| name | what it does |\n|---|---|\n| push | takes in more text than fits |";
    expect(drawn(table, 25)).toBe(
      "name │ what it does\n─────┼───────────────────\npush │ takes in more text\n     │ than fits",
    );
    expect(drawn(table, 12)).toBe("name: push\nwhat it\ndoes: takes\nin more text\nthan fits\n─");
  });
});

describe("inline Markdown", () => {
  it.each<[string, string, string[]]>([
    ["emphasis", "a *b* __c__ ***d***", ["a ", "b:italic", " ", "c:bold", " ", "d:bold:italic"]],
    ["emphasis across a line break", "**a\nb**", ["a:bold", "b:bold"]],
    [
      "emphasis inside of words",
      "snake_case_name and a*b*c",
      ["snake", "_", "case", "_", "name and a", "b:italic", "c"],
    ],
    ["what is never closed", "**a and *b", ["**", "a and ", "*", "b"]],
    ["strikethrough", "~~a~~ ~b~ ~~~c~~~", ["a:strike", " ", "b:strike", " ", "~~~", "c", "~~~"]],
    ["code, in which nothing else counts", "`*a*` ``b`c`` `d", ["*a*:code", " ", "b`c:code", " ", "`", "d"]],
    ["escapes", "\\*a\\* \\d", ["*", "a", "*", " ", "\\", "d"]],
    [
      "a link with other words",
      "[a **b**](https://x.y)",
      ["a :link:underline", "b:link:underline:bold", " (https://x.y):dim"],
    ],
    ["a link that says where it leads", "[https://x.y](https://x.y)", ["https://x.y:link:underline"]],
    [
      "a bare address at the end of a sentence",
      "(see https://x.y/a_(b)).",
      ["(see ", "https://x.y/a_(b):link:underline", ")."],
    ],
    [
      "addresses in angle brackets",
      "<https://x.y> <a@b.c>",
      ["https://x.y:link:underline", " ", "a@b.c:link:underline"],
    ],
    ["an image", "![alt](a.png)", ["alt:link:underline", " (a.png):dim"]],
    ["an image without words", "![](a.png)", ["(a.png):dim"]],
    ["brackets that lead nowhere", "[a] [b](c d", ["[", "a", "]", " ", "[", "b", "]", "(c d"]],
  ])("%s", (_, text, expected) => {
    expect(looks(text)).toEqual(expected);
  });

  it("links only to what is harmless to open, and shows where every other link leads", () => {
    expect(looks("[a](https://x.y)", "hyperlinks")).toEqual(["a:link:underline:https://x.y"]);
    expect(looks("[a](javascript:x)", "hyperlinks")).toEqual(["a:link:underline", " (javascript:x):dim"]);
    const [line = []] = draw("[a](https://x.y/é)", 60, "hyperlinks");
    expect(paint(line, {})).toBe(
      "\u001b]8;;https://x.y/%C3%A9\u001b\\\u001b[4ma\u001b[24m\u001b]8;;\u001b\\",
    );
  });

  it("takes hardly longer for what is made to keep a parser busy", () => {
    const began = performance.now();
    for (const unit of [
      "*",
      "*a ",
      "_a",
      "[",
      "![",
      "[a](",
      "`a``",
      "<a ",
      "~~a ",
      "http://",
      "**a",
      "a**",
      "](",
      "]((",
    ])
      draw(unit.repeat(Math.ceil(20_000 / unit.length)), 80);
    // Some 20 ms each where it was measured; a quadratic parser takes minutes.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe("a text that streams in", () => {
  it("comes to the same pieces however it is cut, and to the same screen at each of its prefixes", () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.nat(3000), { maxLength: 20 }), (text, cuts) => {
        const points = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const deltas = [0, ...points].map((start, index) => text.slice(start, points[index] ?? text.length));
        const once = piecesOf([text]);
        expect(piecesOf(deltas)).toEqual(once);
        expect(piecesOf(text)).toEqual(piecesOf([...text]));
      }),
      { numRuns: 1500 },
    );
  });

  it("never takes back what is final: a prefix's pieces are the beginning of the text's", () => {
    fc.assert(
      fc.property(markdown, fc.nat(), (text, at) => {
        const before = piecesOf([text.slice(0, at % (text.length + 1))]).pieces;
        expect(whole(text).slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 1500 },
    );
  });

  it("fits the width, and lets nothing through that a terminal obeys", () => {
    fc.assert(
      fc.property(markdown, fc.integer({ min: 4, max: 120 }), fc.boolean(), (text, columns, click) => {
        for (const line of draw(text, columns, click ? "hyperlinks" : "addresses")) {
          expect(widthOfLine(line)).toBeLessThanOrEqual(columns);
          expect(plain(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
          for (const { href } of line) expect(href ?? "").toMatch(/^[\u0021-\u007e]*$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("goes on below what comes between", () => {
    fc.assert(
      fc.property(markdown, fc.nat(), (text, at) => {
        const cut = at % (text.length + 1);
        const first = push(noText, text.slice(0, cut));
        const between = interrupt(first.scan);
        const second = push(between.scan, text.slice(cut));
        expect(end(between.scan).length).toBeLessThanOrEqual(1);
        const said = [...first.pieces, ...between.pieces, ...second.pieces, ...end(second.scan)];
        const drawer = new PieceDrawer({ links: "addresses", highlighter: () => null });
        const letters = said.flatMap((piece) => drawer.lines(piece, 500).map(plain)).join("");
        expect(letters.match(/w/g)?.length).toBe(text.match(/w/g)?.length);
      }),
      { numRuns: 1000 },
    );
    const code = interrupt(push(noText, "```\nlet a").scan);
    expect(push(code.scan, " = 1;\nb\n").pieces.map(({ content }) => content)).toEqual([
      { type: "code", line: " = 1;" },
      { type: "code", line: "b" },
    ]);
  });

  it.each<[string, string, number]>([
    ["a code block of 3,000 lines", `\`\`\`ts\n${"const a = 1;\n".repeat(3000)}\`\`\`\n`, 3001],
    ["a list of 2,000 items", "- an item\n".repeat(2000), 1999],
    ["a table of 5,000 rows", `|a|b|\n|-|-|\n${"|1|2|\n".repeat(5000)}`, 5001],
    ["a paragraph of 1 MB without a line break", "word ".repeat(200_000), 240],
    ["a word of 1 MB", "x".repeat(1_000_000), 240],
    ["a quote of 3,000 lines", "> said\n".repeat(3000), 120],
    ["10,000 lines of text", "said\n".repeat(10_000), 400],
  ])("keeps little and commits early: %s", (_, text, final) => {
    let scan = noText;
    let committed = 0;
    let largest = 0;
    for (let at = 0; at < text.length; at += 997) {
      const next = push(scan, text.slice(at, at + 997));
      scan = next.scan;
      committed += next.pieces.length;
      largest = Math.max(largest, JSON.stringify(scan).length);
    }
    expect(committed).toBeGreaterThanOrEqual(final);
    // Nothing is counted twice: what was committed and what is open are all there is.
    expect(committed + end(scan).length).toBe(whole(text).length);
    expect(largest).toBeLessThan(12_000);
  });

  it("keeps joined characters together wherever it has to be cut", () => {
    const family = "👨‍👩‍👧";
    for (const { content } of whole(family.repeat(3000)))
      expect(content.type === "text" && content.text.length % family.length).toBe(0);
    for (const line of draw(family.repeat(50), 15)) expect(plain(line)).toBe(family.repeat(2));
  });
});
