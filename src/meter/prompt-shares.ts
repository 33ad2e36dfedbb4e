/**
 * Who pays for a prompt: everything in it, by its size. What is new in it pays the price of what was not read from the
 * cache, what stood in the request before pays for what was read, and each takes over from the other only what is left.
 *
 * A session of n steps has prompts of n pieces, so that charging each piece at each step would be O(n²). Instead a running
 * factor holds what one unit of weight has paid so far; a piece notes the factor when it has been sent once, and pays
 * weight times the difference when it leaves the window.
 */
import { type Amounts, addTimes, minus, noAmounts } from "./amounts.ts";

/** A piece of the prompt. */
export type Piece<Payer> = {
  payer: Payer;
  /** Estimated tokens; above 0. */
  weight: number;
};

/** What a prompt came to, by how it was billed: each with its money and its tokens. */
export type PromptBill = {
  /** Not read from a cache, writes to it included. */
  fresh: Amounts;
  read: Amounts;
};

type Held<P> = { piece: P /** The factor when it was first sent; null before. */; since: Amounts | null };

/** The pieces of a session's prompts as they come and go. */
export class PromptShares<Payer, P extends Piece<Payer>> {
  readonly #pay: (payer: Payer, amounts: Amounts, factor: number) => void;
  #held: Held<P>[] = [];
  /** What one unit of weight that stood in the request before has paid since the beginning. */
  readonly #factor = noAmounts();
  #oldWeight = 0;
  #freshFrom = 0;

  /** @param pay is told what a payer owes: `factor` times `amounts` */
  constructor(pay: (payer: Payer, amounts: Amounts, factor: number) => void) {
    this.#pay = pay;
  }

  /** Puts a piece into every prompt from the next one on. */
  add(piece: P): void {
    if (piece.weight > 0) this.#held.push({ piece, since: null });
  }

  /** Takes out of later prompts what `leaves` picks; the others stand as they did. */
  remove(leaves: (piece: P) => boolean): P[] {
    const gone = this.#held.filter(({ piece }) => leaves(piece));
    if (gone.length === 0) return [];
    for (const held of gone) this.#settle(held);
    this.#held = this.#held.filter(({ piece }) => !leaves(piece));
    const old = this.#held.filter(({ since }) => since !== null);
    this.#freshFrom = old.length;
    // Summed anew: a rest of rounding would be divided by once the last old piece is gone.
    this.#oldWeight = old.reduce((sum, { piece }) => sum + piece.weight, 0);
    return gone.map(({ piece }) => piece);
  }

  /** A prompt of all pieces was sent and nobody is charged for it: it is outside of what the report is over. */
  sent(): void {
    for (const held of this.#held.slice(this.#freshFrom)) {
      held.since = { ...this.#factor };
      this.#oldWeight += held.piece.weight;
    }
    this.#freshFrom = this.#held.length;
  }

  /** Charges a prompt to its pieces. @returns whether there were any */
  charge({ fresh, read }: PromptBill): boolean {
    const added = this.#held.slice(this.#freshFrom);
    const addedWeight = added.reduce((sum, { piece }) => sum + piece.weight, 0);
    const weight = this.#oldWeight + addedWeight;
    if (weight === 0) return false;
    const [freshTokens, readTokens] = [tokensOf(fresh), tokensOf(read)];
    const addedTokens = ((freshTokens + readTokens) * addedWeight) / weight;
    const addedFresh = Math.min(addedTokens, freshTokens);
    const freshShare = freshTokens === 0 ? addedWeight / weight : addedFresh / freshTokens;
    const readShare = readTokens === 0 ? 0 : Math.min(1, (addedTokens - addedFresh) / readTokens);
    const ofAdded = noAmounts();
    addTimes(ofAdded, fresh, freshShare);
    addTimes(ofAdded, read, readShare);
    for (const { piece } of added) this.#pay(piece.payer, ofAdded, piece.weight / addedWeight);
    if (this.#oldWeight > 0) {
      addTimes(this.#factor, fresh, (1 - freshShare) / this.#oldWeight);
      addTimes(this.#factor, read, (1 - readShare) / this.#oldWeight);
    }
    this.sent();
    return true;
  }

  /** Everything pays what it owes. */
  settle(): void {
    this.remove(() => true);
  }

  #settle({ piece, since }: Held<P>): void {
    if (since !== null) this.#pay(piece.payer, minus(this.#factor, since), piece.weight);
  }
}

const tokensOf = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: Amounts): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h;
