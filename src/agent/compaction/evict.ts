/** Taking pieces out of the window by hand, and putting them back. Neither asks a model; the ledger keeps everything. */
import type { AgentEvent, ConversationPiece, DurableEvent, Entry } from "../../core/event.ts";
import type { EntryId } from "../../core/ids.ts";
import { foldPath } from "../../sessions/fold.ts";
import { pieceKey } from "../../sessions/provenance.ts";
import { nothingSpent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import { windowContents } from "../window-contents.ts";
import type { Compaction } from "./replace.ts";
import { promptNow } from "./summary-plan.ts";

/**
 * Takes pieces out: the next request has a word in place of each. The tools stay as they are, so that what stands before
 * the first of them stays in the prompt cache.
 * @returns null when none of the pieces is in the window
 */
export async function* evict(
  run: AgentRun,
  pieces: readonly ConversationPiece[],
): AsyncGenerator<AgentEvent, Compaction | null> {
  run.session.leaveTurn();
  const wanted = new Set(pieces.map(pieceKey));
  const found = windowContents(run).pieces.filter(
    ({ piece, evictedBy }) => evictedBy === null && wanted.has(pieceKey(piece)),
  );
  if (found.length === 0) return null;
  const tokensBefore = promptNow(run);
  const freed = found.reduce((sum, one) => sum + one.freed, 0);
  const compaction: Compaction = {
    type: "compaction.finished",
    method: "evict",
    trigger: "manual",
    summary: null,
    keptFrom: null,
    prunedCalls: [],
    evicted: found.map(({ piece }) => piece),
    model: null,
    tokensBefore,
    tokensAfter: Math.max(0, tokensBefore - freed),
    ...nothingSpent,
  };
  run.cacheWatch.forget();
  yield* await run.session.commit(compaction);
  return compaction;
}

/**
 * Puts back what one eviction took out; what was said since stays.
 * @param readPath gives the session's whole path, as the store has it
 * @returns null when the path has no such eviction that counts
 */
export async function* putBack(
  run: AgentRun,
  eviction: EntryId,
  readPath: () => Promise<Entry[]>,
): AsyncGenerator<AgentEvent, Extract<DurableEvent, { type: "compaction.undone" }> | null> {
  run.session.leaveTurn();
  const path = await readPath();
  const counts = run.session.state.placed().some(({ evictedBy }) => evictedBy === eviction);
  if (!counts) return null;
  const undone = {
    type: "compaction.undone" as const,
    compactions: [eviction],
    tokensBefore: promptNow(run),
    tokensAfter: run.lineup.window.promptOf(foldPath(path, [eviction]).messages()),
  };
  run.cacheWatch.forget();
  yield* await run.session.commitAnew([undone], async function* () {
    yield await readPath();
  });
  return undone;
}
