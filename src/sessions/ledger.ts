/** The ledger over SQLite: `Store` of core/store.ts. */
import { randomUUID } from "node:crypto";
import { TauError } from "../core/errors.ts";
import type { Entry } from "../core/event.ts";
import type { EntryId, SessionId } from "../core/ids.ts";
import type { Mode } from "../core/permission.ts";
import type { Calibration, CallAccount, SessionSummary, SessionWriter, Store } from "../core/store.ts";
import type { NanoUsd } from "../core/usage.ts";
import { appenderOf, durabilityOf } from "./append.ts";
import type { LedgerDatabase, OpenOptions } from "./database.ts";
import { lazy, openDatabase } from "./database.ts";
import { leasesOf } from "./lease.ts";
import type { Outlines } from "./outline.ts";
import { pathsOf } from "./path-rows.ts";
import { promptsOf } from "./prompts.ts";
import { recentCalls } from "./recent-calls.ts";
import { reservationsOf } from "./reservations.ts";
import { restorer } from "./restore.ts";
import { type EntryRow, entryColumns, entryOf } from "./rows.ts";
import { matchQuery, readable } from "./words.ts";

/** The open ledger. */
export type Ledger = {
  store: Store;
  /** For meter/: budgets and reports live in the same file. */
  database: LedgerDatabase;
};

/**
 * Opens the ledger at `path`, creating it if it is missing. `store.close()` closes the file.
 * @throws TauError `failure` naming the file when it cannot be opened, is damaged, or is of a newer version.
 */
export async function openLedger(options: OpenOptions): Promise<Ledger> {
  const database = await openDatabase(options);
  return { store: sqliteStore(database), database };
}

type SessionRow = {
  n: number;
  id: string;
  title: string | null;
  cwd: string;
  branch: string | null;
  model: string;
  mode: string;
  created_at: number;
  updated_at: number;
  leaf: string | null;
  last_seq: number;
  turns: number;
  input: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  output: number;
  reasoning: number;
  cost: number;
  unpriced_calls: number;
};

/** The first 13 characters of a UUIDv7 hold its time: enough to tell sessions apart in a sentence. */
const label = (id: string): string => id.slice(0, 13);

function sqliteStore(db: LedgerDatabase): Store {
  const { sql } = db;
  const leases = leasesOf(db);
  const writeEntries = appenderOf(db);
  const reservations = reservationsOf(db);
  const paths = pathsOf(db);
  let outlined: Promise<Outlines> | null = null;
  /** Loaded when somebody wants to go back. */
  const outlines = (): Promise<Outlines> => {
    outlined ??= import("./outline.ts").then(({ outlinesOf }) => outlinesOf(db, paths));
    return outlined;
  };
  const prompts = promptsOf(db);
  const open = new Set<() => void>();
  const byId = lazy(() => sql.prepare<[string], SessionRow>("SELECT * FROM sessions WHERE id = ?"));
  const insert = lazy(() =>
    sql.prepare<[string, string, string, string, number, number]>(
      "INSERT INTO sessions (id, cwd, model, mode, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
    ),
  );
  const after = lazy(() =>
    sql.prepare<[number, number, number], EntryRow>(
      `SELECT ${entryColumns} FROM entries WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?`,
    ),
  );
  const oneEntry = lazy(() =>
    sql.prepare<[number, string], EntryRow>(
      `SELECT ${entryColumns} FROM entries WHERE session = ? AND id = ?`,
    ),
  );
  const calibrationOf = lazy(() =>
    sql.prepare<[string], Calibration>("SELECT ratio, weight, error FROM calibrations WHERE model = ?"),
  );
  const setCalibration = lazy(() =>
    sql.prepare<[string, number, number, number]>(
      "INSERT OR REPLACE INTO calibrations (model, ratio, weight, error) VALUES (?, ?, ?, ?)",
    ),
  );
  const keepCalibration = ({ model, calibration }: NonNullable<CallAccount["learned"]>) =>
    setCalibration().run(model, calibration.ratio, calibration.weight, calibration.error);

  const found = (id: SessionId): SessionRow => {
    const row = byId().get(id);
    if (row === undefined)
      throw new TauError("usage", `There is no session ${id}.`, "List them with `tau sessions list`.");
    return row;
  };

  const writer = (session: number, id: SessionId, token: string): SessionWriter => {
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      open.delete(close);
      leases.release(session, token);
    };
    open.add(close);
    return {
      sessionId: id,
      append: async (entries, account) => {
        if (closed) throw new Error(`the writer of session ${id} is closed`);
        if (entries.length === 0) return;
        db.write(durabilityOf(entries), () => {
          leases.check(session, label(id), token);
          writeEntries(session, entries);
          if (account?.settlement) reservations.settle(account.settlement);
          if (account?.learned) keepCalibration(account.learned);
        });
      },
      close: async () => close(),
    };
  };

  const inPages = async function* (
    id: SessionId,
    rows: (session: number, leaf: string) => Generator<EntryRow[], void>,
  ): AsyncGenerator<Entry[], void> {
    const { n, leaf } = db.read(() => found(id));
    if (leaf === null) return;
    const pages = rows(n, leaf);
    for (;;) {
      const next = db.read(() => pages.next());
      if (next.done) return;
      yield next.value.map((row) => entryOf(id, row));
    }
  };

  return {
    create: async ({ id, cwd, model, mode, at }) => {
      const token = randomUUID();
      const session = db.write("process", () => {
        const { lastInsertRowid } = insert().run(id, cwd, model, mode, at, at);
        const n = Number(lastInsertRowid);
        leases.acquire(n, label(id), token);
        return n;
      });
      return writer(session, id, token);
    },
    restore: restorer({
      db,
      insert: ({ id, cwd, model, mode, at }) =>
        Number(insert().run(id, cwd, model, mode, at, at).lastInsertRowid),
      writeEntries,
      summaryOf: (n) => {
        const row = sql.prepare<[number], SessionRow>("SELECT * FROM sessions WHERE n = ?").get(n);
        if (row === undefined) throw new Error(`session ${n} has no row`);
        return summaryOf(row);
      },
    }),
    open: async (id) => {
      const token = randomUUID();
      const session = db.write("process", () => {
        const { n } = found(id);
        leases.acquire(n, label(id), token);
        return n;
      });
      return writer(session, id, token);
    },
    get: async (id) =>
      db.read(() => {
        const row = byId().get(id);
        return row === undefined ? null : summaryOf(row);
      }),
    list: async ({ cwd, idPrefix, limit, skip }) =>
      db.read(() => {
        const conditions = [
          ...(cwd === undefined ? [] : ["cwd = @cwd"]),
          // "~" sorts after every character of an id, so this is a range of the index.
          ...(idPrefix === undefined ? [] : ["id >= @prefix AND id < @prefix || '~'"]),
        ];
        return sql
          .prepare<[{ cwd: string | null; prefix: string | null; limit: number; skip: number }], SessionRow>(
            `SELECT * FROM sessions ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
             ORDER BY updated_at DESC, n DESC LIMIT @limit OFFSET @skip`,
          )
          .all({
            cwd: cwd ?? null,
            prefix: idPrefix?.toLowerCase() ?? null,
            limit: limit ?? -1,
            skip: skip ?? 0,
          })
          .map(summaryOf);
      }),
    read: async (id, afterSeq, limit) =>
      db.read(() => {
        const { n } = found(id);
        return after()
          .all(n, afterSeq, limit)
          .map((row) => entryOf(id, row));
      }),
    path: async (id, leaf) =>
      db.read(() => {
        const row = found(id);
        const from = leaf ?? row.leaf;
        return from === null ? [] : paths.whole(row.n, from).map((entry) => entryOf(id, entry));
      }),
    pathToResume: (id) => inPages(id, paths.toResume),
    pathFromEnd: (id) => inPages(id, paths.fromEnd),
    async tree(id, limit) {
      const { tree } = await outlines();
      return db.read(() => {
        const { n, leaf } = found(id);
        return tree(n, leaf, limit);
      });
    },
    async lastExchange(id) {
      const { lastExchange } = await outlines();
      return db.read(() => {
        const { n, leaf } = found(id);
        return leaf === null ? { prompt: "", answer: "" } : lastExchange(n, leaf);
      });
    },
    entry: async (id, entry) =>
      db.read(() => {
        const row = oneEntry().get(found(id).n, entry);
        return row === undefined ? null : entryOf(id, row);
      }),
    prompts: async (filter) => db.read(() => prompts.page(filter)),
    prompt: async (sessionId, entryId) => db.read(() => prompts.whole(sessionId, entryId)),
    calibration: async (model) => db.read(() => calibrationOf().get(model) ?? null),
    recentCalls: async (cwd, limit) => db.read(() => recentCalls(db, cwd, limit)),
    search: async (text, { cwd, limit }) =>
      db.read(() => {
        const query = matchQuery(text);
        if (query === null) return [];
        return sql
          .prepare<
            [{ query: string; cwd: string | null; limit: number }],
            SessionRow & { entry: string; at: number; type: string; snippet: string }
          >(
            `SELECT s.*, e.id AS entry, e.at AS at, e.type AS type, snippet(words, 0, '', '', '…', 16) AS snippet
             FROM words JOIN entries e ON e.n = words.rowid JOIN sessions s ON s.n = e.session
             WHERE words MATCH @query ${cwd === undefined ? "" : "AND s.cwd = @cwd"}
             ORDER BY words.rank, e.n DESC LIMIT @limit`,
          )
          .all({ query, cwd: cwd ?? null, limit: limit ?? 50 })
          .map((hit) => ({
            session: summaryOf(hit),
            entryId: hit.entry as EntryId,
            at: hit.at,
            type: hit.type,
            snippet: readable(hit.snippet),
          }));
      }),
    delete: async (id) => {
      db.write("power", () => {
        const { n } = found(id);
        leases.assertFree(n, label(id));
        sql.prepare("DELETE FROM words WHERE rowid IN (SELECT n FROM entries WHERE session = ?)").run(n);
        sql.prepare("DELETE FROM sessions WHERE n = ?").run(n);
      });
      // The log still holds the pages as they were; a reader in another process may keep it until its own checkpoint.
      db.read(() => sql.pragma("wal_checkpoint(TRUNCATE)"));
    },
    close: async () => {
      for (const close of [...open]) close();
      db.close();
    },
  };
}

function summaryOf(row: SessionRow): SessionSummary {
  return {
    id: row.id as SessionId,
    title: row.title,
    cwd: row.cwd,
    branch: row.branch,
    model: row.model,
    mode: row.mode as Mode,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    leaf: row.leaf as EntryId | null,
    lastSeq: row.last_seq,
    turns: row.turns,
    usage: {
      input: row.input,
      cacheRead: row.cache_read,
      cacheWrite5m: row.cache_write_5m,
      cacheWrite1h: row.cache_write_1h,
      output: row.output,
      reasoning: row.reasoning,
    },
    cost: row.cost as NanoUsd,
    unpricedCalls: row.unpriced_calls,
  };
}
