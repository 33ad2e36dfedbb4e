/** What pickers show of a session without reading it whole: its prompts as a tree, and its last exchange. */
import type { DurableEvent } from "../core/event.ts";
import type { EntryId, TurnId } from "../core/ids.ts";
import { textOf } from "../core/message.ts";
import type { LastExchange, SessionTree, TreePoint } from "../core/store.ts";
import { treePointCharacters } from "../core/store.ts";
import { nanoUsd } from "../core/usage.ts";
import { callOf } from "./calls.ts";
import type { LedgerDatabase } from "./database.ts";
import { lazy } from "./database.ts";
import type { Paths, Range } from "./path-rows.ts";
import { eventOf } from "./rows.ts";

/** Outlines over the ledger's file, by the number of the session. All inside the caller's `read`. */
export type Outlines = {
  /** See `Store.tree`. */
  tree(session: number, leaf: string | null, limit: number): SessionTree;
  /** See `Store.lastExchange`. */
  lastExchange(session: number, leaf: string): LastExchange;
};

type PromptRow = {
  seq: number;
  chain: number;
  id: string;
  parent: string | null;
  turn: string | null;
  at: number;
  text: string | null;
};

/** Where a stretch of entries hangs: the place of its first one's parent. */
type HeadRow = { chain: number; parentSeq: number | null; parentChain: number | null };

type FactRow = { seq: number; chain: number; body: string };

/** Characters of each side of the last exchange: more than a preview has room for. */
const exchangeCharacters = 2000;

/** Reads columns and small bodies; what calls gave back is never touched. */
export function outlinesOf({ sql }: LedgerDatabase, paths: Paths): Outlines {
  const prompts = lazy(() =>
    sql.prepare<[number, number], PromptRow>(
      // A prompt may hold megabytes of pictures: its words are cut out before they leave SQLite.
      `SELECT seq, chain, id, parent, turn, at,
         (SELECT group_concat(substr(json_extract(part.value, '$.text'), 1, ${treePointCharacters}), ' ')
          FROM json_each(body, '$.parts') AS part WHERE json_extract(part.value, '$.type') = 'text') AS text
       FROM entries WHERE session = ? AND type = 'user.message' AND json_extract(body, '$.origin') = 'prompt'
       ORDER BY seq DESC LIMIT ?`,
    ),
  );
  const countPrompts = lazy(() =>
    sql.prepare<[number], { n: number }>(
      `SELECT count(*) AS n FROM entries
       WHERE session = ? AND type = 'user.message' AND json_extract(body, '$.origin') = 'prompt'`,
    ),
  );
  const heads = lazy(() =>
    sql.prepare<[number], HeadRow>(
      `SELECT e.seq AS chain, p.seq AS parentSeq, p.chain AS parentChain FROM entries e
       LEFT JOIN entries p ON p.session = e.session AND p.id = e.parent WHERE e.session = ? AND e.seq = e.chain`,
    ),
  );
  const facts = lazy(() =>
    sql.prepare<[number, number], FactRow & { type: string }>(
      `SELECT seq, chain, type, body FROM entries WHERE session = ? AND seq > ?
         AND type IN ('assistant.message', 'attempt.failed', 'compaction.finished', 'tool.finished') ORDER BY seq`,
    ),
  );
  const edits = lazy(() =>
    sql.prepare<[number, number], { seq: number; chain: number; callId: string }>(
      `SELECT seq, chain, json_extract(body, '$.callId') AS callId FROM entries WHERE session = ? AND seq > ?
         AND type = 'tool.started' AND json_extract(body, '$.access') = 'edit'`,
    ),
  );
  const labels = lazy(() =>
    sql.prepare<[number], { entry: string; label: string | null; seq: number; chain: number }>(
      `SELECT json_extract(l.body, '$.entry') AS entry, json_extract(l.body, '$.label') AS label,
         e.seq AS seq, e.chain AS chain FROM entries l
       JOIN entries e ON e.session = l.session AND e.id = json_extract(l.body, '$.entry')
       WHERE l.session = ? AND l.type = 'point.labelled' ORDER BY l.seq`,
    ),
  );
  const endBefore = lazy(() =>
    sql.prepare<[number, number, number, number], { id: string }>(
      `SELECT id FROM entries WHERE session = ? AND chain = ? AND seq >= ? AND seq < ? AND type <> 'branch.moved'
       ORDER BY seq DESC LIMIT 1`,
    ),
  );
  const backwards = (type: "user.message" | "assistant.message") =>
    sql.prepare<[number, number, number], { seq: number; body: string }>(
      `SELECT seq, body FROM entries WHERE session = ? AND seq BETWEEN ? AND ? AND type = '${type}' ORDER BY seq DESC`,
    );
  const lastPrompts = lazy(() => backwards("user.message"));
  const lastAnswers = lazy(() => backwards("assistant.message"));

  return {
    tree(session, leaf, limit) {
      const rows = prompts().all(session, limit).reverse();
      const left = Math.max(0, countPrompts().get(session)?.n ?? 0) - rows.length;
      const placeOf = placing(rows, heads().all(session));
      const path = leaf === null ? [] : paths.ranges(session, leaf);
      const points = rows.map((row, index): TreePoint => {
        const next = rows.slice(index + 1).find(({ chain }) => chain === row.chain);
        const end = endBefore().get(session, row.chain, row.seq, next?.seq ?? Number.MAX_SAFE_INTEGER);
        const before = placeOf(row.chain, row.seq - 1);
        return {
          id: row.id as EntryId,
          before: row.parent as EntryId | null,
          end: (end?.id ?? row.id) as EntryId,
          turn: row.turn as TurnId | null,
          parent: before === null ? null : (rows[before]?.id as EntryId),
          at: row.at,
          text: (row.text ?? "").slice(0, treePointCharacters),
          label: null,
          current: isOn(path, row),
          cost: nanoUsd(0),
          changed: [],
        };
      });
      const pointAt = ({ chain, seq }: Range): TreePoint | undefined => {
        const place = placeOf(chain, seq);
        return place === null ? undefined : points[place];
      };
      const first = (rows[0]?.seq ?? 0) - 1;
      const changing = new Set(
        edits()
          .all(session, first)
          .map((edit) => `${pointAt(edit)?.id} ${edit.callId}`),
      );
      for (const row of facts().all(session, first)) {
        const point = pointAt(row);
        if (point === undefined) continue;
        const event = eventOf({ ...row, bulk: null });
        const call = callOf(event);
        if (call !== null && !call.replayed) point.cost = nanoUsd(point.cost + (call.cost ?? 0));
        if (event.type === "tool.finished" && changing.has(`${point.id} ${event.callId}`))
          for (const path of pathsIn(event)) if (!point.changed.includes(path)) point.changed.push(path);
      }
      for (const row of labels().all(session)) {
        const point = pointAt(row);
        if (point !== undefined) point.label = row.label;
      }
      return { points, left };
    },
    lastExchange(session, leaf) {
      const said = { prompt: "", answer: "" };
      for (const { chain, seq } of paths.ranges(session, leaf).toReversed()) {
        for (const row of lastPrompts().iterate(session, chain, seq)) {
          const event = eventOf({ ...row, bulk: null });
          if (event.type !== "user.message" || event.origin !== "prompt") continue;
          said.prompt = textOf(event.parts).slice(0, exchangeCharacters);
          said.answer ||= lastAnswer(session, { chain: row.seq, seq });
          return said;
        }
        said.answer ||= lastAnswer(session, { chain, seq });
      }
      return said;
    },
  };

  function lastAnswer(session: number, { chain, seq }: Range): string {
    for (const row of lastAnswers().iterate(session, chain, seq)) {
      const event = eventOf({ ...row, bulk: null });
      const words = event.type === "assistant.message" ? textOf(event.parts).trim() : "";
      if (words !== "") return words.slice(0, exchangeCharacters);
    }
    return "";
  }
}

/** Which prompt (by its index) an entry comes after on its path; the prompt itself for its own place. */
function placing(
  rows: readonly PromptRow[],
  heads: readonly HeadRow[],
): (chain: number, seq: number) => number | null {
  const inChain = new Map<number, number[]>();
  for (const [index, { chain }] of rows.entries()) {
    const known = inChain.get(chain);
    if (known) known.push(index);
    else inChain.set(chain, [index]);
  }
  const headOf = new Map(heads.map((head) => [head.chain, head]));
  return (chain, seq) => {
    for (let at = { chain, seq }; ; ) {
      const found = lastUpTo(inChain.get(at.chain) ?? [], at.seq, rows);
      if (found !== null) return found;
      const head = headOf.get(at.chain);
      if (!head || head.parentSeq === null || head.parentChain === null) return null;
      at = { chain: head.parentChain, seq: head.parentSeq };
    }
  };
}

function lastUpTo(indexes: readonly number[], seq: number, rows: readonly PromptRow[]): number | null {
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[indexes[middle] ?? 0]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return indexes[low - 1] ?? null;
}

const isOn = (path: readonly Range[], { chain, seq }: Range): boolean =>
  path.some((range) => range.chain === chain && seq <= range.seq);

/** The files a call's facts name: those it left changed, when it is one that changes. */
function pathsIn({ facts }: Extract<DurableEvent, { type: "tool.finished" }>): string[] {
  const files = facts?.files;
  if (!Array.isArray(files)) return [];
  return files.flatMap((file) =>
    typeof file === "object" && file !== null && !Array.isArray(file) && typeof file.path === "string"
      ? [file.path]
      : [],
  );
}
