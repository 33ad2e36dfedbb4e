/**
 * One model call from gate to answer: admission before every attempt, live deltas, and a settled reservation after each
 * attempt, whatever became of it.
 */
import type { AgentEvent, BudgetRefusal, DurableEvent } from "../core/event.ts";
import type { CacheTtl, Part, ToolCallPart } from "../core/message.ts";
import type { ModelError, ModelEvent, ModelRequest } from "../core/model.ts";
import type { Upstream } from "../core/upstream.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { promptTokens, totalTokens, zeroUsage } from "../core/usage.ts";
import { priceUsage } from "../meter/price.ts";
import { estimateTokens } from "../models/estimate.ts";
import { dispatch } from "../providers/dispatch.ts";
import type { AgentRun, Target } from "./run.ts";

type AssistantMessage = Extract<DurableEvent, { type: "assistant.message" }>;

/** What a call came to. */
export type Answer = {
  parts: Part[];
  usage: Usage;
  cost: NanoUsd | null;
  end: AssistantMessage["end"];
  target: Target;
  /** As the upstream named itself. */
  answeredBy: string;
  requestId: string | null;
  attempt: number;
  timings: AssistantMessage["timings"];
};

/** A call that ended in an answer (perhaps a cut one), or that the gate did not let out. */
export type CallOutcome = { answered: true; answer: Answer } | { answered: false; refusal: BudgetRefusal };

/** What the gate set aside for an attempt; null when no cap is in force. */
export type Reservation = { id: string; cost: NanoUsd | null; tokens: number } | null;

/** One call. */
export type Call = {
  step: number;
  request: ModelRequest;
  /** Estimated prompt tokens. */
  promptTokens: number;
  maxOutputTokens: number;
  cacheTtl: CacheTtl | null;
  signal: AbortSignal;
  /** Whether the text is for people; a helper call (a summary) shows none of it. */
  visible: boolean;
};

/** What a caller may hook into. */
export type CallHooks = {
  /** Before the first attempt leaves: events to commit, so that the ledger knows of the call first. */
  admitted?(reservation: Reservation, maxOutputTokens: number): DurableEvent[];
  /** A tool call whose arguments are complete. */
  called?(call: ToolCallPart): void;
  /** The attempt failed and another follows: nothing it said counts. */
  discarded?(): void;
};

/** Makes the call. */
export async function* callModel(
  run: AgentRun,
  call: Call,
  hooks: CallHooks = {},
): AsyncGenerator<AgentEvent, CallOutcome> {
  const targets = new Map<Upstream, Target>(run.targets.map((target) => [target.upstream, target]));
  const targetOf = (upstream: Upstream): Target => targets.get(upstream) ?? run.targets[0];
  const committed: AgentEvent[] = [];
  let reservation: Reservation = null;
  let refusal: BudgetRefusal | null = null;
  let attempt = new Attempt(run, run.targets[0], 0);

  const events = dispatch({
    upstreams: run.targets.map((target) => target.upstream),
    requestFor: (upstream) => targetOf(upstream).adapt(call.request),
    admit: async (number, upstream) => {
      const target = targetOf(upstream);
      const answer = await run.gate.reserve({
        target,
        promptTokens: call.promptTokens,
        maxOutputTokens: Math.min(call.maxOutputTokens, target.info.maxOutput),
        cacheTtl: call.cacheTtl,
      });
      if (!answer.admitted) {
        refusal = answer.refusal;
        return { admitted: false, refusal: answer.refusal };
      }
      reservation = answer.reservation;
      if (number === 1) {
        const durable = hooks.admitted?.(reservation, answer.maxOutputTokens) ?? [];
        if (durable.length > 0) committed.push(...(await run.session.commit(...durable)));
      }
      return { admitted: true, maxOutputTokens: answer.maxOutputTokens };
    },
    signal: call.signal,
    now: run.now,
    random: run.random,
    sleep: run.sleep,
    onLimit: run.settings.onLimit,
  });

  const settle = async (): Promise<void> => {
    if (reservation) await run.gate.settle(reservation.id, attempt.spent(call.promptTokens));
    reservation = null;
  };

  try {
    for await (const event of events) {
      yield* committed.splice(0);
      switch (event.type) {
        case "attempt.started":
          attempt = new Attempt(
            run,
            run.targets.find((target) => target.upstream.name === event.upstream) ?? run.targets[0],
            event.attempt,
          );
          break;
        case "attempt.failed": {
          const spent = attempt.result();
          await settle();
          hooks.discarded?.();
          yield* await run.session.commit({
            type: "attempt.failed",
            step: call.step,
            attempt: event.attempt,
            model: event.upstream,
            error: event.error,
            usage: spent.usage,
            cost: spent.cost,
            parts: spent.parts,
          });
          break;
        }
        case "retry.scheduled":
          yield run.session.live({
            type: "retry.scheduled",
            step: call.step,
            attempt: event.attempt,
            delayMs: event.delayMs,
            model: event.upstream,
            error: event.error,
          });
          break;
        case "limit.waiting":
          yield run.session.live({
            type: "limit.waiting",
            step: call.step,
            model: event.upstream,
            resetsAt: event.resetsAt,
            remainingMs: event.remainingMs,
          });
          break;
        case "upstream.switched":
          yield run.session.live({
            type: "upstream.switched",
            step: call.step,
            from: event.from,
            to: event.to,
            error: event.error,
          });
          break;
        default: {
          attempt.take(event);
          if (event.type === "part.end" && event.part.type === "tool_call") hooks.called?.(event.part);
          const live = call.visible ? attempt.live(event, call.step) : null;
          if (live) yield live;
        }
      }
    }
  } finally {
    await settle();
  }
  yield* committed.splice(0);
  if (refusal) return { answered: false, refusal };
  return { answered: true, answer: attempt.result() };
}

/** Collects the events of one attempt. */
class Attempt {
  readonly #run: AgentRun;
  readonly #target: Target;
  readonly #number: number;
  readonly #startedAt: number;
  #firstPartMs: number | null = null;
  #open = new Map<number, { part: Part; text: string }>();
  #parts = new Map<number, Part>();
  #usage: Usage = zeroUsage;
  #reportedCost: NanoUsd | null = null;
  #answeredBy: string | null = null;
  #requestId: string | null = null;
  #end: AssistantMessage["end"] | null = null;

  constructor(run: AgentRun, target: Target, number: number) {
    this.#run = run;
    this.#target = target;
    this.#number = number;
    this.#startedAt = run.now();
  }

  take(event: ModelEvent): void {
    switch (event.type) {
      case "start":
        this.#answeredBy = event.model ?? null;
        this.#requestId = event.responseId ?? null;
        return;
      case "part.start":
        this.#firstPartMs ??= this.#run.now() - this.#startedAt;
        this.#open.set(event.index, { part: openPart(event.part), text: "" });
        return;
      case "part.delta": {
        const open = this.#open.get(event.index);
        if (open) open.text += event.delta;
        return;
      }
      case "part.end":
        this.#open.delete(event.index);
        this.#parts.set(event.index, event.part);
        return;
      case "usage":
        this.#usage = event.usage;
        this.#reportedCost = event.cost ?? this.#reportedCost;
        return;
      case "end":
        this.#end = { reason: event.reason, ...(event.raw !== undefined && { raw: event.raw }) };
        return;
      case "error":
        this.#end = { reason: event.error.code === "aborted" ? "aborted" : "error", error: event.error };
        return;
      case "unknown":
        return;
    }
  }

  /** The live event of a delta, if people see it. */
  live(event: ModelEvent, step: number): AgentEvent | null {
    if (event.type !== "part.delta") return null;
    const open = this.#open.get(event.index);
    if (!open) return null;
    const { delta } = event;
    if (open.part.type === "text") return this.#run.session.live({ type: "text.delta", step, delta });
    if (open.part.type === "reasoning")
      return this.#run.session.live({ type: "reasoning.delta", step, delta });
    if (open.part.type !== "tool_call") return null;
    const { id, name } = open.part;
    return this.#run.session.live({ type: "tool.input.delta", step, callId: id, name, delta });
  }

  result(): Answer {
    const at = this.#startedAt;
    return {
      parts: this.#allParts(),
      usage: this.#usage,
      cost:
        this.#reportedCost ??
        (hasTokens(this.#usage)
          ? priceUsage(this.#usage, this.#target.info.price, { at })
          : zeroCost(this.#target)),
      end: this.#end ?? { reason: "error", error: cutShort },
      target: this.#target,
      answeredBy: this.#answeredBy ?? this.#target.info.id,
      requestId: this.#requestId,
      attempt: this.#number,
      timings: { startedAt: at, firstPartMs: this.#firstPartMs, totalMs: this.#run.now() - at },
    };
  }

  /**
   * What the reservation is replaced by. An attempt that was cut before its usage was reported has been billed all the
   * same, so its prompt and what arrived of the answer are counted by estimate; one that never began costs nothing.
   */
  spent(estimatedPrompt: number): { cost: NanoUsd | null; tokens: number } {
    const { usage, cost } = this.result();
    if (this.#firstPartMs === null || usage.output > 0) return { cost, tokens: totalTokens(usage) };
    const arrived = estimateTokens(
      [...this.#open.values()].map((open) => open.text).join("") + JSON.stringify([...this.#parts.values()]),
    );
    const billed = {
      ...usage,
      input: Math.max(usage.input, estimatedPrompt - promptTokens(usage) + usage.input),
      output: arrived,
    };
    return {
      cost: priceUsage(billed, this.#target.info.price, { at: this.#startedAt }),
      tokens: totalTokens(billed),
    };
  }

  /** Parts in the order they began; those that never ended are kept as far as they came, but for opaque ones. */
  #allParts(): Part[] {
    const cut = [...this.#open]
      .filter(([, open]) => open.part.type !== "opaque")
      .map(([index, open]): [number, Part] => [index, cutPart(open.part, open.text)]);
    return [...this.#parts, ...cut].sort(([a], [b]) => a - b).map(([, part]) => part);
  }
}

const cutShort: ModelError = { code: "truncated", message: "the upstream's stream ended without a word" };

const hasTokens = (usage: Usage): boolean => totalTokens(usage) > 0;

/** Nothing used costs nothing, but for a model whose price is unknown even that stays unknown. */
const zeroCost = (target: Target): NanoUsd | null => priceUsage(zeroUsage, target.info.price, { at: 0 });

function openPart(header: Extract<ModelEvent, { type: "part.start" }>["part"]): Part {
  switch (header.type) {
    case "text":
      return { type: "text", text: "" };
    case "reasoning":
      return { type: "reasoning", text: "" };
    case "tool_call":
      return { type: "tool_call", id: header.id, name: header.name, input: {}, malformed: "" };
    case "opaque":
      return { type: "opaque", kind: header.kind, opaque: { provider: "", model: "", data: null } };
    case "image":
    case "file":
      return { type: "text", text: "" };
  }
}

function cutPart(part: Part, text: string): Part {
  if (part.type === "text" || part.type === "reasoning") return { ...part, text };
  return part.type === "tool_call" ? { ...part, malformed: text } : part;
}
