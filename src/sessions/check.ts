/** Looking over the ledger's file without changing a byte of it, for `tau doctor`. */
import type { Database } from "better-sqlite3";
import { TauError } from "../core/errors.ts";
import type { OpenOptions } from "./database.ts";
import { busyTimeoutMs } from "./database.ts";
import { ledgerFailure } from "./failure.ts";
import { ledgerMigrations } from "./schema.ts";

/** What was found. */
export type LedgerFindings = {
  sessions: number;
  /** Steps of the schema the file has; older ones are brought up to date when it is next opened. */
  schema: number;
  /** The first things SQLite found wrong with the file, the search index included; none when it is intact. */
  damage: string[];
  /** Entries the search index should have and has not. */
  unfound: number;
  /** Rows of the search index without their entry: words of deleted sessions. */
  leftover: number;
  /** Sessions whose writer died, by the beginning of their ids. The next one takes over. */
  deadHolders: { session: string; pid: number }[];
};

/** As many as a person reads. */
const shownDamage = 3;
const shownHolders = 10;

/**
 * Runs SQLite's quick check (which checks FTS tables too, since 3.44), then looks at the index and the leases.
 * @throws TauError `failure` when the file cannot be opened, is no database, or was written by a newer Tau.
 */
export async function checkLedger({ path, now, processInfo }: OpenOptions): Promise<LedgerFindings> {
  const { default: Sqlite } = await import("better-sqlite3");
  let sql: Database | null = null;
  try {
    sql = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    const schema = Number(sql.pragma("user_version", { simple: true }));
    if (schema > ledgerMigrations.length)
      throw new TauError(
        "failure",
        `${path} was written by a newer version of Tau (schema ${schema}; this one knows ${ledgerMigrations.length})`,
        "update Tau, or set TAU_HOME to another directory",
      );
    const said = sql.prepare<[], { quick_check: string }>(`PRAGMA quick_check(${shownDamage})`).all();
    const damage = said.map((row) => row.quick_check).filter((text) => text !== "ok");
    // Of a damaged file nothing more can be told for sure, and an empty one has no tables yet.
    if (damage.length > 0 || schema === 0)
      return { sessions: 0, schema, damage, unfound: 0, leftover: 0, deadHolders: [] };
    const count = (query: string): number => sql?.prepare<[], { n: number }>(query).get()?.n ?? 0;
    return {
      sessions: count("SELECT count(*) AS n FROM sessions"),
      schema,
      damage,
      // Of these types every entry has words; of others only some.
      unfound: count(
        `SELECT count(*) AS n FROM entries WHERE type IN ('tool.started', 'session.titled')
           AND n NOT IN (SELECT id FROM words_docsize)`,
      ),
      leftover: count(
        "SELECT count(*) AS n FROM words_docsize AS w WHERE NOT EXISTS (SELECT 1 FROM entries AS e WHERE e.n = w.id)",
      ),
      deadHolders: sql
        .prepare<[], { id: string; pid: number; started_at: string; host: string }>(
          "SELECT id, pid, started_at, host FROM writers JOIN sessions ON sessions.n = session ORDER BY taken_at DESC",
        )
        .all()
        .filter((held) => held.host === processInfo.host && !processInfo.isAlive(held.pid, held.started_at))
        .slice(0, shownHolders)
        .map(({ id, pid }) => ({ session: id.slice(0, 13), pid })),
    };
  } catch (error) {
    throw ledgerFailure(error, path, now());
  } finally {
    sql?.close();
  }
}
