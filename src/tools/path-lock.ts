/** One writer per file at a time, so that parallel edits of a file cannot race. */

/** Does work while no other process does its own. */
export type Exclusively = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Orders work by path. Work on the same path runs one after another in the order it was asked for; work on different
 * paths runs side by side. Callers pass real paths (symbolic links resolved), else two names of one file would race.
 */
export class PathLocks {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #exclusively: Exclusively;

  /** @param exclusively keeps other processes out meanwhile */
  constructor(exclusively: Exclusively) {
    this.#exclusively = exclusively;
  }

  /** Runs `work` when every earlier work on any of `paths` has ended; its outcome is the caller's alone. */
  async run<Result>(paths: readonly string[], work: () => Promise<Result>): Promise<Result> {
    // All places in the queues are taken in one synchronous go: two calls can never each wait for the other.
    const unique = [...new Set(paths)];
    const before = unique.map((path) => this.#tails.get(path));
    let release: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const path of unique) this.#tails.set(path, done);
    try {
      await Promise.all(before);
      return await this.#exclusively(work);
    } finally {
      for (const path of unique) if (this.#tails.get(path) === done) this.#tails.delete(path);
      release();
    }
  }
}
