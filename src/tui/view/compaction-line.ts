/** One line about a compaction: what was done, to what size, and what it cost. */
import type { DurableEvent } from "../../core/event.ts";
import { formatUsd } from "../../core/usage.ts";

type Compaction = Extract<DurableEvent, { type: "compaction.finished" }>;

/** For the terminal UI and for the progress of a headless run. */
export function compactionLine(event: Compaction): string {
  const { tokensBefore, tokensAfter, cost } = event;
  return `${whatWasDone(event)}: ${tokensBefore} to ${tokensAfter} tokens, ${formatUsd(cost)}`;
}

function whatWasDone({ method, error }: Compaction): string {
  switch (method) {
    case "prune":
      return "context compacted (old tool output)";
    case "summary":
      return "context compacted (summary)";
    case "mechanical":
      return `context compacted (facts alone, no summary: ${error?.message ?? "the call failed"})`;
  }
}

/** That a person took compactions back. */
export function undoneLine(event: Extract<DurableEvent, { type: "compaction.undone" }>): string {
  return `compaction taken back: ${event.tokensBefore} to ${event.tokensAfter} tokens`;
}
