/** A session's own record: the right to write it, and what it holds so far. */
import { Session } from "../agent/session.ts";
import type { Entry, Mode, ModelName } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import { openBudgets } from "../meter/budgets.ts";
import { type RunBudgets, replayBudgets, replayWriter } from "../meter/replay-budgets.ts";
import { asReplayed } from "../sessions/calls.ts";
import { filesInFacts, type SeenFile } from "../tools/file-state.ts";
import type { Parts } from "./parts.ts";

/** Which session is opened, and as what it is recorded when it is new. */
export type Opening = { id: SessionId; resumed: boolean; model: ModelName; mode: Mode; at: number };

/** The opened record. */
export type History = {
  session: Session;
  budgets: RunBudgets;
  /** Entries of a new session, committed and not yet told. */
  opening: Entry[];
  /** Files as tools last saw them. */
  seen: SeenFile[];
  /** Whether it was compacted before. */
  compacted: boolean;
};

/** Takes the right to write, and reads what a resumed session needs to go on. */
export async function openHistory(parts: Parts, opening: Opening): Promise<History> {
  const { options, root, ledger, ids } = parts;
  const { id, resumed, model, mode, at } = opening;
  const { cwd, now, version } = options;
  const replays = options.replay !== undefined;
  const budgets = replays ? replayBudgets() : openBudgets(ledger.database);
  const lease = resumed
    ? await ledger.store.open(id)
    : await ledger.store.create({ id, cwd, model, mode, at });
  const writer = replays ? replayWriter(lease, budgets) : lease;
  const lastSeq = (await ledger.store.get(id))?.lastSeq ?? 0;
  const session = new Session(writer, ids, now, lastSeq, replays ? asReplayed : undefined);
  if (!resumed) {
    const started = {
      type: "session.started",
      cwd,
      project: root,
      model,
      mode,
      title: null,
      version,
    } as const;
    return { session, budgets, opening: await session.commit(started), seen: [], compacted: false };
  }
  const seen = new Map<string, SeenFile>();
  let compacted = false;
  // Only now is the path final: until the lease was taken another process could have added to it.
  await session.load(
    () => ledger.store.pathToResume(id),
    (entry) => {
      compacted ||= entry.type === "compaction.finished";
      if (entry.type === "tool.finished")
        for (const file of filesInFacts(entry.facts)) seen.set(file.path, file);
    },
  );
  return { session, budgets, opening: [], seen: [...seen.values()], compacted };
}
