/** A window over blocks of lines of which the earlier ones may not be there yet. */
import type { Line } from "../view/line.ts";
import type { Block } from "./pager.ts";

/** A line: of which block, and which of its lines. */
type Place = { block: number; line: number };

/** Holds what was loaded and where the window is. Nothing but what is looked at is laid out. */
export class Scroll {
  #blocks: Block[] = [];
  #columns = 80;
  #height = 1;
  /** The first line in the window; null: the window is at the end. */
  #top: Place | null = null;
  /** What was found last: a search goes on from there, though the window may begin above it. */
  #found: Place | null = null;
  #complete = false;
  #laidOut = new Map<Block, readonly Line[]>();

  /** Lines of the window. */
  get height(): number {
    return this.#height;
  }

  /** Whether all blocks are there. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Whether the window shows the last line. */
  get atEnd(): boolean {
    return this.#top === null;
  }

  /** Whether the window shows the first line of what is there. */
  get atBeginning(): boolean {
    const { block, line } = this.#top ?? this.#lastTop();
    return block === 0 && line === 0;
  }

  /** Whether so little stands above the window that the next keys could reach its beginning. */
  get nearBeginning(): boolean {
    const { block, line } = this.#back(this.#top ?? this.#lastTop(), 2 * this.#height);
    return block === 0 && line === 0;
  }

  /** The window has another size. */
  resize(columns: number, height: number): void {
    if (columns !== this.#columns) {
      this.#laidOut.clear();
      this.#found = null;
      // The lines of a block are others now; its beginning is still its beginning.
      if (this.#top !== null) this.#top = { ...this.#top, line: 0 };
    }
    this.#columns = columns;
    this.#height = height;
    if (this.#top !== null) this.#goTo(this.#top);
  }

  /** More blocks before those that are there. The window stays where it is. */
  prepend(blocks: readonly Block[]): void {
    this.#blocks = [...blocks, ...this.#blocks];
    const shifted = (place: Place | null): Place | null =>
      place && { ...place, block: place.block + blocks.length };
    this.#top = shifted(this.#top);
    this.#found = shifted(this.#found);
  }

  /** One more behind those that are there. A window that shows the end goes on showing it. */
  append(block: Block): void {
    this.#blocks.push(block);
  }

  /** The first one goes. */
  dropFirst(): void {
    const [gone, ...rest] = this.#blocks;
    if (gone === undefined) return;
    this.#blocks = rest;
    this.#laidOut.delete(gone);
    const shifted = (place: Place | null): Place | null =>
      place && (place.block === 0 ? { block: 0, line: 0 } : { ...place, block: place.block - 1 });
    this.#top = shifted(this.#top);
    this.#found = shifted(this.#found);
  }

  /** There are no more. */
  completed(): void {
    this.#complete = true;
  }

  /** The lines in the window. */
  lines(): Line[] {
    const { block, line } = this.#top ?? this.#lastTop();
    const shown: Line[] = [];
    for (let at = block; at < this.#blocks.length && shown.length < this.#height; at += 1)
      shown.push(...this.#linesOf(at).slice(at === block ? line : 0));
    return shown.slice(0, this.#height);
  }

  /** Moves the window by so many lines, as far as there are any. */
  move(by: number): void {
    const from = this.#top ?? this.#lastTop();
    this.#found = null;
    this.#goTo(by < 0 ? this.#back(from, -by) : this.#forward(from, by));
  }

  /** Shows the last lines. */
  toEnd(): void {
    this.#found = null;
    this.#top = null;
  }

  /** Shows the first lines. */
  toBeginning(): void {
    this.#found = null;
    this.#goTo({ block: 0, line: 0 });
  }

  /** Goes to the next line that fits, before or behind what was found last; false when there is none. */
  find(direction: -1 | 1, fits: (line: Line) => boolean): boolean {
    const end = { block: this.#blocks.length, line: 0 };
    const { block, line } = this.#found ?? this.#top ?? (direction === -1 ? end : this.#lastTop());
    for (let at = block; at >= 0 && at <= this.#blocks.length; at += direction) {
      const lines = this.#linesOf(at);
      const first = at !== block ? (direction === 1 ? 0 : lines.length - 1) : line + direction;
      for (let index = first; index >= 0 && index < lines.length; index += direction) {
        const candidate = lines[index];
        if (candidate === undefined || !fits(candidate)) continue;
        this.#found = { block: at, line: index };
        this.#goTo(this.#found);
        return true;
      }
    }
    return false;
  }

  /** As far down as the window goes and no further. */
  #goTo(place: Place): void {
    const last = this.#lastTop();
    const past = place.block > last.block || (place.block === last.block && place.line >= last.line);
    this.#top = past ? null : place;
  }

  /** The first line of the window when it is at the end. */
  #lastTop(): Place {
    const last = this.#blocks.length - 1;
    return this.#back({ block: last + 1, line: 0 }, this.#height);
  }

  #back({ block, line }: Place, by: number): Place {
    let left = by - line;
    let at = block;
    while (left > 0 && at > 0) {
      at -= 1;
      left -= this.#linesOf(at).length;
    }
    return { block: at, line: at === block ? line - by + Math.max(0, left) : Math.max(0, -left) };
  }

  #forward({ block, line }: Place, by: number): Place {
    let at = block;
    let to = line + by;
    while (at < this.#blocks.length && to >= this.#linesOf(at).length) {
      to -= this.#linesOf(at).length;
      at += 1;
    }
    return { block: at, line: to };
  }

  #linesOf(index: number): readonly Line[] {
    const block = this.#blocks[index];
    if (block === undefined) return [];
    const known = this.#laidOut.get(block) ?? block.lines(this.#columns);
    this.#laidOut.set(block, known);
    return known;
  }
}
