/** The file of one project's checkpoints: its tables, and how it is opened. */
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { messageOf, TauError } from "../../core/errors.ts";

/** How long other processes' transactions are waited for, in ms. */
const busyMs = 10_000;

/**
 * - `blobs`: contents, each once; `packed` is 1 where it is deflated.
 * - `folders`: the index ({@link FolderIndex}); `gen` is the commit that wrote the row.
 * - `checkpoints`: each time the project was looked at and something of it recorded.
 * - `changes`: what a look found changed since the one before: from these any earlier state is told backwards. The blobs
 *   are named in columns of their own, so that sweeping finds what is still needed.
 * - `actions`: what changed files: calls of the agent, and restores. `undoes` is the first action of the step that a
 *   restore takes back or brings again. `closed` is the checkpoint after it; null while it runs.
 * - `restores`: the journal. A row stands from before the first file is written until the restore is recorded in its session.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE blobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    packed INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE TABLE folders (path TEXT PRIMARY KEY, gen INTEGER NOT NULL, body TEXT) STRICT;
  CREATE INDEX folders_gen ON folders (gen);
  CREATE TABLE checkpoints (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE changes (
    n INTEGER NOT NULL REFERENCES checkpoints (n) ON DELETE CASCADE,
    path TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    before_blob INTEGER,
    after_blob INTEGER,
    action INTEGER,
    sure INTEGER NOT NULL,
    PRIMARY KEY (n, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX changes_path ON changes (path, n);
  CREATE INDEX changes_action ON changes (action);
  CREATE TABLE actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    session TEXT NOT NULL,
    turn TEXT,
    call TEXT,
    at INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER,
    paths TEXT,
    undoes INTEGER,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL
  ) STRICT;
  CREATE INDEX actions_session ON actions (session, id);
  CREATE INDEX actions_turn ON actions (turn);
  CREATE INDEX actions_open ON actions (id) WHERE closed IS NULL;
  CREATE TABLE restores (
    action INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    done INTEGER NOT NULL
  ) STRICT;
  `,
  // The index has another form: the next look sees everything anew, and what was recorded stays.
  "DELETE FROM folders",
];

/** Opens or creates it; private to the user, for it holds what their files hold. @throws TauError `failure` */
export async function openCheckpointFile(path: string): Promise<Database> {
  const { default: Sqlite } = await import("better-sqlite3");
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
    const sql = new Sqlite(path, { timeout: busyMs });
    try {
      // Before anything is written, or it does not hold.
      sql.pragma("auto_vacuum = INCREMENTAL");
      sql.pragma("journal_mode = WAL");
      sql.pragma("synchronous = NORMAL");
      sql.pragma("foreign_keys = ON");
      migrate(sql, path);
    } catch (error) {
      sql.close();
      throw error;
    }
    return sql;
  } catch (error) {
    if (error instanceof TauError) throw error;
    throw new TauError(
      "failure",
      `The checkpoints of this project cannot be opened: ${messageOf(error)} (${path}).`,
      'Free space or mend the file, or turn them off with the setting "checkpoints": {"enabled": false}.',
      { cause: error },
    );
  }
}

function migrate(sql: Database, path: string): void {
  const version = (): number => Number(sql.pragma("user_version", { simple: true }));
  if (version() === migrations.length) return;
  inTransaction(sql, () => {
    // Another process may have done it while this one waited.
    const from = version();
    if (from > migrations.length)
      throw new TauError("failure", `${path} was written by a newer version of Tau.`, "Update Tau.");
    for (const step of migrations.slice(from)) sql.exec(step);
    sql.pragma(`user_version = ${migrations.length}`);
  });
}

/** All of the work is kept, or nothing. */
export function inTransaction<T>(sql: Database, work: () => T): T {
  sql.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    sql.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk may have rolled back already.
    if (sql.inTransaction) sql.exec("ROLLBACK");
    throw error;
  }
}
