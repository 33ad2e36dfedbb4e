/** Reading back on the alternate screen: pages come from the end, the rest is loaded when it is asked for. */
import { messageOf } from "../../core/errors.ts";
import type { ActionOf } from "../input/actions.ts";
import { chordOf } from "../input/chord-of.ts";
import {
  backspace,
  deleteToLineStart,
  deleteWord,
  deleteWordBack,
  type Editor,
  emptyEditor,
  insert,
} from "../input/editor.ts";
import type { Keymap } from "../input/keymap.ts";
import type { Key } from "../input/keys.ts";
import type { Cell, Size } from "../screen/frame-writer.ts";
import type { FullView } from "../screen/full-view.ts";
import { clean, oneRow } from "../view/clean.ts";
import { cut, cutLine, type Line, plain, widthOf } from "../view/line.ts";
import { holds, marked } from "./matches.ts";
import { Scroll } from "./scroll.ts";

/** A piece of what is read. */
export type Block = {
  /** Its lines, wrapped. */
  lines(columns: number): readonly Line[];
};

/** What is read: pages of blocks, the last page first, each in order. */
export type Pages = AsyncIterator<readonly Block[]>;

/** Pages that are one page, there at once. */
export async function* onePage(blocks: readonly Block[]): AsyncGenerator<readonly Block[]> {
  yield blocks;
}

/** A pager. */
export class Pager implements FullView {
  readonly #title: string;
  readonly #pages: Pages;
  readonly #start: "beginning" | "end";
  readonly #scroll = new Scroll();
  #redraw: () => void = () => undefined;
  /** What is being typed to search for; null when nothing is. */
  #typing: Editor | null = null;
  #query = "";
  /** A word about what was asked last. */
  #told = "";
  /** Raised by each key: what a search or a jump still loads is not wanted any more. */
  #wish = 0;
  #loading: Promise<boolean> | null = null;

  /** @param title one row */
  constructor(title: string, pages: Pages, start: "beginning" | "end" = "end") {
    this.#title = oneRow(clean(title));
    this.#pages = pages;
    this.#start = start;
  }

  opened(redraw: () => void): void {
    this.#redraw = redraw;
    void this.#load().then(() => (this.#start === "beginning" ? this.#toBeginning() : redraw()));
  }

  view({ columns, rows }: Size): { lines: readonly Line[]; caret: Cell | null } {
    const height = Math.max(1, rows - 1);
    this.#scroll.resize(columns, height);
    if (this.#scroll.nearBeginning && !this.#scroll.complete) void this.#load().then(this.#redraw);
    const lines = this.#scroll
      .lines()
      .map((line) => cutLine(this.#query === "" ? line : marked(line, this.#query), columns));
    const body = [...lines, ...Array.from({ length: height - lines.length }, (): Line => [])];
    return { lines: [...body, this.#status(columns)].slice(0, rows), caret: this.#caret(rows - 1, columns) };
  }

  press(key: Key, keymap: Keymap): boolean {
    if (key.type === "report") return true;
    this.#wish += 1;
    this.#told = "";
    if (key.type === "key") return this.#take(key, keymap);
    // Letters are keys here, until one of them begins a search; fast hands send several at a time.
    return Array.from(key.text).every((character) => this.#take({ type: "text", text: character }, keymap));
  }

  #take(key: TypedKey, keymap: Keymap): boolean {
    if (this.#typing === null) {
      const chord = chordOf(key);
      return this.#act(chord === null ? undefined : keymap.pager.get(chord));
    }
    this.#type(this.#typing, key, keymap);
    return true;
  }

  #act(action: ActionOf<"pager"> | undefined): boolean {
    const page = Math.max(1, this.#scroll.height - 2);
    const half = Math.max(1, Math.floor(this.#scroll.height / 2));
    switch (action) {
      case "up":
        this.#scroll.move(-1);
        break;
      case "down":
        this.#scroll.move(1);
        break;
      case "page-up":
        this.#scroll.move(-page);
        break;
      case "page-down":
        this.#scroll.move(page);
        break;
      case "half-up":
        this.#scroll.move(-half);
        break;
      case "half-down":
        this.#scroll.move(half);
        break;
      case "last":
        this.#scroll.toEnd();
        break;
      case "first":
        void this.#toBeginning();
        break;
      case "search":
        this.#typing = emptyEditor;
        break;
      case "search-again":
        void this.#search(-1);
        break;
      case "search-back":
        void this.#search(1);
        break;
      case "close":
        return false;
      case undefined:
        break;
    }
    return true;
  }

  #type(editor: Editor, key: TypedKey, keymap: Keymap): void {
    if (key.type !== "key") {
      this.#typing = insert(editor, oneRow(clean(key.text)));
      return;
    }
    if (keymap.list.get(key.chord) === "choose") {
      this.#typing = null;
      this.#query = editor.text || this.#query;
      void this.#search(-1);
    } else if (keymap.list.get(key.chord) === "close") this.#typing = null;
    else {
      const edit = {
        backspace,
        "delete-word": deleteWord,
        "delete-word-back": deleteWordBack,
        "delete-line": deleteToLineStart,
      }[String(keymap.composer.get(key.chord))];
      if (edit) this.#typing = edit(editor);
    }
  }

  /** Goes to the next line with what is searched for; what lies further back is loaded on the way. */
  async #search(direction: -1 | 1): Promise<void> {
    if (this.#query === "") return;
    const wish = this.#wish;
    const fits = (line: Line): boolean => holds(line, this.#query);
    while (!this.#scroll.find(direction, fits)) {
      if (direction === 1 || this.#scroll.complete) {
        this.#told = "not found";
        break;
      }
      this.#told = "searching …";
      this.#redraw();
      await this.#load();
      if (this.#wish !== wish) return;
      this.#told = "";
    }
    this.#redraw();
  }

  async #toBeginning(): Promise<void> {
    const wish = this.#wish;
    while (!this.#scroll.complete) {
      this.#told = "loading …";
      this.#redraw();
      await this.#load();
      if (this.#wish !== wish) return;
    }
    this.#told = "";
    this.#scroll.toBeginning();
    this.#redraw();
  }

  /** Loads the page before; one at a time. */
  #load(): Promise<boolean> {
    this.#loading ??= this.#pages
      .next()
      .then(
        ({ done, value }) => {
          if (done) this.#scroll.completed();
          else this.#scroll.prepend(value);
          return !done;
        },
        (error: unknown) => {
          this.#told = `the rest cannot be read: ${messageOf(error)}`;
          this.#scroll.completed();
          return false;
        },
      )
      .finally(() => {
        this.#loading = null;
      });
    return this.#loading;
  }

  #status(columns: number): Line {
    if (this.#typing !== null) return [{ text: searchMark, tone: "accent" }, { text: this.#typing.text }];
    const where = this.#scroll.atEnd
      ? "end"
      : this.#scroll.atBeginning && this.#scroll.complete
        ? "beginning"
        : "";
    const words = (...facts: string[]): string => ` ${facts.filter(Boolean).join(" · ")} `;
    const whole = words(this.#told, this.#title, where, "q closes · / searches · g G ends");
    // Where there is no room for both, how to get out matters more than what it is.
    const text = widthOf(whole) <= columns ? whole : words(this.#told, where, "q closes", this.#title);
    return plain(cut(text.padEnd(columns), columns), { inverse: true });
  }

  #caret(row: number, columns: number): Cell | null {
    if (this.#typing === null) return null;
    return { row, column: Math.min(columns - 1, widthOf(searchMark + this.#typing.text)) };
  }
}

const searchMark = "/";

/** A key, or a character. */
type TypedKey = Exclude<Key, { type: "report" | "paste" }>;
