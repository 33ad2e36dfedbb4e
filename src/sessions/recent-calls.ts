/** The last calls of a project's sessions, newest first. */
import type { StartedCall } from "../core/store.ts";
import type { LedgerDatabase } from "./database.ts";
import { eventOf } from "./rows.ts";

/** Sessions that are looked at, and entries of each: a key must not wait for years of history. */
const lookedSessions = 12;
const lookedEntries = 3000;

/** Calls that were started, newest session first. @param limit calls at most */
export function recentCalls({ sql }: LedgerDatabase, cwd: string, limit: number): StartedCall[] {
  const sessions = sql
    .prepare<[string, number], { n: number }>(
      "SELECT n FROM sessions WHERE cwd = ? ORDER BY updated_at DESC, n DESC LIMIT ?",
    )
    .all(cwd, lookedSessions);
  const starts = sql.prepare<[number, number, number], { seq: number; body: string; bulk: string | null }>(
    `SELECT seq, body, bulk FROM (SELECT seq, type, body, bulk FROM entries WHERE session = ? ORDER BY seq DESC LIMIT ?)
     WHERE type = 'tool.started' LIMIT ?`,
  );
  const calls: StartedCall[] = [];
  for (const { n } of sessions) {
    if (calls.length >= limit) break;
    for (const row of starts.all(n, lookedEntries, limit - calls.length)) {
      const event = eventOf(row);
      if (event.type === "tool.started") calls.push({ name: event.name, input: event.input });
    }
  }
  return calls;
}
