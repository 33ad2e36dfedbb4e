/** Making room in the window: prune old tool output first, then summarise; never end in a session that cannot go on. */
import type { AgentEvent, DurableEvent } from "../../core/event.ts";
import type { Message } from "../../core/message.ts";
import { textOf } from "../../core/message.ts";
import type { ModelError } from "../../core/model.ts";
import { type NanoUsd, nanoUsd, type Usage, zeroUsage } from "../../core/usage.ts";
import { promptOf } from "../../meter/preflight.ts";
import { markEnd } from "../assemble.ts";
import { callModel } from "../call.ts";
import { type AgentRun, modelOf } from "../run.ts";
import { cutPoint, prunableCalls } from "./plan.ts";
import { composeSummary, mechanicalBody, summaryRequest, summaryTokens } from "./summary.ts";

type Compaction = Extract<DurableEvent, { type: "compaction.finished" }>;
type Trigger = Compaction["trigger"];

/** What helper calls of a turn spent; the caller adds it to the turn. */
export type Spent = { usage: Usage; cost: NanoUsd | null };

/** Estimated prompt tokens of the next request. */
export function promptNow(run: AgentRun): number {
  return promptOf(run.window.breakdown(run.session.state.state(), 0));
}

/** Prompt tokens at which history is compacted. */
export function compactionThreshold(run: AgentRun): number {
  const { contextWindow, maxInput } = run.targets[0].info;
  return Math.min(maxInput ?? contextWindow, contextWindow) * run.settings.compactAt;
}

/** Compacts if the next request would pass the threshold. */
export async function* makeRoom(run: AgentRun, step: number): AsyncGenerator<AgentEvent, Spent | null> {
  const threshold = compactionThreshold(run);
  const before = promptNow(run);
  if (before <= threshold) return null;
  const window = run.targets[0].info.contextWindow;
  const { calls, freed } = prunableCalls(run.session.state.messages(), window, run.window.tokensOf);
  if (calls.length > 0) {
    yield* record(run, {
      method: "prune",
      trigger: "threshold",
      prunedCalls: calls,
      tokensBefore: before,
      tokensAfter: before - freed,
    });
    if (promptNow(run) <= threshold) return null;
  }
  return yield* compact(run, step, "threshold", null);
}

/**
 * Replaces all but the recent end of the history by a summary. The model is asked over the very request it knows, so
 * that its prompt cache serves; if that fails for any reason, facts alone make a summary.
 */
export async function* compact(
  run: AgentRun,
  step: number,
  trigger: Trigger,
  focus: string | null,
): AsyncGenerator<AgentEvent, Spent> {
  const window = run.targets[0].info.contextWindow;
  const messages = run.session.state.messages();
  const tokensBefore = promptNow(run);
  const cut = cutPoint(messages, window, run.window.tokensOf);
  const dropped = messages.slice(0, cut);
  const keptFrom = cut < messages.length ? run.session.state.entryOf(cut) : null;
  const written = yield* summarise(run, step, dropped, trigger, focus);
  const body = written.text ?? mechanicalBody(dropped);
  const summary = composeSummary(
    body,
    run.session.userWords,
    dropped.flatMap((message) => message.parts),
  );
  const opening: Message = { role: "user", parts: [{ type: "text", text: summary }] };
  yield* record(run, {
    method: written.text === null ? "mechanical" : "summary",
    trigger,
    summary,
    keptFrom,
    tokensBefore,
    tokensAfter: run.window.promptOf([opening, ...messages.slice(cut)]),
    usage: written.usage,
    cost: written.cost,
    model: written.text === null ? null : modelOf(run),
    ...(written.error && { error: written.error }),
  });
  return { usage: written.usage, cost: written.cost };
}

type Written = Spent & { text: string | null; error: ModelError | null };

async function* summarise(
  run: AgentRun,
  step: number,
  dropped: readonly Message[],
  trigger: Trigger,
  focus: string | null,
): AsyncGenerator<AgentEvent, Written> {
  const nothing = { usage: zeroUsage, cost: nanoUsd(0), text: null };
  const { contextWindow } = run.targets[0].info;
  const size = dropped.reduce((sum, message) => sum + run.window.tokensOf(message), 0);
  // An upstream that just refused this history for its size would refuse it again with a question added.
  if (trigger === "overflow" || size + 2 * summaryTokens > contextWindow) {
    return {
      ...nothing,
      error: { code: "context_overflow", message: "the history does not fit into a summary call" },
    };
  }
  const question: Message = { role: "user", parts: [{ type: "text", text: summaryRequest(focus) }] };
  const { cacheTtl } = run.settings;
  const outcome = yield* callModel(run, {
    step,
    request: {
      model: run.targets[0].info.id,
      system: [{ type: "text", text: run.system, cache: cacheTtl }],
      messages: markEnd([...dropped, question], cacheTtl),
      tools: [...run.toolbox.specs],
      ...(run.toolbox.specs.length > 0 && { toolChoice: "none" as const }),
      maxOutputTokens: summaryTokens,
      cacheKey: run.session.id,
      stream: true,
    },
    promptTokens: promptNow(run),
    maxOutputTokens: summaryTokens,
    cacheTtl,
    signal: run.signal,
    visible: false,
  });
  if (!outcome.answered) return { ...nothing, error: { code: "quota", message: outcome.refusal.reason } };
  const { answer } = outcome;
  const text = textOf(answer.parts).trim();
  const failed =
    answer.end.error ?? (text === "" ? { code: "unknown" as const, message: "the summary was empty" } : null);
  return { usage: answer.usage, cost: answer.cost, text: failed ? null : text, error: failed };
}

async function* record(
  run: AgentRun,
  part: Pick<Compaction, "method" | "trigger" | "tokensBefore" | "tokensAfter"> & Partial<Compaction>,
): AsyncGenerator<AgentEvent> {
  yield* await run.session.commit({
    type: "compaction.finished",
    summary: null,
    keptFrom: null,
    prunedCalls: [],
    usage: zeroUsage,
    cost: nanoUsd(0),
    model: null,
    ...part,
  });
}
