/** Which compactions of a path count: the ledger keeps them all, and a person may take the latest back. */
import type { Entry } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";

/** A compaction as the ledger holds it. */
export type CompactionEntry = Extract<Entry, { type: "compaction.finished" }>;

/** The compactions a path takes back. */
export function undoneIn(path: readonly Entry[]): Set<EntryId> {
  return new Set(path.flatMap((entry) => (entry.type === "compaction.undone" ? entry.compactions : [])));
}

/** What ends the occasion of a compaction: the conversation went on. */
const goesOn: ReadonlySet<Entry["type"]> = new Set(["user.message", "step.started", "assistant.message"]);

/**
 * The compactions of the last occasion that counts, oldest first; empty when none does. When the window fills, old tool
 * output goes first and a summary may follow at once: for a person that is one compaction. One by hand stands alone.
 */
export function lastCompactions(path: readonly Entry[]): CompactionEntry[] {
  const undone = undoneIn(path);
  const found: CompactionEntry[] = [];
  for (const entry of path.toReversed()) {
    const [later] = found;
    if (later && goesOn.has(entry.type)) break;
    if (entry.type !== "compaction.finished" || undone.has(entry.id)) continue;
    if (later && (later.trigger === "manual" || entry.trigger === "manual")) break;
    found.unshift(entry);
  }
  return found;
}
