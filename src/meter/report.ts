/** Cost queries over the ledger: what `tau cost` shows. Sums are made by SQLite over the calls of the period. */
import type { SessionId } from "../core/ids.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { addUsage, nanoUsd, zeroUsage } from "../core/usage.ts";
import type { LedgerDatabase } from "../sessions/database.ts";
import type { UtcOffset } from "./calendar.ts";
import { dayOf } from "./calendar.ts";

/** What calls are grouped by, as they stand in the ledger. */
export type CostGroup = "model" | "upstream" | "project" | "session" | "day";

/** The calls a report is over. */
export type CostSpan = {
  /** Unix ms, included. */
  from: number;
  /** Unix ms, excluded. */
  to: number;
  /** Only this session's; null for all. */
  sessionId: SessionId | null;
};

/** One line of a report: failed attempts and compactions count as calls. */
export type CostRow = {
  /** What the rows are of: `provider/model`, provider id, project root, session id or local day; null for calls of deleted sessions. */
  key: string | null;
  /** The session's title, or the turn's. */
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

/** What a span holds beside the calls that were paid for. */
export type SpanFacts = {
  /** Calls answered from a recording; no sum counts them. */
  replayedCalls: number;
  cache: {
    /** Times the prompt cache missed where it should have hit. */
    misses: number;
    /** Tokens that should have been read from it and were not. */
    missedTokens: number;
    /** What they cost more than a read. */
    missedCost: NanoUsd;
  };
};

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
  upstream: { key: "c.upstream", title: "NULL" },
  // Sessions begun before the project was recorded have their folder only.
  project: { key: "coalesce('root:' || s.project, 'cwd:' || s.cwd)", title: "NULL" },
  session: { key: "s.id", title: "s.title" },
  day: { key: `c.at / ${slotMs}`, title: "NULL" },
};

const sums = `count(*) AS calls, sum(c.input) AS input, sum(c.cache_read) AS cache_read,
  sum(c.cache_write_5m) AS cache_write_5m, sum(c.cache_write_1h) AS cache_write_1h, sum(c.output) AS output,
  sum(c.reasoning) AS reasoning, sum(c.cost) AS cost, sum(c.unpriced) AS unpriced`;

/** The calls of a span that were paid for. */
const inSpan = `c.at >= @from AND c.at < @to AND c.replayed = 0 AND (@sessionId IS NULL OR s.id = @sessionId)`;

/**
 * Asks the ledger. `rootOf` finds the project of a folder, for sessions begun before it was recorded.
 * @throws TauError for what goes wrong with its file.
 */
export async function costReport(
  db: LedgerDatabase,
  span: CostSpan,
  by: CostGroup,
  offset: UtcOffset,
  rootOf: (cwd: string) => string,
): Promise<CostReport> {
  const { key, title } = groupings[by];
  const groups = db.read(() =>
    db.sql
      .prepare<[CostSpan], Group>(
        `SELECT ${key} AS key, ${title} AS title, ${sums} FROM calls c LEFT JOIN sessions s ON s.n = c.session
         WHERE ${inSpan} GROUP BY 1 ORDER BY ${by === "day" ? "1" : "cost DESC, calls DESC"}`,
      )
      .all(span),
  );
  return reportOf(rowsOf(groups, by, offset, rootOf));
}

/** The report of these rows. */
function reportOf(rows: CostRow[]): CostReport {
  return { rows, total: rows.reduce((sum, row) => addRows(sum, row, null), emptyRow(null)) };
}

/** The calls of deleted sessions in the span as one row; null when there are none. @throws TauError as `costReport` */
export function deletedCalls(
  db: LedgerDatabase,
  span: CostSpan,
): { row: CostRow; unpricedTokens: number } | null {
  const [group] = db.read(() =>
    db.sql
      .prepare<[CostSpan], Group & { unpriced_tokens: number | null }>(
        `SELECT NULL AS key, NULL AS title, ${sums},
           sum(c.unpriced * (c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h + c.output)) AS unpriced_tokens
         FROM calls c LEFT JOIN sessions s ON s.n = c.session WHERE ${inSpan} AND c.session IS NULL`,
      )
      .all(span),
  );
  if (group === undefined || group.calls === 0) return null;
  return { row: rowOf(group), unpricedTokens: group.unpriced_tokens ?? 0 };
}

/** The sessions with calls in the span, deleted ones left out. @throws TauError as `costReport` */
export function sessionsIn(db: LedgerDatabase, span: CostSpan): SessionId[] {
  return db.read(() =>
    db.sql
      .prepare<[CostSpan], { id: SessionId }>(
        `SELECT DISTINCT s.id AS id FROM calls c JOIN sessions s ON s.n = c.session WHERE ${inSpan} ORDER BY s.n`,
      )
      .all(span)
      .map(({ id }) => id),
  );
}

/** What else there is to say of a span. @throws TauError as `costReport` */
export async function spanFacts(db: LedgerDatabase, span: CostSpan): Promise<SpanFacts> {
  const { replayed, misses, tokens, cost } = db.read(() =>
    db.sql
      .prepare<[CostSpan], { replayed: number; misses: number; tokens: number; cost: number }>(
        `SELECT (SELECT count(*) FROM calls c LEFT JOIN sessions s ON s.n = c.session
             WHERE c.at >= @from AND c.at < @to AND c.replayed = 1 AND (@sessionId IS NULL OR s.id = @sessionId)) AS replayed,
           count(*) AS misses, coalesce(sum(expected - read), 0) AS tokens, coalesce(sum(cost), 0) AS cost
         FROM (SELECT json_extract(e.body, '$.expectedTokens') AS expected, json_extract(e.body, '$.readTokens') AS read,
             json_extract(e.body, '$.cost') AS cost
           FROM entries e JOIN sessions s ON s.n = e.session
           WHERE e.type = 'cache.missed' AND e.at >= @from AND e.at < @to
             AND json_extract(e.body, '$.replayed') IS NULL AND (@sessionId IS NULL OR s.id = @sessionId))`,
      )
      .all(span),
  )[0] ?? { replayed: 0, misses: 0, tokens: 0, cost: 0 };
  return { replayedCalls: replayed, cache: { misses, missedTokens: tokens, missedCost: nanoUsd(cost) } };
}

function rowsOf(
  groups: readonly Group[],
  by: CostGroup,
  offset: UtcOffset,
  rootOf: (cwd: string) => string,
): CostRow[] {
  switch (by) {
    case "day":
      return merged(groups, (slot) => dayOf(Number(slot) * slotMs, offset));
    case "project":
      return merged(groups, (folder) =>
        folder.startsWith("cwd:") ? rootOf(folder.slice("cwd:".length)) : folder.slice("root:".length),
      ).sort((a, b) => b.cost - a.cost || b.calls - a.calls);
    case "session":
      return groups.map((group) => ({ ...rowOf(group), title: group.title }));
    case "model":
    case "upstream":
      return groups.map(rowOf);
  }
}

/** The groups whose keys come to the same, as one row each, in their order. */
function merged(groups: readonly Group[], nameOf: (key: string) => string): CostRow[] {
  const rows = new Map<string | null, CostRow>();
  for (const group of groups) {
    const name = group.key === null ? null : nameOf(String(group.key));
    rows.set(name, addRows(rows.get(name) ?? emptyRow(name), rowOf(group), name));
  }
  return [...rows.values()];
}

function rowOf(group: Group): CostRow {
  return {
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
    cost: nanoUsd(group.cost ?? 0),
    unpricedCalls: group.unpriced,
  };
}

/** A row of nothing. */
export function emptyRow(key: string | null): CostRow {
  return { key, calls: 0, usage: zeroUsage, cost: nanoUsd(0), unpricedCalls: 0 };
}

/** The sum of two rows, under a key of its own. */
export function addRows(a: CostRow, b: CostRow, key: string | null): CostRow {
  return {
    key,
    calls: a.calls + b.calls,
    usage: addUsage(a.usage, b.usage),
    cost: nanoUsd(a.cost + b.cost),
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
  };
}
