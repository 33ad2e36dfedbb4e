/** Making room in the window: prune old tool output first, then summarise; never end in a session that cannot go on. */
import type { AgentEvent } from "../../core/event.ts";
import { nothingSpent, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import { type Prunable, prunableCalls, unseenCalls, worthwhileShare } from "./plan.ts";
import { type Compaction, record, replaceBySummary } from "./replace.ts";
import { conversationOf, planSummary, promptNow } from "./summary-plan.ts";

/** Why room is made. */
type Trigger = Exclude<Compaction["trigger"], "manual">;

/**
 * Share of the window a person who took a compaction back may fill: they want the whole conversation, so only one that
 * is about not to fit is compacted anew.
 */
const keepAllShare = 0.95;

/** Prompt tokens at which history is compacted. */
function thresholdOf({ session, lineup: { window }, settings }: AgentRun): number {
  const { keepsAll } = session.state.state();
  return window.size * (keepsAll ? Math.max(keepAllShare, settings.compactAt) : settings.compactAt);
}

/** Whether the next request would be compacted first. */
export const needsRoom = (run: AgentRun): boolean => promptNow(run) > thresholdOf(run);

/** What making room came to: what helper calls spent, and whether there was anything to give up. */
export type Shrunk = { spent: Spent; changed: boolean };

const unchanged: Shrunk = { spent: nothingSpent, changed: false };

/** Compacts if the next request would pass the threshold. */
export async function* makeRoom(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Shrunk> {
  const before = promptNow(run);
  run.lineup.window.sharpen(before);
  return before > thresholdOf(run) ? yield* shrink(run, step, "threshold") : unchanged;
}

/** Compacts because the upstream refused the last request for its size. */
export async function* makeRoomAfterRefusal(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Shrunk> {
  // The catalogue or the estimate was wrong; a plan for the window it was said to have would be refused again.
  run.lineup.window.refused(promptNow(run));
  return yield* shrink(run, step, "overflow");
}

/** Old tool output first, then all but the end of the history, at last even what the model has not read yet. */
async function* shrink(run: AgentRun, step: number, trigger: Trigger): AsyncGenerator<AgentEvent, Shrunk> {
  const fits = (): boolean => promptNow(run) <= thresholdOf(run);
  const pruned = yield* prune(run, trigger, prunableCalls(conversationOf(run)));
  if (fits()) return { spent: nothingSpent, changed: pruned };
  const { spent, changed } = yield* compact(run, step, trigger);
  if (run.signal.aborted || fits()) return { spent, changed: pruned || changed };
  const excess = promptNow(run) - (trigger === "overflow" ? thresholdOf(run) : run.lineup.window.size);
  const last = yield* prune(run, trigger, unseenCalls(conversationOf(run), excess));
  return { spent, changed: pruned || changed || last };
}

async function* prune(
  run: AgentRun,
  trigger: Trigger,
  { calls, freed }: Prunable,
): AsyncGenerator<AgentEvent, boolean> {
  if (calls.length === 0) return false;
  const tokensBefore = promptNow(run);
  const tokensAfter = Math.max(0, tokensBefore - freed);
  yield* record(run, { method: "prune", trigger, prunedCalls: calls, tokensBefore, tokensAfter }, null);
  return true;
}

/** A summary of all but the recent end of the history. */
async function* compact(run: AgentRun, step: number, trigger: Trigger): AsyncGenerator<AgentEvent, Shrunk> {
  const plan = planSummary(run);
  // What fills the window is not the history then; a summary a step would cost more than it frees.
  if (
    plan === null ||
    (trigger === "threshold" && plan.freshTokens < run.lineup.window.size * worthwhileShare)
  ) {
    return unchanged;
  }
  const { spent, compaction } = yield* replaceBySummary(run, step, plan, { trigger, focus: null });
  return { spent, changed: compaction !== null };
}
