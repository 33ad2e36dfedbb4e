/**
 * Ids of tool calls, each once in a session. Some upstreams number calls anew in each answer, give two of one answer
 * the same id, or none: results could not be told apart, in the history or on a screen.
 */
export class CallIds {
  readonly #taken = new Set<string>();
  /** The next number to try for an id that was taken before. */
  readonly #next = new Map<string, number>();

  /** Notes an id that is in the history. */
  add(id: string): void {
    this.#taken.add(id);
  }

  /** An id like `wanted` that is neither in the history nor among `others`. */
  unique(wanted: string, others: ReadonlySet<string>): string {
    const base = wanted === "" ? "call" : wanted;
    const isTaken = (id: string): boolean => this.#taken.has(id) || others.has(id);
    if (!isTaken(base)) return base;
    let n = this.#next.get(base) ?? 2;
    while (isTaken(`${base}_${n}`)) n += 1;
    this.#next.set(base, n);
    return `${base}_${n}`;
  }
}
