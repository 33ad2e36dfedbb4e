/** Emphasis by delimiter runs (CommonMark 0.31, section 6.2), each run looked at a bounded number of times. */
import type { Inline } from "./link.ts";

type Mark = "*" | "_" | "~";
type Opener = { mark: Mark; index: number; length: number; both: boolean };

/** Runs that are open at once: what is in them is styled again by each. */
const deepest = 32;

const space = /\s/u;
const punctuation = /[\p{P}\p{S}]/u;

/** The delimiter runs of one text. What they come to is written into its spans. */
export class Emphasis {
  readonly #out: Inline[];
  #openers: Opener[] = [];
  /** Below this many openers nothing is left that a closer of the mark could close. */
  #searched: { [mark in Mark]: number } = { "*": 0, _: 0, "~": 0 };

  /** @param out the spans of the text so far; grows */
  constructor(out: Inline[]) {
    this.#out = out;
  }

  /** Takes in a run between two characters. */
  add(mark: Mark, length: number, before: string, after: string): void {
    const left = flanks(before, after);
    const right = flanks(after, before);
    const inWord = mark === "_" && left && right;
    const closesHere = right && (!inWord || punctuation.test(after));
    const opensHere = left && (!inWord || punctuation.test(before));
    const rest = closesHere && (mark !== "~" || length <= 2) ? this.#closed(mark, length, opensHere) : length;
    if (rest === 0) return;
    this.#out.push({ text: mark.repeat(rest) });
    if (opensHere && this.#openers.length < deepest && (mark !== "~" || length <= 2))
      this.#openers.push({ mark, index: this.#out.length - 1, length: rest, both: closesHere });
  }

  /** Forgets what was begun from a span on: it ends inside of a link, or nowhere. */
  close(index: number): void {
    while ((this.#openers.at(-1)?.index ?? -1) >= index) this.#openers.pop();
    this.#clamp();
  }

  /** Closes what is open with a run; how much of the run is left. */
  #closed(mark: Mark, length: number, both: boolean): number {
    let left = length;
    while (left > 0) {
      const position = this.#opener(mark, left, length, both);
      const opener = this.#openers[position];
      if (opener === undefined) {
        // A run that may open and close is held to a rule of its own, which says nothing about other closers.
        if (!both) this.#searched[mark] = this.#openers.length;
        return left;
      }
      const used = mark === "~" ? left : Math.min(2, left, opener.length);
      this.#style(opener.index, mark, used);
      left -= used;
      opener.length -= used;
      this.#out[opener.index] = { ...this.#out[opener.index], text: mark.repeat(opener.length) };
      this.#openers = this.#openers.slice(0, opener.length > 0 ? position + 1 : position);
      this.#clamp();
    }
    return left;
  }

  #opener(mark: Mark, left: number, length: number, both: boolean): number {
    for (let position = this.#openers.length - 1; position >= this.#searched[mark]; position -= 1) {
      const opener = this.#openers[position];
      if (opener?.mark !== mark) continue;
      if (mark === "~" ? opener.length === left : fits(opener, length, both)) return position;
    }
    return -1;
  }

  /** Everything behind the opener; runs on the way were never closed. */
  #style(index: number, mark: Mark, used: number): void {
    const style = mark === "~" ? "strike" : used === 2 ? "bold" : "italic";
    for (let at = index + 1; at < this.#out.length; at += 1) {
      const span = this.#out[at];
      if (span) this.#out[at] = { ...span, [style]: true };
    }
  }

  #clamp(): void {
    for (const mark of ["*", "_", "~"] as const)
      this.#searched[mark] = Math.min(this.#searched[mark], this.#openers.length);
  }
}

/** Rules 9 and 10: a run that both opens and closes does not match one it would make a multiple of three with. */
const fits = (opener: Opener, length: number, both: boolean): boolean =>
  !(opener.both || both) ||
  (opener.length + length) % 3 !== 0 ||
  (opener.length % 3 === 0 && length % 3 === 0);

/** Whether a run between `outer` and `inner` leans on what is inside. */
const flanks = (outer: string, inner: string): boolean =>
  !space.test(inner) && (!punctuation.test(inner) || space.test(outer) || punctuation.test(outer));
