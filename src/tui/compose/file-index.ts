/**
 * The files and folders of a project for completion: listed by ripgrep in the background, as ignore files say, and
 * searched in slices, so that no key waits for either.
 */
import { setImmediate as pause } from "node:timers/promises";
import { BestPaths, pathScore } from "./path-score.ts";

/** Lists paths below the working folder; stops when `take` gives false. */
export type ListFiles = (signal: AbortSignal, take: (path: string) => boolean) => Promise<unknown>;

/** Something else that is searched in the same list. */
export type NamedThing = {
  /** As it is written behind an `@`, told apart from files by what it is. */
  path: string;
  /** What people call it. */
  name: string;
};

/** Files that are kept; a bigger project is completed from as many. */
const mostFiles = 200_000;
/** How long a list is used before another is made at the next need, in ms. */
const freshMs = 5_000;
/** Paths looked at before the event loop gets its turn: about a millisecond. */
const slice = 4_000;

const scoreOf = (path: string, wanted: string): number =>
  wanted === "" ? 1 / (1 + path.length) : pathScore(path, wanted);

/** Knows the paths of one folder. */
export class FileIndex {
  readonly #list: ListFiles;
  readonly #now: () => number;
  #paths: readonly string[] = [];
  #listedAt = Number.NEGATIVE_INFINITY;
  #listing: Promise<void> | null = null;
  readonly #closed = new AbortController();

  constructor(list: ListFiles, now: () => number) {
    this.#list = list;
    this.#now = now;
  }

  /** Whether the list is as new as it has to be. */
  get current(): boolean {
    return this.#listing === null && this.#now() - this.#listedAt < freshMs;
  }

  /** Brings the list up to date in the background where it is old; resolves when it is. What is known serves meanwhile. */
  refresh(): Promise<void> {
    if (this.#listing !== null) return this.#listing;
    if (this.current) return Promise.resolve();
    this.#listing = this.#read().finally(() => {
      this.#listedAt = this.#now();
      this.#listing = null;
    });
    return this.#listing;
  }

  async #read(): Promise<void> {
    const files: string[] = [];
    const folders = new Set<string>();
    try {
      await this.#list(this.#closed.signal, (record) => {
        const path = record.startsWith("./") ? record.slice(2) : record;
        files.push(path);
        for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
          const folder = path.slice(0, at + 1);
          if (folders.has(folder)) break;
          folders.add(folder);
        }
        return files.length < mostFiles;
      });
    } catch {
      // Without ripgrep, or in a folder that cannot be read, there is nothing to suggest; paths can still be typed.
      if (files.length === 0) return;
    }
    this.#paths = [...folders, ...files];
  }

  /**
   * The best paths for what is typed, shortest first where all are equal, and among them other things by their names.
   * Rejects when `signal` fires.
   */
  async find(
    query: string,
    count: number,
    signal: AbortSignal,
    others: readonly NamedThing[] = [],
  ): Promise<string[]> {
    const best = new BestPaths(count);
    const paths = this.#paths;
    const wanted = query.toLowerCase();
    for (let from = 0; from < paths.length; from += slice) {
      if (from > 0) await pause();
      signal.throwIfAborted();
      for (const path of paths.slice(from, from + slice)) best.add(path, scoreOf(path, wanted));
    }
    for (const { path, name } of others)
      best.add(path, Math.max(scoreOf(path, wanted), wanted === "" ? 0 : pathScore(name, wanted)));
    return best.paths;
  }

  /** Ends a listing under way. */
  close(): void {
    this.#closed.abort();
  }
}
