/**
 * One model call from gate to answer: admission before every attempt, live deltas, and after each attempt, whatever
 * became of it, one entry and in the same transaction the settlement of its reservation.
 */
import type { AgentEvent, BudgetRefusal, DurableEvent, Entry, ModelName } from "../core/event.ts";
import type { CacheTtl, ToolCallPart } from "../core/message.ts";
import type { ModelError, ModelRequest } from "../core/model.ts";
import type { CallAccount, Settlement } from "../core/store.ts";
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
 * the answer's own included. Whoever gets an answer commits its entry with `recordCall` before anything else can happen.
 */
export type CallOutcome =
  | { answered: true; answer: Answer; settlement: Settlement | null; spent: Spent }
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
  called?(call: ToolCallPart): Promise<void>;
  /** The attempt failed and another follows: nothing it said counts. */
  discarded?(): void;
};

/** Commits the entry of a call together with what belongs to it; the settlement is not lost when that fails. */
export async function recordCall(
  { session, gate }: Pick<AgentRun, "session" | "gate">,
  account: CallAccount,
  ...events: readonly DurableEvent[]
): Promise<Entry[]> {
  try {
    return await session.commitCall(account, ...events);
  } catch (error) {
    // Another process took the session over, say: the money was spent all the same.
    if (account.settlement !== null) await gate.settle(account.settlement);
    throw error;
  }
}

/** What is under way: an attempt, and what was set aside for it. */
type Underway = {
  attempt: Attempt;
  number: number;
  model: ModelName;
  reservation: Admitted["reservation"];
};

/** Makes the call. */
export async function* callModel(
  run: AgentRun,
  call: Call,
  hooks: CallHooks = {},
): AsyncGenerator<AgentEvent, CallOutcome> {
  const { step } = call;
  const targets = new Map<Upstream, Target>(run.lineup.targets.map((target) => [target.upstream, target]));
  const targetOf = (upstream: Upstream): Target => targets.get(upstream) ?? run.lineup.targets[0];
  const committed: AgentEvent[] = [];
  // Between two attempts nothing is under way; a wait that is stopped there ends the call without one.
  const idle: Underway = {
    attempt: new Attempt(run, run.lineup.targets[0], 0),
    number: 0,
    model: run.lineup.targets[0].upstream.name,
    reservation: null,
  };
  const state = { current: idle };
  let spent = nothingSpent;

  const events = dispatch<BudgetRefusal>({
    upstreams: run.lineup.targets.map((target) => target.upstream),
    requestFor: (upstream) => targetOf(upstream).adapt(call.request),
    admit: async (number, upstream) => {
      const target = targetOf(upstream);
      const answer = await run.gate.reserve({
        target,
        promptTokens: run.lineup.window.inTokensOf(target.info.id, call.promptBound),
        maxOutputTokens: Math.min(call.maxOutputTokens, target.info.maxOutput),
        cacheTtl: call.cacheTtl,
      });
      if (!answer.admitted) return answer;
      state.current = {
        attempt: new Attempt(run, target, number),
        number,
        model: upstream.name,
        reservation: answer.reservation,
      };
      const durable = number === 1 ? (hooks.admitted?.(answer) ?? []) : [];
      if (durable.length > 0) committed.push(...(await run.session.commit(...durable)));
      return { admitted: true, maxOutputTokens: answer.maxOutputTokens };
    },
    sending: (body) => state.current.attempt.sent(body),
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

  /** The attempt is over: what it came to, and what takes the place of what was set aside for it. */
  const land = (): { answer: Answer; settlement: Settlement | null } => {
    const { attempt, reservation } = state.current;
    state.current = idle;
    const answer = attempt.result();
    spent = addSpent(spent, answer);
    const came = attempt.spent(call.promptTokens);
    return { answer, settlement: reservation && { reservationId: reservation.id, ...came } };
  };

  /** Records the attempt under way as one that came to nothing. */
  const recordFailure = (attempt: number, model: ModelName, error: ModelError): Promise<Entry[]> => {
    const { answer, settlement } = land();
    const { usage, cost, parts } = answer;
    const type = "attempt.failed" as const;
    return recordCall(run, { settlement }, { type, step, attempt, model, error, usage, cost, parts });
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
          hooks.discarded?.();
          yield* await recordFailure(event.attempt, event.upstream, event.error);
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
          if (complete) await hooks.called?.(complete);
          const live = call.visible ? attempt.live(event, step) : null;
          if (live) yield run.session.live(live);
        }
      }
    }
    yield* committed.splice(0);
    return { answered: true, ...land(), spent };
  } finally {
    // The reader walked away: nobody is told any more, but what was spent is on record and settled all the same.
    if (state.current !== idle) await recordFailure(state.current.number, state.current.model, abandoned);
  }
}

const abandoned: ModelError = { code: "aborted", message: "The run was given up while the answer came in." };
