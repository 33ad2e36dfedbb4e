/** Does a request fit its model's window? Asked before every step, with the numbers to act on. Pure. */
import type { TokenBreakdown } from "../core/event.ts";

/** The limits a request is held against, in tokens. */
export type WindowLimits = {
  /** Prompt and answer together. */
  contextWindow: number;
  /** The prompt's own limit, where the model has one. */
  maxInput: number | null;
  maxOutput: number;
};

/** What a request wants. */
export type Wanted = {
  /** Answer tokens asked for. */
  outputTokens: number;
  /** The least answer worth a call; below it the request counts as not fitting. */
  leastOutputTokens: number;
  /** Tokens kept free for the estimate's own error. */
  margin: number;
};

/** The verdict. */
export type Preflight = {
  fits: boolean;
  /** The output cap to send: lowered to what the window leaves; 0 when the request does not fit. */
  maxOutputTokens: number;
  /** How many prompt tokens must go before the request fits; 0 when it fits. */
  overBy: number;
  /** Estimated prompt tokens, margin excluded. */
  promptTokens: number;
  /** The most prompt tokens that would fit. */
  promptLimit: number;
  /** As given, `reserve` set to the answer's and the margin's share. */
  breakdown: TokenBreakdown;
};

/** Everything of a breakdown that is sent. */
export function promptOf(breakdown: TokenBreakdown): number {
  return breakdown.system + breakdown.tools + breakdown.files + breakdown.history;
}

/** Holds a request against the window. The output cap is lowered before the request is refused. */
export function preflight(breakdown: TokenBreakdown, limits: WindowLimits, wanted: Wanted): Preflight {
  const promptTokens = promptOf(breakdown);
  const ceiling = Math.max(1, Math.min(wanted.outputTokens, limits.maxOutput));
  const least = Math.min(Math.max(1, wanted.leastOutputTokens), ceiling);
  const promptLimit = Math.max(
    0,
    Math.min(limits.contextWindow - least, limits.maxInput ?? Number.POSITIVE_INFINITY) - wanted.margin,
  );
  const overBy = Math.max(0, promptTokens - promptLimit);
  const left = limits.contextWindow - promptTokens - wanted.margin;
  const maxOutputTokens = overBy > 0 ? 0 : Math.min(ceiling, left);
  return {
    fits: overBy === 0,
    maxOutputTokens,
    overBy,
    promptTokens,
    promptLimit,
    breakdown: { ...breakdown, reserve: maxOutputTokens + wanted.margin },
  };
}
