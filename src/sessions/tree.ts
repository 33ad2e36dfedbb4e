/** The tree of a session over entries in memory. */
import type { Entry } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";

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
