/** Going to another point of a session's tree: what is recorded for it, and what it leaves behind. */
import { TauError } from "../core/errors.ts";
import type { DurableEvent, Entry } from "../core/event.ts";
import type { EntryId, SessionId } from "../core/ids.ts";
import type { Part } from "../core/message.ts";
import type { SessionTree, Store, TreePoint } from "../core/store.ts";
import { type NanoUsd, nanoUsd } from "../core/usage.ts";

/** Where a conversation is to go on: as if a prompt had never been said, or behind an entry. */
export type MoveTarget = { before: EntryId } | { after: EntryId };

/** A move, ready to be recorded. */
export type Move = {
  events: DurableEvent[];
  /** What the prompt said that is taken back; empty when none is. */
  parts: Part[];
};

/**
 * What a move records.
 * @throws TauError `usage` when there is no such entry, or nothing before it
 */
export async function planMove(
  store: Pick<Store, "entry">,
  id: SessionId,
  target: MoveTarget,
): Promise<Move> {
  const wanted = "before" in target ? target.before : target.after;
  const entry = await store.entry(id, wanted);
  if (entry === null)
    throw new TauError(
      "usage",
      `there is no entry ${wanted} in this session`,
      `tau sessions tree ${id} shows where to go`,
    );
  if ("after" in target) return { events: [{ type: "branch.moved", leaf: entry.id }], parts: [] };
  if (entry.parent === null)
    throw new TauError(
      "usage",
      "nothing stands before the session's first entry",
      `tau sessions tree ${id} shows where to go`,
    );
  return {
    events: [{ type: "branch.moved", leaf: entry.parent }, ...dropped(entry)],
    parts: entry.type === "user.message" ? entry.parts : [],
  };
}

/** A prompt that had waited in the queue would wait there again, beside the one that is given back. */
function dropped(entry: Entry): DurableEvent[] {
  if (entry.type !== "user.message" || entry.queued === undefined) return [];
  return [{ type: "input.dropped", inputs: [entry.queued] }];
}

/** What a move leaves behind. */
export type LeftBehind = {
  /** Prompts that are no longer on the path. */
  prompts: number;
  /** Files that tools changed after them, absolute: they are as they were left, whatever the conversation now knows. */
  changed: string[];
  /** Of the calls they brought about; it stays spent. */
  cost: NanoUsd;
};

/** What a move left behind, by the trees before and after it. */
export function leftBehind(before: SessionTree, after: SessionTree): LeftBehind {
  const still = new Set(after.points.filter(({ current }) => current).map(({ id }) => id));
  return sumOf(before.points.filter(({ id, current }) => current && !still.has(id)));
}

/** What some prompts came to. */
export function sumOf(points: readonly TreePoint[]): LeftBehind {
  return {
    prompts: points.length,
    changed: [...new Set(points.flatMap(({ changed }) => changed))],
    cost: nanoUsd(points.reduce((sum, { cost }) => sum + cost, 0)),
  };
}
