/** One step's model call: preflight and request, the answer into the ledger, and what can be learned from it. */
import type { AgentEvent, BudgetRefusal } from "../core/event.ts";
import { promptTokens } from "../core/usage.ts";
import { preflight, promptOf } from "../meter/preflight.ts";
import type { EarlyRuns } from "./act.ts";
import { assemble } from "./assemble.ts";
import { type Answer, callModel } from "./call.ts";
import { EarlyReads } from "./early.ts";
import { type AgentRun, modelOf, type TurnInput } from "./run.ts";
import type { TurnState } from "./turn-state.ts";

/** The least answer worth a call, in tokens. */
const leastOutputTokens = 256;
/** Share of the prompt estimate kept free for its own error. */
const marginShare = 0.02;

/** An answer with the read-only calls already under way, or the gate's refusal. */
export type StepOutcome =
  | { answered: true; answer: Answer; early: EarlyRuns }
  | { answered: false; refusal: BudgetRefusal };

/** Makes the step's call. `last` forbids tools. */
export async function* step(
  run: AgentRun,
  input: TurnInput,
  turn: TurnState,
  last: boolean,
): AsyncGenerator<AgentEvent, StepOutcome> {
  turn.steps += 1;
  const number = turn.steps;
  const { info } = run.targets[0];
  const estimate = run.window.breakdown(run.session.state.state(), 0);
  const room = preflight(estimate, info, {
    outputTokens: run.settings.maxOutputTokens,
    leastOutputTokens,
    margin: Math.ceil(promptOf(estimate) * marginShare),
  });
  yield run.session.live({
    type: "context.usage",
    tokens: room.promptTokens,
    window: info.contextWindow,
    breakdown: room.breakdown,
  });
  // An estimate may be wrong, so a request that seems not to fit is still sent with the least output; the upstream
  // knows, and its refusal is answered by a compaction.
  const wanted = room.fits ? room.maxOutputTokens : leastOutputTokens;
  const request = assemble(run, input, wanted, last);
  const prefix = run.prefix.track(run.system, run.toolbox.specs, run.session.state.messages());
  const early = new EarlyReads(run);
  const outcome = yield* callModel(
    run,
    {
      step: number,
      request,
      promptTokens: room.promptTokens,
      maxOutputTokens: wanted,
      cacheTtl: run.settings.cacheTtl,
      signal: run.signal,
      visible: true,
    },
    {
      admitted: (reservation, maxOutputTokens) => [
        {
          type: "step.started",
          step: number,
          model: modelOf(run),
          effort: run.settings.effort,
          prefixHash: prefix.hash,
          estimate: room.breakdown,
          maxOutputTokens,
          reservation,
        },
      ],
      called: (call) => early.consider(call),
      discarded: () => early.discard(),
    },
  );
  if (!outcome.answered) {
    yield* await run.session.commit({
      type: "budget.refused",
      step: number,
      model: modelOf(run),
      ...outcome.refusal,
    });
    return outcome;
  }
  const { answer } = outcome;
  turn.add(answer);
  yield* await run.session.commit({
    type: "assistant.message",
    step: number,
    parts: answer.parts,
    usage: answer.usage,
    cost: answer.cost,
    model: { requested: modelOf(run), answered: answer.answeredBy },
    upstream: answer.target.upstream.name,
    requestId: answer.requestId,
    attempt: answer.attempt,
    timings: answer.timings,
    end: answer.end,
    estimatedPromptTokens: room.promptTokens,
  });
  if (promptTokens(answer.usage) > 0) run.window.learn(answer.usage);
  yield* watch(run, number, answer, turn);
  const miss = run.cacheWatch.observe(
    answer.usage,
    prefix,
    answer.target.upstream.name,
    answer.timings.startedAt,
    run.settings.cacheTtl,
    answer.target.info.price,
  );
  if (miss) yield* await run.session.commit({ type: "cache.missed", step: number, ...miss });
  return { answered: true, answer, early: early.runs };
}

/** Every turn names the model that answered; another one than asked for is an event, never silent. */
async function* watch(
  run: AgentRun,
  step: number,
  answer: Answer,
  turn: TurnState,
): AsyncGenerator<AgentEvent> {
  const requested = modelOf(run);
  const sameUpstream = answer.target === run.targets[0];
  if (sameUpstream && isSameModel(answer.target.info.id, answer.answeredBy)) return;
  const answered = sameUpstream ? answer.answeredBy : answer.target.upstream.name;
  turn.mismatch = `asked for ${requested}, answered by ${answered}`;
  yield* await run.session.commit({ type: "model.mismatched", step, requested, answered });
}

/** Providers answer with the dated or namespaced form of the name asked for; that is the same model. */
export function isSameModel(asked: string, answered: string): boolean {
  const plain = (name: string): string =>
    name.toLowerCase().replace(/^(models|publishers\/[^/]+\/models)\//, "");
  const a = plain(asked);
  const b = plain(answered);
  const withoutDate = (name: string): string =>
    name
      .replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|latest)$/, "")
      .replace(/:(free|nitro|floor|online|exacto|latest)$/, "");
  const tail = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  return a === b || withoutDate(a) === withoutDate(b) || withoutDate(tail(a)) === withoutDate(tail(b));
}
