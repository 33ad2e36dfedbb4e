import { describe, expect, it } from "vitest";
import { decodeEntities } from "../../../src/tools/web/entities.ts";
import { htmlText } from "../../../src/tools/web/html-text.ts";

const base = new URL("https://example.com/docs/page.html");
const textOf = (html: string) => htmlText(html, base).text;

describe("HTML as text", () => {
  it.each([
    ["<p>One</p><p>Two  \n three</p>", "One\n\nTwo three"],
    ["<h1>Title</h1><h3>Sub</h3>text", "# Title\n\n### Sub\n\ntext"],
    ["a<br>b<br/>c", "a\nb\nc"],
    ["<ul><li>a<li>b<ul><li>c</ul></ul><ol><li>x</li><li>y</li></ol>", "- a\n- b\n  - c\n\n1. x\n2. y"],
    ["<pre>  a\n    b\n</pre>", "```\n  a\n    b\n```"],
    ["Use <code>x &lt; y</code> here", "Use `x < y` here"],
    ["<table><tr><th>a<th>b</tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2"],
    ["See <a href='../x?a=1&amp;b=2'>the page</a>.", "See [the page](https://example.com/x?a=1&b=2)."],
    ["<a href='#top'>up</a> <a href='javascript:evil()'>x</a> <a href='http://['>bad</a>", "up x bad"],
    ["<a href=/a>one <a href=/b>two</a>", "[one](https://example.com/a) [two](https://example.com/b)"],
    ["<img alt='A cat' src=x> <img src=y>end", "A cat end"],
    ["a<script>if (a</script >b<style>p{}</style>c", "abc"],
    ["<script>document.write('<p>x</p>')</script>rest", "rest"],
    ["a<!-- <p>no</p> -->b<!doctype html><?php no ?>c", "abc"],
    ["<svg><title>no</title><text>no</text></svg>yes", "yes"],
    ['<p title="a > b">it\'s > 3 < 4</p>', "it's > 3 < 4"],
    ["<head><title>T</title><meta></head><body>B</body>", "B"],
    ["<head><title>T</title><body>B", "B"],
    ["1 < 2 and <b>bold</b><unknown>x</unknown>", "1 < 2 and boldx"],
    ["text <a href='https://unfinished", "text"],
    ["text <!-- unfinished", "text"],
    ["<script>unfinished", ""],
    ["&lt;p&gt; &amp;amp; &#x41;&#66; &eacute;&unknown; &copy=1 &#150;", "<p> &amp; AB é&unknown; &copy=1 –"],
  ])("%j is %j", (html, text) => {
    expect(textOf(html)).toBe(text);
  });

  it("keeps the title apart and prefers the main part when there is enough of it", () => {
    const main = "word ".repeat(60).trim();
    const html = `<html><head><title> The\n &quot;title&quot; </title></head><body><nav>menu</nav><main><p>${main}</p></main><footer>foot</footer>`;
    expect(htmlText(html, base)).toEqual({ title: 'The "title"', text: main });
    expect(textOf("<nav>menu</nav><main><p>short</p></main>")).toBe("menu\n\nshort");
  });

  it.each([
    ["links", "<a href=x>y".repeat(60_000)],
    ["open brackets", "<".repeat(700_000)],
    ["unclosed tags", "<p ".repeat(250_000)],
    ["blanks", `<pre>${" ".repeat(700_000)}x</pre>`],
    ["lists", "<ul><li>".repeat(20_000)],
    ["quotes", '<p a="'.repeat(100_000)],
    ["comments", "<!-- x".repeat(100_000)],
    ["titles", "<title>".repeat(100_000)],
    ["ampersands", "&".repeat(700_000)],
  ])("takes time in proportion to the page: %s", (_name, html) => {
    const start = performance.now();
    htmlText(html, base);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describe("character references", () => {
  it.each([
    ["&#0;&#xD800;&#x110000;", "\ufffd\ufffd\ufffd"],
    ["&#128512;", "😀"],
    ["&AMP &amp", "&AMP &"],
    ["a&b;c", "a&b;c"],
    ["&constructor;", "&constructor;"],
  ])("%s is %s", (text, decoded) => {
    expect(decodeEntities(text)).toBe(decoded);
  });
});
