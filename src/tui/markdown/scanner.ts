/**
 * Markdown as it streams in, cut into final pieces (CommonMark 0.31 and GFM's tables and task items, as models write
 * them). What is carried from delta to delta is small whatever the text: nothing is looked at twice but the open piece.
 */
import { clean, oneRow } from "../view/clean.ts";
import { type Container, deepest, gapOf, indentOf, marksOf, matched, opened } from "./containers.ts";
import { cutPoint } from "./graphemes.ts";
import {
  cellsOf,
  closes,
  delimitersIn,
  type Fence,
  fenceIn,
  headingIn,
  isRule,
  underlineIn,
} from "./leaves.ts";
import type { Content, Piece, TableShape } from "./piece.ts";

/** The block whose lines are coming in. */
type Leaf =
  | { type: "paragraph"; lines: readonly string[]; size: number }
  | { type: "fence"; fence: Fence; depth: number }
  /** Indented code; blank lines belong to it only when more of it follows. */
  | { type: "indented"; blanks: number }
  /** `shape` is null as long as the rows decide on the widths. */
  | { type: "table"; shape: TableShape; rows: number; size: number; drawn: boolean };

/** Where in a text the scanner is. Values are replaced, never changed in place. */
export type Scan = {
  /** The line that is not ended yet. */
  readonly line: string;
  /** The line is the rest of one that was too long to wait for its end. */
  readonly goesOn: boolean;
  readonly containers: readonly Container[];
  readonly leaf: Leaf | null;
  /** A blank line came after the last piece. */
  readonly blank: boolean;
  /** Anything was said. */
  readonly begun: boolean;
};

/** At the beginning of a text. */
export const noText: Scan = {
  line: "",
  goesOn: false,
  containers: [],
  leaf: null,
  blank: false,
  begun: false,
};

/** Characters of a line, or of a paragraph or held table, that are waited for until it is drawn as far as it has come. */
const mostHeld = 4096;
/** Lines of a paragraph, and rows of a table, that are waited for. */
const mostLines = 24;

/** What comes of more text. */
export type Scanned = { scan: Scan; pieces: readonly Piece[] };

/** Takes in more text; gives what became final by it. */
export function push(scan: Scan, delta: string): Scanned {
  if (!delta.includes("\n") && scan.line.length + delta.length <= mostHeld)
    return { scan: { ...scan, line: scan.line + delta }, pieces: [] };
  const work = new Work(scan);
  const text = scan.line + delta;
  let at = 0;
  for (;;) {
    const next = text.slice(at, at + mostHeld + 1);
    const end = next.indexOf("\n");
    if (end >= 0) {
      work.line(next.slice(0, end));
      at += end + 1;
    } else if (next.length > mostHeld) {
      const cut = cutPoint(next.slice(0, mostHeld));
      work.part(next.slice(0, cut));
      at += cut;
    } else return { scan: { ...work.scan(), line: next }, pieces: work.pieces };
  }
}

/** The text has come to its end: all that was open is final. */
export function end(scan: Scan): readonly Piece[] {
  const work = new Work(scan);
  if (scan.line !== "") work.line(scan.line);
  work.close(0);
  return work.pieces;
}

/** What is open becomes final where it stands, because something else comes between; the text may go on below. */
export function interrupt(scan: Scan): Scanned {
  if (!isOpen(scan)) return { scan, pieces: [] };
  const work = new Work(scan);
  if (scan.line !== "") work.part(scan.line);
  work.flush();
  return { scan: work.scan(), pieces: work.pieces };
}

/** Whether anything of the text is not final yet. */
export const isOpen = ({ line, leaf }: Scan): boolean =>
  line !== "" ||
  (leaf?.type === "paragraph" && leaf.lines.length > 0) ||
  (leaf?.type === "table" && !leaf.drawn);

/** A scan on its way over some lines. */
class Work {
  readonly pieces: Piece[] = [];
  #containers: Container[];
  #leaf: Leaf | null;
  #blank: boolean;
  #begun: boolean;
  #goesOn: boolean;

  constructor({ containers, leaf, blank, begun, goesOn }: Scan) {
    this.#containers = [...containers];
    this.#leaf = leaf;
    this.#blank = blank;
    this.#begun = begun;
    this.#goesOn = goesOn;
  }

  scan(): Scan {
    return {
      line: "",
      goesOn: this.#goesOn,
      containers: this.#containers,
      leaf: this.#leaf,
      blank: this.#blank,
      begun: this.#begun,
    };
  }

  /** A line that is whole, or the end of one. */
  line(raw: string): void {
    if (this.#goesOn) this.#more(raw);
    else this.#take(readable(raw));
    this.#goesOn = false;
  }

  /** The beginning of a line, or more of it. */
  part(raw: string): void {
    if (this.#goesOn) this.#more(raw);
    else this.#take(readable(raw));
    this.#goesOn = true;
    if (this.#leaf?.type === "paragraph") this.flush();
  }

  /** More of a line whose beginning is drawn: it is no block of its own. */
  #more(raw: string): void {
    const text = readable(raw);
    const leaf = this.#leaf;
    if (text === "") return;
    if (leaf?.type === "fence" || leaf?.type === "indented") this.#emit({ type: "code", line: text });
    else this.#paragraph(text);
  }

  #take(line: string): void {
    const { count, rest } = matched(this.#containers, line);
    const leaf = this.#leaf;
    if (leaf?.type === "fence" && this.#inFence(leaf, count, rest)) return;
    if (rest.trim() === "") {
      this.#empty(count);
      return;
    }
    if (leaf?.type === "paragraph" && count < this.#containers.length && !this.#begins(rest, count)) {
      // A lazy continuation: the marks of the paragraph's quote or item may be left out.
      this.#paragraph(rest.trimStart());
      return;
    }
    this.#blocks(rest, count);
  }

  /** Whether the line belongs to the code block. */
  #inFence(leaf: Extract<Leaf, { type: "fence" }>, count: number, text: string): boolean {
    // Code in a list is often indented less than its item; a quote ends where its bars do.
    const inQuote = this.#containers.slice(count, leaf.depth).some(({ type }) => type === "quote");
    if (inQuote) return false;
    if (closes(text, leaf.fence)) this.#leaf = null;
    else {
      const strip = Math.min(indentOf(text), leaf.fence.indent);
      this.#emit({ type: "code", line: text.slice(strip) });
    }
    return true;
  }

  #empty(count: number): void {
    const quote = this.#containers.slice(count).findIndex(({ type }) => type === "quote");
    if (this.#leaf?.type === "indented") this.#leaf = { ...this.#leaf, blanks: this.#leaf.blanks + 1 };
    else {
      this.flush();
      this.#leaf = null;
    }
    if (quote >= 0) this.close(count + quote);
    this.#blank = true;
  }

  /** Whether a line outside of the paragraph's containers begins something of its own. */
  #begins(rest: string, count: number): boolean {
    return (
      isRule(rest) ||
      headingIn(rest) !== null ||
      fenceIn(rest) !== null ||
      opened(rest, this.#containers[count], false) !== null
    );
  }

  #blocks(line: string, count: number): void {
    let rest = line;
    let depth = count;
    const inside = count === this.#containers.length;
    const wasParagraph = inside && this.#leaf?.type === "paragraph" && this.#leaf.lines.length > 0;
    if (wasParagraph && this.#underlined(rest)) return;
    for (let interrupts = wasParagraph; !isRule(rest) && depth < deepest; interrupts = false) {
      if (indentOf(rest) > 3 && this.#leaf?.type === "paragraph") break;
      const begun = opened(rest, this.#containers[depth], interrupts);
      if (begun === null) break;
      this.close(depth);
      this.#containers.push(begun.container);
      rest = begun.rest;
      depth += 1;
    }
    if (depth < this.#containers.length) this.close(depth);
    this.#begin(rest);
  }

  /** Whether a paragraph is made something else by the line below it. */
  #underlined(rest: string): boolean {
    const leaf = this.#leaf;
    if (leaf?.type !== "paragraph") return false;
    const level = underlineIn(rest);
    if (level > 0) {
      this.#leaf = null;
      this.#emit({ type: "heading", level, text: leaf.lines.join("\n") });
      return true;
    }
    const align = delimitersIn(rest);
    const header = cellsOf(leaf.lines.at(-1) ?? "");
    if (align === null || header.length !== align.length) return false;
    this.#leaf = { ...leaf, lines: leaf.lines.slice(0, -1) };
    this.flush();
    const shape = { header, align, sample: [] };
    this.#leaf = { type: "table", shape, rows: 0, size: 0, drawn: false };
    return true;
  }

  #begin(rest: string): void {
    const heading = headingIn(rest);
    const fence = fenceIn(rest);
    const leaf = this.#leaf;
    if (isRule(rest)) this.#whole({ type: "rule" });
    else if (heading) this.#whole({ type: "heading", ...heading });
    else if (fence) {
      this.#whole({ type: "fence", language: fence.language });
      this.#leaf = { type: "fence", fence, depth: this.#containers.length };
    } else if (indentOf(rest) > 3 && leaf?.type !== "paragraph") this.#indented(rest.slice(4));
    else if (leaf?.type === "table" && (rest.includes("|") || leaf.shape.header.length === 1))
      this.#row(leaf, cellsOf(rest));
    else if (rest.trim() !== "") this.#paragraph(rest.trimStart());
  }

  #whole(content: Content): void {
    this.flush();
    this.#leaf = null;
    this.#emit(content);
  }

  #indented(line: string): void {
    const leaf = this.#leaf;
    if (leaf?.type === "indented") {
      this.#blank = false;
      for (let blanks = Math.min(leaf.blanks, mostLines); blanks > 0; blanks -= 1)
        this.#emit({ type: "code", line: "" });
    } else {
      this.flush();
      this.#emit({ type: "fence", language: "" });
    }
    this.#emit({ type: "code", line });
    this.#leaf = { type: "indented", blanks: 0 };
  }

  #row(leaf: Extract<Leaf, { type: "table" }>, found: readonly string[]): void {
    const columns = leaf.shape.header.length;
    // What is in no column of the header is not lost.
    const cells = [...found.slice(0, columns - 1), found.slice(columns - 1).join(" | ")];
    if (leaf.drawn) {
      this.#emit({ type: "table-row", shape: leaf.shape, cells });
      return;
    }
    const size = leaf.size + cells.join("").length;
    const next = {
      ...leaf,
      shape: { ...leaf.shape, sample: [...leaf.shape.sample, cells] },
      rows: leaf.rows + 1,
      size,
    };
    this.#leaf = next;
    if (next.rows >= mostLines || size > mostHeld) this.flush();
  }

  #paragraph(text: string): void {
    const leaf = this.#leaf?.type === "paragraph" ? this.#leaf : null;
    if (leaf === null) this.flush();
    const lines = [...(leaf?.lines ?? []), text];
    const size = (leaf?.size ?? 0) + text.length;
    this.#leaf = { type: "paragraph", lines, size };
    if (lines.length >= mostLines || size > mostHeld) this.flush();
  }

  /** Draws what is held of the leaf. A paragraph or table that is not at its end goes on. */
  flush(): void {
    const leaf = this.#leaf;
    if (leaf?.type === "paragraph" && leaf.lines.length > 0) {
      this.#emit({ type: "text", text: leaf.lines.join("\n") });
      this.#leaf = { type: "paragraph", lines: [], size: 0 };
    } else if (leaf?.type === "table" && !leaf.drawn) {
      const { shape } = leaf;
      this.#emit({ type: "table-head", shape });
      for (const cells of shape.sample) this.#emit({ type: "table-row", shape, cells });
      this.#leaf = { ...leaf, drawn: true };
    }
  }

  /** Ends the leaf, and the containers from `depth` on. */
  close(depth: number): void {
    this.flush();
    this.#leaf = null;
    const last = this.#containers.at(-1);
    // An item without words is an item, too.
    if (last?.fresh && depth < this.#containers.length) this.#emit({ type: "text", text: "" });
    this.#containers = this.#containers.slice(0, depth);
  }

  #emit(content: Content): void {
    const { first, rest } = marksOf(this.#containers);
    const gap = this.#blank && this.#begun ? gapOf(this.#containers) : null;
    this.pieces.push({ gap, first, rest, content });
    this.#containers = this.#containers.map((container) =>
      container.fresh ? { ...container, fresh: false } : container,
    );
    this.#blank = false;
    this.#begun = true;
  }
}

/** A line without what a terminal obeys: tabs are spaces from here on. */
const readable = (line: string): string => oneRow(clean(line.endsWith("\r") ? line.slice(0, -1) : line));
