/** What a turn comes to. */
import type { ExitReason } from "./errors.ts";
import type { Evidence } from "./evidence.ts";
import type { Json } from "./message.ts";
import type { NanoUsd, Usage } from "./usage.ts";

/** How a turn ended, in facts. The last durable word of every turn, whatever happened. */
export type TurnOutcome = {
  /** `done`, or why not; decides the exit code of a headless run. */
  reason: ExitReason;
  error?: { code: string; message: string; hint?: string };
  steps: number;
  /** Sums over every call of the turn, failed and helper calls included. */
  usage: Usage;
  cost: NanoUsd | null;
  durationMs: number;
  toolCalls: number;
  denied: number;
  /** Unix ms, when the run ended on a usage limit whose reset is known. */
  resetsAt?: number;
  /** Facts to hold the answer against, and what it claims of them. */
  evidence: Evidence;
};

/** A turn's outcome together with its answer, for whoever waits for it. */
export type TurnResult = TurnOutcome & {
  /** The final answer's text. */
  text: string;
  /** The answer parsed, when an output schema was asked for and satisfied. */
  output?: Json;
};
