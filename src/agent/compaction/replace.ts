/** Carrying out a plan: a summary, or facts where none can be had, in place of what the plan drops. */
import type { AgentEvent, BudgetRefusal, DurableEvent } from "../../core/event.ts";
import type { ModelError } from "../../core/model.ts";
import type { Settlement } from "../../core/store.ts";
import { nothingSpent, recordCall, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import { segmentWithRecall } from "../segment.ts";
import { recordFailed, summarise } from "./summarise.ts";
import { composeSummary, mechanicalBody } from "./summary.ts";
import { openingOf, type SummaryPlan } from "./summary-plan.ts";

/** A compaction as it is recorded. */
export type Compaction = Extract<DurableEvent, { type: "compaction.finished" }>;

/** Why, and with what wish: a person's own compaction may have a focus. */
export type Occasion =
  | { trigger: "threshold" | "overflow"; focus: null }
  | { trigger: "manual"; focus: string | null };

/** What became of a plan. Nothing changed when the run was stopped, or when a person's own compaction got no summary. */
export type Replaced = {
  spent: Spent;
  compaction: Compaction | null;
  error: ModelError | null;
  refusal?: BudgetRefusal;
};

/**
 * Replaces what the plan drops by a summary. Where the window is full the model's own gives way to one of facts alone
 * when its call fails for any reason, so that the session can always take another turn; a person who asked for a
 * compaction loses nothing then and is told why.
 */
export async function* replaceBySummary(
  run: AgentRun,
  step: number,
  plan: SummaryPlan,
  { trigger, focus }: Occasion,
): AsyncGenerator<AgentEvent, Replaced> {
  const written = yield* summarise(run, step, { messages: plan.dropped, focus });
  const { spent, error, refusal } = written;
  if (run.signal.aborted || (written.text === null && trigger === "manual")) {
    // The history stays as it was, but what the call spent is on record.
    const stopped: ModelError = { code: "aborted", message: "The summary was interrupted." };
    yield* recordFailed(run, step, written, error ?? stopped);
    return { spent, compaction: null, error, ...(refusal && { refusal }) };
  }
  const { room } = run.lineup.window;
  const summary = composeSummary(written.text ?? mechanicalBody(plan.dropped, room), plan.pinned, room);
  const made: Made = {
    method: written.text === null ? "mechanical" : "summary",
    trigger,
    summary,
    keptFrom: plan.keptFrom,
    tokensBefore: plan.tokensBefore,
    tokensAfter: run.lineup.window.promptOf([openingOf(summary), ...plan.kept]),
    ...written.call,
    ...(focus !== null && { focus }),
    ...(error && { error }),
  };
  return { spent, compaction: yield* record(run, made, written.settlement), error };
}

/** What is to be told of a compaction; the rest is that it asked no model and gave up nothing more. */
type Made = Pick<Compaction, "method" | "trigger" | "tokensBefore" | "tokensAfter"> & Partial<Compaction>;

/** Records a compaction, and with it the segment it begins and what its call came to. */
export async function* record(
  run: AgentRun,
  made: Made,
  settlement: Settlement | null,
): AsyncGenerator<AgentEvent, Compaction> {
  const compaction: Compaction = {
    type: "compaction.finished",
    summary: null,
    keptFrom: null,
    prunedCalls: [],
    model: null,
    ...nothingSpent,
    ...made,
  };
  run.cacheWatch.forget();
  const segment = segmentWithRecall(run);
  const events = await recordCall(run, { settlement }, compaction, ...(segment ? [segment.event] : []));
  segment?.begin();
  yield* events;
  return compaction;
}
