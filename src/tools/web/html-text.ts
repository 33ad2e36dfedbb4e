/** HTML as readable text: headings, lists, links and code kept; scripts, styles and furniture dropped. Linear time. */
import { decodeEntities } from "./entities.ts";

/** Elements whose content is not for readers. */
const dropped = new Set(
  "script style template svg canvas iframe object noscript head math select button dialog".split(" "),
);
/** Elements whose content is not parsed as HTML: only their own end tag ends them. */
const rawText = new Set("script style textarea title xmp iframe noscript".split(" "));

const blocks = new Set(
  "address article aside blockquote details div dl dd dt fieldset figcaption figure footer form header hr main nav ol p section summary table tbody thead tfoot tr ul".split(
    " ",
  ),
);

/** Lists deeper than this are not indented further. */
const maxIndent = 8;

/** A piece of markup. */
type Token =
  | { kind: "text"; text: string }
  | { kind: "open"; name: string; attributes: string }
  | { kind: "close"; name: string };

/** The end of a tag that begins at `from`: the first `>` outside quotes, or -1. */
function tagEnd(html: string, from: number): number {
  for (let at = from; at < html.length; at += 1) {
    const char = html.charAt(at);
    if (char === ">") return at;
    if (char === '"' || char === "'") {
      // A quote counts only as an attribute's value; an apostrophe elsewhere does not open anything.
      if (!/=\s*$/.test(html.slice(Math.max(from, at - 8), at))) continue;
      const end = html.indexOf(char, at + 1);
      if (end === -1) return -1;
      at = end;
    }
  }
  return -1;
}

function* tokens(html: string): Generator<Token> {
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf("<", at);
    if (open !== at) yield { kind: "text", text: html.slice(at, open === -1 ? undefined : open) };
    if (open === -1) return;
    if (html.startsWith("<!--", open)) {
      const end = html.indexOf("-->", open + 4);
      at = end === -1 ? html.length : end + 3;
      continue;
    }
    const next = html.charAt(open + 1);
    if (!/[a-zA-Z/!?]/.test(next)) {
      yield { kind: "text", text: "<" };
      at = open + 1;
      continue;
    }
    const end = tagEnd(html, open + 1);
    if (end === -1) return; // an unfinished tag at the end of a cut page
    const tag = html.slice(open + 1, end);
    at = end + 1;
    const name = /^\/?([a-zA-Z][^\s/>]*)/.exec(tag)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    if (tag.startsWith("/")) {
      yield { kind: "close", name };
      continue;
    }
    yield { kind: "open", name, attributes: tag.slice(name.length) };
    if (rawText.has(name)) {
      const closing = new RegExp(`</${name}[\\s/>]`, "gi");
      closing.lastIndex = at;
      const found = closing.exec(html)?.index ?? html.length;
      yield { kind: "text", text: html.slice(at, found) };
      at = found;
    }
  }
}

function attribute(attributes: string, name: string): string | null {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(
    attributes,
  );
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? null : decodeEntities(value);
}

/** Builds the text as tokens come, in pieces: a long string that grows and is looked back on costs its length each time. */
class TextBuilder {
  title = "";
  /** Which pieces are in `<main>` or the first `<article>`. */
  main: { from: number; to: number | null } | null = null;
  #mainDepth = 0;
  #pieces: string[] = [];
  /** Line ends at the end of what is written, counted up to two; two at the very beginning. */
  #newlines = 2;
  #endsInSpace = true;
  #base: URL;
  /** Open dropped elements; text inside counts for nothing. */
  #skipping: string[] = [];
  #inTitle = false;
  #pre = 0;
  #lists: { ordered: boolean; count: number }[] = [];
  #openedLink: { href: string | null; at: number } | null = null;

  constructor(base: URL) {
    this.#base = base;
  }

  /** The text of some pieces. */
  text(from: number, to: number | null): string {
    return this.#pieces.slice(from, to ?? undefined).join("");
  }

  #write(text: string): void {
    if (text === "") return;
    this.#pieces.push(text);
    const tail = text.slice(-2);
    const ends = tail.endsWith("\n\n") ? 2 : tail.endsWith("\n") ? 1 : 0;
    this.#newlines = text === "\n" ? Math.min(2, this.#newlines + 1) : ends;
    this.#endsInSpace = /\s/.test(tail.slice(-1));
  }

  add(token: Token): void {
    if (token.kind === "text") this.#text(token.text);
    else if (token.kind === "open") this.#open(token.name, token.attributes);
    else this.#close(token.name);
  }

  #text(raw: string): void {
    if (this.#inTitle) this.title ||= decodeEntities(raw).replace(/\s+/g, " ").trim();
    if (this.#inTitle || this.#skipping.length > 0) return;
    const text = decodeEntities(raw);
    if (this.#pre > 0) {
      this.#write(text);
      return;
    }
    const single = text.replace(/\s+/g, " ");
    this.#write(this.#endsInSpace ? single.replace(/^ /, "") : single);
  }

  /** Ends the line, and with 2 leaves an empty one. */
  #line(count: 1 | 2): void {
    if (this.#newlines < count) this.#write("\n".repeat(count - this.#newlines));
    this.#newlines = Math.max(this.#newlines, count);
  }

  #open(name: string, attributes: string): void {
    if (name === "title" && this.#skipping.at(-1) !== "svg") this.#inTitle = true;
    if (dropped.has(name) && !attributes.trimEnd().endsWith("/")) this.#skipping.push(name);
    // A page whose head is never closed must not lose its body.
    if (name === "body") this.#skipping = [];
    if (this.#skipping.length > 0) return;
    if (name === "main" || name === "article") this.#enterMain();
    if (/^h[1-6]$/.test(name)) {
      this.#line(2);
      this.#write(`${"#".repeat(Number(name.charAt(1)))} `);
    } else if (name === "br") this.#write("\n");
    else if (name === "hr") {
      this.#line(2);
      this.#write("---");
      this.#line(2);
    } else if (name === "ul" || name === "ol") {
      this.#line(this.#lists.length === 0 ? 2 : 1);
      this.#lists.push({ ordered: name === "ol", count: 0 });
    } else if (name === "li") this.#item();
    else if (name === "pre") {
      this.#line(2);
      this.#write("```\n");
      this.#pre += 1;
    } else if (name === "code" && this.#pre === 0) this.#write("`");
    else if (name === "td" || name === "th") {
      if (this.#newlines === 0) this.#write(" | ");
    } else if (name === "tr") this.#line(1);
    else if (name === "a") this.#openLink(attribute(attributes, "href"));
    else if (name === "img") this.#write(attribute(attributes, "alt") ?? "");
    else if (blocks.has(name)) this.#line(2);
  }

  #item(): void {
    this.#line(1);
    const list = this.#lists.at(-1);
    if (list) list.count += 1;
    this.#write(
      `${"  ".repeat(Math.min(maxIndent, Math.max(0, this.#lists.length - 1)))}${list?.ordered ? `${list.count}.` : "-"} `,
    );
  }

  #close(name: string): void {
    if (name === "title") this.#inTitle = false;
    const at = this.#skipping.lastIndexOf(name);
    if (at !== -1) this.#skipping.length = at;
    if (this.#skipping.length > 0) return;
    if (name === "a") this.#link();
    else if (name === "pre" && this.#pre > 0) {
      this.#pre -= 1;
      this.#line(1);
      this.#write("```");
      this.#line(2);
    } else if (name === "code" && this.#pre === 0) this.#write("`");
    else if (name === "ul" || name === "ol") {
      this.#lists.pop();
      this.#line(this.#lists.length === 0 ? 2 : 1);
    } else if (/^h[1-6]$/.test(name) || (blocks.has(name) && name !== "tr")) this.#line(2);
    if (name === "main" || name === "article") this.#leaveMain();
  }

  /** Links do not nest: a new one ends the one before it. */
  #openLink(href: string | null): void {
    this.#link();
    this.#openedLink = { href, at: this.#pieces.length };
  }

  /** Writes a link as `[text](address)`, when it leads anywhere a reader could go. */
  #link(): void {
    const link = this.#openedLink;
    this.#openedLink = null;
    if (!link || link.href === null || link.href.startsWith("#") || !URL.canParse(link.href, this.#base.href))
      return;
    const target = new URL(link.href, this.#base);
    const written = this.text(link.at, null);
    const text = written.trim();
    if (text === "" || (target.protocol !== "https:" && target.protocol !== "http:")) return;
    this.#pieces.length = link.at;
    this.#write(`${/^\s*/.exec(written)?.[0] ?? ""}[${text}](${target.href})`);
    if (written.endsWith(" ")) this.#write(" ");
  }

  #enterMain(): void {
    this.#line(2);
    this.#mainDepth += 1;
    this.main ??= { from: this.#pieces.length, to: null };
  }

  #leaveMain(): void {
    this.#mainDepth -= 1;
    if (this.main !== null && this.#mainDepth === 0) this.main.to ??= this.#pieces.length;
  }
}

/** A main part shorter than this is not taken for the page. */
const minMainChars = 200;

/** The title and readable text of a page; relative links are resolved against `base`. */
export function htmlText(html: string, base: URL): { title: string; text: string } {
  const builder = new TextBuilder(base);
  for (const token of tokens(html)) builder.add(token);
  const { main } = builder;
  const inner = main === null ? "" : builder.text(main.from, main.to);
  const chosen = inner.trim().length >= minMainChars ? inner : builder.text(0, null);
  const tidy = chosen
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return { title: builder.title, text: tidy };
}
