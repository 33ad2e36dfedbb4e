/** Draws what is finished, in its order. The languages of code are loaded when the first of it comes. */
import { loadHighlighter, type OpenHighlighter } from "../highlight/highlighter.ts";
import { PieceDrawer } from "../markdown/draw.ts";
import type { LinkStyle } from "../markdown/styled.ts";
import type { Item } from "../state/items.ts";
import { itemLines } from "../view/item-lines.ts";
import type { Line } from "../view/line.ts";

/** Keeps what finished items share: the code block that goes on, the languages. */
export class ItemDrawer {
  readonly #pieces: PieceDrawer;
  #highlighter: OpenHighlighter | null = null;
  #loading: Promise<void> | null = null;
  #loaded = false;

  constructor(links: LinkStyle) {
    this.#pieces = new PieceDrawer({
      links,
      highlighter: (language) => this.#highlighter?.(language) ?? null,
    });
  }

  /** Null when the items can be drawn; else what to wait for before. */
  wait(items: readonly Item[]): Promise<void> | null {
    if (this.#loaded || !items.some(hasCode)) return null;
    this.#loading ??= loadHighlighter()
      .then(
        (highlighter) => {
          this.#highlighter = highlighter;
        },
        () => undefined, // an installation that lost the file still shows its code, without colours
      )
      .then(() => {
        this.#loaded = true;
      });
    return this.#loading;
  }

  /** An item in rows of at most `columns`. */
  lines(item: Item, columns: number): Line[] {
    return itemLines(item, columns, this.#pieces);
  }
}

const hasCode = (item: Item): boolean =>
  item.type === "answer" &&
  item.pieces.some(({ content }) => content.type === "fence" && content.language !== "");
