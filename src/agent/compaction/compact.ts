/** Making room in the window: prune old tool output first, then summarise; never end in a session that cannot go on. */
import type { AgentEvent, DurableEvent } from "../../core/event.ts";
import type { Message } from "../../core/message.ts";
import type { ModelError } from "../../core/model.ts";
import type { Settlement } from "../../core/store.ts";
import { promptOf } from "../../meter/preflight.ts";
import { summaryText } from "../../sessions/fold-text.ts";
import { nothingSpent, recordCall, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import {
  type Conversation,
  cutPoint,
  type Prunable,
  prunableCalls,
  unseenCalls,
  worthwhileShare,
} from "./plan.ts";
import { recordFailed, summarise } from "./summarise.ts";
import { composeSummary, mechanicalBody } from "./summary.ts";

type Compaction = Extract<DurableEvent, { type: "compaction.finished" }>;

/** Why room is made. */
type Trigger = Compaction["trigger"];

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

/** What making room came to: what helper calls spent, and whether there was anything to give up. */
export type Shrunk = { spent: Spent; changed: boolean };

const unchanged: Shrunk = { spent: nothingSpent, changed: false };

/** Compacts if the next request would pass the threshold. */
export async function* makeRoom(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Shrunk> {
  const before = promptNow(run);
  run.window.sharpen(before);
  return before > thresholdOf(run) ? yield* shrink(run, step, "threshold") : unchanged;
}

/** Compacts because the upstream refused the last request for its size. */
export async function* makeRoomAfterRefusal(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Shrunk> {
  // The catalogue or the estimate was wrong; a plan for the window it was said to have would be refused again.
  run.window.refused(promptNow(run));
  return yield* shrink(run, step, "overflow");
}

/** Old tool output first, then all but the end of the history, at last even what the model has not read yet. */
async function* shrink(run: AgentRun, step: number, trigger: Trigger): AsyncGenerator<AgentEvent, Shrunk> {
  const fits = (): boolean => promptNow(run) <= thresholdOf(run);
  const pruned = yield* prune(run, trigger, prunableCalls(conversationOf(run)));
  if (fits()) return { spent: nothingSpent, changed: pruned };
  const { spent, changed } = yield* compact(run, step, trigger);
  if (run.signal.aborted || fits()) return { spent, changed: pruned || changed };
  const excess = promptNow(run) - (trigger === "overflow" ? thresholdOf(run) : run.window.size);
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

/**
 * Replaces all but the recent end of the history by a summary: the model's own, or one of facts alone when its call
 * fails for any reason, so that the session can always take another turn.
 */
async function* compact(run: AgentRun, step: number, trigger: Trigger): AsyncGenerator<AgentEvent, Shrunk> {
  const { size, tokensOf } = run.window;
  const conversation = conversationOf(run);
  const { messages } = conversation;
  const cut = cutPoint(conversation);
  const dropped = messages.slice(0, cut);
  const freed = dropped.reduce((sum, message) => sum + tokensOf(message), 0);
  // What fills the window is not the history then; a summary a step would cost more than it frees.
  if (cut === 0 || (trigger === "threshold" && freed < size * worthwhileShare)) return unchanged;
  const tokensBefore = promptNow(run);
  const keptFrom = cut < messages.length ? run.session.state.entryOf(cut) : null;
  const written = yield* summarise(run, step, dropped);
  if (run.signal.aborted) {
    // A stopped run leaves its history as it was, but what its call spent is on record.
    const stopped: ModelError = { code: "aborted", message: "The summary was interrupted." };
    yield* recordFailed(run, step, written, written.error ?? stopped);
    return { spent: written.spent, changed: false };
  }
  const kept = new Set<unknown>(messages.slice(cut).map(({ parts }) => parts));
  const summary = composeSummary(
    written.text ?? mechanicalBody(dropped, size),
    { said: run.session.said.filter((parts) => !kept.has(parts)), ...run.session.touched.lists() },
    size,
  );
  const opening: Message = { role: "user", parts: [{ type: "text", text: summaryText(summary) }] };
  const made: Made = {
    method: written.text === null ? "mechanical" : "summary",
    trigger,
    summary,
    keptFrom,
    tokensBefore,
    tokensAfter: run.window.promptOf([opening, ...messages.slice(cut)]),
    ...written.call,
    ...(written.error && { error: written.error }),
  };
  yield* record(run, made, written.settlement);
  return { spent: written.spent, changed: true };
}

type Made = Pick<Compaction, "method" | "trigger" | "tokensBefore" | "tokensAfter"> & Partial<Compaction>;

async function* record(run: AgentRun, made: Made, settlement: Settlement | null): AsyncGenerator<AgentEvent> {
  run.cacheWatch.forget();
  yield* await recordCall(
    run,
    { settlement },
    {
      type: "compaction.finished",
      summary: null,
      keptFrom: null,
      prunedCalls: [],
      model: null,
      ...nothingSpent,
      ...made,
    },
  );
}
