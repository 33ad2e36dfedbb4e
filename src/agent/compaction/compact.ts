/** Making room in the window: prune old tool output first, then summarise; never end in a session that cannot go on. */
import type { AgentEvent, DurableEvent } from "../../core/event.ts";
import type { Message } from "../../core/message.ts";
import type { ModelError } from "../../core/model.ts";
import { promptOf } from "../../meter/preflight.ts";
import { summaryText } from "../../sessions/fold-text.ts";
import { nothingSpent, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import { cutPoint, prunableCalls, worthwhileShare } from "./plan.ts";
import { summarise } from "./summarise.ts";
import { composeSummary, mechanicalBody } from "./summary.ts";

type Compaction = Extract<DurableEvent, { type: "compaction.finished" }>;

/** Why room is made. */
export type Trigger = Compaction["trigger"];

/** Estimated prompt tokens of the next request. */
function promptNow(run: AgentRun): number {
  return promptOf(run.window.breakdown(run.session.state.state(), 0));
}

/** Prompt tokens at which history is compacted. */
function thresholdOf(run: AgentRun): number {
  return run.window.size * run.settings.compactAt;
}

/** Compacts if the next request would pass the threshold. @returns what helper calls spent */
export async function* makeRoom(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Spent> {
  const before = promptNow(run);
  run.window.sharpen(before);
  return before > thresholdOf(run) ? yield* shrink(run, step, "threshold", null) : nothingSpent;
}

/** Compacts because the upstream refused the last request for its size. */
export async function* makeRoomAfterRefusal(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Spent> {
  // The catalogue or the estimate was wrong; a plan for the window it was said to have would be refused again.
  run.window.refused(promptNow(run));
  return yield* shrink(run, step, "overflow", null);
}

/** Shortens old tool output; if that is not enough, replaces all but the end of the history by a summary. */
async function* shrink(
  run: AgentRun,
  step: number,
  trigger: Trigger,
  focus: string | null,
): AsyncGenerator<AgentEvent, Spent> {
  const messages = run.session.state.messages();
  const { calls, freed } = prunableCalls(messages, run.window.size, run.window.tokensOf);
  if (calls.length > 0) {
    const tokensBefore = promptNow(run);
    yield* record(run, {
      method: "prune",
      trigger,
      prunedCalls: calls,
      tokensBefore,
      tokensAfter: Math.max(0, tokensBefore - freed),
    });
    if (promptNow(run) <= thresholdOf(run)) return nothingSpent;
  }
  return yield* compact(run, step, trigger, focus);
}

/**
 * Replaces all but the recent end of the history by a summary: the model's own, or one of facts alone when its call
 * fails for any reason, so that the session can always take another turn.
 */
export async function* compact(
  run: AgentRun,
  step: number,
  trigger: Trigger,
  focus: string | null,
): AsyncGenerator<AgentEvent, Spent> {
  const { size, tokensOf } = run.window;
  const messages = run.session.state.messages();
  const cut = cutPoint(messages, size, tokensOf);
  const dropped = messages.slice(0, cut);
  const freed = dropped.reduce((sum, message) => sum + tokensOf(message), 0);
  // What fills the window is not the history then; a summary a step would cost more than it frees.
  if (trigger === "threshold" && freed < size * worthwhileShare) return nothingSpent;
  const tokensBefore = promptNow(run);
  const keptFrom = cut < messages.length ? run.session.state.entryOf(cut) : null;
  const written = yield* summarise(run, step, dropped, freed, focus);
  if (run.signal.aborted) {
    // A stopped run leaves its history as it was, but what its call spent is on record.
    const { model, usage, cost } = written.call;
    const error: ModelError = written.error ?? { code: "aborted", message: "The summary was interrupted." };
    if (model !== null)
      yield* await run.session.commit({
        type: "attempt.failed",
        step,
        attempt: 1,
        model,
        error,
        usage,
        cost,
        parts: [],
      });
    return written.spent;
  }
  const kept = new Set<unknown>(messages.slice(cut).map(({ parts }) => parts));
  const summary = composeSummary(
    written.text ?? mechanicalBody(dropped, size),
    { said: run.session.said.filter((parts) => !kept.has(parts)), ...run.session.touched.lists() },
    size,
  );
  const opening: Message = { role: "user", parts: [{ type: "text", text: summaryText(summary) }] };
  yield* record(run, {
    method: written.text === null ? "mechanical" : "summary",
    trigger,
    summary,
    keptFrom,
    tokensBefore,
    tokensAfter: run.window.promptOf([opening, ...messages.slice(cut)]),
    ...written.call,
    ...(written.error && { error: written.error }),
  });
  return written.spent;
}

async function* record(
  run: AgentRun,
  part: Pick<Compaction, "method" | "trigger" | "tokensBefore" | "tokensAfter"> & Partial<Compaction>,
): AsyncGenerator<AgentEvent> {
  run.cacheWatch.forget();
  yield* await run.session.commit({
    type: "compaction.finished",
    summary: null,
    keptFrom: null,
    prunedCalls: [],
    model: null,
    ...nothingSpent,
    ...part,
  });
}
