/** Reading a path through the tree: a few ranges of `seq`, one a branch point. */
import { TauError } from "../core/errors.ts";
import type { LedgerDatabase } from "./database.ts";
import { lazy } from "./database.ts";
import { type EntryRow, entryColumns, eventOf, leanColumns } from "./rows.ts";

/** Entries of one page: of the largest results a few megabytes. */
const pageSize = 100;
/** Entries at the end of a path that are given whole although compaction dropped them: what people are shown. */
const wholeTail = 200;

/** Here a session is a number: its id is known to who asks. */
const wherePointsAre = "tau sessions list names the sessions, tau sessions tree ID the points of one";

/** A stretch of a path: all entries of the session from `chain` to `seq`. */
export type Range = { seq: number; chain: number };

/** Paths over the ledger's file, by the number of the session. All inside the caller's `read`. */
export type Paths = {
  /** The stretches a path is made of, root first. @throws TauError `usage` when there is no such entry */
  ranges(session: number, leaf: string): Range[];
  /** Every row from the root to the leaf. @throws TauError `usage` when there is no such entry */
  whole(session: number, leaf: string): EntryRow[];
  /** The same in pages, lean before what going on needs whole: see `Store.pathToResume`. */
  toResume(session: number, leaf: string): Generator<EntryRow[], void>;
  /** Every row in pages, the last page first. */
  fromEnd(session: number, leaf: string): Generator<EntryRow[], void>;
};

/** Reads rows, no entries. */
export function pathsOf({ sql }: LedgerDatabase): Paths {
  const place = lazy(() =>
    sql.prepare<[number, string], Range>("SELECT seq, chain FROM entries WHERE session = ? AND id = ?"),
  );
  const parentAt = lazy(() =>
    sql.prepare<[number, number], { parent: string | null }>(
      "SELECT parent FROM entries WHERE session = ? AND seq = ?",
    ),
  );
  const rangeQuery = (columns: string) =>
    sql.prepare<[number, number, number, number], EntryRow>(
      `SELECT ${columns} FROM entries WHERE session = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`,
    );
  const wholeRows = lazy(() => rangeQuery(entryColumns));
  const rowsBefore = lazy(() =>
    sql.prepare<[number, number, number, number], EntryRow>(
      `SELECT ${entryColumns} FROM entries WHERE session = ? AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`,
    ),
  );
  const leanRows = lazy(() => rangeQuery(leanColumns));
  const compactions = lazy(() =>
    sql.prepare<[number, number, number], Pick<EntryRow, "id" | "seq" | "body" | "bulk">>(
      `SELECT id, seq, body, bulk FROM entries WHERE session = ? AND seq BETWEEN ? AND ?
         AND type IN ('compaction.finished', 'compaction.undone') ORDER BY seq DESC`,
    ),
  );
  const stepBegan = lazy(() =>
    sql.prepare<[number, number, number], { seq: number }>(
      `SELECT seq FROM entries WHERE session = ? AND seq BETWEEN ? AND ?
         AND type IN ('user.message', 'step.started', 'assistant.message', 'compaction.finished')
       ORDER BY seq DESC LIMIT 1`,
    ),
  );
  const seqBefore = lazy(() =>
    sql.prepare<[number, number, number], { seq: number }>(
      "SELECT seq FROM entries WHERE session = ? AND seq <= ? ORDER BY seq DESC LIMIT 1 OFFSET ?",
    ),
  );

  /** From the leaf up, one step a chain; root first. */
  const rangesOf = (session: number, leaf: string): Range[] => {
    const ranges: Range[] = [];
    for (let id: string | null = leaf; id !== null; ) {
      const at: Range | undefined = place().get(session, id);
      if (at === undefined)
        throw new TauError("usage", `There is no entry ${id} in this session.`, wherePointsAre);
      ranges.push(at);
      id = parentAt().get(session, at.chain)?.parent ?? null;
    }
    return ranges.reverse();
  };

  /** The `seq` the conversation keeps from: the last compaction that counts says so. 0 when none dropped anything. */
  const keptFrom = (session: number, ranges: readonly Range[]): number => {
    const undone = new Set<string>();
    for (const { chain, seq } of ranges.toReversed()) {
      for (const row of compactions().all(session, chain, seq)) {
        const event = eventOf(row);
        if (event.type === "compaction.undone") for (const id of event.compactions) undone.add(id);
        if (event.type !== "compaction.finished" || undone.has(row.id)) continue;
        const { summary, keptFrom: first } = event;
        if (summary === null && first === null) continue;
        const kept = first === null ? undefined : place().get(session, first)?.seq;
        return kept === undefined ? row.seq : beginOf(session, ranges, kept);
      }
    }
    return 0;
  };

  /** Where the step began that an entry belongs to: a call may have come to its result before its answer was whole. */
  const beginOf = (session: number, ranges: readonly Range[], seq: number): number => {
    for (const range of ranges.toReversed()) {
      const found = stepBegan().get(session, range.chain, Math.min(range.seq, seq - 1));
      if (found !== undefined) return found.seq;
    }
    return 0;
  };

  return {
    ranges: rangesOf,
    whole: (session, leaf) =>
      rangesOf(session, leaf).flatMap(({ chain, seq }) => wholeRows().all(session, chain, seq, -1)),
    *fromEnd(session, leaf) {
      for (const { chain, seq } of rangesOf(session, leaf).reverse()) {
        for (let last = seq; last >= chain; ) {
          const rows = rowsBefore().all(session, chain, last, pageSize).reverse();
          if (rows.length > 0) yield rows;
          last = (rows[0]?.seq ?? chain) - 1;
        }
      }
    },
    *toResume(session, leaf) {
      const ranges = rangesOf(session, leaf);
      const end = ranges.at(-1)?.seq ?? 0;
      const tail = seqBefore().get(session, end, wholeTail)?.seq ?? 0;
      const wholeFrom = Math.min(keptFrom(session, ranges), tail);
      for (const { chain, seq } of ranges) {
        for (let next = chain; next <= seq; ) {
          const rows =
            next < wholeFrom
              ? leanRows().all(session, next, Math.min(seq, wholeFrom - 1), pageSize)
              : wholeRows().all(session, next, seq, pageSize);
          if (rows.length > 0) yield rows;
          const last = rows.at(-1)?.seq ?? Math.min(seq, next < wholeFrom ? wholeFrom - 1 : seq);
          next = last + 1;
        }
      }
    },
  };
}
