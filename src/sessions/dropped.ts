/** What compaction dropped from a session's window, read from the ledger: `DroppedHistory` of core/history.ts. */
import type { Entry } from "../core/event.ts";
import type { DroppedHistory, PastEntry } from "../core/history.ts";
import type { SessionId } from "../core/ids.ts";
import type { ImagePart, Part, TextPart } from "../core/message.ts";
import type { Store } from "../core/store.ts";
import { entriesOf } from "./all-entries.ts";
import type { Fold } from "./fold.ts";

/**
 * The dropped part of a session.
 * @param fold the fold of its path as it is when asked, which knows what is on the path and what was dropped
 * @param leftOut names of tools whose calls are left out: what recall gave before stands elsewhere already
 */
export function droppedHistory(
  store: Pick<Store, "read">,
  id: SessionId,
  fold: () => Fold,
  leftOut: ReadonlySet<string>,
): DroppedHistory {
  return {
    async *entries() {
      const state = fold();
      const { beforeSeq, prunedCalls, evicted } = state.dropped;
      const scattered = prunedCalls.size > 0 || evicted.size > 0;
      if (beforeSeq === 0 && !scattered) return;
      let turn = 0;
      for await (const entry of entriesOf(store, id)) {
        if (!state.has(entry.id)) continue;
        if (entry.type === "user.message" && entry.origin === "prompt") turn += 1;
        const pruned =
          evicted.has(entry.id) || (entry.type === "tool.finished" && prunedCalls.has(entry.callId));
        if (entry.seq >= beforeSeq && !pruned) {
          if (!scattered) return;
          continue;
        }
        const past = "name" in entry && leftOut.has(entry.name) ? null : pastOf(entry, turn);
        if (past) yield past;
      }
    },
  };
}

function pastOf(entry: Entry, turn: number): PastEntry | null {
  const said = (who: string, text: string): PastEntry | null =>
    text.trim() === "" ? null : { seq: entry.seq, turn, who, text };
  switch (entry.type) {
    case "user.message":
      return entry.origin === "reminder" ? null : said("user", textIn(entry.parts));
    case "assistant.message":
      return said("agent", textIn(entry.parts));
    case "tool.started":
      return said(`${entry.name} call`, JSON.stringify(entry.input));
    case "tool.finished":
      return said(`${entry.name} result`, textIn(entry.output));
    default:
      return null;
  }
}

function textIn(parts: readonly (Part | TextPart | ImagePart)[]): string {
  return parts
    .flatMap((part) => {
      if (part.type === "text") return [part.text];
      return part.type === "image" || part.type === "file" ? [`[${part.type}]`] : [];
    })
    .join("\n");
}
