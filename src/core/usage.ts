/**
 * Tokens of one model call as disjoint counts, so that a sum is a sum.
 * `reasoning` is the one exception: it is the part of `output` spent on thinking, already counted there.
 */
export type Usage = {
  /** Prompt tokens neither read from nor written to a cache. */
  input: number;
  /** Prompt tokens served from the prompt cache. */
  cacheRead: number;
  /** Prompt tokens written to a cache that lives five minutes (also writes whose lifetime is not reported). */
  cacheWrite5m: number;
  /** Prompt tokens written to a cache that lives one hour. */
  cacheWrite1h: number;
  /** All generated tokens, reasoning included. */
  output: number;
  /** The part of `output` that was reasoning. */
  reasoning: number;
};

/** Money in integer billionths of a US dollar. An unknown price is `null` wherever money may be unknown, never 0. */
export type NanoUsd = number & { readonly __brand: "NanoUsd" };

/** No tokens at all. */
export const zeroUsage: Usage = Object.freeze({
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
});

/** The sum of two usages, count by count. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** Every prompt token of the call, cached or not. */
export function promptTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** Share of the prompt that the cache served, 0 to 1 in four digits; null without a prompt. */
export function cacheHitOf(usage: Usage): number | null {
  const prompt = promptTokens(usage);
  return prompt === 0 ? null : Math.round((usage.cacheRead / prompt) * 10_000) / 10_000;
}

/** Prompt and output together: what a token budget counts. */
export function totalTokens(usage: Usage): number {
  return promptTokens(usage) + usage.output;
}

/** Rounds a figure in nano-dollars to the integer the ledger keeps. */
export function nanoUsd(value: number): NanoUsd {
  return Math.round(value) as NanoUsd;
}

/** Dollars to nano-dollars. */
export function usd(dollars: number): NanoUsd {
  return nanoUsd(dollars * 1e9);
}

/** `$0.0123`-style text: four decimals below a dollar, two above; "unpriced" for an unknown price. */
export function formatUsd(amount: NanoUsd | null): string {
  if (amount === null) return "unpriced";
  const dollars = amount / 1e9;
  return `$${dollars.toFixed(Math.abs(dollars) < 1 ? 4 : 2)}`;
}
