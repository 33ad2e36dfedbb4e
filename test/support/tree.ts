/** The tree of a session over entries in memory: a second opinion on what the ledger reads, and short ways to fold it. */
import type { Entry } from "../../src/core/event.ts";
import type { EntryId } from "../../src/core/ids.ts";
import type { Message } from "../../src/core/message.ts";
import { foldPath, type SessionState } from "../../src/sessions/fold.ts";

/** The leaf after entries in order of `seq`: the last one, or where a `branch.moved` put it. */
export function leafOf(entries: readonly Entry[]): EntryId | null {
  const last = entries.at(-1);
  if (last === undefined) return null;
  return last.type === "branch.moved" ? last.leaf : last.id;
}

/** The entries from the root to `leaf`, in order; those of a whole session or of any prefix of it, by rising `seq`. */
export function pathOf(entries: readonly Entry[], leaf: EntryId | null = leafOf(entries)): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const path: Entry[] = [];
  let id = leaf;
  while (id !== null) {
    const entry = byId.get(id);
    if (entry === undefined) throw new Error(`entry ${id} is not among the entries of its session`);
    path.push(entry);
    id = entry.parent;
  }
  return path.reverse();
}

/** The state a path comes to. */
export function foldSession(path: readonly Entry[]): SessionState {
  return foldPath(path).state();
}

/** The conversation of a path, as the next request carries it. */
export function historyOf(path: readonly Entry[]): Message[] {
  return foldPath(path).messages();
}
