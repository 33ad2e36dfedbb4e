/** A session's own record: the right to write it, and what it holds so far. */
import { Session } from "../agent/session.ts";
import { gitBranch } from "../config/git-branch.ts";
import type { Entry, ModelName } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import type { Mode } from "../core/permission.ts";
import { openBudgets } from "../meter/budgets.ts";
import { type RunBudgets, replayBudgets, replayWriter } from "../meter/replay-budgets.ts";
import { asReplayed } from "../sessions/calls.ts";
import { filesInFacts, type SeenFile } from "../tools/file-state.ts";
import type { Parts } from "./parts.ts";

/** Which session is opened, and as what it is recorded when it is new. */
export type Opening = { id: SessionId; resumed: boolean; model: ModelName; mode: Mode; at: number };

/** What tools need of a path. */
export type Past = {
  /** Files as tools last saw them. */
  seen: SeenFile[];
  /** Whether it was compacted before. */
  compacted: boolean;
};

/** The opened record. */
export type History = {
  session: Session;
  budgets: RunBudgets;
  /** Entries of a new session, committed and not yet told. */
  opening: Entry[];
  past: Past;
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
  const summary = await ledger.store.get(id);
  const known = { lastSeq: summary?.lastSeq ?? 0, titled: summary !== null && summary.title !== null };
  const session = new Session(writer, ids, now, known, replays ? asReplayed : undefined);
  if (!resumed) {
    const branch = gitBranch(root);
    const started = {
      type: "session.started",
      cwd,
      project: root,
      model,
      mode,
      title: null,
      version,
      ...(branch !== null && { branch }),
    } as const;
    return { session, budgets, opening: await session.commit(started), past: emptyPast };
  }
  // Only now is the path final: until the lease was taken another process could have added to it.
  const past = gatherPast();
  await session.load(() => ledger.store.pathToResume(id), past.take);
  return { session, budgets, opening: [], past: past.all() };
}

/** Of a path without entries that matter to tools. */
const emptyPast: Past = { seen: [], compacted: false };

/** Gathers what tools need of a path while it is read. */
export function gatherPast(): { take(entry: Entry): void; all(): Past } {
  const seen = new Map<string, SeenFile>();
  let compacted = false;
  return {
    take(entry) {
      // Taking single pieces out offers no recall: a longer tool list would lose the whole prompt's cache.
      compacted ||= entry.type === "compaction.finished" && entry.method !== "evict";
      if (entry.type === "tool.finished")
        for (const file of filesInFacts(entry.facts)) seen.set(file.path, file);
    },
    all: () => ({ seen: [...seen.values()], compacted }),
  };
}
