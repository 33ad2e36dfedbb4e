/** A session that goes on from a point of another one. See docs/decisions/0007-forks.md. */
import type { DurableEvent, Entry } from "../core/event.ts";
import type { EntryId, SessionId } from "../core/ids.ts";
import type { NewEntry, SessionSummary, Store } from "../core/store.ts";
import { entriesOf } from "./all-entries.ts";
import { follow, type Stamps } from "./amend.ts";
import { asReplayed } from "./calls.ts";
import { type WaitingInput, waitingAfter } from "./waiting-input.ts";

/** What is forked, and as what. */
export type ForkWish = {
  session: SessionSummary;
  /** The id of the new session. */
  id: SessionId;
  /** Its title; null: that of the one before, marked as a fork of it. */
  title: string | null;
};

/**
 * Copies the path to the leaf into a session of its own: all of it is kept, or nothing. What the copied calls cost was
 * spent in the session they come from and counts there alone; messages that wait there are not said twice.
 */
export async function forkSession(
  store: Store,
  stamps: Stamps,
  { session, id, title }: ForkWish,
): Promise<SessionSummary> {
  const { cwd, model, mode, leaf } = session;
  const onPath = new Set<EntryId>();
  // The path is read lean for its ids, then the entries whole in pages: a big session never sits in memory.
  for await (const page of store.pathToResume(session.id)) for (const entry of page) onPath.add(entry.id);
  const copied = async function* (): AsyncGenerator<NewEntry> {
    let last: Entry | null = null;
    let waiting: readonly WaitingInput[] = [];
    for await (const entry of entriesOf(store, session.id)) {
      if (!onPath.has(entry.id)) continue;
      waiting = waitingAfter(waiting, entry);
      last = entry;
      const { id: entryId, parent, seq, at, turnId, agent } = entry;
      yield { id: entryId, parent, seq, at, turnId, agent, ...copyOf(entry, session.id, leaf, onPath) };
    }
    const events: DurableEvent[] = [
      ...(waiting.length > 0
        ? [{ type: "input.dropped" as const, inputs: waiting.map((one) => one.id) }]
        : []),
      { type: "session.titled", title: title ?? forkTitle(session.title) },
    ];
    yield* follow(stamps, { seq: last?.seq ?? 0, leaf: last?.id ?? null }, events);
  };
  return await store.restore({ id, cwd, model, mode, at: stamps.now() }, copied(), () => undefined);
}

/**
 * The event of an entry as the fork has it. What names an entry of another branch names the entry before it instead,
 * for only the path comes along: a move that leads nowhere, a label of nothing that is there.
 */
function copyOf(
  entry: Entry,
  from: SessionId,
  leaf: EntryId | null,
  onPath: ReadonlySet<EntryId>,
): DurableEvent {
  const copied = asReplayed(entry);
  switch (copied.type) {
    case "session.started":
      return leaf === null ? copied : { ...copied, forkedFrom: { sessionId: from, entryId: leaf } };
    case "branch.moved":
      return onPath.has(copied.leaf) ? copied : { ...copied, leaf: entry.parent ?? entry.id };
    case "point.labelled":
      return onPath.has(copied.entry) ? copied : { ...copied, entry: entry.parent ?? entry.id, label: null };
    default:
      return copied;
  }
}

/** "Fix the tests" -> "Fix the tests (fork)" -> "Fix the tests (fork 2)". */
export function forkTitle(title: string | null): string {
  const [, words = title ?? "Untitled", , times] = /^(.*?)( \(fork(?: (\d+))?\))$/u.exec(title ?? "") ?? [];
  if (words === title || title === null) return `${words} (fork)`;
  return `${words} (fork ${Number(times ?? 1) + 1})`;
}
