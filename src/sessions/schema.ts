/** The ledger's tables, as ordered migrations. A published migration is never edited; a change is a new one. */

/**
 * Notes on the first migration:
 * - `entries.chain` is the `seq` that begins the run of entries of which each is the child of the one recorded just
 *   before it. A path is then a few ranges of `seq` (one a branch point), not a walk over ten thousand parents.
 * - The triggers make the table append-only. Deleting a session deletes its row first and its entries by cascade,
 *   which is the one way past `entries_stay`.
 * - `calls` outlives its session (without a word of content), because money spent stays spent: reports of a month must not
 *   shrink when a session is deleted.
 *
 * `calibrations` holds how far the token estimates for a model were off, so that a new session need not learn it again.
 */
export const ledgerMigrations: readonly string[] = [
  `
  CREATE TABLE sessions (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT,
    cwd TEXT NOT NULL,
    model TEXT NOT NULL,
    mode TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    leaf TEXT,
    last_seq INTEGER NOT NULL DEFAULT 0,
    turns INTEGER NOT NULL DEFAULT 0,
    input INTEGER NOT NULL DEFAULT 0,
    cache_read INTEGER NOT NULL DEFAULT 0,
    cache_write_5m INTEGER NOT NULL DEFAULT 0,
    cache_write_1h INTEGER NOT NULL DEFAULT 0,
    output INTEGER NOT NULL DEFAULT 0,
    reasoning INTEGER NOT NULL DEFAULT 0,
    cost INTEGER NOT NULL DEFAULT 0,
    unpriced_calls INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX sessions_recent ON sessions (updated_at DESC);
  CREATE INDEX sessions_project ON sessions (cwd, updated_at DESC);

  CREATE TABLE entries (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    parent TEXT,
    chain INTEGER NOT NULL,
    at INTEGER NOT NULL,
    turn TEXT,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (session, seq),
    UNIQUE (session, id)
  ) STRICT;
  CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries
  WHEN EXISTS (SELECT 1 FROM sessions WHERE n = OLD.session)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

  CREATE TABLE writers (
    session INTEGER PRIMARY KEY REFERENCES sessions (n) ON DELETE CASCADE,
    token TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    host TEXT NOT NULL,
    taken_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE calls (
    n INTEGER PRIMARY KEY,
    session INTEGER REFERENCES sessions (n) ON DELETE SET NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    upstream TEXT NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER,
    unpriced INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX calls_at ON calls (at);
  CREATE INDEX calls_session ON calls (session);

  CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
  INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

  CREATE TABLE parts (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
  `,
  // `project` is null in sessions begun before it was recorded. The index holds the few entries it is of, and no other.
  `
  ALTER TABLE sessions ADD COLUMN project TEXT;
  ALTER TABLE calls ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX entries_missed ON entries (at) WHERE type = 'cache.missed';
  `,
  `
  CREATE TABLE calibrations (
    model TEXT PRIMARY KEY,
    ratio REAL NOT NULL,
    weight REAL NOT NULL,
    error REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // What a call gave back is most of a ledger's bytes. In a column of its own, the last one, SQLite does not read it
  // where it is not asked for. In entries from before it stands in the body.
  `
  ALTER TABLE entries ADD COLUMN bulk TEXT;
  CREATE INDEX entries_compactions ON entries (session, seq)
  WHERE type IN ('compaction.finished', 'compaction.undone');
  `,
  // Null in sessions of folders without git, and in those begun before it was recorded.
  `
  ALTER TABLE sessions ADD COLUMN branch TEXT;
  `,
  // What persons said is looked for across all sessions, newest first: an index that holds nothing else.
  `
  CREATE INDEX entries_said ON entries (n)
  WHERE type = 'user.message' AND json_extract(body, '$.origin') IN ('prompt', 'steer');
  `,
];
