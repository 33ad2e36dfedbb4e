/** The meter's own tables in the ledger's file, as ordered migrations; a published one is never edited. */

/**
 * - `reservations` holds what is under way (`open`) and what a dead process left behind (`unsettled`: counted at its
 *   worst case, because the call may have been billed). A settled or released one leaves; its sum is in `spend`.
 * - `spend` is the running total of each run, session, day and project, so that a reservation costs the same after
 *   ten calls and after a hundred thousand.
 */
export const budgetMigrations: readonly string[] = [
  `
  CREATE TABLE reservations (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('open', 'unsettled')),
    run TEXT NOT NULL,
    session TEXT NOT NULL,
    day TEXT NOT NULL,
    project TEXT NOT NULL,
    cost INTEGER,
    tokens INTEGER NOT NULL,
    at INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    host TEXT NOT NULL
  ) STRICT;
  CREATE INDEX reservations_state ON reservations (state);

  CREATE TABLE spend (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    cost INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
  `,
];
