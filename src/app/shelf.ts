/** All sessions of the ledger, for whoever picks one. */
import type { SessionId } from "../core/ids.ts";
import { amend } from "../sessions/amend.ts";
import { findSession } from "../sessions/choose.ts";
import { removeOutputs } from "../tools/process/outputs.ts";
import type { SessionShelf } from "./contract.ts";
import type { Parts } from "./parts.ts";

/** See {@link SessionShelf}. */
export function shelfOf({ ledger, ids, options, outputs, open }: Parts): SessionShelf {
  const { store } = ledger;
  return {
    list: (filter) => store.list(filter),
    search: (text, filter) => store.search(text, filter),
    lastExchange: (id) => store.lastExchange(id),
    async rename(id, title) {
      const own = [...open].find((session) => session.id === id);
      if (own) await own.rename(title);
      else await amend(store, { ids, now: options.now }, id, [{ type: "session.titled", title }]);
    },
    async remove(id) {
      await store.delete(id);
      removeOutputs(outputs, id);
    },
    async *export(id: SessionId, format) {
      const { exportJsonl, exportMarkdown } = await import("../sessions/export.ts");
      const session = await findSession(store, id);
      yield* format === "jsonl" ? exportJsonl(session, store) : exportMarkdown(session, store);
    },
  };
}
