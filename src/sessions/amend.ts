/** Adding to a session that is not open: a title, a label, a move. */
import type { DurableEvent, Entry } from "../core/event.ts";
import { type Clock, type Ids, mainAgent, type SessionId } from "../core/ids.ts";
import type { NewEntry, Store } from "../core/store.ts";

/** What gives entries their ids and times. */
export type Stamps = { ids: Ids; now: Clock };

/**
 * Commits events at the leaf of a session, all or none.
 * @throws TauError `usage` when there is no such session, `failure` when a live process holds it (named by pid)
 */
export async function amend(
  store: Store,
  stamps: Stamps,
  id: SessionId,
  events: readonly DurableEvent[],
): Promise<void> {
  const writer = await store.open(id);
  try {
    // Only now is the leaf final: until the right to write was taken another process could have added to it.
    const summary = await store.get(id);
    await writer.append(follow(stamps, { seq: summary?.lastSeq ?? 0, leaf: summary?.leaf ?? null }, events));
  } finally {
    await writer.close();
  }
}

/** Events as entries that follow one another from a place on. */
export function follow(
  { ids, now }: Stamps,
  { seq, leaf }: { seq: number; leaf: Entry["parent"] },
  events: readonly DurableEvent[],
): NewEntry[] {
  let parent = leaf;
  return events.map((event, index) => {
    const id = ids.entry();
    const entry = { id, parent, seq: seq + 1 + index, at: now(), turnId: null, agent: mainAgent, ...event };
    parent = event.type === "branch.moved" ? event.leaf : id;
    return entry;
  });
}
