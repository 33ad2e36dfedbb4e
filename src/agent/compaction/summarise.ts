/** The summary call: asked over the very request the model knows, so that its prompt cache serves. */
import type { AgentEvent, ModelName } from "../../core/event.ts";
import type { Message, Part } from "../../core/message.ts";
import { textOf, toolCallsOf } from "../../core/message.ts";
import type { ModelError } from "../../core/model.ts";
import { assemble, stepSettings } from "../assemble.ts";
import { addSpent, callModel, nothingSpent, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import { summaryRequest, summaryTokens } from "./summary.ts";

/** What a model was asked for a summary and what became of it. */
export type Written = {
  /** Null when there is none. */
  text: string | null;
  /** The calls whose usage belongs to the compaction; `model` null when none was made. */
  call: { model: ModelName | null } & Spent;
  /** Everything spent, attempts that failed on the way included; for the turn's sums. */
  spent: Spent;
  error: ModelError | null;
};

/** A model that thinks spends the output cap on that too; this many times a summary's own size leaves it room. */
const thinkingFactor = 4;

/** Asks for a summary of `messages`, which take `tokens`. */
export async function* summarise(
  run: AgentRun,
  step: number,
  messages: readonly Message[],
  tokens: number,
  focus: string | null,
): AsyncGenerator<AgentEvent, Written> {
  if (messages.length === 0 || tokens + 2 * summaryTokens(run.window.size) > run.window.size) {
    return noneFor({ code: "context_overflow", message: "the history does not fit into a summary call" });
  }
  // Some providers keep their cache of the messages by tool choice and thinking, so the settings are a step's: tools
  // are only forbidden when the words that forbid them were not enough.
  const first = yield* ask(run, step, messages, focus, false);
  if (first.error?.code !== "refused" || run.signal.aborted) return first;
  const second = yield* ask(run, step, messages, focus, true);
  return {
    ...second,
    call: { ...addSpent(first.call, second.call), model: second.call.model ?? first.call.model },
    spent: addSpent(first.spent, second.spent),
  };
}

const noneFor = (error: ModelError, spent: Spent = nothingSpent): Written => ({
  text: null,
  call: { model: null, ...nothingSpent },
  spent,
  error,
});

async function* ask(
  run: AgentRun,
  step: number,
  messages: readonly Message[],
  focus: string | null,
  forbidTools: boolean,
): AsyncGenerator<AgentEvent, Written> {
  const { window } = run;
  const { info } = run.targets[0];
  const question: Message = { role: "user", parts: [{ type: "text", text: summaryRequest(focus) }] };
  const asked = [...messages, question];
  const words = summaryTokens(window.size);
  const maxOutputTokens = Math.min(info.reasoning === null ? words : words * thinkingFactor, info.maxOutput);
  const outcome = yield* callModel(run, {
    step,
    request: assemble(run, {
      messages: asked,
      maxOutputTokens,
      settings: stepSettings(run, { parts: [] }, forbidTools),
    }),
    promptTokens: window.promptOf(asked),
    // Part of a request whose size is better known than that of its parts.
    promptBound: Math.min(window.boundOf(asked), window.upperBound() + window.boundOf([question])),
    maxOutputTokens,
    cacheTtl: run.settings.cacheTtl,
    visible: false,
  });
  if (!outcome.answered) return noneFor({ code: "quota", message: outcome.refusal.reason }, outcome.spent);
  const { answer, spent } = outcome;
  const text = textOf(answer.parts).trim();
  const error = answer.end.error ?? (text === "" ? emptyBecause(answer.parts) : null);
  return {
    text: error ? null : text,
    call: { model: answer.target.upstream.name, usage: answer.usage, cost: answer.cost },
    spent,
    error,
  };
}

function emptyBecause(parts: readonly Part[]): ModelError {
  return toolCallsOf(parts).length > 0
    ? { code: "refused", message: "the model called tools instead of writing the summary" }
    : { code: "unknown", message: "the summary was empty" };
}
