/** The one retry layer: attempts, waits and fallbacks around model calls, each of them an event. */
import type { ModelError, ModelEvent, ModelRequest } from "../core/model.ts";
import type { Admission, DispatchEvent, StreamOptions, Upstream } from "../core/upstream.ts";
import type { Breakers } from "./breaker.ts";
import { type Timing, waitForReset } from "./limit-wait.ts";
import {
  defaultRetryPolicy,
  isOutage,
  limitReset,
  type RetryPolicy,
  remedyFor,
  retryDelay,
} from "./retry.ts";

/** What to do at a usage limit: wait until it resets, go on with the next upstream, or end with its error. */
export type OnLimit = "wait" | "fallback" | "exit";

/** One call and how it may be repeated. */
export type Dispatch<Refusal> = Timing & {
  /** The chosen upstream, then its fallbacks. */
  upstreams: readonly Upstream[];
  /** The request as this upstream can take it (its model name, its dialect's hand-over rules). */
  requestFor(upstream: Upstream): ModelRequest;
  /** Asked before every attempt, counted from 1; a refusal ends the dispatch with `attempt.refused`. */
  admit(attempt: number, upstream: Upstream): Promise<Admission<Refusal>>;
  /**
   * Whether an attempt that has shown something may be repeated. Only while nothing it asked for has been acted on;
   * the caller discards what was shown when it reads `attempt.failed`. Never, when left out.
   */
  mayRepeatOutput?(): boolean;
  /** Is told each attempt's encoded body as it leaves. */
  sending?(body: string): void;
  onLimit: OnLimit;
  policy?: RetryPolicy;
  /** Shared by all dispatches of the process; only consulted where there is a fallback to go to. */
  breakers?: Breakers;
  signal: AbortSignal;
};

/**
 * Streams one model call. Ends after exactly one `end`, `error` or `attempt.refused`; the errors of attempts that were
 * followed by another appear as `attempt.failed`. A fallback is only taken before anything was shown.
 */
export async function* dispatch<Refusal>(call: Dispatch<Refusal>): AsyncGenerator<DispatchEvent<Refusal>> {
  const policy = call.policy ?? defaultRetryPolicy;
  const route = new Route(call.upstreams, call.breakers);
  let elapsedFrom = call.now();
  let failures = 0;
  yield* route.skipBroken();
  for (let attempt = 1; ; attempt++) {
    const upstream = route.current;
    const { name } = upstream;
    const admission = await call.admit(attempt, upstream);
    if (!admission.admitted) {
      yield { type: "attempt.refused", attempt, upstream: name, refusal: admission.refusal };
      return;
    }
    yield { type: "attempt.started", attempt, upstream: name };
    const request = { ...call.requestFor(upstream), maxOutputTokens: admission.maxOutputTokens };
    const { error, shown } = yield* attemptOn(upstream, request, route, call);
    if (error === null) return;
    failures++;

    const plan = planAfter(
      { error, shown, failures, elapsedMs: call.now() - elapsedFrom },
      call,
      policy,
      route,
    );
    if (plan.type === "give up") {
      yield { type: "error", error };
      return;
    }
    yield { type: "attempt.failed", attempt, upstream: name, error };
    if (plan.type === "switch") {
      yield route.switchTo(plan.index, error);
      failures = 0;
      continue;
    }
    try {
      if (plan.type === "retry") {
        yield { type: "retry.scheduled", attempt, upstream: name, delayMs: plan.delayMs, error };
        await call.sleep(plan.delayMs, call.signal);
      } else {
        const before = call.now();
        yield* waitForReset(name, plan.resetsAt, call, call.signal);
        elapsedFrom += call.now() - before;
        failures = 0;
      }
    } catch (failure) {
      if (!call.signal.aborted) throw failure;
      yield { type: "error", error: { code: "aborted", message: "The wait was aborted." } };
      return;
    }
  }
}

/** One attempt's events, its error kept back: whether that is the last word is not known yet. */
async function* attemptOn(
  upstream: Upstream,
  request: ModelRequest,
  route: Route,
  { signal, sending }: StreamOptions,
): AsyncGenerator<ModelEvent, { error: ModelError | null; shown: boolean }> {
  let shown = false;
  let error: ModelError | null = { code: "truncated", message: "The stream ended before the answer did." };
  let verdict = false;
  route.began();
  try {
    for await (const event of upstream.stream(request, { signal, sending })) {
      if (event.type === "error") {
        error = event.error;
        break;
      }
      shown ||= event.type === "part.delta" || event.type === "part.end";
      if (event.type === "end") error = null;
      yield event;
      if (event.type === "end") break;
    }
    verdict = true;
  } finally {
    // A reader that walked away leaves the probe of a half-open breaker undecided.
    route.ended(verdict ? error : { code: "aborted", message: "" });
  }
  return { error, shown };
}

type Plan =
  | { type: "give up" }
  | { type: "retry"; delayMs: number }
  | { type: "wait"; resetsAt: number }
  | { type: "switch"; index: number };

type Failure = { error: ModelError; shown: boolean; failures: number; elapsedMs: number };

function planAfter<Refusal>(
  { error, shown, failures, elapsedMs }: Failure,
  call: Dispatch<Refusal>,
  policy: RetryPolicy,
  route: Route,
): Plan {
  const giveUp: Plan = { type: "give up" };
  const remedy = remedyFor(error);
  if (remedy === "none" || call.signal.aborted) return giveUp;
  if (shown && !(call.mayRepeatOutput?.() ?? false)) return giveUp;
  const next = shown ? null : route.next();
  const fallback: Plan = next === null ? giveUp : { type: "switch", index: next };

  const resetsAt = limitReset(error, call.now(), policy);
  if (resetsAt !== null || remedy === "elsewhere") {
    if (call.onLimit === "fallback") return fallback;
    if (call.onLimit === "exit" || resetsAt === null) return giveUp;
    return resetsAt - call.now() > policy.maxLimitWaitMs ? giveUp : { type: "wait", resetsAt };
  }
  const delayMs = retryDelay(error, failures, call.random(), policy);
  const worthIt = failures < policy.maxAttempts && elapsedMs + delayMs <= policy.maxElapsedMs;
  // A probe that failed has said what there was to say.
  return worthIt && !(next !== null && route.isOpen()) ? { type: "retry", delayMs } : fallback;
}

/** Where the call is in its chain of upstreams, and what the breakers hear of it. */
class Route {
  readonly #upstreams: readonly Upstream[];
  readonly #breakers: Breakers | undefined;
  #index = 0;

  constructor(upstreams: readonly Upstream[], breakers: Breakers | undefined) {
    this.#upstreams = upstreams;
    this.#breakers = upstreams.length > 1 ? breakers : undefined;
  }

  get current(): Upstream {
    const upstream = this.#upstreams[this.#index];
    if (upstream === undefined) throw new RangeError("a dispatch needs an upstream");
    return upstream;
  }

  /** Goes past upstreams whose breaker is open; when all are, the first is asked all the same. */
  *skipBroken(): Generator<DispatchEvent> {
    const { name } = this.current;
    const broken = this.#breakers?.refusal(name) ?? null;
    const next = broken === null ? null : this.next();
    if (broken !== null && next !== null) yield this.switchTo(next, broken);
  }

  /** The next upstream that may be asked; null when there is none. */
  next(): number | null {
    const after = this.#upstreams.findIndex(
      ({ name }, index) => index > this.#index && (this.#breakers?.refusal(name) ?? null) === null,
    );
    return after === -1 ? null : after;
  }

  /** Goes on at another upstream. */
  switchTo(index: number, error: ModelError): DispatchEvent {
    const from = this.current.name;
    this.#index = index;
    return { type: "upstream.switched", from, to: this.current.name, error };
  }

  isOpen(): boolean {
    return this.#breakers?.state(this.current.name) === "open";
  }

  began(): void {
    this.#breakers?.began(this.current.name);
  }

  ended(error: ModelError | null): void {
    const { name } = this.current;
    if (error?.code === "aborted") this.#breakers?.abandoned(name);
    else if (error !== null && isOutage(error)) this.#breakers?.failed(name, error);
    else this.#breakers?.succeeded(name);
  }
}
