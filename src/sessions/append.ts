/** Writing entries: the rows, and everything derived from them in the same transaction. */

import { typedText } from "../core/attachment.ts";
import type { Entry } from "../core/event.ts";
import { mainAgent } from "../core/ids.ts";
import type { NewEntry } from "../core/store.ts";
import type { Usage } from "../core/usage.ts";
import { addUsage, zeroUsage } from "../core/usage.ts";
import { type CallRecord, callOf } from "./calls.ts";
import type { Durability, LedgerDatabase } from "./database.ts";
import { lazy } from "./database.ts";
import { titleOf } from "./title.ts";
import { wordsOf } from "./words.ts";

/** Columns of a session that change with its entries. */
type Head = {
  title: string | null;
  cwd: string;
  project: string | null;
  branch: string | null;
  model: string;
  mode: string;
  updatedAt: number;
  leaf: string | null;
  lastSeq: number;
  /** The entry recorded last, and the beginning of its chain. */
  lastId: string | null;
  lastChain: number | null;
};

/** What a batch adds to a session's sums. */
type Sums = { turns: number; usage: Usage; cost: number; unpricedCalls: number };

/** An fsync is paid once a turn: at its end, where a person looks away. See docs/decisions/0003-ledger-durability.md. */
export function durabilityOf(entries: readonly NewEntry[]): Durability {
  return entries.some((entry) => entry.type === "turn.ended") ? "power" : "process";
}

/**
 * Makes the function that writes a batch, inside the caller's transaction.
 * @throws Error when the caller breaks the ledger's order: a `seq` that does not rise, a parent or leaf that is not there.
 */
export function appenderOf(db: LedgerDatabase): (session: number, entries: readonly NewEntry[]) => void {
  const headOf = lazy(() =>
    db.sql.prepare<[number], Head>(
      `SELECT s.title, s.cwd, s.project, s.branch, s.model, s.mode, s.updated_at AS updatedAt, s.leaf, s.last_seq AS lastSeq,
         e.id AS lastId, e.chain AS lastChain
       FROM sessions s LEFT JOIN entries e ON e.session = s.n AND e.seq = s.last_seq WHERE s.n = ?`,
    ),
  );
  const exists = lazy(() =>
    db.sql.prepare<[number, string], { n: number }>("SELECT n FROM entries WHERE session = ? AND id = ?"),
  );
  const insertEntry = lazy(() =>
    db.sql.prepare<(number | string | null)[]>(
      `INSERT INTO entries (session, seq, id, parent, chain, at, turn, type, body, bulk)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  );
  const insertWords = lazy(() =>
    db.sql.prepare<[number | bigint, string]>("INSERT INTO words (rowid, text) VALUES (?, ?)"),
  );
  const insertCall = lazy(() =>
    db.sql.prepare<(number | string | null)[]>(
      `INSERT INTO calls (session, at, kind, model, upstream, input, cache_read, cache_write_5m, cache_write_1h, output,
         reasoning, cost, unpriced, replayed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  );
  const updateHead = lazy(() =>
    db.sql.prepare<(number | string | null)[]>(
      `UPDATE sessions SET title = ?, cwd = ?, project = ?, branch = ?, model = ?, mode = ?, updated_at = ?, leaf = ?, last_seq = ?,
         turns = turns + ?, input = input + ?, cache_read = cache_read + ?, cache_write_5m = cache_write_5m + ?,
         cache_write_1h = cache_write_1h + ?, output = output + ?, reasoning = reasoning + ?, cost = cost + ?,
         unpriced_calls = unpriced_calls + ?
       WHERE n = ?`,
    ),
  );

  const addCall = (session: number, at: number, call: CallRecord): void => {
    insertCall().run(
      session,
      at,
      call.kind,
      call.model,
      call.upstream,
      ...usageColumns(call.usage),
      call.cost,
      call.unpriced ? 1 : 0,
      call.replayed ? 1 : 0,
    );
  };

  return (session, entries) => {
    const head = headOf().get(session);
    if (head === undefined) throw new Error(`session ${session} has no row`);
    const inBatch = new Set<string>();
    const known = (id: string) =>
      id === head.leaf || id === head.lastId || inBatch.has(id) || exists().get(session, id) !== undefined;
    const sums: Sums = { turns: 0, usage: zeroUsage, cost: 0, unpricedCalls: 0 };
    for (const entry of entries) {
      const { id, parent, seq, at } = entry;
      if (seq <= head.lastSeq) throw new Error(`seq ${seq} does not come after ${head.lastSeq}`);
      if (parent !== null && !known(parent))
        throw new Error(`parent ${parent} of entry ${id} is not in the session`);
      const named =
        entry.type === "branch.moved" ? entry.leaf : entry.type === "point.labelled" ? entry.entry : null;
      if (named !== null && !known(named)) throw new Error(`entry ${named} is not in the session`);
      const { body, bulk } = columnsOf(entry);
      const chain = parent !== null && parent === head.lastId ? (head.lastChain ?? seq) : seq;
      const { lastInsertRowid } = insertEntry().run(
        session,
        seq,
        id,
        parent,
        chain,
        at,
        entry.turnId,
        entry.type,
        body,
        bulk,
      );
      const words = wordsOf(entry);
      if (words !== null) insertWords().run(lastInsertRowid, words);
      const call = callOf(entry);
      if (call !== null) addCall(session, at, call);
      advance(head, sums, entry, call);
      head.lastId = id;
      head.lastChain = chain;
      inBatch.add(id);
    }
    updateHead().run(
      head.title,
      head.cwd,
      head.project,
      head.branch,
      head.model,
      head.mode,
      head.updatedAt,
      head.leaf,
      head.lastSeq,
      sums.turns,
      ...usageColumns(sums.usage),
      sums.cost,
      sums.unpricedCalls,
      session,
    );
  };
}

/**
 * What the other columns do not hold, and apart from it what is only read with the whole entry. Callers may pass whole
 * entries: the header is not kept twice, nor who did it when it was the main agent.
 */
function columnsOf(entry: NewEntry & Partial<Pick<Entry, "v" | "sessionId">>): {
  body: string;
  bulk: string | null;
} {
  const { v, sessionId, id, parent, seq, at, turnId, agent, ...event } = entry;
  const whose = agent === mainAgent ? {} : { agent };
  if (event.type !== "tool.finished") return { body: JSON.stringify({ ...whose, ...event }), bulk: null };
  const { output, display, ...rest } = event;
  return { body: JSON.stringify({ ...whose, ...rest }), bulk: JSON.stringify({ output, display }) };
}

function usageColumns(usage: Usage): number[] {
  return [
    usage.input,
    usage.cacheRead,
    usage.cacheWrite5m,
    usage.cacheWrite1h,
    usage.output,
    usage.reasoning,
  ];
}

/** Takes one entry into the session's columns and the batch's sums. */
function advance(head: Head, sums: Sums, entry: NewEntry, call: CallRecord | null): void {
  head.lastSeq = entry.seq;
  head.updatedAt = Math.max(head.updatedAt, entry.at);
  head.leaf = entry.type === "branch.moved" ? entry.leaf : entry.id;
  if (call !== null && !call.replayed) {
    sums.usage = addUsage(sums.usage, call.usage);
    sums.cost += call.cost ?? 0;
    sums.unpricedCalls += call.unpriced ? 1 : 0;
  }
  switch (entry.type) {
    case "session.started":
      head.cwd = entry.cwd;
      head.project = entry.project ?? head.project;
      head.branch = entry.branch ?? head.branch;
      head.model = entry.model;
      head.mode = entry.mode;
      head.title = entry.title ?? head.title;
      break;
    case "session.titled":
      head.title = entry.title;
      break;
    case "step.started":
      head.model = entry.model;
      head.mode = entry.mode ?? head.mode;
      break;
    case "user.message":
      if (entry.origin !== "prompt") break;
      sums.turns += 1;
      head.title ??= titleOf(typedText(entry.parts, entry.attached));
      break;
  }
}
