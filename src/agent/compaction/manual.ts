/** Compaction a person asks for between two turns, and taking it back. */
import type { AgentEvent, DurableEvent, Entry } from "../../core/event.ts";
import { lastCompactions } from "../../sessions/compactions.ts";
import { foldPath } from "../../sessions/fold.ts";
import { nothingSpent, type Spent } from "../call.ts";
import { type Ending, endOfBudget, endOfCall, endOfStop } from "../ending.ts";
import { type AgentRun, modelOf } from "../run.ts";
import { needsRoom } from "./compact.ts";
import { type Compaction, replaceBySummary } from "./replace.ts";
import { planSummary, promptNow, type SummaryPlan } from "./summary-plan.ts";

/** What a compaction by hand came to. `ending.reason` is `done` exactly when `compaction` is there. */
export type CompactionOutcome = { ending: Ending; compaction: Compaction | null; spent: Spent };

/** Why a plan is not carried out; null when it is worth it. */
export function notWorthIt(plan: SummaryPlan | null): string | null {
  if (plan === null || plan.freshTokens === 0) return "there is nothing to compact yet";
  if (plan.freed > 0) return null;
  return "there is nothing to gain: a summary would be about as long as what it replaces";
}

/**
 * Compacts now. When there is nothing to gain, when the summary cannot be had, or when the budget or a person stops it,
 * the history stays as it was.
 * @param focus what the summary is to keep above all
 */
export async function* compactNow(
  run: AgentRun,
  focus: string | null,
): AsyncGenerator<AgentEvent, CompactionOutcome> {
  run.session.leaveTurn();
  const plan = planSummary(run);
  const idle = notWorthIt(plan);
  if (plan === null || idle !== null) {
    const message = idle ?? "there is nothing to compact yet";
    return unchanged({ reason: "usage", error: { code: "nothing_to_compact", message } });
  }
  const clean = focus === null ? null : run.redaction.text("your message", focus);
  const notes = run.redaction.notes();
  if (notes.length > 0) yield* await run.session.commit(...notes);
  const { compaction, error, refusal, spent } = yield* replaceBySummary(run, 0, plan, {
    trigger: "manual",
    focus: clean,
  });
  if (compaction) return { ending: { reason: "done" }, compaction, spent };
  if (run.signal.aborted) return unchanged(endOfStop(run.signal), spent);
  if (refusal) {
    const model = modelOf(run);
    yield* await run.session.commit({ type: "budget.refused", step: 0, model, ...refusal });
    return unchanged(endOfBudget(refusal), spent);
  }
  return unchanged(
    endOfCall(modelOf(run), error ?? { code: "unknown", message: "there is no summary" }),
    spent,
  );
}

const unchanged = (ending: Ending, spent = nothingSpent): CompactionOutcome => ({
  ending,
  compaction: null,
  spent,
});

/** What taking a compaction back came to. */
export type UndoOutcome = {
  /** Null when no compaction counts. */
  undone: Extract<DurableEvent, { type: "compaction.undone" }> | null;
  /** Whether the conversation fits the window; if not, it is compacted anew before the next request. */
  fits: boolean;
  /** Whether an earlier compaction still counts, and can be taken back next. */
  more: boolean;
};

/**
 * Takes the last compaction back: the next request carries what it had replaced, and all that came after it. Undoing
 * again takes back the one before.
 * @param readPath gives the session's whole path, as the store has it
 */
export async function* undoCompaction(
  run: AgentRun,
  readPath: () => Promise<Entry[]>,
): AsyncGenerator<AgentEvent, UndoOutcome> {
  run.session.leaveTurn();
  const path = await readPath();
  const compactions = lastCompactions(path).map(({ id }) => id);
  const tokensBefore = promptNow(run);
  if (compactions.length === 0)
    return { undone: null, fits: tokensBefore <= run.lineup.window.size, more: false };
  const tokensAfter = run.lineup.window.promptOf(foldPath(path, compactions).messages());
  const undone = { type: "compaction.undone" as const, compactions, tokensBefore, tokensAfter };
  run.cacheWatch.forget();
  const entries = await run.session.commitAnew([undone], async function* () {
    yield await readPath();
  });
  yield* entries;
  const more = lastCompactions([...path, ...entries]).length > 0;
  return { undone, fits: !needsRoom(run), more };
}
