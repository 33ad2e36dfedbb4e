/** The ledger's file: opening, permissions, migrations, transactions, and failures in words. */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { systemCode, TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import { ledgerFailure } from "./failure.ts";
import type { ProcessInfo } from "./process.ts";
import { ledgerMigrations } from "./schema.ts";

/** How long Tau waits for other processes' transactions before a person is told, in milliseconds. */
export const busyTimeoutMs = 10_000;

/**
 * What a commit outlives. `process`: a kill of Tau at any instant. `power`: also a crash of the machine; costs an
 * fsync. See docs/decisions/0003-ledger-durability.md.
 */
export type Durability = "process" | "power";

/** The open file, for the stores built on it. */
export type LedgerDatabase = {
  readonly path: string;
  readonly sql: Database;
  readonly now: Clock;
  readonly processInfo: ProcessInfo;
  /** Runs reads; again from the start when another process stood in the way. @throws TauError for what goes wrong with the file. */
  read<T>(work: () => T): T;
  /** Runs work in one IMMEDIATE transaction: all of it is kept, or nothing. @throws TauError as `read`. */
  write<T>(durability: Durability, work: () => T): T;
  /** Brings a neighbour's tables up to date; `name` keeps its own count of steps. */
  migrate(name: string, steps: readonly string[]): void;
  close(): void;
};

/** What opening needs. */
export type OpenOptions = {
  /** The database file; its directory is made (0700) if it is missing. */
  path: string;
  now: Clock;
  processInfo: ProcessInfo;
};

/** Opens or creates the file. @throws TauError naming the file and what to do. */
export async function openDatabase({ path, now, processInfo }: OpenOptions): Promise<LedgerDatabase> {
  // The native module takes 7 ms to load; nothing before the first session needs it.
  const { default: Sqlite } = await import("better-sqlite3");
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw ledgerFailure(error, path, now());
    }
  };
  const sql = guard(() => {
    makePrivate(path);
    // Waiting is done here, not by SQLite: see `patiently`.
    const opened = new Sqlite(path, { timeout: 0 });
    try {
      patiently(() => prepareFile(opened, path));
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  });
  const write = <T>(durability: Durability, work: () => T): T =>
    guard(() => {
      if (durability === "process") return transaction(sql, work);
      sql.pragma("synchronous = FULL");
      try {
        return transaction(sql, work);
      } finally {
        sql.pragma("synchronous = NORMAL");
      }
    });
  return {
    path,
    sql,
    now,
    processInfo,
    read: (work) => guard(() => patiently(work)),
    write,
    migrate: (name, steps) => {
      const version = () => partVersion(sql, name);
      if (guard(version) === steps.length) return;
      write("power", () =>
        applySteps(sql, path, version(), steps, (done) =>
          sql.prepare("INSERT OR REPLACE INTO parts (name, version) VALUES (?, ?)").run(name, done),
        ),
      );
    },
    close: () => {
      sql.close();
    },
  };
}

/** A value made at first use: statements are prepared only when needed, because opening counts in the first request. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** SQLite gives -wal and -shm the mode of the main file, so only that one is made here. */
function makePrivate(path: string): void {
  let mode: number;
  try {
    mode = statSync(path).mode;
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    return;
  }
  if ((mode & 0o077) !== 0 && process.platform !== "win32") chmodSync(path, mode & 0o700);
}

function prepareFile(sql: Database, path: string): void {
  // The change to WAL needs the file for itself, so that two first starts at once can collide.
  sql.pragma("journal_mode = WAL");
  sql.pragma("synchronous = NORMAL");
  sql.pragma("foreign_keys = ON");
  // Deleted sessions must not be readable in the file's free pages.
  sql.pragma("secure_delete = ON");
  const version = () => Number(sql.pragma("user_version", { simple: true }));
  if (version() === ledgerMigrations.length) return;
  transaction(sql, () =>
    applySteps(sql, path, version(), ledgerMigrations, (done) => sql.pragma(`user_version = ${done}`)),
  );
}

/** The longest pause between two looks, in milliseconds, but for a few that keep processes out of step. */
const longestPauseMs = 16;

/**
 * Does what another process may stand in the way of, again and again until it is out of the way. SQLite's own wait
 * sleeps up to 100 ms between two looks, so that of many processes some never find their moment: with twenty that
 * write all the time, one was still waiting after five seconds.
 */
function patiently<T>(work: () => T): T {
  let waited = 0;
  for (let look = 0; ; look += 1) {
    try {
      return work();
    } catch (error) {
      if (systemCode(error)?.startsWith("SQLITE_BUSY") !== true || waited >= busyTimeoutMs) throw error;
      const pauseMs = Math.min(2 ** look, longestPauseMs) + ((process.pid + look) % 4);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      waited += pauseMs;
    }
  }
}

function applySteps(
  sql: Database,
  path: string,
  version: number,
  steps: readonly string[],
  record: (version: number) => void,
): void {
  if (version > steps.length)
    throw new TauError(
      "failure",
      `The ledger ${path} was written by a newer version of Tau.`,
      "Update Tau, or set TAU_HOME to another directory.",
    );
  for (const step of steps.slice(version)) sql.exec(step);
  record(steps.length);
}

function partVersion(sql: Database, name: string): number {
  const row = sql
    .prepare<[string], { version: number }>("SELECT version FROM parts WHERE name = ?")
    .get(name);
  return row?.version ?? 0;
}

function transaction<T>(sql: Database, work: () => T): T {
  patiently(() => sql.exec("BEGIN IMMEDIATE"));
  try {
    const result = work();
    sql.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk or an I/O error may have rolled back already.
    if (sql.inTransaction) sql.exec("ROLLBACK");
    throw error;
  }
}
