/** What a turn has come to so far: counts, sums, and the small memories that decide when it ends. */

import type { Evidence } from "../core/evidence.ts";
import type { Json } from "../core/message.ts";
import type { TurnResult } from "../core/turn.ts";
import type { BatchOutcome } from "./act.ts";
import { addSpent, nothingSpent, type Spent } from "./call.ts";
import { type Ending, endOfTime } from "./ending.ts";
import { RepeatGuard } from "./repeat-guard.ts";
import type { RunSettings } from "./run.ts";

/** Refusals for size in a row after which the upstream would refuse for ever. */
const maxOverflows = 3;
/** Failed verify runs in a row, with nothing done between them, after which the turn ends. */
const maxIdleVerifies = 3;

/** What a limit makes of a step: the advice before it, and the ending after it. */
export type WrapUp = { advice: string; ending: Ending };

const wrapUpAdvice = (what: string): string =>
  `This turn reaches ${what}. Do not call tools. Say in words what is done, what is not, and what comes next.`;

/** Mutable state of one running turn. */
export class TurnState {
  readonly guard = new RepeatGuard();
  /** Model calls made, helper calls not counted. */
  steps = 0;
  /** The answer's text: of the last message, or of several that are one answer in pieces. */
  text = "";
  output: Json | undefined;
  continuations = 0;
  emptyAnswers = 0;
  schemaRepairs = 0;
  /** Times the model was sent back for claims the record does not bear out. */
  evidenceReminders = 0;
  /** Refusals of the request for its size since the last answer. */
  overflows = 0;
  /** Times the list of tools changed. */
  toolChanges = 0;
  /** Why the answering model is not the one asked for. */
  mismatch: string | null = null;
  /** Whether people have been told that a budget lowers the output cap. */
  toldOfCap = false;
  /** The wrap-up under way: once decided, it stands. */
  wrapUp: WrapUp | null = null;
  readonly #startedAt: number;
  #spent: Spent = nothingSpent;
  #toolCalls = 0;
  #denied = 0;
  #callsSinceVerify: number | null = null;
  #idleVerifies = 0;
  /** The beginning of an answer that comes in pieces. */
  #unfinished = "";

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** Adds what calls spent; an unpriced call makes the sum unpriced. */
  add(spent: Spent): void {
    this.#spent = addSpent(this.#spent, spent);
  }

  /** Adds a finished batch of calls. */
  count(batch: BatchOutcome): void {
    this.#toolCalls += batch.finished.length;
    this.#denied += batch.denied;
    if (this.#callsSinceVerify !== null) this.#callsSinceVerify += batch.finished.length;
    this.#unfinished = "";
    this.emptyAnswers = 0;
  }

  /** Notes a run of the verify command. */
  verified(): void {
    this.#idleVerifies = this.#callsSinceVerify === 0 ? this.#idleVerifies + 1 : 1;
    this.#callsSinceVerify = 0;
  }

  /** Whether the verify command keeps failing while the model does nothing about it. */
  isIdle(): boolean {
    return this.#idleVerifies >= maxIdleVerifies;
  }

  /** Takes in what the model said; `unfinished` when more of the same answer is to come. */
  hear(text: string, unfinished: boolean): void {
    this.text = this.#unfinished + text;
    this.output = undefined;
    this.#unfinished = unfinished ? this.text : "";
  }

  /** Whether calls were made and all of them refused. */
  allDenied(): boolean {
    return this.#toolCalls > 0 && this.#denied === this.#toolCalls;
  }

  /** Whether a refusal for size may be answered by a compaction once more. */
  mayCompactAgain(): boolean {
    this.overflows += 1;
    return this.overflows <= maxOverflows;
  }

  /**
   * Whether this is the last step: the model is told, and asked to wrap up in words instead of being cut off.
   */
  limitReached({ maxSteps, maxTurnMs }: RunSettings, wrapUpAt: number, now: number): WrapUp | null {
    const bySteps = this.steps + 1 >= maxSteps;
    const byCaller = now >= wrapUpAt;
    if (!bySteps && !byCaller && (maxTurnMs === null || now - this.#startedAt < maxTurnMs)) return null;
    if (maxSteps === 1) {
      // A task of a single step has no step before its last to be warned in, and needs no wrap-up.
      const advice = "Answer in this one message; no tools can be used after it.";
      return { advice, ending: { reason: "done" } };
    }
    if (byCaller) return { advice: wrapUpAdvice("its time limit"), ending: endOfTime };
    const what = bySteps
      ? `the limit of ${maxSteps} steps`
      : `the limit of ${Math.round((maxTurnMs ?? 0) / 1000)} seconds`;
    return {
      advice: wrapUpAdvice(what),
      ending: {
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
  result(ending: Ending, evidence: Evidence, now: number): TurnResult {
    return {
      reason: ending.reason,
      text: this.text,
      ...(this.output !== undefined && { output: this.output }),
      ...(ending.error && { error: ending.error }),
      ...(ending.resetsAt !== undefined && { resetsAt: ending.resetsAt }),
      steps: this.steps,
      ...this.#spent,
      durationMs: now - this.#startedAt,
      toolCalls: this.#toolCalls,
      denied: this.#denied,
      evidence,
    };
  }
}
