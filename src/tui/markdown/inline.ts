/**
 * Inline Markdown (CommonMark 0.31, section 6; GFM's strikethrough and bare addresses) in time linear to the text, however
 * it is made: a lexer that searches for the end of each thing it finds begun can be kept busy for minutes.
 */
import { Emphasis } from "./emphasis.ts";
import { type Inline, linkEnd, sticky } from "./link.ts";

/** Brackets that are waited for to be closed. */
const deepest = 32;

/** A text's spans; a span may hold line breaks. */
export function inline(text: string): readonly Inline[] {
  return new Reader(text).read();
}

const punctuation = /[!-/:-@[-`{-~]/;
/** Where something may begin; everything before it is plain. */
const special = /[\\`*_~[\]!<h]/g;
const bare = /https?:\/\/[^\s<>"`*|\\^{}[\]]+/iy;
const between =
  /<((?:https?|mailto|file):[^\s<>]{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6})>/iy;
const lineBreak = /<br ?\/?>/iy;

/** One text on its way to spans. */
class Reader {
  readonly #text: string;
  #at = 0;
  readonly #out: Inline[] = [];
  readonly #emphasis: Emphasis;
  /** Brackets that may begin a link: what was read before each. */
  #brackets: { index: number; image: boolean }[] = [];
  /** Lengths of backtick runs that nothing closes from here on. */
  readonly #unclosed = new Set<number>();

  constructor(text: string) {
    this.#text = text;
    this.#emphasis = new Emphasis(this.#out);
  }

  read(): readonly Inline[] {
    const text = this.#text;
    while (this.#at < text.length) {
      special.lastIndex = this.#at;
      const next = special.exec(text)?.index ?? text.length;
      if (next > this.#at) this.#plain(text.slice(this.#at, next));
      this.#at = next;
      if (next < text.length) this.#special(text.charAt(next));
    }
    this.#emphasis.close(0);
    return this.#out.filter((span) => span.text !== "" || span.ends !== undefined);
  }

  #plain(text: string): void {
    this.#out.push({ text });
  }

  /** Takes what was matched; what stood there is shown as `span`. */
  #take(length: number, span: Inline): void {
    this.#out.push(span);
    this.#at += length;
  }

  #special(char: string): void {
    const text = this.#text;
    const following = text.charAt(this.#at + 1);
    if (char === "\\") {
      if (following === "\n") this.#take(1, { text: "" });
      else if (punctuation.test(following)) this.#take(2, { text: following });
      else this.#take(1, { text: char });
    } else if (char === "`") this.#code();
    else if (char === "*" || char === "_" || char === "~") this.#delimiter(char);
    else if (char === "[" || (char === "!" && following === "[")) {
      if (this.#brackets.length >= deepest) this.#brackets.shift();
      this.#brackets.push({ index: this.#out.length, image: char === "!" });
      this.#take(char === "!" ? 2 : 1, { text: char === "!" ? "![" : "[" });
    } else if (char === "]") this.#bracketEnd();
    else if (char === "<") this.#angle();
    else if (char === "h") this.#address();
    else this.#take(1, { text: char });
  }

  #code(): void {
    const length = this.#run("`");
    const start = this.#at + length;
    const end = this.#unclosed.has(length) ? -1 : closing(this.#text, start, length);
    if (end < 0) {
      this.#unclosed.add(length);
      this.#take(length, { text: "`".repeat(length) });
      return;
    }
    const inner = this.#text.slice(start, end);
    const padded = inner.startsWith(" ") && inner.endsWith(" ") && inner.trim() !== "";
    this.#take(end + length - this.#at, { text: padded ? inner.slice(1, -1) : inner, code: true });
  }

  #delimiter(char: "*" | "_" | "~"): void {
    const length = this.#run(char);
    const before = this.#text.slice(0, this.#at).at(-1) ?? " ";
    const after = this.#text.charAt(this.#at + length) || " ";
    this.#emphasis.add(char, length, before, after);
    this.#at += length;
  }

  #bracketEnd(): void {
    const begun = this.#brackets.pop();
    const end = begun && linkEnd(this.#text, this.#at + 1);
    if (!begun || !end) {
      this.#take(1, { text: "]" });
      return;
    }
    this.#emphasis.close(begun.index);
    this.#out[begun.index] = { text: "" };
    for (let index = begun.index; index < this.#out.length; index += 1) {
      const span = this.#out[index];
      if (span) this.#out[index] = { ...span, link: end.address };
    }
    this.#take(end.length + 1, { text: "", ends: end.address, ...(begun.image && { image: true }) });
    // Links hold no links.
    if (!begun.image) this.#brackets = [];
  }

  #angle(): void {
    const hit = sticky(between, this.#text, this.#at);
    const broken = hit ? null : sticky(lineBreak, this.#text, this.#at);
    if (hit) {
      const [whole, address = ""] = hit;
      const link = address.includes("@") && !address.includes(":") ? `mailto:${address}` : address;
      this.#take(whole.length, { text: address, link });
    } else if (broken) this.#take(broken[0].length, { text: "\n" });
    else this.#take(1, { text: "<" });
  }

  #address(): void {
    const before = this.#text.charAt(this.#at - 1);
    const hit = /[\p{L}\p{N}]/u.test(before) ? null : sticky(bare, this.#text, this.#at);
    if (!hit) {
      this.#take(1, { text: "h" });
      return;
    }
    const address = trimmed(hit[0]);
    this.#take(address.length, { text: address, link: address });
  }

  #run(char: string): number {
    let length = 1;
    while (this.#text.charAt(this.#at + length) === char) length += 1;
    return length;
  }
}

/** Where a run of exactly `length` backticks begins; -1 when none does. */
function closing(text: string, from: number, length: number): number {
  let at = text.indexOf("`", from);
  while (at >= 0) {
    let end = at + 1;
    while (text.charAt(end) === "`") end += 1;
    if (end - at === length) return at;
    at = text.indexOf("`", end);
  }
  return -1;
}

/** An address without what belongs to the sentence around it. */
function trimmed(address: string): string {
  let end = address.length;
  let open = 0;
  for (const char of address) open += char === "(" ? 1 : char === ")" ? -1 : 0;
  for (; end > 8; end -= 1) {
    const last = address.charAt(end - 1);
    if (last === ")" && open < 0) open += 1;
    else if (!/[.,;:!?'"\]_~]/.test(last)) break;
  }
  return address.slice(0, end);
}
