/** One line about a compaction: what was done, to what size, and what it cost. */
import type { DurableEvent } from "../../core/event.ts";
import { formatUsd } from "../../core/usage.ts";

type Compaction = Extract<DurableEvent, { type: "compaction.finished" }>;

/** For the terminal UI and for the progress of a headless run. */
export function compactionLine(event: Compaction): string {
  const { tokensBefore, tokensAfter, cost, method } = event;
  if (method === "evict")
    return `${whatWasDone(event)}: ${tokensBefore} to ${tokensAfter} tokens; /context puts it back`;
  return `${whatWasDone(event)}: ${tokensBefore} to ${tokensAfter} tokens, ${formatUsd(cost)}`;
}

function whatWasDone({ method, error, evicted = [] }: Compaction): string {
  switch (method) {
    case "prune":
      return "context compacted (old tool output)";
    case "summary":
      return "context compacted (summary)";
    case "mechanical":
      return `context compacted (facts alone, no summary: ${error?.message ?? "the call failed"})`;
    case "evict":
      return `${evicted.length === 1 ? "a piece" : `${evicted.length} pieces`} taken out of the context`;
  }
}

/** That a person took compactions back. */
export function undoneLine(event: Extract<DurableEvent, { type: "compaction.undone" }>): string {
  return `compaction taken back: ${event.tokensBefore} to ${event.tokensAfter} tokens`;
}
