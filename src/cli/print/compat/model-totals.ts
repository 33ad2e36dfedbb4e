/** What each model of a run came to: calls, failures, time, tokens and money. */
import type { AgentEvent } from "../../../core/event.ts";
import { addUsage, type Usage, zeroUsage } from "../../../core/usage.ts";
import { bareName } from "./mapper.ts";

/** The sums of one model. */
export type ModelTotal = {
  requests: number;
  errors: number;
  latencyMs: number;
  usage: Usage;
  /** Nano-dollars; null as soon as one call has no known price. */
  cost: number | null;
};

/** Adds up a stream by the model that answered. */
export class ModelTotals {
  readonly #totals = new Map<string, ModelTotal>();
  /** Milliseconds until the first word of the first answer; null when nothing was said. */
  firstPartMs: number | null = null;
  /** The context window in tokens, as last told; null before the first request. */
  window: number | null = null;
  /** The answer's cap of the last request, in tokens. */
  maxOutputTokens: number | null = null;

  /** Takes in any event of the stream. */
  add(event: AgentEvent): void {
    switch (event.type) {
      case "context.usage":
        this.window = event.window;
        break;
      case "step.started":
        this.maxOutputTokens = event.maxOutputTokens;
        break;
      case "assistant.message": {
        const failed = event.end.error !== undefined;
        this.firstPartMs ??= event.timings.firstPartMs;
        this.#count(event.model.answered, event, failed ? 1 : 0, event.timings.totalMs);
        break;
      }
      case "attempt.failed":
        this.#count(bareName(event.model), event, 1, 0);
        break;
      case "compaction.finished":
        if (event.model !== null) this.#count(bareName(event.model), event, 0, 0);
        break;
    }
  }

  #count(
    model: string,
    { usage, cost }: { usage: Usage; cost: number | null },
    errors: number,
    latencyMs: number,
  ): void {
    const before = this.#totals.get(model) ?? {
      requests: 0,
      errors: 0,
      latencyMs: 0,
      usage: zeroUsage,
      cost: 0,
    };
    this.#totals.set(model, {
      requests: before.requests + 1,
      errors: before.errors + errors,
      latencyMs: before.latencyMs + latencyMs,
      usage: addUsage(before.usage, usage),
      cost: before.cost === null || cost === null ? null : before.cost + cost,
    });
  }

  /** Time spent in model calls, ms. */
  get latencyMs(): number {
    return [...this.#totals.values()].reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  }

  /** An object with one field a model. */
  by<Value>(describe: (total: ModelTotal) => Value): { [model: string]: Value } {
    return Object.fromEntries([...this.#totals].map(([model, total]) => [model, describe(total)]));
  }
}
