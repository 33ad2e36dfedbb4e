/** What a turn has come to so far: counts, sums, and the small memories that decide when it ends. */
import type { TurnResult } from "../core/event.ts";
import type { Json } from "../core/message.ts";
import { addUsage, type NanoUsd, nanoUsd, type Usage, zeroUsage } from "../core/usage.ts";
import type { BatchOutcome } from "./act.ts";
import type { Ending } from "./ending.ts";
import { RepeatGuard } from "./repeat-guard.ts";
import type { RunSettings } from "./run.ts";

/** Mutable state of one running turn. */
export class TurnState {
  readonly guard = new RepeatGuard();
  /** Model calls made, helper calls not counted. */
  steps = 0;
  /** The last answer's text. */
  text = "";
  output: Json | undefined;
  continuations = 0;
  emptyAnswers = 0;
  schemaRepairs = 0;
  /** Why the answering model is not the one asked for. */
  mismatch: string | null = null;
  readonly #startedAt: number;
  #usage: Usage = zeroUsage;
  #cost: NanoUsd | null = nanoUsd(0);
  #toolCalls = 0;
  #denied = 0;
  #overflows = 0;
  #verify: { command: string; exitCode: number | null } | null = null;
  #editsSinceVerify = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** Adds what a call spent; an unpriced call makes the sum unpriced. */
  add(spent: { usage: Usage; cost: NanoUsd | null } | null): void {
    if (!spent) return;
    this.#usage = addUsage(this.#usage, spent.usage);
    this.#cost = this.#cost === null || spent.cost === null ? null : nanoUsd(this.#cost + spent.cost);
  }

  /** Adds a finished batch of calls. */
  count(batch: BatchOutcome): void {
    this.#toolCalls += batch.finished.length;
    this.#denied += batch.denied;
    this.#editsSinceVerify += batch.edits;
  }

  /** Notes a run of the verify command. */
  verified(command: string, exitCode: number | null): void {
    this.#verify = { command, exitCode };
    this.#editsSinceVerify = 0;
  }

  /** Whether calls were made and all of them refused. */
  allDenied(): boolean {
    return this.#toolCalls > 0 && this.#denied === this.#toolCalls;
  }

  /** An upstream that says the history is too long twice in a row would say it for ever. */
  mayCompactForOverflow(): boolean {
    return this.#overflows++ < 2;
  }

  /**
   * Whether this is the last step: the model is told, and asked to wrap up in words instead of being cut off.
   */
  limitReached(settings: RunSettings, now: number): { advice: string; ending: Ending } | null {
    const { maxSteps, maxTurnMs } = settings;
    const bySteps = this.steps + 1 >= maxSteps;
    if (!bySteps && (maxTurnMs === null || now - this.#startedAt < maxTurnMs)) return null;
    const what = bySteps
      ? `the limit of ${maxSteps} steps`
      : `the limit of ${Math.round((maxTurnMs ?? 0) / 1000)} seconds`;
    // A task of a single step has no step before its last to be warned in, and needs no wrap-up.
    const first = this.steps === 0;
    return {
      advice: first
        ? "Answer in this one message; no tools can be used after it."
        : `This turn reaches ${what}. Do not call tools. Say in words what is done, what is not, and what comes next.`,
      ending:
        first && bySteps
          ? { reason: "done" }
          : {
              reason: "limit",
              error: {
                code: "limit",
                message: `the turn reached ${what}`,
                hint: "resume the session to go on",
              },
            },
    };
  }

  /** The result of the turn. */
  result(ending: Ending, now: number): TurnResult {
    return {
      reason: ending.reason,
      text: this.text,
      ...(this.output !== undefined && { output: this.output }),
      ...(ending.error && { error: ending.error }),
      ...(ending.resetsAt !== undefined && { resetsAt: ending.resetsAt }),
      steps: this.steps,
      usage: this.#usage,
      cost: this.#cost,
      durationMs: now - this.#startedAt,
      toolCalls: this.#toolCalls,
      denied: this.#denied,
      evidence: { verify: this.#verify, editsSinceVerify: this.#editsSinceVerify },
    };
  }
}
