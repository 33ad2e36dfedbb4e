/** Cost queries over the ledger: what `tau cost` shows. Sums are made by SQLite over the calls of the period. */
import type { NanoUsd, Usage } from "../core/usage.ts";
import { addUsage, zeroUsage } from "../core/usage.ts";
import type { LedgerDatabase } from "../sessions/database.ts";
import type { UtcOffset } from "./calendar.ts";
import { dayOf } from "./calendar.ts";

/** What a report is grouped by. */
export type CostGroup = "model" | "project" | "session" | "day";

/** A question to the ledger. */
export type CostQuery = {
  /** Unix ms, included. */
  from: number;
  /** Unix ms, excluded. */
  to: number;
  by: CostGroup;
  /** Only the sessions of this working directory. */
  project?: string;
};

/** One line of a report: failed attempts and compactions count as calls. */
export type CostRow = {
  /** `provider/model`, working directory, session id or local day; null for the calls of deleted sessions. */
  key: string | null;
  /** The session's title, when grouped by session. */
  title?: string | null;
  calls: number;
  usage: Usage;
  /** Of the priced calls. */
  cost: NanoUsd;
  /** Calls whose cost is not in `cost`. */
  unpricedCalls: number;
};

/** The answer, dearest row first (days: in order), and its sum. */
export type CostReport = { rows: CostRow[]; total: CostRow };

type Sums = {
  calls: number;
  input: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  output: number;
  reasoning: number;
  cost: number | null;
  unpriced: number;
};

type Group = Sums & { key: string | null; title: string | null };

/** No zone's offset has ever been finer since clocks are standardised: a slot lies within one local day. */
const slotMs = 15 * 60_000;

const groupings: { [group in CostGroup]: { key: string; title: string } } = {
  model: { key: "c.model", title: "NULL" },
  project: { key: "s.cwd", title: "NULL" },
  session: { key: "s.id", title: "s.title" },
  day: { key: `c.at / ${slotMs}`, title: "NULL" },
};

/** Asks the ledger. @throws TauError for what goes wrong with its file. */
export async function costReport(
  db: LedgerDatabase,
  query: CostQuery,
  offset: UtcOffset,
): Promise<CostReport> {
  const { key, title } = groupings[query.by];
  const groups = db.read(() =>
    db.sql
      .prepare<[{ from: number; to: number; project: string | null }], Group>(
        `SELECT ${key} AS key, ${title} AS title, count(*) AS calls, sum(c.input) AS input, sum(c.cache_read) AS cache_read,
           sum(c.cache_write_5m) AS cache_write_5m, sum(c.cache_write_1h) AS cache_write_1h, sum(c.output) AS output,
           sum(c.reasoning) AS reasoning, sum(c.cost) AS cost, sum(c.unpriced) AS unpriced
         FROM calls c LEFT JOIN sessions s ON s.n = c.session
         WHERE c.at >= @from AND c.at < @to ${query.project === undefined ? "" : "AND s.cwd = @project"}
         GROUP BY 1 ORDER BY ${query.by === "day" ? "1" : "cost DESC, calls DESC"}`,
      )
      .all({ from: query.from, to: query.to, project: query.project ?? null }),
  );
  const rows = query.by === "day" ? byDay(groups, offset) : groups.map((group) => rowOf(group, query.by));
  return { rows, total: rows.reduce((sum, row) => add(sum, row, null), nothing(null)) };
}

function byDay(slots: readonly Group[], offset: UtcOffset): CostRow[] {
  const days = new Map<string, CostRow>();
  for (const slot of slots) {
    const day = dayOf(Number(slot.key) * slotMs, offset);
    days.set(day, add(days.get(day) ?? nothing(day), rowOf(slot, "day"), day));
  }
  return [...days.values()];
}

function rowOf(group: Group, by: CostGroup): CostRow {
  const row: CostRow = {
    key: group.key,
    calls: group.calls,
    usage: {
      input: group.input,
      cacheRead: group.cache_read,
      cacheWrite5m: group.cache_write_5m,
      cacheWrite1h: group.cache_write_1h,
      output: group.output,
      reasoning: group.reasoning,
    },
    cost: (group.cost ?? 0) as NanoUsd,
    unpricedCalls: group.unpriced,
  };
  return by === "session" ? { ...row, title: group.title } : row;
}

function nothing(key: string | null): CostRow {
  return { key, calls: 0, usage: zeroUsage, cost: 0 as NanoUsd, unpricedCalls: 0 };
}

function add(a: CostRow, b: CostRow, key: string | null): CostRow {
  return {
    key,
    calls: a.calls + b.calls,
    usage: addUsage(a.usage, b.usage),
    cost: (a.cost + b.cost) as NanoUsd,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
  };
}
