import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadHighlighter } from "../../../src/tui/highlight/highlighter.ts";
import type { Span } from "../../../src/tui/view/line.ts";

const open = await loadHighlighter();
const marked = (spans: readonly Span[]): string[] =>
  spans.flatMap(({ text, tone }) => (tone === undefined ? [] : [`${text}:${tone}`]));
const highlight = (language: string, code: string): string[] => {
  const code_ = open(language);
  return code.split("\n").flatMap((line) => marked(code_?.line(line) ?? []));
};

describe("highlighting", () => {
  it.each<[string, string, string[]]>([
    ["ts", 'const a: number = "b"; // c', ["const:keyword", '"b":string', "// c:comment"]],
    ["tsx", "import a from 'b'", ["import:keyword", "from:keyword", "'b':string"]],
    ["py", "def f():\n  return 1", ["def:keyword", "f:function", "return:keyword", "1:number"]],
    ["bash", "# c\nif true; then", ["# c:comment", "if:keyword", "then:keyword"]],
    ["go", "func f() {}", ["func:keyword"]],
    ["rust", "fn f() { 1 }", ["fn:keyword", "1:number"]],
    ["c++", "return 1;", ["return:keyword", "1:number"]],
    ["java", "class A {}", ["class:keyword"]],
    ["kotlin", "val a = 1", ["val:keyword", "1:number"]],
    ["swift", "let a = 1", ["let:keyword", "1:number"]],
    ["c#", "class A {}", ["class:keyword"]],
    ["ruby", "puts 'a' # b", ["'a':string", "# b:comment"]],
    [
      "php",
      'function f($a) { return "b"; } # c',
      ["function:keyword", "return:keyword", '"b":string', "# c:comment"],
    ],
    ["lua", "local a = 1", ["local:keyword", "1:number"]],
    ["sql", "SELECT 1", ["SELECT:keyword", "1:number"]],
    ["css", "a { color: red; }", ["a:keyword"]],
    ["html", "<p>a</p>", ["p:keyword", "p:keyword"]],
    ["yaml", "a: 1 # b", ["# b:comment"]],
    ["toml", 'a = "b"', ['"b":string']],
    ["json", '{"a": 1}', ["1:number"]],
    ["diff", "+a\n-b", ["+a:added", "-b:removed"]],
    ["dockerfile", "FROM a", ["FROM:keyword"]],
    ["powershell", "# a", ["# a:comment"]],
    ["perl", "my $a = 1;", ["1:number"]],
    ["haskell", "module A where", ["module:keyword", "where:keyword"]],
    ["scala", "val a = 1", ["val:keyword", "1:number"]],
    ["dart", "return 1;", ["return:keyword", "1:number"]],
  ])("of %s", (language, code, expected) => {
    expect(highlight(language, code)).toEqual(expect.arrayContaining(expected));
  });

  it("carries what a line leaves open to the next", () => {
    expect(highlight("js", "/* a\nb */ let c")).toEqual([
      "/* a:comment",
      "b */:comment",
      "let:keyword",
      "c:function",
    ]);
  });

  it("knows no language it was not taught, by whatever name", () => {
    for (const name of ["", "klingon", "constructor", "__proto__", "text"]) expect(open(name)).toBeNull();
  });

  it("shows every line whole, whatever is in it and however long it is", () => {
    const languages = [
      "ts",
      "py",
      "sh",
      "php",
      "html",
      "css",
      "rust",
      "yaml",
      "sql",
      "ruby",
      "perl",
      "diff",
      "haskell",
    ];
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\n", "")),
      fc
        .array(fc.constantFrom("/*", '"', "'", "`", "${", "<", "<<EOF", "{", "#", "=>", "\\", " ", "a", "1"))
        .map((all) => all.join("")),
      fc.constant("x".repeat(10_000)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...languages), fc.array(line, { maxLength: 12 }), (language, lines) => {
        const code = open(language);
        for (const text of lines)
          expect(
            code
              ?.line(text)
              .map((span) => span.text)
              .join(""),
          ).toBe(text);
      }),
      { numRuns: 1500 },
    );
  });
});
