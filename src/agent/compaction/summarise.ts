/** The summary call. */
import type { AgentEvent, BudgetRefusal, ModelName } from "../../core/event.ts";
import type { Message, Part } from "../../core/message.ts";
import { textOf, toolCallsOf } from "../../core/message.ts";
import type { ModelError } from "../../core/model.ts";
import type { Settlement } from "../../core/store.ts";
import { assemble, stepSettings } from "../assemble.ts";
import { addSpent, callModel, nothingSpent, recordCall, type Spent } from "../call.ts";
import type { AgentRun } from "../run.ts";
import { summaryRequest, summaryTokens } from "./summary.ts";
import { transcript } from "./transcript.ts";

/** What a model was asked for a summary and what became of it. */
export type Written = {
  /** Null when there is none. */
  text: string | null;
  /** The call whose usage belongs to the compaction; `model` null when none was made. */
  call: { model: ModelName | null } & Spent;
  /** What is committed with that call's entry. */
  settlement: Settlement | null;
  /** Everything spent, attempts that failed on the way included; for the turn's sums. */
  spent: Spent;
  error: ModelError | null;
  /** The budget that did not let the call out, when that is why. */
  refusal?: BudgetRefusal;
};

/** A model that thinks spends the output cap on that too; this many times a summary's own size leaves it room. */
const thinkingFactor = 4;

/** The least a summary is worth, in tokens. */
const leastSummary = 256;

/** What a model is asked to summarise, and what a person wants kept above all. */
export type SummaryTask = { messages: readonly Message[]; focus: string | null };

/** A summary call as it would be sent. */
export type SummaryCall = {
  messages: readonly Message[];
  promptTokens: number;
  /** What they will hardly pass. */
  promptBound: number;
  maxOutputTokens: number;
};

type Sizing = Pick<AgentRun, "lineup">;

/**
 * Asks for a summary: over the conversation as the model knows it, so that its prompt cache serves; and when it does
 * not fit or is refused, over a transcript with long pieces cut.
 */
export async function* summarise(
  run: AgentRun,
  step: number,
  task: SummaryTask,
): AsyncGenerator<AgentEvent, Written> {
  // Some providers keep their cache of the messages by tool choice and thinking, so the settings are a step's: tools
  // are only forbidden when the words that forbid them were not enough.
  let written = yield* ask(run, step, wholeCall(run, task), false);
  if (written.error?.code === "refused" && !run.signal.aborted) {
    yield* recordFailed(run, step, written, written.error);
    written = after(written, yield* ask(run, step, wholeCall(run, task), true));
  }
  if (written.error?.code === "context_overflow" && !run.signal.aborted) {
    yield* recordFailed(run, step, written, written.error);
    written = after(written, yield* ask(run, step, transcriptCall(run, task), true));
  }
  return written;
}

/** The call a summary would begin with; null when not even a transcript fits, and facts alone must do. */
export function expectedCall(run: Sizing, task: SummaryTask): SummaryCall | null {
  return wholeCall(run, task) ?? transcriptCall(run, task);
}

const questionOf = ({ focus }: SummaryTask): Message => ({
  role: "user",
  parts: [{ type: "text", text: summaryRequest(focus) }],
});

function wholeCall(run: Sizing, task: SummaryTask): SummaryCall | null {
  return callOver(run, [...task.messages, questionOf(task)]);
}

function transcriptCall(run: Sizing, task: SummaryTask): SummaryCall | null {
  const text = `The conversation, with long pieces cut:\n\n${transcript(task.messages, run.lineup.window.room)}`;
  return callOver(run, [{ role: "user", parts: [{ type: "text", text }, ...questionOf(task).parts] }]);
}

/** Null when there is no room for an answer. */
function callOver({ lineup: { window, targets } }: Sizing, messages: readonly Message[]): SummaryCall | null {
  const { info } = targets[0];
  const words = summaryTokens(window.room);
  const promptTokens = window.promptOf(messages);
  const maxOutputTokens = Math.min(
    info.reasoning === null ? words : words * thinkingFactor,
    info.maxOutput,
    window.size - promptTokens,
  );
  if (maxOutputTokens < leastSummary) return null;
  // Most of it is part of a request whose size is better known than that of its messages.
  const promptBound = Math.min(
    window.boundOf(messages),
    window.upperBound() + window.boundOf(messages.slice(-1)),
  );
  return { messages, promptTokens, promptBound, maxOutputTokens };
}

/** The second of two tries, with what the first one spent. */
function after(first: Written, second: Written): Written {
  return { ...second, spent: addSpent(first.spent, second.spent) };
}

/** A call that gave no summary is an entry of its own, if one was made at all. */
export async function* recordFailed(
  run: AgentRun,
  step: number,
  { call, settlement }: Written,
  error: ModelError,
): AsyncGenerator<AgentEvent> {
  const { model, usage, cost } = call;
  if (model === null) return;
  const type = "attempt.failed" as const;
  yield* await recordCall(
    run,
    { settlement },
    { type, step, attempt: 1, model, error, usage, cost, parts: [] },
  );
}

const noneFor = (error: ModelError, spent: Spent = nothingSpent): Written => ({
  text: null,
  call: { model: null, ...nothingSpent },
  settlement: null,
  spent,
  error,
});

async function* ask(
  run: AgentRun,
  step: number,
  call: SummaryCall | null,
  forbidTools: boolean,
): AsyncGenerator<AgentEvent, Written> {
  if (call === null) {
    return noneFor({ code: "context_overflow", message: "the history does not fit into a summary call" });
  }
  const { messages, promptTokens, promptBound, maxOutputTokens } = call;
  const outcome = yield* callModel(run, {
    step,
    request: assemble(run, {
      messages,
      maxOutputTokens,
      settings: stepSettings(run, { parts: [] }, forbidTools),
    }),
    promptTokens,
    promptBound,
    maxOutputTokens,
    cacheTtl: run.settings.cacheTtl,
    visible: false,
  });
  if (!outcome.answered) {
    const { refusal } = outcome;
    return { ...noneFor({ code: "quota", message: refusal.reason }, outcome.spent), refusal };
  }
  const { answer, settlement, spent } = outcome;
  const text = textOf(answer.parts).trim();
  const error = answer.end.error ?? (text === "" ? emptyBecause(answer.parts) : null);
  return {
    text: error ? null : text,
    call: { model: answer.target.upstream.name, usage: answer.usage, cost: answer.cost },
    settlement,
    spent,
    error,
  };
}

function emptyBecause(parts: readonly Part[]): ModelError {
  return toolCallsOf(parts).length > 0
    ? { code: "refused", message: "the model called tools instead of writing the summary" }
    : { code: "unknown", message: "the summary was empty" };
}
