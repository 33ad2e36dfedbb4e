/**
 * One Tau at a time: between looking at a file and putting its new contents in place, no other process of Tau may do
 * the same, or the later one undoes the earlier one's edit although both saw the file as they had read it.
 *
 * The lock is SQLite's on a database that stays empty: the one lock within reach of Node that the system itself gives
 * back when its holder dies, so that there is nothing stale to judge. Source: sqlite.org/lockingv3.html.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { systemCode, TauError } from "../core/errors.ts";

/** How long others are waited for, in ms. A change of files takes a few milliseconds. */
export const patienceMs = 30_000;
const pauseMs = 3;

/** A lock shared by all processes that name the same file. */
export class SharedLock {
  readonly #path: string;
  #database: Database | null = null;
  /** Pieces of work of this process under the lock; they order themselves by path. */
  #holders = 0;
  #taken: Promise<void> | null = null;

  /** @param path the lock's own file; it and its folder are made when first needed */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Does the work while no other process holds the lock.
   * @throws TauError `failure` when another process does not give it back, or its file cannot be used
   */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#holders += 1;
    try {
      this.#taken ??= this.#take();
      await this.#taken;
      return await work();
    } finally {
      this.#holders -= 1;
      if (this.#holders === 0) {
        this.#taken = null;
        if (this.#database?.inTransaction) this.#database.exec("COMMIT");
      }
    }
  }

  async #take(): Promise<void> {
    this.#database ??= await open(this.#path);
    for (let waitedMs = 0; ; waitedMs += pauseMs) {
      try {
        this.#database.exec("BEGIN EXCLUSIVE");
        return;
      } catch (error) {
        if (systemCode(error)?.startsWith("SQLITE_BUSY") !== true) throw error;
        if (waitedMs >= patienceMs)
          throw new TauError(
            "failure",
            `Another process of Tau has been changing files for ${patienceMs / 1000} s; nothing was written.`,
            "Try again; if it stays so, look for a stopped or hung tau process.",
          );
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}

async function open(path: string): Promise<Database> {
  const { default: Sqlite } = await import("better-sqlite3");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  return new Sqlite(path, { timeout: 0 });
}
