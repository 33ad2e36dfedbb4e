/** What the calls of a run came to, as the `stats` of Gemini CLI's JSON object count them. */
import type { EventOf } from "./mapper.ts";

type Counts = { count: number; success: number; fail: number; durationMs: number; decisions: Decisions };
type Decisions = { accept: number; reject: number; modify: number; auto_accept: number };

const none = (): Counts => ({
  count: 0,
  success: 0,
  fail: 0,
  durationMs: 0,
  decisions: { accept: 0, reject: 0, modify: 0, auto_accept: 0 },
});

/** Adds up finished calls. */
export class ToolTotals {
  readonly #all = none();
  readonly #byName = new Map<string, Counts>();
  #added = 0;
  #removed = 0;

  /** Takes in a finished call under the name it is told by. */
  add(name: string, { status, durationMs, display }: EventOf<"tool.finished">): void {
    const named = this.#byName.get(name) ?? none();
    this.#byName.set(name, named);
    for (const counts of [this.#all, named]) {
      counts.count += 1;
      counts[status === "ok" ? "success" : "fail"] += 1;
      counts.durationMs += durationMs;
      // Nobody is there to be asked: what runs was let run by a rule.
      if (status === "denied") counts.decisions.reject += 1;
      else if (status !== "invalid") counts.decisions.auto_accept += 1;
    }
    for (const one of display) {
      if (one.type !== "diff" || status !== "ok") continue;
      this.#added += one.added;
      this.#removed += one.removed;
    }
  }

  /** The `tools` and `files` of the stats. */
  stats(): { tools: object; files: { totalLinesAdded: number; totalLinesRemoved: number } } {
    const { count, success, fail, durationMs, decisions } = this.#all;
    return {
      tools: {
        totalCalls: count,
        totalSuccess: success,
        totalFail: fail,
        totalDurationMs: durationMs,
        totalDecisions: decisions,
        byName: Object.fromEntries(this.#byName),
      },
      files: { totalLinesAdded: this.#added, totalLinesRemoved: this.#removed },
    };
  }
}
