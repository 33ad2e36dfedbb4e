/**
 * One model call from gate to answer: admission before every attempt, live deltas, and a settled reservation after each
 * attempt, whatever became of it.
 */
import type { AgentEvent, BudgetRefusal, DurableEvent } from "../core/event.ts";
import type { CacheTtl, ToolCallPart } from "../core/message.ts";
import type { ModelRequest } from "../core/model.ts";
import type { Upstream } from "../core/upstream.ts";
import { addUsage, type NanoUsd, nanoUsd, type Usage, zeroUsage } from "../core/usage.ts";
import { dispatch } from "../providers/dispatch.ts";
import { type Answer, Attempt } from "./attempt.ts";
import type { AgentRun, GateAnswer, Target } from "./run.ts";

/** What calls came to: usage and its price; null when a part of it has no known price. */
export type Spent = { usage: Usage; cost: NanoUsd | null };

/** The sum of two. */
export function addSpent(a: Spent, b: Spent): Spent {
  const cost = a.cost === null || b.cost === null ? null : nanoUsd(a.cost + b.cost);
  return { usage: addUsage(a.usage, b.usage), cost };
}

/** Nothing at all. */
export const nothingSpent: Spent = Object.freeze({ usage: zeroUsage, cost: nanoUsd(0) });

/**
 * A call that ended in an answer (perhaps a cut one), or that the gate did not let out. `spent` counts every attempt,
 * the answer's own included.
 */
export type CallOutcome =
  | { answered: true; answer: Answer; spent: Spent }
  | { answered: false; refusal: BudgetRefusal; spent: Spent };

/** What the gate admitted. */
export type Admitted = Extract<GateAnswer, { admitted: true }>;

/** One call. */
export type Call = {
  step: number;
  request: ModelRequest;
  /** Estimated prompt tokens. */
  promptTokens: number;
  /** What they will hardly pass: this much is reserved. */
  promptBound: number;
  maxOutputTokens: number;
  cacheTtl: CacheTtl | null;
  /** Whether the text is for people; a helper call (a summary) shows none of it. */
  visible: boolean;
};

/** What a caller may hook into. */
export type CallHooks = {
  /** Before the first attempt leaves: events to commit, so that the ledger knows of the call first. */
  admitted?(answer: Admitted): DurableEvent[];
  /** A tool call whose arguments are complete. */
  called?(call: ToolCallPart): void;
  /** The attempt failed and another follows: nothing it said counts. */
  discarded?(): void;
};

/** What is under way: an attempt, and what was set aside for it. */
type Underway = { attempt: Attempt; reservation: Admitted["reservation"] };

/** Makes the call. */
export async function* callModel(
  run: AgentRun,
  call: Call,
  hooks: CallHooks = {},
): AsyncGenerator<AgentEvent, CallOutcome> {
  const { step } = call;
  const targets = new Map<Upstream, Target>(run.targets.map((target) => [target.upstream, target]));
  const targetOf = (upstream: Upstream): Target => targets.get(upstream) ?? run.targets[0];
  const committed: AgentEvent[] = [];
  // Between two attempts nothing is under way; a wait that is stopped there ends the call without one.
  const idle: Underway = { attempt: new Attempt(run, run.targets[0], 0), reservation: null };
  const state = { current: idle };
  let spent = nothingSpent;

  const events = dispatch<BudgetRefusal>({
    upstreams: run.targets.map((target) => target.upstream),
    requestFor: (upstream) => targetOf(upstream).adapt(call.request),
    admit: async (number, upstream) => {
      const target = targetOf(upstream);
      const answer = await run.gate.reserve({
        target,
        promptTokens: run.window.inTokensOf(target.info.id, call.promptBound),
        maxOutputTokens: Math.min(call.maxOutputTokens, target.info.maxOutput),
        cacheTtl: call.cacheTtl,
      });
      if (!answer.admitted) return answer;
      state.current = { attempt: new Attempt(run, target, number), reservation: answer.reservation };
      const durable = number === 1 ? (hooks.admitted?.(answer) ?? []) : [];
      if (durable.length > 0) committed.push(...(await run.session.commit(...durable)));
      return { admitted: true, maxOutputTokens: answer.maxOutputTokens };
    },
    signal: run.signal,
    now: run.now,
    random: run.random,
    sleep: run.sleep,
    onLimit: run.settings.onLimit,
    policy: run.settings.retry,
    breakers: run.breakers,
    // Tools wait for the whole message, and reads that began early are discarded with the attempt.
    mayRepeatOutput: () => true,
  });

  /** The attempt is over: what was set aside for it becomes what it came to. */
  const land = async (): Promise<Answer> => {
    const { attempt, reservation } = state.current;
    state.current = idle;
    const answer = attempt.result();
    spent = addSpent(spent, answer);
    if (reservation) await run.gate.settle(reservation.id, attempt.spent(call.promptTokens));
    return answer;
  };

  try {
    for await (const event of events) {
      yield* committed.splice(0);
      switch (event.type) {
        case "attempt.refused":
          return { answered: false, refusal: event.refusal, spent };
        case "attempt.started":
          break;
        case "attempt.failed": {
          const { usage, cost, parts } = await land();
          hooks.discarded?.();
          const { type, attempt, upstream: model, error } = event;
          yield* await run.session.commit({ type, step, attempt, model, error, usage, cost, parts });
          break;
        }
        case "retry.scheduled": {
          const { type, attempt, delayMs, upstream: model, error } = event;
          yield run.session.live({ type, step, attempt, delayMs, model, error });
          break;
        }
        case "limit.waiting": {
          const { type, upstream: model, resetsAt, remainingMs } = event;
          yield run.session.live({ type, step, model, resetsAt, remainingMs });
          break;
        }
        case "upstream.switched":
          yield run.session.live({ ...event, step });
          break;
        default: {
          const { attempt } = state.current;
          const complete = attempt.take(event);
          if (complete) hooks.called?.(complete);
          const live = call.visible ? attempt.live(event, step) : null;
          if (live) yield run.session.live(live);
        }
      }
    }
    yield* committed.splice(0);
    return { answered: true, answer: await land(), spent };
  } finally {
    // The reader walked away, or the ledger failed: what was reserved is settled all the same.
    if (state.current !== idle) await land();
  }
}
