/** Tool-call ids that the next model's server accepts. */

/** What every server seen accepts, short of those that say otherwise: no spaces, no controls, and not the 450 characters Responses may make. */
const anyId = /^[\x21-\x7e]{1,64}$/;

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Lengths to try for a new id, longest first: a longer one collides less, Mistral wants exactly nine. */
const lengths = [20, 9, 16, 12, 8, 6, 24, 32];

/** Gives each call of a history its id, in order. */
export class CallIds {
  readonly #pattern: RegExp;
  readonly #before: CallIds | null;
  readonly #given = new Set<string>();
  /** How many candidates of an id have been tried, so that the next call of that id goes on from there. */
  readonly #tried = new Map<string, number>();

  /** @param before the ids of an earlier part of the history, which stay as they are */
  constructor(pattern: RegExp = anyId, before: CallIds | null = null) {
    this.#pattern = pattern;
    this.#before = before;
  }

  /**
   * The id of the next call: its own if it is accepted and not yet in use (local servers number from zero in each
   * answer), else one that depends on nothing but the id and how many came before it.
   */
  next(id: string): string {
    for (let turn = this.#triesOf(id); ; turn += 1) {
      const candidate = turn === 0 && this.#pattern.test(id) ? id : this.#made(`${turn} ${id}`);
      if (this.#isGiven(candidate)) continue;
      this.#given.add(candidate);
      this.#tried.set(id, turn + 1);
      return candidate;
    }
  }

  #triesOf(id: string): number {
    const tries = this.#tried.get(id);
    if (tries !== undefined) return tries;
    return this.#before === null ? 0 : this.#before.#triesOf(id);
  }

  #isGiven(id: string): boolean {
    if (this.#given.has(id)) return true;
    return this.#before === null ? false : this.#before.#isGiven(id);
  }

  #made(seed: string): string {
    const text = hashText(seed);
    const fits = lengths.map((length) => text.slice(0, length)).find((made) => this.#pattern.test(made));
    // A pattern no plain id fits is a mistake in a compat entry; the server's refusal will say so.
    return fits ?? text.slice(0, 20);
  }
}

/** 32 letters and digits that depend on the text (four runs of FNV-1a, each mixed to eight places). */
function hashText(text: string): string {
  let out = "";
  for (let run = 0; run < 4; run += 1) {
    let low = 0x811c9dc5 ^ (run * 0x9e3779b9);
    let high = 0xcbf29ce4 ^ (run * 0x85ebca6b);
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      low = Math.imul(low ^ unit, 0x01000193);
      high = Math.imul(high ^ unit ^ (low >>> 13), 0x5bd1e995);
    }
    out += base62(mixed(low)) + base62(mixed(high ^ low));
  }
  return out;
}

function mixed(value: number): number {
  let mix = value ^ (value >>> 16);
  mix = Math.imul(mix, 0x21f0aaad);
  mix ^= mix >>> 15;
  mix = Math.imul(mix, 0x735a2d97);
  return (mix ^ (mix >>> 15)) >>> 0;
}

/** Four places of base 62, which hold 23 of the 32 bits. */
function base62(value: number): string {
  let rest = value;
  let out = "";
  for (let place = 0; place < 4; place += 1) {
    out += digits.charAt(rest % 62);
    rest = Math.floor(rest / 62);
  }
  return out;
}
