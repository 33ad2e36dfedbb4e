/** Making room in the window: prune old tool output first, then summarise; never end in a session that cannot go on. */
import type { AgentEvent, DurableEvent } from "../../core/event.ts";
import type { Message } from "../../core/message.ts";
import type { ModelError } from "../../core/model.ts";
import { promptOf } from "../../meter/preflight.ts";
import { summaryText } from "../../sessions/fold-text.ts";
import { nothingSpent, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import {
  type Conversation,
  cutPoint,
  type Prunable,
  prunableCalls,
  unseenCalls,
  worthwhileShare,
} from "./plan.ts";
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

function conversationOf({ session, window }: AgentRun): Conversation {
  const messages = session.state.messages();
  const last = session.said.at(-1);
  const asked = messages.findLastIndex(({ parts }) => parts === last);
  return { messages, asked, window: window.size, tokens: window.tokensOf };
}

/** Compacts if the next request would pass the threshold. @returns what helper calls spent */
export async function* makeRoom(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Spent> {
  const before = promptNow(run);
  run.window.sharpen(before);
  return before > thresholdOf(run) ? yield* shrink(run, step, "threshold") : nothingSpent;
}

/**
 * Compacts because the upstream refused the last request for its size. `freed` false: there is nothing to give up, so
 * that asking again would be refused again.
 */
export async function* makeRoomAfterRefusal(
  run: AgentRun,
  step: number,
): AsyncGenerator<AgentEvent, { spent: Spent; freed: boolean }> {
  const before = promptNow(run);
  // The catalogue or the estimate was wrong; a plan for the window it was said to have would be refused again.
  run.window.refused(before);
  const spent = yield* shrink(run, step, "overflow");
  return { spent, freed: promptNow(run) < before };
}

/** Old tool output first, then all but the end of the history, at last even what the model has not read yet. */
async function* shrink(run: AgentRun, step: number, trigger: Trigger): AsyncGenerator<AgentEvent, Spent> {
  const fits = (): boolean => promptNow(run) <= thresholdOf(run);
  yield* prune(run, trigger, prunableCalls(conversationOf(run)));
  if (fits()) return nothingSpent;
  const spent = yield* compact(run, step, trigger, null);
  if (run.signal.aborted || fits()) return spent;
  const excess = promptNow(run) - (trigger === "overflow" ? thresholdOf(run) : run.window.size);
  yield* prune(run, trigger, unseenCalls(conversationOf(run), excess));
  return spent;
}

async function* prune(
  run: AgentRun,
  trigger: Trigger,
  { calls, freed }: Prunable,
): AsyncGenerator<AgentEvent> {
  if (calls.length === 0) return;
  const tokensBefore = promptNow(run);
  const tokensAfter = Math.max(0, tokensBefore - freed);
  yield* record(run, { method: "prune", trigger, prunedCalls: calls, tokensBefore, tokensAfter });
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
  const conversation = conversationOf(run);
  const { messages } = conversation;
  const cut = cutPoint(conversation);
  const dropped = messages.slice(0, cut);
  const freed = dropped.reduce((sum, message) => sum + tokensOf(message), 0);
  // What fills the window is not the history then; a summary a step would cost more than it frees.
  if (cut === 0 || (trigger === "threshold" && freed < size * worthwhileShare)) return nothingSpent;
  const tokensBefore = promptNow(run);
  const keptFrom = cut < messages.length ? run.session.state.entryOf(cut) : null;
  const written = yield* summarise(run, step, dropped, focus);
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
