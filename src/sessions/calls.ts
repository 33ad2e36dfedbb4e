/** The model calls among the entries: the one place that says which entries cost money. */
import type { DurableEvent, ModelName, Replayed } from "../core/event.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { totalTokens } from "../core/usage.ts";

/** One model call as the cost report counts it. */
export type CallRecord = {
  kind: "step" | "failed_attempt" | "compaction";
  model: ModelName;
  /** Provider id of the upstream that was called. */
  upstream: string;
  usage: Usage;
  cost: NanoUsd | null;
  /** Its cost is unknown, so a sum of costs leaves it out. A failure that used no tokens leaves nothing out. */
  unpriced: boolean;
  /** Answered from a recording: it is on record, and no sum counts it. */
  replayed: boolean;
};

/** The model call an entry records; null for entries that are none. */
export function callOf(event: DurableEvent): CallRecord | null {
  switch (event.type) {
    case "assistant.message":
      return record("step", event.model.requested, event.upstream, event, event.cost === null);
    case "attempt.failed":
      return record("failed_attempt", event.model, providerOf(event.model), event, leavesOut(event));
    case "compaction.finished": {
      // Pruning and the mechanical fallback may have called no model at all.
      if (event.model === null) return null;
      return record("compaction", event.model, providerOf(event.model), event, leavesOut(event));
    }
    default:
      return null;
  }
}

function record(
  kind: CallRecord["kind"],
  model: ModelName,
  upstream: string,
  { usage, cost, replayed }: { usage: Usage; cost: NanoUsd | null } & Replayed,
  unpriced: boolean,
): CallRecord {
  return { kind, model, upstream, usage, cost, unpriced, replayed: replayed === true };
}

/** The event as one of a replayed run: whatever a report would count as spent says that it was not. */
export function asReplayed(event: DurableEvent): DurableEvent {
  switch (event.type) {
    case "assistant.message":
    case "attempt.failed":
    case "compaction.finished":
    case "cache.missed":
      return { ...event, replayed: true };
    default:
      return event;
  }
}

function leavesOut({ usage, cost }: { usage: Usage; cost: NanoUsd | null }): boolean {
  return cost === null && totalTokens(usage) > 0;
}

function providerOf(model: ModelName): string {
  const slash = model.indexOf("/");
  return slash < 0 ? model : model.slice(0, slash);
}
