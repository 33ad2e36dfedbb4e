/** Writing a whole session at once: staged beside the ledger, then taken over in one transaction. */
import { TauError } from "../core/errors.ts";
import type { NewEntry, SessionSummary, Store } from "../core/store.ts";
import type { LedgerDatabase } from "./database.ts";

/** Entries written between two looks at the staged ones. */
const batchSize = 500;

/** What the store lends for it. */
export type RestoreParts = {
  db: LedgerDatabase;
  /** Inserts the session's row and gives its number. */
  insert(session: Parameters<Store["restore"]>[0]): number;
  writeEntries(session: number, entries: readonly NewEntry[]): void;
  summaryOf(session: number): SessionSummary;
};

/** `Store.restore` over SQLite. */
export function restorer({ db, insert, writeEntries, summaryOf }: RestoreParts): Store["restore"] {
  const { sql } = db;
  return async (session, entries, check) => {
    const refuseKnown = () => {
      const known = sql.prepare("SELECT 1 FROM sessions WHERE id = ?").get(session.id);
      if (known === undefined) return;
      throw new TauError(
        "usage",
        `Session ${session.id} is in the ledger already.`,
        "Delete it first to import it again.",
      );
    };
    db.read(() => {
      refuseKnown();
      // A table of this connection alone, in a file that is gone with it: nobody waits while a slow source is read.
      sql.exec("DROP TABLE IF EXISTS temp.staged");
      sql.exec("CREATE TEMP TABLE staged (n INTEGER PRIMARY KEY, entry TEXT NOT NULL)");
    });
    try {
      const stage = sql.prepare<[string]>("INSERT INTO temp.staged (entry) VALUES (?)");
      for await (const entry of entries) db.read(() => stage.run(JSON.stringify(entry)));
      return db.write("power", () => {
        refuseKnown();
        const n = insert(session);
        const page = sql.prepare<[number, number], { n: number; entry: string }>(
          "SELECT n, entry FROM temp.staged WHERE n > ? ORDER BY n LIMIT ?",
        );
        for (let after = 0; ; ) {
          const rows = page.all(after, batchSize);
          const last = rows.at(-1);
          if (last === undefined) break;
          writeEntries(
            n,
            rows.map(({ entry }) => JSON.parse(entry) as NewEntry),
          );
          after = last.n;
        }
        sql.prepare(withoutTwins).run(n);
        const summary = summaryOf(n);
        check(summary);
        return summary;
      });
    } finally {
      db.read(() => sql.exec("DROP TABLE IF EXISTS temp.staged"));
    }
  };
}

/** Calls of a session that was deleted stay without it; when it comes back they are the same calls. */
const withoutTwins = `
  DELETE FROM calls WHERE session IS NULL AND EXISTS (
    SELECT 1 FROM calls AS twin WHERE twin.session = ? AND twin.at = calls.at AND twin.kind = calls.kind
      AND twin.model = calls.model AND twin.upstream = calls.upstream AND twin.input = calls.input
      AND twin.cache_read = calls.cache_read AND twin.output = calls.output AND twin.cost IS calls.cost
      AND twin.replayed = calls.replayed)`;
