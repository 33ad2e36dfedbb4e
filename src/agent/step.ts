/** One step's model call: preflight and request, the answer into the ledger, and what can be learned from it. */
import type { AgentEvent, DurableEvent } from "../core/event.ts";
import { cacheHitOf, promptTokens } from "../core/usage.ts";
import { preflight, promptOf } from "../meter/preflight.ts";
import { assemble, stepSettings } from "./assemble.ts";
import type { Answer } from "./attempt.ts";
import { type CallOutcome, callModel, recordCall } from "./call.ts";
import type { EarlyReads } from "./early.ts";
import type { Prefix } from "./prefix.ts";
import { type AgentRun, modelOf, type TurnInput } from "./run.ts";
import type { TurnState } from "./turn-state.ts";

/** The least answer worth a call, in tokens. */
const leastOutputTokens = 256;
/** Share of the prompt estimate kept free for its own error. */
const marginShare = 0.02;

type Answered = Extract<CallOutcome, { answered: true }>;
type Mismatch = Extract<DurableEvent, { type: "model.mismatched" }>;

/** Makes the step's call and records it. `early` gets the read-only calls that may begin at once. */
export async function* step(
  run: AgentRun,
  input: TurnInput,
  turn: TurnState,
  early: EarlyReads,
): AsyncGenerator<AgentEvent, CallOutcome> {
  turn.steps += 1;
  const number = turn.steps;
  const { info } = run.lineup.targets[0];
  const { cacheTtl } = run.settings;
  const { effort } = run.lineup;
  const state = run.session.state.state();
  const { messages } = state;
  const estimate = run.lineup.window.breakdown(state, 0);
  const room = preflight(
    estimate,
    { ...run.lineup.window.limits, maxOutput: info.maxOutput },
    {
      outputTokens: run.settings.maxOutputTokens,
      leastOutputTokens,
      margin: Math.ceil(promptOf(estimate) * marginShare),
    },
  );
  yield run.session.live({
    type: "context.usage",
    tokens: room.promptTokens,
    window: run.lineup.window.limits.contextWindow,
    breakdown: room.breakdown,
  });
  // An estimate may be wrong, so a request that seems not to fit is still sent with the least output; the upstream
  // knows, and its refusal is answered by a compaction.
  const maxOutputTokens = room.fits ? room.maxOutputTokens : leastOutputTokens;
  const settings = stepSettings(run, input, turn.wrapUp !== null);
  const prefix = run.prefix.track(run.system, run.toolbox.specs, settings, messages);
  early.discard();
  const outcome = yield* callModel(
    run,
    {
      step: number,
      request: assemble(run, { messages, maxOutputTokens, settings }),
      promptTokens: room.promptTokens,
      promptBound: run.lineup.window.upperBound(),
      maxOutputTokens,
      cacheTtl,
      visible: true,
    },
    {
      admitted: ({ reservation, maxOutputTokens: admitted, lowered }) => [
        ...(lowered === undefined || turn.toldOfCap ? [] : [capNote(lowered, turn)]),
        {
          type: "step.started",
          step: number,
          model: modelOf(run),
          mode: run.permissions.mode,
          effort,
          prefixHash: prefix.hash,
          estimate: room.breakdown,
          maxOutputTokens: admitted,
          reservation,
        },
      ],
      called: async (call) => {
        if (turn.wrapUp === null) await early.consider(call);
      },
      discarded: () => early.discard(),
    },
  );
  turn.add(outcome.spent);
  if (!outcome.answered) {
    const { refusal } = outcome;
    yield* await run.session.commit({
      type: "budget.refused",
      step: number,
      model: modelOf(run),
      ...refusal,
    });
    return outcome;
  }
  yield* record(run, number, turn, outcome, room.promptTokens, prefix);
  return outcome;
}

function capNote(text: string, turn: TurnState): DurableEvent {
  turn.toldOfCap = true;
  return { type: "note", level: "info", code: "output_cap", text };
}

/** The answer into the ledger, and what it says beside its words: who answered, what the cache did, how long we were off. */
async function* record(
  run: AgentRun,
  number: number,
  turn: TurnState,
  { answer, settlement }: Answered,
  estimatedPromptTokens: number,
  prefix: Prefix,
): AsyncGenerator<AgentEvent> {
  const { target, usage, timings } = answer;
  const mismatch = mismatchOf(run, number, answer);
  const miss = run.cacheWatch.observe({
    usage,
    prefix,
    body: answer.body,
    model: target.upstream.name,
    at: timings.startedAt,
    ttl: run.settings.cacheTtl,
    price: target.info.price,
  });
  const news: DurableEvent[] = [];
  if (mismatch && turn.mismatch !== mismatch.answered) news.push(mismatch);
  turn.mismatch = mismatch?.answered ?? turn.mismatch;
  if (miss) news.push({ type: "cache.missed", step: number, ...miss });
  const calibration =
    promptTokens(usage) > 0 && target === run.lineup.targets[0] ? run.lineup.window.learn(usage) : null;
  const learned = calibration && { model: target.upstream.name, calibration };
  yield* await recordCall(
    run,
    { settlement, ...(learned && { learned }) },
    {
      type: "assistant.message",
      step: number,
      parts: answer.parts,
      usage,
      cacheHit: cacheHitOf(usage),
      cost: answer.cost,
      ...(answer.costParts !== null && { costParts: answer.costParts }),
      model: { requested: target.upstream.name, answered: answer.answeredBy },
      upstream: target.upstream.provider,
      requestId: answer.requestId,
      attempt: answer.attempt,
      timings,
      end: answer.end,
      estimatedPromptTokens,
    },
    ...news,
  );
}

/** Every turn names the model that answered; another one than asked for is an event, never silent. */
function mismatchOf(run: AgentRun, step: number, answer: Answer): Mismatch | null {
  const requested = modelOf(run);
  const chosen = answer.target === run.lineup.targets[0];
  if (chosen && isSameModel(answer.target.info.id, answer.answeredBy)) return null;
  const answered = chosen ? answer.answeredBy : answer.target.upstream.name;
  return { type: "model.mismatched", step, requested, answered };
}

/** Providers answer with the dated, namespaced or reordered form of the name asked for; that is the same model. */
export function isSameModel(asked: string, answered: string): boolean {
  return plainName(asked) === plainName(answered);
}

/** A model's name without host folders, dates and variants, its words in one order (`claude-4.5-sonnet`). */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/:(free|nitro|floor|online|exacto|latest)$/, "")
    .replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|latest)$/, "")
    .split(/[-_.:@]/)
    .sort()
    .join("-");
}
