/**
 * One writer a session, by a lease row that names its holder. A dead holder's lease is taken over. The token in it is
 * checked inside each append's transaction, so a holder that was wrongly taken for dead can never write again.
 */
import { TauError } from "../core/errors.ts";
import type { LedgerDatabase } from "./database.ts";
import { lazy } from "./database.ts";

/**
 * A process on another host (a home directory on a network drive) cannot be asked whether it lives: it is taken for
 * gone when it has neither taken the lease nor written for so long, in milliseconds.
 */
const foreignLeaseMs = 10 * 60_000;

type Holder = { token: string; pid: number; started_at: string; host: string; active_at: number };

/** Leases over the ledger's file. All but `release` run inside the caller's transaction. */
export type Leases = {
  /** @throws TauError `failure` naming the live process that holds the session. */
  acquire(session: number, label: string, token: string): void;
  /** @throws TauError `failure` when the right was lost to another process. */
  check(session: number, label: string, token: string): void;
  /** @throws TauError `failure` naming the live process that holds the session. */
  assertFree(session: number, label: string): void;
  release(session: number, token: string): void;
};

/** Leases held in the name of `db.processInfo`. */
export function leasesOf(db: LedgerDatabase): Leases {
  const { processInfo: self } = db;
  const holder = lazy(() =>
    db.sql.prepare<[number], Holder>(
      `SELECT token, pid, started_at, host, max(taken_at, updated_at) AS active_at
       FROM writers JOIN sessions ON sessions.n = writers.session WHERE session = ?`,
    ),
  );
  const take = lazy(() =>
    db.sql.prepare<[number, string, number, string, string, number]>(
      `INSERT OR REPLACE INTO writers (session, token, pid, started_at, host, taken_at) VALUES (?, ?, ?, ?, ?, ?)`,
    ),
  );
  const drop = lazy(() =>
    db.sql.prepare<[number, string]>("DELETE FROM writers WHERE session = ? AND token = ?"),
  );

  const isLive = (found: Holder): boolean =>
    found.host === self.host
      ? self.isAlive(found.pid, found.started_at)
      : db.now() - found.active_at < foreignLeaseMs;

  const assertFree = (session: number, label: string): void => {
    const found = holder().get(session);
    if (found === undefined || !isLive(found)) return;
    if (found.host !== self.host)
      throw new TauError(
        "failure",
        `Session ${label} is being written by process ${found.pid} on ${found.host}.`,
        `Close it there. If that machine is gone, the session comes free ${foreignLeaseMs / 60_000} minutes after its last entry.`,
      );
    throw new TauError(
      "failure",
      found.pid === self.pid
        ? `Session ${label} is already open in this process (pid ${found.pid}).`
        : `Session ${label} is open in another Tau, process ${found.pid}.`,
      `Close it there and try again, or start a new session; reading and exporting this one work meanwhile.`,
    );
  };

  return {
    assertFree,
    acquire: (session, label, token) => {
      assertFree(session, label);
      take().run(session, token, self.pid, self.startedAt, self.host, db.now());
    },
    check: (session, label, token) => {
      const found = holder().get(session);
      if (found?.token === token) return;
      throw new TauError(
        "failure",
        found === undefined
          ? `Session ${label} was deleted or given up; nothing more can be recorded in it.`
          : `Process ${found.pid} took over session ${label}; nothing of this step was recorded here.`,
        "Resume the session to go on from what is recorded.",
      );
    },
    release: (session, token) => {
      db.write("process", () => drop().run(session, token));
    },
  };
}
